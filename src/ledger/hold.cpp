#include "packledger/ledger/hold.hpp"

#include "packledger/ledger/result.hpp"

namespace packledger {

std::string_view state_text(HoldState state) {
  switch (state) {
    case HoldState::held: return "held";
    case HoldState::captured: return "captured";
    case HoldState::released: return "released";
    case HoldState::expired: return "expired";
  }
  return "";
}

const Hold* Holds::find(std::string_view name, Instant at) const {
  const auto named = names_.find(std::string{name});
  if (named == names_.end()) return nullptr;
  const Hold& hold = holds_.at(named->second);
  const bool forgotten = hold.ended_at && at >= *hold.ended_at + hold_memory;
  return forgotten ? nullptr : &hold;
}

const Hold* Holds::find(Sequence number) const {
  const auto found = holds_.find(number);
  return found == holds_.end() ? nullptr : &found->second;
}

void Holds::place(Hold hold) {
  names_.insert_or_assign(hold.asked.hold, hold.sequence);
  const Sequence number = hold.sequence;
  holds_.emplace(number, std::move(hold));
  ++open_;
}

Hold& Holds::end(const std::string& name, HoldState state, Instant at) {
  const auto named = names_.find(name);
  ENSURE(named != names_.end(), "a hold is placed before it ends");
  Hold& hold = holds_.at(named->second);
  ENSURE(hold.state == HoldState::held, "a hold ends once");
  hold.state = state;
  hold.ended_at = at;
  forgettable_.emplace(at + hold_memory, hold.sequence);
  --open_;
  return hold;
}

void Holds::forget(Instant at) {
  while (!forgettable_.empty() && forgettable_.begin()->first <= at) {
    const Sequence number = forgettable_.begin()->second;
    const auto named = names_.find(holds_.at(number).asked.hold);
    // The name may have been used again since.
    if (named != names_.end() && named->second == number) names_.erase(named);
    holds_.erase(number);
    forgettable_.erase(forgettable_.begin());
  }
}

}  // namespace packledger
