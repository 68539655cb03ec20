#include "tests/examples/law_told.hpp"

#include "tests/examples/asks.hpp"
#include "tests/examples/law_facts.hpp"
#include "tests/examples/notation.hpp"

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

std::string told_reversal(const ReversalDecision& decision, AccountId account,
                          const Ledger& ledger) {
  std::vector<std::string> pieces;
  for (const ChargeLine& line : decision.charges)
    pieces.push_back(charge_text(line.units.value, Money{line.unit_price.micros}));
  if (!decision.lines.empty())
    pieces.push_back(lines_text(ledger.accounts().at(account), decision.lines));
  return joined(pieces);
}

std::string told_hold_end(const HoldEndDecision& decision, const Account& account) {
  std::string told = decision.taken.empty() ? "" : lines_text(account, decision.taken);
  if (decision.back.empty()) return told;
  return told + (told.empty() ? "" : " ") + "back " + lines_text(account, decision.back);
}

std::string told_warning(bool fires_after_every_purchase) {
  return fires_after_every_purchase ? "fires_after_every_purchase" : "no_warning";
}

}  // namespace

AccountSeen seen_account(const Account& account) {
  AccountSeen seen;
  seen.balance = account.balance;
  seen.currency = account.currency.text();
  seen.standing = {std::string(status_text(account.standing->status)), account.standing->overdue_at,
                   account.standing->suspends_at, account.standing->suspended_at};
  const std::vector<std::uint32_t> rank_of = ranks(account);
  for (std::size_t i = 0; i < account.packages.size(); ++i)
    seen.packages.push_back(seen_package(account.packages[i], rank_of.at(i)));
  for (const PoolTotal& pool : pool_totals(account)) {
    seen.pools.push_back({pool.pool, std::string(mode_text(pool.mode)), pool.remaining.value,
                          pool.held.value, pool.quota.value});
  }
  for (const auto& [key, counter] : *account.counters)
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
  seen.subject = subject_of(entry, ledger);
  seen.recorded_at = entry.recorded_at;
  seen.occurred_at = occurred_at(entry);
  seen.caused_by = entry.caused_by.value;
  seen.facts = facts_of(entry);
  if (const auto* renewed = std::get_if<PackageRenewed>(&entry.input.what)) {
    const RenewalDecision& decided = std::get<RenewalDecision>(entry.decision);
    seen.facts["key"] = "renew/" + seen.account + "/" +
                        pool_name(decided.package.scope.destinations) + "/" +
                        std::to_string(renewed->cause.value);
  }
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
  if (const auto* rule = std::get_if<AlarmRuleDecision>(&entry.decision))
    return told_warning(rule->fires_after_every_purchase);
  if (const auto* rule = std::get_if<RenewalRuleDecision>(&entry.decision))
    return told_warning(rule->fires_after_every_purchase);
  if (const auto* invoice = std::get_if<InvoiceDecision>(&entry.decision)) {
    return "invoice " + std::to_string(invoice->number) + " total " + money_text(invoice->total) +
           " printed " + money_text(invoice->printed);
  }
  const auto* hold = std::get_if<HoldDecision>(&entry.decision);
  const auto* end = std::get_if<HoldEndDecision>(&entry.decision);
  if (hold == nullptr && end == nullptr) return {};
  const Account& account = ledger.accounts().at(account_of(entry));
  return hold != nullptr ? lines_text(account, hold->lines) : told_hold_end(*end, account);
}

}  // namespace packledger::examples
