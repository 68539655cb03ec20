// Holds: units set aside, captured, given back (rules §12 R124 to R126).
#include "ledger/rules.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

// A hold as the send that it may become: what covers the one covers the other.
SendRecorded send_of(const HoldPlaced& hold, Units units) {
  return SendRecorded{.send = hold.hold,
                      .units = units,
                      .occurred_at = {},
                      .destination = hold.destination,
                      .type = hold.type};
}

std::optional<Reject> ended(HoldState state) {
  switch (state) {
    case HoldState::held: return std::nullopt;
    case HoldState::captured: return Reject::hold_captured;
    case HoldState::released: return Reject::hold_released;
    case HoldState::expired: return Reject::hold_expired;
  }
  ENSURE(false, "every state of a hold has its answer");
}

// The hold that may be captured or released, or why not.
Result<const Hold*, Refusal> open_hold(const Account& account, const std::string& name,
                                       Instant at) {
  const Hold* hold = account.holds->find(name, at);
  if (hold == nullptr) return refuse(Reject::unknown_hold, "hold");
  if (const auto reject = ended(hold->state)) return refuse(*reject, "hold");
  return hold;
}

// Splits what is held: the first lines are taken, the rest is given back (R125).
HoldEndDecision split(const Account& account, const Hold& hold, Units units, Instant at) {
  HoldEndDecision decision;
  for (const PackageLine& line : hold.lines) {
    const Units taken = std::min(line.units, units);
    units -= taken;
    if (taken > Units{}) decision.taken.push_back(PackageLine{line.package, taken});
    if (line.units > taken)
      decision.back.push_back(
          ReversalLine{line.package, line.units - taken, restored(account, line.package, at)});
  }
  return decision;
}

}  // namespace

Decided decide_hold(const Account& account, const HoldPlaced& asked, Instant at) {
  if (const Hold* seen = account.holds->find(asked.hold, at)) {
    const auto field = differing_field(seen->asked, asked);
    return refuse(field.empty() ? Reject::duplicate : Reject::conflict, field, seen->sequence);
  }
  if (asked.units <= Units{}) return refuse(Reject::invalid_units, "units");
  if (account.standing->status == AccountStatus::suspended)
    return refuse(Reject::account_suspended);  // R108
  const SendRecorded send = send_of(asked, asked.units);
  Allocation allocation = allocate(account, send, account.mode_for(asked.destination), at);
  if (allocation.missing > Units{}) return refuse(Reject::quota_exhausted, "units");
  if (account.holds->open() >= holds_per_account_max) return refuse(Reject::holds_max_reached);
  return HoldDecision{.lines = {allocation.lines.begin(), allocation.lines.end()},
                      .expires_at = at + asked.ttl.value_or(hold_ttl_default)};
}

Decided decide_capture(const Ledger& ledger, const Account& account, const HoldCaptured& asked,
                       Instant at) {
  if (asked.units <= Units{}) return refuse(Reject::invalid_units, "units");
  const auto hold = open_hold(account, asked.hold, at);
  if (!hold) return std::unexpected{hold.error()};
  if (asked.units > (*hold)->asked.units) return refuse(Reject::over_capture, "units");
  HoldEndDecision decision = split(account, **hold, asked.units, at);
  // What is captured counts in its month like a send that packages pay (R63).
  SendDecision counted;
  const SendRecorded send = send_of((*hold)->asked, asked.units);
  if (const auto refusal = rate(ledger, account, send, Units{}, at, counted))
    return std::unexpected{*refusal};
  if (!fits(account, cost_of(counted))) return refuse(Reject::amount_overflow, "units");
  decision.counter = counted.counter;
  return decision;
}

Decided decide_release(const Account& account, const std::string& hold, Instant at) {
  const auto open = open_hold(account, hold, at);
  if (!open) return std::unexpected{open.error()};
  return split(account, **open, Units{}, at);
}

}  // namespace packledger
