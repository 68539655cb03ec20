// Sends: who pays for a message, and how much (rules §5, §6, §12).
#include "ledger/rules.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace packledger {
namespace {

// How long ago a send of this account may have occurred. What was held to a narrower window may
// have been forgotten by it, so a window that was widened since counts from then on only (R4).
Duration window_for(const Account& account, Instant occurred) {
  const Duration window = account.settings->acceptance_window;
  return occurred < account.widened_at ? std::min(window, account.window_before) : window;
}

std::optional<Refusal> refuse_time(const Account& account, const SendRecorded& send, Instant at) {
  if (send.occurred_at && *send.occurred_at > at + client_clock_ahead_max)
    return Refusal{Reject::timestamp_in_future, "occurred_at", {}};
  const Instant occurred = occurred_at(send, at);
  if (at - occurred > window_for(account, occurred))
    return Refusal{Reject::too_old, "occurred_at", {}};
  return std::nullopt;
}

bool eligible(const Account& account, const Package& package, const SendRecorded& send,
              OverageMode mode, Instant at) {
  const PackageTerms& terms = package.terms;
  const Instant occurred = occurred_at(send, at);
  return terms.scope.covers(send.destination, send.type) && terms.effective_at <= occurred &&
         occurred < terms.expires_at && terms.mode == mode && package.available() > Units{0} &&
         at < terms.expires_at + account.settings->late_window;  // R45
}

const Tier& tier_at(const Tariff& tariff, Units position) {
  const auto holds = [position](const Tier& tier) {
    return !tier.up_to || position <= *tier.up_to;
  };
  const auto tier = std::ranges::find_if(tariff.tiers, holds);
  ENSURE(tier != tariff.tiers.end(), "the last tier is open");
  return *tier;
}

// Each unit at the price of its own position in the month (R60).
Few<ChargeLine, 1> graduated(const Tariff& tariff, Units position, Units units) {
  Few<ChargeLine, 1> lines;
  for (const Tier& tier : tariff.tiers) {
    if (units == Units{0}) break;
    if (tier.up_to && *tier.up_to <= position) continue;
    const Units taken = tier.up_to ? std::min(*tier.up_to - position, units) : units;
    lines.push_back(ChargeLine{.units = taken, .unit_price = tier.price});
    position += taken;
    units -= taken;
  }
  return lines;
}

// Volume: every unit that this book charged in the month moves to the price of the position that is
// reached (R61, R66).
std::optional<Refusal> price_by_volume(const Tariff& tariff, const VolumeUnits& before,
                                       Units reached, Units missing, SendDecision& decision) {
  const Price price = tier_at(tariff, reached).price;
  if (missing > Units{0}) decision.charges = {ChargeLine{.units = missing, .unit_price = price}};
  const auto adjustment = repriced(before.price, price, before.payg);
  if (!adjustment || !checked_add(before.payg, missing))
    return Refusal{Reject::amount_overflow, "units", {}};
  decision.counter->volume_price = price;
  decision.counter->adjustment = *adjustment;
  return std::nullopt;
}

VolumeUnits volume_of(const Counter& counter, const PriceBook& book) {
  const auto found = counter.volume.find(book.effective_from);
  return found == counter.volume.end() ? VolumeUnits{} : found->second;
}

Counter counter_of(const Account& account, const RatingGroup& group, Month month) {
  const auto found = account.counters->find({group, month});
  return found == account.counters->end() ? Counter{} : found->second;
}

std::optional<Refusal> refuse_money(const Account& account, const SendDecision& decision) {
  const auto total = cost_of(decision);
  if (!fits(account, total)) return Refusal{Reject::amount_overflow, "units", {}};
  if (account.settings->prepaid_strict && *total > Money{0} && account.balance < *total)
    return too_little_money(*total, account.balance);  // R106
  return std::nullopt;
}

}  // namespace

std::optional<Money> sum_of(std::span<const ChargeLine> lines, Money from) {
  std::optional<Money> sum = from;
  for (const ChargeLine& line : lines) {
    const auto amount = charge(line.unit_price, line.units);
    if (!amount) return std::nullopt;
    sum = checked_add(*sum, *amount);
    if (!sum) return std::nullopt;
  }
  return sum;
}

