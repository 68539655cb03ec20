// Orders: bought at the book's price, paid from the balance at once or from outside later (rules §3
// R28 to R32, §4 R36 to R39).
#include "ledger/rules.hpp"

#include <algorithm>

namespace packledger {
namespace {

Period period_of(const AccountSettings& settings, Instant at, Duration activation_delay,
                 const Validity& validity, ExpiryPolicy expiry) {
  const bool same_day = settings.absorb_overage == AbsorbOverage::same_day;
  const Instant effective_at = same_day ? start_of_day(settings.zone, at) : at + activation_delay;
  return Period{effective_at, expiry_of(settings.zone, effective_at, validity, expiry)};
}

// A renewed package goes on where the old one ended, whenever that is decided (R42).
Period period_after(const AccountSettings& settings, const Package& ended, const Validity& validity,
                    ExpiryPolicy expiry) {
  const Instant effective_at = ended.terms.expires_at;
  return Period{effective_at, expiry_of(settings.zone, effective_at, validity, expiry)};
}

bool ended_and_kept(const Package& package) {
  return package.state == PackageState::expired_grace ||
         package.state == PackageState::expired_retention;
}

// The package may be followed by one of this product, and is not yet (R42).
bool renewable(const Account& account, const Package& package, const Product& product) {
  const bool followed = std::ranges::any_of(account.orders->all, [&](const Order& order) {
    const bool given_up =
        order.state == OrderState::cancelled || order.state == OrderState::timed_out;
    return order.renews == package.terms.id && !given_up;
  });
  return product.renewable && package.terms.product == product.name && ended_and_kept(package) &&
         !followed;
}

bool name_taken(const Account& account, const std::string& order, std::int32_t copies) {
  for (std::int32_t copy = 1; copy <= copies; ++copy) {
    if (account.find_package(order + "." + std::to_string(copy)) != nullptr) return true;
  }
  return false;
}

std::vector<PackageTerms> terms_of(const Account& account, const Product& product,
                                   const OrderPlaced& asked, Units quota, Money price_each,
                                   const Period& period) {
  std::vector<PackageTerms> packages;
  for (std::int32_t copy = 1; copy <= asked.copies; ++copy) {
    packages.push_back(PackageTerms{
        .id = PackageId{account.packages.size() + static_cast<std::uint64_t>(copy)},
        .quota = quota,
        .effective_at = period.effective_at,
        .expires_at = period.expires_at,
        .scope = product.scope,
        .mode = product.mode,
        .priority = product.priority,
        .price_paid = price_each,
        .refund = product.refund,
        .name = asked.order + "." + std::to_string(copy),
        .order = asked.order,
        .product = product.name,
    });
  }
  return packages;
}

}  // namespace

Decided decide_order(const Ledger& ledger, const Account& account, const OrderPlaced& asked,
                     Instant at) {
  if (name_taken(account, asked.order, asked.copies)) return refuse(Reject::conflict, "order");
  if (const auto standing = standing_against(account)) return refuse(*standing);  // R110, OC20
  const PriceBook* book = ledger.books().in_force(account.currency, at);
  const Product* product = book == nullptr ? nullptr : book->product(asked.product);
  if (product == nullptr) return refuse(Reject::unknown_product, "product");
  if (product->custom() && !asked.quota) return refuse(Reject::invalid_quota, "quota");
  const Units quota = asked.quota.value_or(product->quota_min);
  if (quota < product->quota_min || quota > product->quota_max)
    return refuse(Reject::invalid_quota, "quota");
  const Package* ended = asked.renews.empty() ? nullptr : account.find_package(asked.renews);
  const Period period =
      ended == nullptr
          ? period_of(*account.settings, at, product->activation_delay, product->validity,
                      product->expiry)
          : period_after(*account.settings, *ended, product->validity, product->expiry);
  if (!period.valid() || period.expires_at <= at)
    return refuse(Reject::invalid_expires_at, "product");
  if (ended == nullptr && !asked.renews.empty()) return refuse(Reject::unknown_package, "renews");
  const auto price_each = price_of(*product, quota);
  if (!price_each) return refuse(Reject::amount_overflow);
  const auto price = charge(Price{price_each->micros}, Units{asked.copies});
  if (!price || !checked_add(account.purchased, *price)) return refuse(Reject::amount_overflow);
  const bool at_once = asked.pay == Payment::balance;
  if (at_once && account.balance < *price)
    return std::unexpected{too_little_money(*price, account.balance)};
  if (account.packages.size() + static_cast<std::size_t>(asked.copies) > packages_per_account_max)
    return refuse(Reject::packages_max_reached);
  const bool may = ended == nullptr || (asked.copies == 1 && renewable(account, *ended, *product));
  if (!may) return refuse(Reject::not_renewable, "renews");

  OrderDecision decision{.price = *price,
                         .balance_after = at_once ? account.balance - *price : account.balance,
                         .times_out_at = std::nullopt,
                         .validity = product->validity,
                         .expiry = product->expiry,
                         .activation_delay = product->activation_delay,
                         .packages = terms_of(account, *product, asked, quota, *price_each,
                                              at_once ? period : Period{})};
  if (!at_once) decision.times_out_at = at + account.settings->order_ttl;
  return decision;
}

Decided decide_pay(const Account& account, const OrderPaid& asked, Instant at) {
  const Order* order = account.find_order(asked.order);
  if (const auto standing = standing_against(account)) return refuse(*standing);  // OC20
  if (order == nullptr) return refuse(Reject::unknown_order, "order");
  if (order->state != OrderState::pending_payment) return refuse(Reject::order_not_pending);
  const bool follows = order->renews.value != 0;
  const Period period = follows ? period_after(*account.settings, account.package(order->renews),
                                               order->validity, order->expiry)
                                : period_of(*account.settings, at, order->activation_delay,
                                            order->validity, order->expiry);
  if (!period.valid() || period.expires_at <= at) return refuse(Reject::invalid_expires_at);
  if (follows && !ended_and_kept(account.package(order->renews)))
    return refuse(Reject::not_renewable);
  return PaidDecision{.effective_at = period.effective_at, .expires_at = period.expires_at};
}

Decided decide_cancel(const Account& account, const OrderCancelled& asked) {
  const Order* order = account.find_order(asked.order);
  if (order == nullptr) return refuse(Reject::unknown_order, "order");
  if (order->state != OrderState::pending_payment) return refuse(Reject::order_not_pending);
  return Done{};
}

}  // namespace packledger
