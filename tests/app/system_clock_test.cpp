// The clocks: when the wall clock is no longer believed, and how the test clock moves.
#include "app/system_clock.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
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

constexpr Duration none{};
constexpr Duration ten_years = days(3'652);
Duration back(Duration by) { return Duration{-by.ms}; }

// How far both clocks go on, and what the daemon makes of it.
struct Reading {
  Duration boot;
  Duration wall;
  Duration now;  // since noon
  bool held = false;
};

struct Story {
  std::string name;
  std::vector<Reading> readings;
};

class Believed : public testing::TestWithParam<Story> {};

TEST_P(Believed, IsWhatTheBootClockBearsOut) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  std::size_t number = 0;
  for (const Reading& reading : GetParam().readings) {
    hands.reading.since_boot = hands.reading.since_boot + reading.boot;
    hands.reading.wall = hands.reading.wall + reading.wall;
    EXPECT_EQ(clock.now(), noon + reading.now) << "reading " << number;
    EXPECT_EQ(clock.look().held, reading.held) << "reading " << number;
    EXPECT_EQ(clock.look().wall, hands.reading.wall);
    EXPECT_EQ(clock.shown(), noon + reading.now) << "reading " << number;
    ++number;
  }
}

INSTANTIATE_TEST_SUITE_P(
    SystemClock, Believed,
    testing::Values(
        Story{"GoesWithTheWall", {{none, none, none}, {seconds(1), seconds(1), seconds(1)}}},
        Story{"AStepOfExactlyTheLimit",
              {{none, hours(1), hours(1)}, {seconds(1), seconds(1), hours(1) + seconds(1)}}},
        Story{"ALeapAtOnce",
              {{seconds(5), seconds(5), seconds(5)},
               {seconds(1), seconds(1) + hours(1) + Duration{1}, seconds(6), true},
               // Time goes on meanwhile, also where the wall leaps further.
               {hours(2), hours(2), hours(2) + seconds(6), true},
               {hours(1), days(30), hours(3) + seconds(6), true}}},
        Story{"TenYears", {{none, ten_years, none, true}, {days(40), days(40), days(40), true}}},
        Story{"ALeapInSteps",
              {{none, minutes(40), minutes(40)},
               {seconds(1), minutes(20), minutes(60)},
               {seconds(1), minutes(20), minutes(60) + seconds(1), true},
               {seconds(1), minutes(20), minutes(60) + seconds(2), true}}},
        Story{"ALeapThatIsSetRightAgain",
              {{none, days(3), none, true},
               {minutes(5), minutes(5), minutes(5), true},
               {none, back(days(3)), minutes(5)},
               {seconds(1), seconds(1), minutes(5) + seconds(1)},
               {none, hours(2), minutes(5) + seconds(1), true}}},
        Story{"ALeapThatIsSetAlmostRight",
              {{none, days(3), none, true}, {none, back(days(3)) + hours(1), hours(1)}}},
        Story{"AWallSetBackAndForthAgain",
              {{none, back(hours(30)), back(hours(30))},
               {seconds(1), seconds(1), back(hours(30)) + seconds(1)},
               {none, hours(30), seconds(1)},
               {none, hours(1) + Duration{1}, seconds(1), true}}},
        Story{"AWallThatLeapsFromWhereItWasSetBackTo",
              {{none, back(hours(30)), back(hours(30))}, {none, hours(32), back(hours(30)), true}}},
        Story{"AFrozenWall",
              {{hours(3), none, none},
               {hours(30), none, none},
               {seconds(1), hours(33) + seconds(1), hours(33) + seconds(1)}}},
        Story{"ASleepOfTheMachine",
              {{days(20), days(20), days(20)}, {days(200), days(200), days(220)}}}),
    [](const auto& tested) { return tested.param.name; });

// Half a percent fast, for years: each day seven minutes, which alone would be a leap in a week.
TEST(SystemClock, NeverTakesADriftForALeap) {
  for (const std::int64_t drift_ms : {300, -300, 20}) {  // a minute
    Hands hands;
    SystemClock clock{hours(1), hands.read()};
    for (int minute = 0; minute < 60 * 24 * 100; ++minute) {
      hands.pass(minutes(1));
      hands.reading.wall = hands.reading.wall + Duration{drift_ms};
      ASSERT_EQ(clock.now(), hands.reading.wall) << drift_ms << ", minute " << minute;
    }
    hands.reading.wall = hands.reading.wall + hours(1) + minutes(10);
    EXPECT_TRUE(clock.look().held) << drift_ms;
  }
}

// Steps that are small one by one but never stop.
TEST(SystemClock, HoldsAWallThatRunsAway) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  for (int hour = 0; hour < 3; ++hour) {
    hands.pass(hours(1));
    hands.reading.wall = hands.reading.wall + minutes(30);
    static_cast<void>(clock.now());
  }
  EXPECT_TRUE(clock.look().held);
}

TEST(SystemClock, ReadsAsOftenAsItLikesWithoutLosingTheDrift) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  for (int reading = 0; reading < 2'000'000; ++reading) {
    hands.pass(Duration{50});
    if (reading % 20 == 0) hands.reading.wall = hands.reading.wall + Duration{5};
    ASSERT_EQ(clock.now(), hands.reading.wall);
  }
}

TEST(SystemClock, BelievesAWallThatIsAccepted) {
  Hands hands;
  SystemClock clock{hours(1), hands.read()};
  EXPECT_FALSE(clock.accept());  // nothing to accept
  hands.reading.wall = noon + days(3);
  EXPECT_EQ(clock.now(), noon);
  EXPECT_TRUE(clock.accept());
  EXPECT_EQ(clock.now(), noon + days(3));
  EXPECT_FALSE(clock.look().held);
  EXPECT_FALSE(clock.accept());
  hands.pass(seconds(1));
  hands.reading.wall = hands.reading.wall + hours(2);  // the next leap is one again
  EXPECT_EQ(clock.now(), noon + days(3) + seconds(1));
}

TEST(SystemClock, TellsHowLongToSleep) {
  Hands hands;
  const SystemClock clock{hours(1), hands.read()};
  EXPECT_EQ(clock.time_until(noon + seconds(90)), milliseconds{90'000});
  EXPECT_EQ(clock.time_until(noon), milliseconds{0});
  EXPECT_EQ(clock.time_until(noon - hours(1)), milliseconds{0});
  hands.reading.wall = noon + days(1);  // held
  EXPECT_EQ(clock.time_until(noon + seconds(90)), milliseconds{90'000});
}

TEST(SystemClock, GoesOnWhereTheDaemonBeforeItStood) {
  Hands hands;
  SystemClock first{hours(1), hands.read()};
  hands.reading.wall = noon + days(3);
  const Instant started_at = first.started_at();
  EXPECT_EQ(started_at, noon - hours(5));
  hands.pass(minutes(1));
  SystemClock second{hours(1), hands.read(), started_at};
  EXPECT_TRUE(second.look().held);
  EXPECT_EQ(second.now(), noon + minutes(1));
  EXPECT_TRUE(second.accept());
  EXPECT_EQ(second.started_at(), noon + days(3) - hours(5));
}

TEST(SystemClock, ReadsTheMachine) {
  constexpr Instant this_code_was_written{1'700'000'000'000};
  SystemClock clock{hours(1)};
  EXPECT_GT(clock.now(), this_code_was_written);
  EXPECT_FALSE(clock.look().held);
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
