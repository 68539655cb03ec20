// Lives in processes of their own: two cores live twice as many, and one that aborts is told like
// any other that goes wrong.
//
// Owner: the campaign; one thread.
#pragma once

#include "tests/sim/swarm_run.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace packledger::sim {

struct Swarm {
  std::uint64_t first = 1;  // seed
  std::uint64_t last = 1;
  std::size_t jobs = 1;
  std::chrono::seconds seconds{0};  // no life begins later; 0: all of them
  std::function<Plan(std::uint64_t seed)> plan_of;
};

// `told` hears of each life, in no order. False: no more are begun.
using HearLife = std::function<bool(const Plan& plan, const LifeTold& life)>;
void play_apart(const Swarm& swarm, const HearLife& told);

// One life.
[[nodiscard]] LifeTold play_apart(const Plan& plan);

// As one line, and back.
[[nodiscard]] std::string line_of(const LifeTold& life);
[[nodiscard]] LifeTold life_of(const std::string& line);

}  // namespace packledger::sim
