#include "packledger/ledger/decision.hpp"

#include <algorithm>

namespace packledger {

Instant occurred_at(const SendRecorded& send, Instant recorded_at) {
  return std::min(send.occurred_at.value_or(recorded_at), recorded_at);
}

Instant occurred_at(const Entry& entry) {
  const auto* send = std::get_if<SendRecorded>(&entry.input.what);
  return send != nullptr ? occurred_at(*send, entry.recorded_at) : effect_at(entry);
}

Instant effect_at(const Entry& entry) {
  return std::visit(
      [&entry](const auto& what) -> Instant {
        if constexpr (requires { what.due; }) {
          return what.due;
        } else if constexpr (requires { what.at; }) {
          return what.at;
        } else {
          return entry.recorded_at;
        }
      },
      entry.input.what);
}

const std::vector<Told>* told_by(const Entry& entry) {
  return std::visit(
      [](const auto& decision) -> const std::vector<Told>* {
        if constexpr (requires { decision.skipped&& decision.told.empty(); }) {
          return decision.skipped ? nullptr : &decision.told;
        } else if constexpr (requires { decision.told; }) {
          return &decision.told;
        } else {
          return nullptr;
        }
      },
      entry.decision);
}

AccountId account_of(const Entry& entry) {
  if (const auto* opened = std::get_if<AccountDecision>(&entry.decision)) return opened->account;
  return entry.input.account;
}

}  // namespace packledger
