// Automatic renewal: its rule, its triggers, its attempts (rules §9 R89 to R103).
#include "ledger/rules.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace packledger {
namespace {

// What a renewal would buy now, or why it cannot be priced.
struct Offer {
  const Product* product = nullptr;
  Period period;
  Money price;
};

bool mainland_only(const Product& product) {
  return product.scope.destinations.countries == std::vector{mainland};
}

// price x bp / 10,000, halves away from zero (R10).
std::optional<Money> discounted(Money price, std::int32_t bp) {
  constexpr __int128 whole = 10'000;
  const __int128 exact = __int128{price.micros} * bp;
  const __int128 rounded = (exact + whole / 2) / whole;  // prices are never below zero
  if (rounded > INT64_MAX) return std::nullopt;
  return Money{static_cast<std::int64_t>(rounded)};
}

Result<Offer, Reject> offer_at(const Ledger& ledger, const Account& account,
                               const std::string& name, Units quantity, Instant at) {
  const PriceBook* book = ledger.books().in_force(account.currency, at);
  const Product* product = book == nullptr ? nullptr : book->product(name);
  if (product == nullptr || !mainland_only(*product))
    return std::unexpected{Reject::unknown_product};
  if (quantity < product->quota_min || quantity > product->quota_max)
    return std::unexpected{Reject::invalid_quantity};
  const Instant effective_at = at + product->activation_delay;
  const Period period{effective_at, expiry_of(account.settings->zone, effective_at,
                                              product->validity, product->expiry)};
  if (!period.valid()) return std::unexpected{Reject::invalid_expires_at};
  const auto full = price_of(*product, quantity);
  const std::int32_t bp = book->renewal ? book->renewal->discount_bp : 10'000;
  const auto price = full ? discounted(*full, bp) : std::nullopt;
  if (!price || !checked_add(account.purchased, *price))
    return std::unexpected{Reject::amount_overflow};
  return Offer{.product = product, .period = period, .price = *price};
}

Result<Offer, Reject> offer_at(const Ledger& ledger, const Account& account, Instant at) {
  ENSURE(account.renewal.has_value(), "a renewal has its rule");
  return offer_at(ledger, account, account.renewal->agreed.product, account.renewal->rule.quantity,
                  at);
}

// How an attempt at `at` would end (R97, R99).
struct Attempt {
  std::optional<Reject> refused;
  Money needed;
};

Attempt attempt_at(const Ledger& ledger, const Account& account, Instant at) {
  const auto offer = offer_at(ledger, account, at);
  const Money needed = offer ? offer->price : Money{};
  if (const auto standing = standing_against(account)) return {*standing, needed};
  if (!offer) return {offer.error(), needed};
  if (account.balance < needed) return {Reject::insufficient_balance, needed};
  if (account.packages.size() >= packages_per_account_max)
    return {Reject::packages_max_reached, needed};
  return {std::nullopt, needed};
}

bool cap_reached(const Account& account, Instant at) {
  const RenewalDay& day = account.renewal_day;
  return day.is(start_of_day(account.settings->zone, at)) &&
         day.renewals >= account.renewal->agreed.per_day_max;
}

bool ends_later(const Account& account, const Package& package, PackageId than) {
  return package.terms.id != than && package.pool == account.package(than).pool && package.paid() &&
         !package.expired() && package.state != PackageState::refunded &&
         package.terms.expires_at > account.package(than).terms.expires_at;
}

// Another paid package of the pool ends later than this one (R92). What was bought last mostly
// ends last.
bool another_ends_later(const Account& account, PackageId than) {
  return std::ranges::any_of(account.open | std::views::reverse, [&](PackageId id) {
    return ends_later(account, account.package(id), than);
  });
}

bool at_threshold(const Account& account, Instant at) {
  const RenewalRule& rule = account.renewal->rule;
  const Pool* pool = account.find_pool(rule.pool);
  // A pool that never had a package has nothing to renew.
  return rule.threshold && pool != nullptr && pool->total_at(at) <= *rule.threshold;
}

std::optional<RenewalTrigger> triggered(const Account& account, const Aftermath& after) {
  const Renewal& by = *account.renewal;
  if (!by.rule.enabled) return std::nullopt;
  if (by.pending)
    return after.credited || after.retry ? std::optional{by.pending->trigger} : std::nullopt;
  if (after.ending.value != 0) return RenewalTrigger::pre_expiry;
  const bool judged = after.mainland_fell || after.renewal_set;
  return judged && at_threshold(account, after.at) ? std::optional{RenewalTrigger::threshold}
                                                   : std::nullopt;
}

RenewalTerms terms_of(const PriceBook* book) {
  return book != nullptr && book->renewal ? *book->renewal : RenewalTerms{};
}

}  // namespace

std::optional<Money> renewal_price(const Ledger& ledger, const Account& account) {
  const auto offer = offer_at(ledger, account, ledger.recorded_at());
  return offer ? std::optional{offer->price} : std::nullopt;
}

