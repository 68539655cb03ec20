// Reversals: units of a send given back, money first (rules §7 R72 to R76).
#include "ledger/rules.hpp"

#include <algorithm>
#include <ranges>

namespace packledger {
namespace {

// Walks the units of a send in the order in which they are given back: `skip` of them are back
// already, `wanted` are asked for now.
struct Walk {
  Units skip;
  Units wanted;

  // How many of a line's units are given back now.
  Units take(Units line) {
    const Units skipped = std::min(skip, line);
    skip -= skipped;
    const Units taken = std::min(line - skipped, wanted);
    wanted -= taken;
    return taken;
  }
};

ReversalDecision give_back(const Account& account, const SendRecord& record, Units units,
                           Instant at) {
  Walk walk{.skip = record.reversed(), .wanted = units};
  ReversalDecision decision;
  for (const ChargeLine& line : record.decided.charges | std::views::reverse) {
    const Units taken = walk.take(line.units);
    if (taken > Units{0}) decision.charges.push_back(ChargeLine{taken, line.unit_price});
  }
  for (const PackageLine& line : record.decided.lines | std::views::reverse) {
    const Units taken = walk.take(line.units);
    if (taken > Units{0})
      decision.lines.push_back(
          ReversalLine{line.package, taken, restored(account, line.package, at)});
  }
  ENSURE(walk.wanted == Units{0}, "no more is given back than was allocated");
  if (record.decided.counter) {
    const bool all_counted = record.decided.counter->units == record.asked.units;
    decision.counter_units = all_counted ? units : units_of(decision.charges);
  }
  decision.send = record.sequence;
  return decision;
}

}  // namespace

bool restored(const Account& account, PackageId id, Instant at) {
  const Package& package = account.package(id);
  return at < package.terms.expires_at && package.state != PackageState::refunded;  // R73
}

Decided decide_reversal(const Ledger& ledger, const Account& account, const SendReversed& asked,
                        Instant at) {
  const auto record = ledger.sends().find(account.id, asked.send, at);
  if (record) {
    const auto seen = std::ranges::find(record->reversals, asked.reversal, &Reversal::name);
    const bool same = seen != record->reversals.end() && seen->units == asked.units;
    if (seen != record->reversals.end())
      return refuse(same ? Reject::duplicate : Reject::conflict, same ? "" : "units",
                    seen->sequence);
  }
  if (asked.units <= Units{}) return refuse(Reject::invalid_units, "units");
  if (!record) return refuse(Reject::unknown_send, "send");
  if (at >= record->reversible_until) return refuse(Reject::too_old, "send");  // R75
  const SendDecision& decided = record->decided;
  const Units allocated = units_of(decided.lines) + units_of(decided.charges);
  if (asked.units > allocated - record->reversed()) return refuse(Reject::over_reversal, "units");
  ReversalDecision decision = give_back(account, *record, asked.units, at);
  const auto refund = sum_of(decision.charges);
  const bool fits =
      refund && checked_add(account.balance, *refund) && checked_add(account.refunded, *refund);
  if (!fits) return refuse(Reject::amount_overflow);
  return decision;
}

}  // namespace packledger
