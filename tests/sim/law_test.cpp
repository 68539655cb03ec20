// The law alone in its short form: some long lives, their paces and their kinds.
#include "tests/sim/law_life.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace packledger::sim {
namespace {

// Seeds that failed once stay here.
TEST(Law, AgreesWithTheModelOverYears) {
  LawProgress progress;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    ASSERT_EQ(live(seed, progress), "") << "seed " << seed;
  constexpr std::uint64_t year = 365ULL * 86'400'000;
  EXPECT_GT(progress.counts.commands, 250'000);
  EXPECT_GT(progress.counts.virtual_ms, 60 * year);
  EXPECT_GT(progress.counts.repeats, 1'000);
  EXPECT_GT(progress.counts.renewals, 1'000);
  EXPECT_GT(progress.counts.replayed, 500);
}

TEST(Law, LivesLastTenYears) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<Turn> turns = turns_of(seed);
    const model::Ms years = (turns.back().step.at - turns.front().step.at) / (365 * model::day);
    EXPECT_GE(years, 8) << seed;
  }
}

TEST(Law, TheSameSeedLivesTheSameLife) {
  LawProgress first;
  LawProgress second;
  ASSERT_EQ(live(4, first), "");
  ASSERT_EQ(live(4, turns_of(4), second, false), "");
  EXPECT_EQ(first.counts.entries, second.counts.entries);
  EXPECT_EQ(first.counts.virtual_ms, second.counts.virtual_ms);
}

}  // namespace
}  // namespace packledger::sim
