// One life of a World, and what it has shown. Values, one thread.
#pragma once

#include "tests/sim/invariants.hpp"
#include "tests/sim/world_plan.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace packledger::sim {

struct LifeTold {
  std::optional<Promise> violated;
  std::string failure;            // empty: nothing was violated
  std::vector<std::string> last;  // of a failure: what happened just before
  std::uint64_t hash = 0;         // the same for the same seed
  std::array<std::uint64_t, promises> checked{};
  std::map<std::string, std::uint64_t> probes;
  std::uint64_t entries = 0;
  std::uint64_t refusals = 0;
  std::uint64_t requests = 0;
  std::uint64_t restarts = 0;
  std::uint64_t virtual_ms = 0;
};

// `tells`: everything that happens, on the standard output.
[[nodiscard]] LifeTold play(const Plan& plan, bool tells = false);

}  // namespace packledger::sim
