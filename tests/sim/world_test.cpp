// The simulator itself: the same seed is the same life, a daemon that lies is found, a plan can be
// narrowed and named.
#include "tests/sim/world.hpp"

#include "tests/sim/swarm_run.hpp"
#include "tests/sim/swarm_workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::sim {
namespace {

using ::testing::HasSubstr;

TEST(World, LivesTheSameLifeAgain) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const LifeTold once = play(plan_of(seed));
    const LifeTold again = play(plan_of(seed));
    EXPECT_EQ(once.failure, "") << seed;
    EXPECT_EQ(once.hash, again.hash) << seed;
    EXPECT_EQ(once.counts, again.counts) << seed;
    EXPECT_GT(once.counts.entries, 20U) << seed;
  }
  EXPECT_NE(play(plan_of(1)).hash, play(plan_of(2)).hash);
}

TEST(World, IsTheSameInAProcessOfItsOwn) {
  EXPECT_EQ(play(plan_of(3)).hash, play_apart(plan_of(3)).hash);
}

// Whoever says that something is recorded before it is on the disk loses it in some life.
TEST(World, FindsADaemonThatAcknowledgesBeforeTheSync) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Plan plan = plan_of(seed);
    plan.acknowledges_early = true;
    const LifeTold life = play_apart(plan);
    found += life.failure.empty() ? 0 : 1;
  }
  EXPECT_GE(found, 9);
}

TEST(World, IsToldAsOneLine) {
  LifeTold life = play(plan_of(5));
  life.failure = "made up";
  life.violated = Promise::once;
  life.last = {"one", "two"};
  const LifeTold read = life_of(line_of(life));
  EXPECT_EQ(read.hash, life.hash);
  EXPECT_EQ(read.violated, life.violated);
  EXPECT_EQ(read.failure, life.failure);
  EXPECT_EQ(read.last, life.last);
  EXPECT_EQ(read.counts, life.counts);
}

TEST(Plan, IsNamedByWhatDiffersFromItsSeed) {
  Plan plan = plan_of(8);
  EXPECT_EQ(options_of(plan), "--seed 8");
  plan.steps = 3;
  plan.watchers = 9;
  plan.dry_runs = 40;
  EXPECT_EQ(options_of(plan), "--seed 8 --steps 3 --watchers 9 --dry-runs 40");
  plan.troubles = 0;
  EXPECT_THAT(options_of(plan), HasSubstr(" --without "));
  for (const Trouble trouble : troubles) EXPECT_EQ(parse_trouble(trouble_text(trouble)), trouble);
}

}  // namespace
}  // namespace packledger::sim
