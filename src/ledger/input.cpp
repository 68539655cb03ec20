#include "packledger/ledger/input.hpp"

#include <initializer_list>

namespace packledger {
namespace {

struct KindText {
  std::string_view operator()(const AccountOpened&) const { return "account_opened"; }
  std::string_view operator()(const AccountSettingsSet&) const { return "account_settings_set"; }
  std::string_view operator()(const ServiceModeSet&) const { return "service_mode_set"; }
  std::string_view operator()(const FundsCredited&) const { return "funds_credited"; }
  std::string_view operator()(const FundsAdjusted&) const { return "funds_adjusted"; }
  std::string_view operator()(const OrderPlaced&) const { return "order_placed"; }
  std::string_view operator()(const OrderPaid&) const { return "order_paid"; }
  std::string_view operator()(const OrderCancelled&) const { return "order_cancelled"; }
  std::string_view operator()(const PackageGranted&) const { return "package_granted"; }
  std::string_view operator()(const PackageRefunded&) const { return "package_refunded"; }
  std::string_view operator()(const SendRecorded&) const { return "send_recorded"; }
  std::string_view operator()(const SendReversed&) const { return "send_reversed"; }
  std::string_view operator()(const PriceBookPublished&) const { return "price_book_published"; }
  std::string_view operator()(const PackageActivated&) const { return "package_activated"; }
  std::string_view operator()(const PackageExpired&) const { return "package_expired"; }
  std::string_view operator()(const PackageClosed&) const { return "package_closed"; }
  std::string_view operator()(const GraceEnded&) const { return "grace_ended"; }
  std::string_view operator()(const PackageReleased&) const { return "package_released"; }
  std::string_view operator()(const OrderTimedOut&) const { return "order_timed_out"; }
};

struct Member {
  std::string_view name;
  bool same;
};

std::string_view first_that_differs(std::initializer_list<Member> members) {
  for (const Member& member : members) {
    if (!member.same) return member.name;
  }
  return {};
}

std::string_view difference(const SettingsPatch& a, const SettingsPatch& b) {
  return first_that_differs({{"zone", a.zone == b.zone},
                             {"order", a.order == b.order},
                             {"late_window", a.late_window == b.late_window},
                             {"acceptance_window", a.acceptance_window == b.acceptance_window},
                             {"reversal_window", a.reversal_window == b.reversal_window},
                             {"order_ttl", a.order_ttl == b.order_ttl},
                             {"overdue_grace", a.overdue_grace == b.overdue_grace},
                             {"prepaid_strict", a.prepaid_strict == b.prepaid_strict},
                             {"absorb_overage", a.absorb_overage == b.absorb_overage},
                             {"reminders", a.reminders == b.reminders}});
}

std::string_view difference(const AccountOpened& a, const AccountOpened& b) {
  const auto field =
      first_that_differs({{"account", a.name == b.name}, {"currency", a.currency == b.currency}});
  return field.empty() ? difference(a.settings, b.settings) : field;
}

std::string_view difference(const AccountSettingsSet& a, const AccountSettingsSet& b) {
  return difference(a.settings, b.settings);
}

std::string_view difference(const ServiceModeSet& a, const ServiceModeSet& b) {
  return first_that_differs({{"modes", a.modes == b.modes}});
}

std::string_view difference(const FundsCredited& a, const FundsCredited& b) {
  return first_that_differs({{"amount", a.amount == b.amount}, {"reason", a.reason == b.reason}});
}

std::string_view difference(const FundsAdjusted& a, const FundsAdjusted& b) {
  return first_that_differs({{"amount", a.amount == b.amount}, {"reason", a.reason == b.reason}});
}

std::string_view difference(const OrderPlaced& a, const OrderPlaced& b) {
  return first_that_differs({{"order", a.order == b.order},
                             {"product", a.product == b.product},
                             {"quota", a.quota == b.quota},
                             {"copies", a.copies == b.copies},
                             {"pay", a.pay == b.pay}});
}

std::string_view difference(const OrderPaid& a, const OrderPaid& b) {
  return first_that_differs({{"order", a.order == b.order},
                             {"payment_reference", a.payment_reference == b.payment_reference}});
}

std::string_view difference(const OrderCancelled& a, const OrderCancelled& b) {
  return first_that_differs({{"order", a.order == b.order}});
}

std::string_view difference(const PackageGranted& a, const PackageGranted& b) {
  return first_that_differs({{"package", a.package == b.package},
                             {"quota", a.quota == b.quota},
                             {"destinations", a.scope.destinations == b.scope.destinations},
                             {"templates", a.scope.templates == b.scope.templates},
                             {"mode", a.mode == b.mode},
                             {"priority", a.priority == b.priority},
                             {"effective_at", a.effective_at == b.effective_at},
                             {"expires_at", a.expires_at == b.expires_at},
                             {"validity", a.validity == b.validity},
                             {"expiry", a.expiry == b.expiry},
                             {"price_paid", a.price_paid == b.price_paid},
                             {"reason", a.reason == b.reason}});
}

std::string_view difference(const PackageRefunded& a, const PackageRefunded& b) {
  return first_that_differs(
      {{"package", a.package == b.package}, {"reason", a.reason == b.reason}});
}

std::string_view difference(const SendRecorded& a, const SendRecorded& b) {
  return first_that_differs({{"send", a.send == b.send},
                             {"units", a.units == b.units},
                             {"occurred_at", a.occurred_at == b.occurred_at},
                             {"destination", a.destination == b.destination},
                             {"template", a.type == b.type},
                             {"billable", a.billable == b.billable}});
}

std::string_view difference(const SendReversed& a, const SendReversed& b) {
  return first_that_differs({{"send", a.send == b.send},
                             {"reversal", a.reversal == b.reversal},
                             {"units", a.units == b.units}});
}

std::string_view difference(const PriceBookPublished& a, const PriceBookPublished& b) {
  return first_that_differs({{"version", a.book.version == b.book.version},
                             {"effective_from", a.book.effective_from == b.book.effective_from},
                             {"currency", a.book.currency == b.book.currency},
                             {"zone", a.book.defaults.zone == b.book.defaults.zone},
                             {"products", a.book.products == b.book.products},
                             {"payg", a.book.tariffs == b.book.tariffs},
                             {"account_defaults", a.book.defaults == b.book.defaults},
                             {"renewal", a.book.renewal == b.book.renewal}});
}

// Timers have no identity that a client could repeat.
std::string_view difference(const auto& a, const auto& b) {
  return first_that_differs({{"kind", a == b}});
}

}  // namespace

std::string_view kind_text(const What& what) { return std::visit(KindText{}, what); }

std::string_view differing_field(const What& first, const What& again) {
  if (first.index() != again.index()) return "kind";
  return std::visit([&again]<class T>(const T& one) { return difference(one, std::get<T>(again)); },
                    first);
}

}  // namespace packledger
