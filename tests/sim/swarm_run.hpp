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

// What adds up over lives.
struct LifeCounts {
  std::array<std::uint64_t, promises> checked{};
  std::map<std::string, std::uint64_t> probes;
  std::uint64_t entries = 0;
  std::uint64_t refusals = 0;
  std::uint64_t requests = 0;
  std::uint64_t restarts = 0;
  std::uint64_t virtual_ms = 0;

  void add(const LifeCounts& more);
  friend bool operator==(const LifeCounts&, const LifeCounts&) = default;
};
inline constexpr std::array life_figures{&LifeCounts::entries, &LifeCounts::refusals,
                                         &LifeCounts::requests, &LifeCounts::restarts,
                                         &LifeCounts::virtual_ms};

struct LifeTold {
  std::optional<Promise> violated;
  std::string failure;            // empty: nothing was violated
  std::vector<std::string> last;  // of a failure: what happened just before
  std::uint64_t hash = 0;         // the same for the same seed
  LifeCounts counts;
};

// `tells`: everything that happens, on the standard output.
[[nodiscard]] LifeTold play(const Plan& plan, bool tells = false);

}  // namespace packledger::sim
