#include "tests/sim/invariants.hpp"

namespace packledger::sim {

std::string_view promise_text(Promise promise) {
  switch (promise) {
    case Promise::rules: return "decided by the rules";
    case Promise::conservation: return "conservation";
    case Promise::totals: return "totals, nothing negative";
    case Promise::durable: return "durable";
    case Promise::prefix: return "prefix";
    case Promise::once: return "once";
    case Promise::replay: return "replay";
    case Promise::timers: return "timers";
    case Promise::alarms: return "alarms and renewals";
    case Promise::notices: return "notices";
    case Promise::ack_order: return "order of acknowledgement";
    case Promise::reads: return "reads";
    case Promise::watchers: return "watchers";
    case Promise::chain: return "chain";
    case Promise::one_writer: return "one writer";
    case Promise::bounds: return "bounds and answers";
  }
  return "";
}

Violation::Violation(Promise which, const std::string& what)
    : std::runtime_error(std::string(promise_text(which)) + ": " + what), promise(which) {}

std::vector<Invariant> invariant_rows(const std::array<std::uint64_t, promises>& checked) {
  std::vector<Invariant> rows;
  for (std::size_t i = 0; i < promises; ++i) {
    rows.push_back(
        {static_cast<int>(i), std::string(promise_text(static_cast<Promise>(i))), checked[i], 0});
  }
  return rows;
}

}  // namespace packledger::sim
