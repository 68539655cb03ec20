// Packages outside of orders: grants, refunds, expiry (rules §3 R33, §4 R41 to R43a, §5 R51).
#include "ledger/rules.hpp"

#include <algorithm>

namespace packledger {
namespace {

// A renewal has a product, but no order.
bool renewed(const Package& package) {
  return package.terms.order.empty() && !package.terms.product.empty();
}

// unused_only: nothing of the whole order has been used or set aside (R43a).
bool order_unused(const Account& account, const Package& package) {
  if (renewed(package)) return package.used == Units{0} && package.held == Units{0};
  return std::ranges::all_of(account.packages, [&](const Package& other) {
    const bool untouched = other.used == Units{0} && other.held == Units{0};
    return other.terms.order != package.terms.order || untouched;
  });
}

bool refundable(const Account& account, const Package& package, Instant at) {
  const bool in_use =
      package.state == PackageState::active || package.state == PackageState::scheduled;
  if (!in_use || at >= package.terms.expires_at || package.remaining == Units{0}) return false;
  switch (package.terms.refund) {
    case RefundPolicy::none: return false;
    case RefundPolicy::unused_only: return order_unused(account, package);
    case RefundPolicy::prorata_90d: {
      if (renewed(package)) return at < package.terms.effective_at + prorata_refund_window;
      const Order* order = account.find_order(package.terms.order);
      return order != nullptr && order->paid_at && at < *order->paid_at + prorata_refund_window;
    }
  }
  ENSURE(false, "every refund policy has its answer");
}

// "renewal-812": what the renewal of entry 812 makes.
bool renewal_name(std::string_view name) {
  constexpr std::string_view prefix = "renewal-";
  if (!name.starts_with(prefix)) return false;
  const auto rest = name.substr(prefix.size());
  return !rest.empty() && std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Decided decide_grant(const Account& account, const PackageGranted& asked, Instant at) {
  if (account.find_package(asked.package) != nullptr) return refuse(Reject::conflict, "package");
  if (asked.quota <= Units{0} || asked.quota > grant_quota_max)
    return refuse(Reject::invalid_quota, "quota");
  const Instant effective_at = asked.effective_at.value_or(at);
  ENSURE(asked.expires_at || asked.validity, "a grant says when it ends");
  const Instant expires_at = asked.expires_at ? *asked.expires_at
                                              : expiry_of(account.settings->zone, effective_at,
                                                          *asked.validity, asked.expiry);
  if (expires_at <= effective_at || expires_at >= instant_max)
    return refuse(Reject::invalid_expires_at, "expires_at");
  if (account.packages.size() >= packages_per_account_max)
    return refuse(Reject::packages_max_reached);
  if (renewal_name(asked.package)) return refuse(Reject::reserved_name, "package");
  return GrantDecision{PackageTerms{
      .id = PackageId{account.packages.size() + 1},
      .quota = asked.quota,
      .effective_at = effective_at,
      .expires_at = expires_at,
      .scope = asked.scope,
      .mode = asked.mode,
      .priority = asked.priority,
      .price_paid = asked.price_paid,
      .refund = RefundPolicy::none,
      .name = asked.package,
      .order = {},
      .product = {},
  }};
}

Decided decide_refund(const Account& account, const PackageRefunded& asked, Instant at) {
  const Package* package = account.find_package(asked.package);
  if (package == nullptr) return refuse(Reject::unknown_package, "package");
  if (!refundable(account, *package, at)) return refuse(Reject::not_refundable);
  const Money amount = share(package->terms.price_paid, package->remaining, package->terms.quota);
  // What was paid from outside is given back outside: it never was in the balance.
  const Order* order = account.find_order(package->terms.order);
  const bool from_balance =
      renewed(*package) || (order != nullptr && order->pay == Payment::balance);
  const Money credit = from_balance ? amount : Money{0};
  const auto balance = checked_add(account.balance, credit);
  if (!balance || !checked_add(account.refunded, credit)) return refuse(Reject::amount_overflow);
  return RefundDecision{.package = package->terms.id,
                        .units = package->remaining,
                        .amount = amount,
                        .balance_after = *balance};
}

Decided decide_reminder(const Account& account, const ExpiryReminderDue& due) {
  const Package& package = account.package(due.package);
  if (package.remaining == Units{})
    return ReminderDecision{.skipped = true, .remaining = {}, .told = {}};  // R86
  return ReminderDecision{
      .skipped = false, .remaining = package.remaining, .told = told_to(account, Topic::reminder)};
}

Decided decide_expiry(const Account& account, const PackageExpired& due) {
  const Package& package = account.package(due.package);
  return ExpiryDecision{
      .forfeited = package.remaining,
      .closes_at = package.terms.expires_at + account.settings->late_window,
  };
}

}  // namespace packledger
