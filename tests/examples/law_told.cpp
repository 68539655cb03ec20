#include "tests/examples/law_told.hpp"

#include "tests/examples/asks.hpp"
#include "tests/examples/notation.hpp"

#include <type_traits>

namespace packledger::examples {
namespace {

std::string package_name(const Ledger& ledger, AccountId account, PackageId package) {
  const Account* const found = ledger.accounts().find(account);
  if (found == nullptr || package.value == 0 || package.value > found->packages.size()) return "?";
  return found->package(package).terms.name;
}

PackageSeen seen_package(const Package& package, std::uint32_t rank) {
  const PackageTerms& terms = package.terms;
  PackageSeen seen;
  seen.name = terms.name;
  seen.state = state_text(package.state);
  seen.quota = terms.quota.value;
  seen.remaining = package.remaining.value;
  seen.held = package.held.value;
  seen.used = package.used.value;
  seen.forfeited = package.forfeited.value;
  seen.refunded = package.refunded.value;
  if (package.paid()) {
    seen.effective_at = terms.effective_at;
    seen.expires_at = terms.expires_at;
  }
  seen.rank = rank;
  seen.pool = pool_name(terms.scope.destinations);
  seen.mode = mode_text(terms.mode);
  seen.priority = terms.priority;
  seen.price = terms.price_paid;
  return seen;
}

// The package, send, order or reversal that an input is about.
struct Subject {
  const Ledger& ledger;
  AccountId account;

  std::string operator()(const AccountOpened&) const { return {}; }
  std::string operator()(const AccountSettingsSet&) const { return {}; }
  std::string operator()(const ServiceModeSet&) const { return {}; }
  std::string operator()(const FundsCredited&) const { return {}; }
  std::string operator()(const FundsAdjusted&) const { return {}; }
  std::string operator()(const PriceBookPublished&) const { return {}; }
  std::string operator()(const OrderPlaced& what) const { return what.order; }
  std::string operator()(const OrderPaid& what) const { return what.order; }
  std::string operator()(const OrderCancelled& what) const { return what.order; }
  std::string operator()(const OrderTimedOut& what) const { return what.order; }
  std::string operator()(const PackageGranted& what) const { return what.package; }
  std::string operator()(const PackageRefunded& what) const { return what.package; }
  std::string operator()(const SendRecorded& what) const { return what.send; }
  std::string operator()(const SendReversed& what) const { return what.reversal; }
  template <class Timer>
    requires std::is_same_v<decltype(Timer::package), PackageId>
  std::string operator()(const Timer& what) const {
    return package_name(ledger, account, what.package);
  }
};

std::string told_reversal(const ReversalDecision& decision, AccountId account,
                          const Ledger& ledger) {
  std::vector<std::string> pieces;
  for (const ChargeLine& line : decision.charges)
    pieces.push_back(charge_text(line.units.value, Money{line.unit_price.micros}));
  for (const ReversalLine& line : decision.lines) {
    pieces.push_back(line_text(package_name(ledger, account, line.package), line.units.value) +
                     (line.restored ? "" : "(forfeited)"));
  }
  return joined(pieces);
}

}  // namespace

AccountSeen seen_account(const Account& account) {
  AccountSeen seen;
  seen.balance = account.balance;
  seen.currency = account.currency.text();
  const std::vector<std::uint32_t> rank_of = ranks(account);
  for (std::size_t i = 0; i < account.packages.size(); ++i)
    seen.packages.push_back(seen_package(account.packages[i], rank_of.at(i)));
  for (const PoolTotal& pool : pool_totals(account)) {
    seen.pools.push_back(
        {pool.pool, std::string(mode_text(pool.mode)), pool.remaining.value, pool.quota.value});
  }
  for (const auto& [key, counter] : account.counters)
    seen.counters[group_text(key.first) + " " + month_text(key.second)] = counter.position.value;
  return seen;
}

OrderSeen seen_order(const Order& order) {
  return {std::string(state_text(order.state)), order.price, order.times_out_at, order.paid_at,
          order.payment_reference};
}

EntrySeen seen_entry(const Entry& entry, const Ledger& ledger) {
  EntrySeen seen;
  seen.sequence = entry.sequence.value;
  seen.kind = kind_text(entry.input.what);
  const AccountId account = account_of(entry);
  if (account.value != 0) seen.account = ledger.accounts().at(account).name;
  seen.subject = std::visit(Subject{ledger, account}, entry.input.what);
  seen.recorded_at = entry.recorded_at;
  seen.occurred_at = occurred_at(entry);
  if (const auto* expiry = std::get_if<ExpiryDecision>(&entry.decision))
    seen.forfeited = expiry->forfeited.value;
  return seen;
}

std::string told_send(AccountId account, const SendDecision& decision, const Ledger& ledger) {
  std::vector<std::string> pieces;
  for (const PackageLine& line : decision.lines)
    pieces.push_back(line_text(package_name(ledger, account, line.package), line.units.value));
  for (const ChargeLine& line : decision.charges)
    pieces.push_back(charge_text(line.units.value, Money{line.unit_price.micros}));
  std::string told = joined(pieces);
  if (decision.counter && decision.counter->adjustment != Money{})
    told += " adjusted " + money_text(decision.counter->adjustment);
  return told;
}

std::string told_command(const Entry& entry, const Ledger& ledger) {
  if (const auto* order = std::get_if<OrderDecision>(&entry.decision))
    return "price " + money_text(order->price);
  if (const auto* refund = std::get_if<RefundDecision>(&entry.decision))
    return "refund " + money_text(refund->amount);
  if (const auto* reversal = std::get_if<ReversalDecision>(&entry.decision))
    return told_reversal(*reversal, account_of(entry), ledger);
  return {};
}

}  // namespace packledger::examples
