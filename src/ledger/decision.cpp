#include "packledger/ledger/decision.hpp"

#include <algorithm>

namespace packledger {

Instant occurred_at(const SendRecorded& send, Instant recorded_at) {
  return std::min(send.occurred_at.value_or(recorded_at), recorded_at);
}

Instant occurred_at(const Entry& entry) {
  return std::visit(
      [&entry](const auto& what) -> Instant {
        if constexpr (requires { what.due; }) return what.due;
        if constexpr (std::is_same_v<decltype(what), const SendRecorded&>)
          return occurred_at(what, entry.recorded_at);
        return entry.recorded_at;
      },
      entry.input.what);
}

AccountId account_of(const Entry& entry) {
  if (const auto* opened = std::get_if<AccountDecision>(&entry.decision)) return opened->account;
  return entry.input.account;
}

}  // namespace packledger
