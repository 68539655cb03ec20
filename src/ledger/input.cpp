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
  std::string_view operator()(const HoldPlaced&) const { return "hold_placed"; }
  std::string_view operator()(const HoldCaptured&) const { return "hold_captured"; }
  std::string_view operator()(const HoldReleased&) const { return "hold_released"; }
  std::string_view operator()(const AlarmRuleSet&) const { return "alarm_rule_set"; }
  std::string_view operator()(const AlarmRuleRemoved&) const { return "alarm_rule_removed"; }
  std::string_view operator()(const RenewalRuleSet&) const { return "renewal_rule_set"; }
  std::string_view operator()(const RenewalRuleRemoved&) const { return "renewal_rule_removed"; }
  std::string_view operator()(const ContactsSet&) const { return "contacts_set"; }
  std::string_view operator()(const InvoiceRequested&) const { return "invoice_requested"; }
  std::string_view operator()(const ExpiryReminderDue&) const { return "expiry_reminder_due"; }
  std::string_view operator()(const PreExpiryRenewalDue&) const { return "pre_expiry_renewal_due"; }
  std::string_view operator()(const RenewalRetryDue&) const { return "renewal_retry_due"; }
  std::string_view operator()(const SuspensionDue&) const { return "suspension_due"; }
  std::string_view operator()(const HoldExpired&) const { return "hold_expired"; }
  std::string_view operator()(const AlarmCooldownEnded&) const { return "alarm_cooldown_ended"; }
  std::string_view operator()(const AlarmRaised&) const { return "alarm_raised"; }
  std::string_view operator()(const AlarmCleared&) const { return "alarm_cleared"; }
  std::string_view operator()(const PackageRenewed&) const { return "package_renewed"; }
  std::string_view operator()(const RenewalFailed&) const { return "renewal_failed"; }
  std::string_view operator()(const RenewalCapped&) const { return "renewal_capped"; }
  std::string_view operator()(const AccountOverdue&) const { return "account_overdue"; }
  std::string_view operator()(const AccountSuspended&) const { return "account_suspended"; }
  std::string_view operator()(const AccountResumed&) const { return "account_resumed"; }
  std::string_view operator()(const BatchTaken&) const { return "batch_taken"; }
  std::string_view operator()(const RunOutForecast&) const { return "run_out_forecast"; }
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
                             {"pay", a.pay == b.pay},
                             {"renews", a.renews == b.renews}});
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

std::string_view difference(const HoldPlaced& a, const HoldPlaced& b) {
  return first_that_differs({{"hold", a.hold == b.hold},
                             {"units", a.units == b.units},
                             {"destination", a.destination == b.destination},
                             {"template", a.type == b.type},
                             {"ttl", a.ttl == b.ttl}});
}

std::string_view difference(const HoldCaptured& a, const HoldCaptured& b) {
  return first_that_differs({{"hold", a.hold == b.hold}, {"units", a.units == b.units}});
}

std::string_view difference(const HoldReleased& a, const HoldReleased& b) {
  return first_that_differs({{"hold", a.hold == b.hold}});
}

std::string_view difference(const AlarmRuleSet& a, const AlarmRuleSet& b) {
  return first_that_differs({{"alarm", a.rule.name == b.rule.name},
                             {"pool", a.rule.pool == b.rule.pool},
                             {"kind", a.rule.kind == b.rule.kind},
                             {"threshold", a.rule.threshold == b.rule.threshold},
                             {"when", a.rule.when == b.rule.when},
                             {"contacts", a.rule.contacts == b.rule.contacts},
                             {"cooldown", a.rule.cooldown == b.rule.cooldown}});
}

std::string_view difference(const AlarmRuleRemoved& a, const AlarmRuleRemoved& b) {
  return first_that_differs({{"alarm", a.alarm == b.alarm}});
}

std::string_view difference(const RenewalRuleSet& a, const RenewalRuleSet& b) {
  return first_that_differs({{"enabled", a.rule.enabled == b.rule.enabled},
                             {"pool", a.rule.pool == b.rule.pool},
                             {"threshold", a.rule.threshold == b.rule.threshold},
                             {"pre_expiry", a.rule.pre_expiry == b.rule.pre_expiry},
                             {"quantity", a.rule.quantity == b.rule.quantity},
                             {"product", a.rule.product == b.rule.product},
                             {"max_per_day", a.rule.per_day_max == b.rule.per_day_max}});
}

std::string_view difference(const ContactsSet& a, const ContactsSet& b) {
  return first_that_differs({{"contacts", a.contacts == b.contacts}});
}

std::string_view difference(const InvoiceRequested& a, const InvoiceRequested& b) {
  return first_that_differs({{"note", a.note == b.note}});
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

// Timers and consequences have no identity that a client could repeat.
std::string_view difference(const auto& a, const auto& b) {
  return first_that_differs({{"kind", a == b}});
}

}  // namespace

std::string_view member_text(SendMember member) {
  switch (member) {
    case SendMember::send: return "send";
    case SendMember::units: return "units";
    case SendMember::occurred_at: return "occurred_at";
    case SendMember::destination: return "destination";
    case SendMember::type: return "template";
    case SendMember::billable: return "billable";
  }
  return "";
}

std::optional<SendMember> send_member(std::string_view text) {
  using enum SendMember;
  for (const SendMember member : {send, units, occurred_at, destination, type, billable}) {
    if (text == member_text(member)) return member;
  }
  return std::nullopt;
}

bool about_no_account(const What& what) {
  return std::holds_alternative<AccountOpened>(what) ||
         std::holds_alternative<PriceBookPublished>(what) ||
         std::holds_alternative<BatchTaken>(what);
}

std::string_view kind_text(const What& what) { return std::visit(KindText{}, what); }

std::string_view differing_field(const What& first, const What& again) {
  if (first.index() != again.index()) return "kind";
  return std::visit([&again]<class T>(const T& one) { return difference(one, std::get<T>(again)); },
                    first);
}

}  // namespace packledger
