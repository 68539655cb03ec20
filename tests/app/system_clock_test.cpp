// The clocks: when the wall clock is no longer believed, and how the test clock moves.
#include "app/system_clock.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace packledger {
namespace {

using std::chrono::milliseconds;

constexpr Instant noon{1'714'536'000'000};  // 2024-05-01T04:00:00Z

// Clocks that stand where the test puts them.
struct Hands {
  ClockReading reading{.wall = noon, .since_boot = hours(5)};
  SystemClock::Read read() {
    return [this] { return reading; };
  }
  void pass(Duration by) {
    reading.wall = reading.wall + by;
    reading.since_boot = reading.since_boot + by;
  }
};

TEST(SystemClock, GoesWithTheWall) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  EXPECT_EQ(clock.now(), noon);
  hands.pass(days(400));
  EXPECT_EQ(clock.now(), noon + days(400));
}

TEST(SystemClock, ToleratesAStepOfExactlyTheLimit) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  hands.reading.wall = noon + hours(1);
  EXPECT_EQ(clock.now(), noon + hours(1));
}

TEST(SystemClock, SaysNothingForEverOnceItLeapt) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  hands.reading.wall = noon + hours(1) + Duration{1};
  EXPECT_EQ(clock.now(), std::nullopt);
  hands.reading.wall = noon;  // set right again: too late, a timer may have been read meanwhile
  EXPECT_EQ(clock.now(), std::nullopt);
  EXPECT_EQ(clock.shown(), noon);
}

TEST(SystemClock, FollowsAWallThatIsSetBack) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  hands.reading.wall = noon - days(3);
  EXPECT_EQ(clock.now(), noon - days(3));
  hands.reading.wall = noon;
  EXPECT_EQ(clock.now(), noon);
}

TEST(SystemClock, CountsSmallStepsTogether) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  hands.reading.wall = noon + minutes(40);
  EXPECT_TRUE(clock.now());
  hands.reading.wall = noon + minutes(80);
  EXPECT_FALSE(clock.now());
}

TEST(SystemClock, TellsHowLongToSleep) {
  Hands hands;
  const SystemClock clock{hours(1), hands.read()};
  EXPECT_EQ(clock.time_until(noon + seconds(90)), milliseconds{90'000});
  EXPECT_EQ(clock.time_until(noon), milliseconds{0});
  EXPECT_EQ(clock.time_until(noon - hours(1)), milliseconds{0});
}

TEST(SystemClock, ReadsTheMachine) {
  constexpr Instant this_code_was_written{1'700'000'000'000};
  SystemClock clock{hours(1)};
  const auto now = clock.now();
  ASSERT_TRUE(now);
  EXPECT_GT(*now, this_code_was_written);
  EXPECT_GT(read_clocks().since_boot, Duration{});
}

TEST(TestClock, MovesOnlyWhenSet) {
  TestClock clock{noon};
  EXPECT_EQ(clock.now(), noon);
  clock.set(noon + days(1));
  EXPECT_EQ(clock.now(), noon + days(1));
  EXPECT_EQ(clock.shown(), noon + days(1));
}

TEST(TestClock, NeverGoesBack) {
  TestClock clock{noon};
  clock.set(noon - Duration{1});
  EXPECT_EQ(clock.now(), noon);
}

TEST(TestClock, ComesNoNearerBySleeping) {
  TestClock clock{noon};
  EXPECT_EQ(clock.time_until(noon + Duration{1}), std::nullopt);
  EXPECT_EQ(clock.time_until(noon), milliseconds{0});
  clock.set(noon + Duration{1});
  EXPECT_EQ(clock.time_until(noon + Duration{1}), milliseconds{0});
}

TEST(TestClock, StandsAtTheLatestThatAnyThreadSet) {
  constexpr int threads = 4;
  constexpr int steps = 1'000;
  TestClock clock{noon};
  {
    std::vector<std::jthread> setters;
    for (int n = 0; n < threads; ++n) {
      setters.emplace_back([&clock, n] {
        for (int step = 0; step < steps; ++step) clock.set(noon + Duration{step * threads + n});
      });
    }
  }
  EXPECT_EQ(clock.now(), noon + Duration{steps * threads - 1});
}

TEST(TestClock, StartsWhereItIsToldButNotBeforeTheJournalEnds) {
  EXPECT_EQ(test_clock_start(noon, Instant{}), noon);
  EXPECT_EQ(test_clock_start(noon, noon + days(1)), noon + days(1));
  EXPECT_EQ(test_clock_start(std::nullopt, noon), noon);
  EXPECT_GT(test_clock_start(std::nullopt, Instant{}), noon);  // an empty journal: today
}

}  // namespace
}  // namespace packledger