Money amount_of(std::span<const ChargeLine> lines) {
  const auto sum = sum_of(lines);
  ENSURE(sum.has_value(), "what was charged is an amount");
  return *sum;
}

std::optional<Money> cost_of(const SendDecision& decision) {
  return sum_of(decision.charges, decision.counter ? decision.counter->adjustment : Money{});
}

bool fits(const Account& account, std::optional<Money> cost) {
  const auto debit = cost ? negated(*cost) : std::nullopt;
  return debit && checked_add(account.balance, *debit) && checked_add(account.charged, *cost);
}

Allocation allocate(const Account& account, const SendRecorded& send, OverageMode mode,
                    Instant at) {
  Allocation allocation{.lines = {}, .missing = send.units};
  for (const PackageId id : account.open) {
    if (allocation.missing == Units{0}) break;
    const Package& package = account.package(id);
    if (!eligible(account, package, send, mode, at)) continue;
    const Units taken = std::min(package.available(), allocation.missing);
    allocation.lines.push_back(PackageLine{.package = id, .units = taken});
    allocation.missing -= taken;
  }
  return allocation;
}

std::optional<Refusal> rate(const Ledger& ledger, const Account& account, const SendRecorded& send,
                            Units missing, Instant at, SendDecision& decision) {
  const Instant occurred = occurred_at(send, at);
  const PriceBook* book = ledger.books().in_force(account.currency, occurred);
  const Tariff* tariff = book == nullptr ? nullptr : book->tariff(send.destination, send.type);
  if (tariff == nullptr) {
    if (missing > Units{0}) return Refusal{Reject::no_tariff, "destination", {}};
    return std::nullopt;
  }
  if (!tariff->counted()) {
    if (missing > Units{0})
      decision.charges = {ChargeLine{.units = missing, .unit_price = tariff->tiers.front().price}};
    return std::nullopt;
  }
  const Units counted = tariff->counts_packages ? send.units : missing;
  if (counted == Units{0}) return std::nullopt;
  const Month month = month_of(account.settings->zone, occurred);
  const Counter counter = counter_of(account, rating_group(send.destination, send.type), month);
  const auto reached = checked_add(counter.position, counted);
  if (!reached) return Refusal{Reject::amount_overflow, "units", {}};
  decision.counter =
      CounterMove{.month = month, .units = counted, .volume_price = {}, .adjustment = {}};
  if (tariff->mode == TierMode::volume) {
    decision.counter->volume_from = book->effective_from;
    return price_by_volume(*tariff, volume_of(counter, *book), *reached, missing, decision);
  }
  decision.charges = graduated(*tariff, *reached - missing, missing);
  return std::nullopt;
}

Result<SendDecision, Refusal> decide_send(const Ledger& ledger, const Account& account,
                                          const SendRecorded& send, Instant at) {
  // The number of its batch was asked first (R130).
  const bool numbered = is_numbered_name(send.send);
  if (const auto seen = numbered ? std::nullopt : ledger.sends().find(account.id, send.send, at)) {
    const auto field = differing_field(seen->asked, send);
    const Reject answer = field.empty() ? Reject::duplicate : Reject::conflict;
    return refuse(answer, field, seen->sequence);
  }
  if (send.units <= Units{0}) return refuse(Reject::invalid_units, "units");  // R68
  if (const auto refusal = refuse_time(account, send, at)) return std::unexpected{*refusal};
  const auto suspended_at = account.standing->suspended_at;
  if (suspended_at && occurred_at(send, at) >= *suspended_at)
    return refuse(Reject::account_suspended);  // R108
  if (!send.billable) return SendDecision{};   // R70

  const OverageMode mode = account.mode_for(send.destination);
  Allocation allocation = allocate(account, send, mode, at);
  if (mode == OverageMode::stop_before_excess && allocation.missing > Units{0})
    return refuse(Reject::quota_exhausted, "units");  // R54
  SendDecision decision{.lines = std::move(allocation.lines), .charges = {}, .counter = {}};
  if (const auto refusal = rate(ledger, account, send, allocation.missing, at, decision))
    return std::unexpected{*refusal};
  if (const auto refusal = refuse_money(account, decision)) return std::unexpected{*refusal};
  return decision;
}

}  // namespace packledger