Decided decide_renewal_rule(const Ledger& ledger, const Account& account,
                            const RenewalRuleSet& asked, Instant at) {
  const RenewalRule& rule = asked.rule;
  const RenewalTerms terms = terms_of(ledger.books().in_force(account.currency, at));
  const RenewalAgreed agreed{
      .product = rule.product.empty() ? terms.product : rule.product,
      .lead = terms.lead,
      .per_day_max = rule.per_day_max.value_or(std::min(terms.per_day_max, renewals_per_day_max)),
      .retry_at_minute = terms.retry_at_minute};
  const auto offer = offer_at(ledger, account, agreed.product, rule.quantity, at);
  if (!offer && offer.error() == Reject::unknown_product)
    return refuse(Reject::unknown_product, "product");
  if (rule.pool != renewal_pool) return refuse(Reject::invalid_pool, "pool");  // R89
  const bool in_range =
      rule.quantity >= renewal_quantity_min && rule.quantity <= renewal_quantity_max;
  if (!in_range || (!offer && offer.error() == Reject::invalid_quantity))
    return refuse(Reject::invalid_quantity, "quantity");  // R31
  if (!offer) return refuse(offer.error());
  const bool too_short = offer->period.expires_at - agreed.lead <= offer->period.effective_at;
  if (rule.pre_expiry && too_short) return refuse(Reject::invalid_lead, "pre_expiry");  // R101
  return RenewalRuleDecision{
      .agreed = agreed,
      .fires_after_every_purchase = rule.threshold && rule.quantity <= *rule.threshold};
}

Decided decide_renewal_removal(const Account& account) {
  if (!account.renewal) return refuse(Reject::unknown_renewal);
  return Done{};
}

Decided decide_pre_expiry(const Account& account, const PreExpiryRenewalDue& due) {
  if (another_ends_later(account, due.package)) return PreExpiryDecision{RenewalSkip::not_last};
  if (account.renewal && account.renewal->pending)
    return PreExpiryDecision{RenewalSkip::outstanding};
  return PreExpiryDecision{};
}

Decided decide_retry(const Ledger& ledger, const Account& account, Instant due) {
  const Attempt attempt = attempt_at(ledger, account, due);
  const std::int32_t minute = account.renewal->agreed.retry_at_minute;
  return RetryDecision{.refused = attempt.refused,
                       .needed = attempt.needed,
                       .balance = account.balance,
                       .next_at = next_at_minute(account.settings->zone, due, minute)};
}

Decided decide_renewed(const Ledger& ledger, const Account& account,
                       const PackageRenewed& renewed) {
  const auto offer = offer_at(ledger, account, renewed.at);
  ENSURE(offer.has_value() && account.balance >= offer->price, "a renewal can be paid");
  const Product& product = *offer->product;
  return RenewalDecision{.package =
                             PackageTerms{
                                 .id = PackageId{account.packages.size() + 1},
                                 .quota = account.renewal->rule.quantity,
                                 .effective_at = offer->period.effective_at,
                                 .expires_at = offer->period.expires_at,
                                 .scope = product.scope,
                                 .mode = product.mode,
                                 .priority = product.priority,
                                 .price_paid = offer->price,
                                 .refund = product.refund,
                                 .name = "renewal-" + std::to_string(next(ledger.last()).value),
                                 .order = {},
                                 .product = product.name,
                             },
                         .price = offer->price,
                         .balance_after = account.balance - offer->price,
                         .told = told_to(account, Topic::renewal)};
}

Decided decide_failed(const Ledger& ledger, const Account& account, const RenewalFailed& failed) {
  const Attempt attempt = attempt_at(ledger, account, failed.at);
  ENSURE(attempt.refused.has_value(), "a failed renewal has its reason");
  const std::int32_t minute = account.renewal->agreed.retry_at_minute;
  return RenewalFailure{.reason = *attempt.refused,
                        .needed = attempt.needed,
                        .balance = account.balance,
                        .retry_at = next_at_minute(account.settings->zone, failed.at, minute),
                        .told = told_to(account, Topic::renewal)};
}

Decided decide_capped(const Account& account) {
  return CapDecision{.per_day_max = account.renewal->agreed.per_day_max,
                     .told = told_to(account, Topic::renewal)};
}

std::optional<What> due_renewal(const Ledger& ledger, const Account& account,
                                const Aftermath& after) {
  const auto trigger = triggered(account, after);
  if (!trigger) return std::nullopt;
  const Renewal& by = *account.renewal;
  const Attempt attempt = attempt_at(ledger, account, after.at);
  const bool owes = standing_against(account).has_value();
  if (!owes && cap_reached(account, after.at)) {
    if (account.renewal_day.capped) return std::nullopt;  // told once a day
    return RenewalCapped{*trigger, after.at};
  }
  if (!attempt.refused) return PackageRenewed{*trigger, after.cause, after.at};
  if (by.pending) return std::nullopt;  // told by what tried it again
  return RenewalFailed{*trigger, after.at};
}

bool renewal_still_wanted(const Account& account, Instant at) {
  const RenewalPending& pending = *account.renewal->pending;
  if (pending.trigger == RenewalTrigger::threshold) return at_threshold(account, at);
  const Package& ending = account.package(pending.package);
  return ending.state != PackageState::refunded && !another_ends_later(account, pending.package);
}

std::optional<Money> renewal_needs(const Ledger& ledger, const Account& account, Money balance,
                                   Instant at) {
  if (!account.renewal || !account.renewal->pending) return std::nullopt;
  const auto offer = offer_at(ledger, account, at);
  if (!offer || balance >= offer->price) return std::nullopt;
  return offer->price;
}

}  // namespace packledger
