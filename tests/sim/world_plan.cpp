#include "tests/sim/world_plan.hpp"

#include "tests/sim/draws.hpp"

#include <algorithm>
#include <array>

namespace packledger::sim {
namespace {

constexpr std::array<std::string_view, troubles.size()> trouble_names{
    "power",   "kill",      "sync_fails", "disk_full", "clock",
    "network", "slow_disk", "snapshots",  "sends",     "flips"};

// Often as narrow as can be: one entry a batch, one request in the queue.
void draw_limits(Plan& plan, Draws& draws) {
  constexpr std::array<std::size_t, 5> batches{1, 2, 7, 64, 8'192};
  constexpr std::array<std::size_t, 5> timers{1, 2, 5, 64, 1'024};
  constexpr std::array<std::size_t, 4> queues{1, 3, 16, 4'096};
  constexpr std::array<std::size_t, 2> generations{16, 64};
  plan.engine.batch_entries_max = draws.one_of(batches);
  plan.engine.timers_per_turn_max = draws.one_of(timers);
  plan.requests_max = draws.one_of(queues);
  if (draws.percent(60)) {
    plan.memory.generation_records_max = draws.one_of(generations);
    plan.memory.chunk_bytes = std::size_t{1} << 12U;
    plan.memory.memory_bytes_max = std::size_t{1} << 12U;
  }
  plan.watermark = draws.percent(40) ? WatermarkMode::one_behind : WatermarkMode::before_ack;
  plan.write_buffer_bytes = draws.percent(25) ? std::size_t{64} * 1024 : std::size_t{1} << 22U;
}

// What came later has draws of its own, so that older seeds mean what they meant.
struct Later {
  std::size_t Plan::* size;
  std::string_view draws;
  std::int64_t percent;  // of the lives have any
  std::int64_t least;
  std::int64_t most;
};
constexpr std::array laters{
    Later{&Plan::dry_runs, "plan of dry runs", 50, 3, 20},
    Later{&Plan::books, "plan of price books", 40, 1, 4},
    Later{&Plan::forecasters, "plan of forecasters", 40, 1, 2},
    Later{&Plan::visitors, "plan of visitors", 40, 1, 3},
};

}  // namespace

std::string_view trouble_text(Trouble trouble) {
  return trouble_names[static_cast<std::size_t>(trouble)];
}

std::optional<Trouble> parse_trouble(std::string_view text) {
  const auto found = std::ranges::find(trouble_names, text);
  if (found == trouble_names.end()) return std::nullopt;
  return static_cast<Trouble>(found - trouble_names.begin());
}

Plan plan_of(std::uint64_t seed) {
  Draws draws(seed, "plan");
  Plan plan;
  plan.seed = seed;
  plan.accounts = static_cast<std::size_t>(draws.between(1, 4));
  plan.steps = static_cast<std::size_t>(draws.between(60, 260));
  plan.producers = static_cast<std::size_t>(draws.pick(3));
  plan.senders = static_cast<std::size_t>(draws.pick(3));
  plan.watchers = static_cast<std::size_t>(draws.pick(4));
  plan.readers = static_cast<std::size_t>(draws.pick(3));
  plan.storms = static_cast<std::size_t>(draws.pick(3));
  for (const Trouble trouble : troubles) {
    if (draws.percent(45)) plan.troubles |= 1U << static_cast<unsigned>(trouble);
  }
  plan.disturbances = static_cast<std::size_t>(draws.between(2, 14));
  draw_limits(plan, draws);
  plan.commit_ms_max = plan.has(Trouble::slow_disk) ? 2'000 : draws.pick(8);
  plan.snapshot_hours = draws.percent(70) ? draws.between(24, 400) : 0;
  for (const Later& later : laters) {
    Draws own(seed, later.draws);
    if (own.percent(later.percent))
      plan.*later.size = static_cast<std::size_t>(own.between(later.least, later.most));
  }
  return plan;
}

std::string options_of(const Plan& plan) {
  const Plan drawn = plan_of(plan.seed);
  std::string text = "--seed " + std::to_string(plan.seed);
  for (const PlanSize& one : plan_sizes) {
    if (plan.*one.size != drawn.*one.size)
      text += " --" + std::string(one.name) + " " + std::to_string(plan.*one.size);
  }
  std::string without;
  for (const Trouble trouble : troubles) {
    if (!drawn.has(trouble) || plan.has(trouble)) continue;
    without += (without.empty() ? "" : ",") + std::string(trouble_text(trouble));
  }
  if (!without.empty()) text += " --without " + without;
  if (plan.acknowledges_early) text += " --canary";
  return text;
}

}  // namespace packledger::sim
