#include "tests/sim/invariants.hpp"

namespace packledger::sim {

Violation::Violation(Promise which, const std::string& what)
    : std::runtime_error(std::string(promise_text(which)) + ": " + what), promise(which) {}

std::vector<Invariant> invariant_rows(std::span<const Promise> of,
                                      const std::array<std::uint64_t, promises>& checked) {
  std::vector<Invariant> rows;
  for (const Promise promise : of) {
    const auto number = static_cast<std::size_t>(promise);
    rows.push_back(
        {static_cast<int>(number), std::string(promise_text(promise)), checked[number], 0});
  }
  return rows;
}

}  // namespace packledger::sim
