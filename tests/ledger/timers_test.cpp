// Timers fire in one order (rules §1 R5).
#include "packledger/ledger/timers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace packledger {
namespace {

std::vector<Timer> all(const Timers& timers) {
  std::vector<Timer> in_order;
  timers.each([&](const Timer& timer) { in_order.push_back(timer); });
  return in_order;
}

TEST(Timers, FireByInstantThenKindThenAccountThenNumber) {
  const std::vector<Timer> in_order = {
      {Instant{1}, TimerKind::order_timeout, AccountId{9}, 9},
      {Instant{2}, TimerKind::expire, AccountId{1}, 1},
      {Instant{2}, TimerKind::expire, AccountId{1}, 2},
      {Instant{2}, TimerKind::expire, AccountId{2}, 1},
      {Instant{2}, TimerKind::activate, AccountId{1}, 1},
      {Instant{2}, TimerKind::close, AccountId{1}, 1},
      {Instant{2}, TimerKind::grace_end, AccountId{1}, 1},
      {Instant{2}, TimerKind::release, AccountId{1}, 1},
      {Instant{2}, TimerKind::order_timeout, AccountId{1}, 1},
      {Instant{3}, TimerKind::expire, AccountId{1}, 1},
  };
  std::mt19937_64 random{3};
  for (int i = 0; i < 100; ++i) {
    auto shuffled = in_order;
    std::ranges::shuffle(shuffled, random);
    Timers timers;
    for (const Timer& timer : shuffled) timers.set(timer);
    for (const Timer& wanted : in_order) {
      ASSERT_EQ(timers.first(), wanted);
      timers.cancel(wanted);
    }
    EXPECT_EQ(timers.first(), std::nullopt);
  }
}

TEST(Timers, FireBeforeNineteenSeventyToo) {
  Timers timers;
  const Timer later{Instant{1}, TimerKind::expire, AccountId{1}, 1};
  const Timer earlier{Instant{-1}, TimerKind::expire, AccountId{1}, 2};
  timers.set(later);
  timers.set(earlier);
  EXPECT_EQ(timers.first(), earlier);
  timers.cancel(earlier);
  EXPECT_EQ(timers.first(), later);
}

TEST(Timers, AreSetOnceAndCancelledWithoutHarm) {
  Timers timers;
  const Timer timer{Instant{1}, TimerKind::expire, AccountId{1}, 1};
  timers.set(timer);
  timers.set(timer);
  EXPECT_EQ(all(timers).size(), 1U);
  timers.cancel(timer);
  timers.cancel(timer);
  EXPECT_TRUE(all(timers).empty());
}

// What is set and cancelled over and over, as an alarm that rises and falls, takes no more memory.
TEST(Timers, AreTidyWhereTheyChangeOften) {
  const Timer near{Instant{1}, TimerKind::expire, AccountId{1}, 1};
  const Timer stays{Instant{hours(9).ms}, TimerKind::expire, AccountId{1}, 2};
  for (const bool one_stays : {false, true}) {
    Timers timers;
    timers.set(near);
    if (one_stays) timers.set(stays);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      const Timer often{stays.due, TimerKind::close, AccountId{1}, i % 3};
      timers.set(often);
      timers.cancel(often);
    }
    EXPECT_LT(timers.memory(), 100'000U);
    timers.cancel(near);
    EXPECT_EQ(timers.first(), one_stays ? std::optional{stays} : std::nullopt);
  }
}

// Against a plain set of all timers: a step of minutes or months, few accounts, so that the same
// timer is set and cancelled again and again, near and far; and some at one instant.
TEST(Timers, AreThoseOfAPlainSet) {
  for (const std::int64_t step_ms : {minutes(7).ms, days(3).ms, std::int64_t{0}}) {
    std::mt19937_64 random{static_cast<std::uint64_t>(step_ms) + 5};
    const auto below = [&](std::uint64_t n) { return random() % n; };
    Timers timers;
    std::set<Timer> plain;
    Instant now{1'714'492'800'000};
    for (int i = 0; i < 40'000; ++i) {
      const Timer timer{.due = now + Duration{static_cast<std::int64_t>(below(400)) * step_ms},
                        .kind = static_cast<TimerKind>(below(12)),
                        .account = AccountId{1 + below(4)},
                        .number = below(3)};
      if (below(5) < 3) {
        timers.set(timer);
        plain.insert(timer);
      } else {
        timers.cancel(timer);
        plain.erase(timer);
      }
      if (i % 16 == 0) ASSERT_EQ(timers.holds(timer), plain.contains(timer));
      if (below(10) == 0 && !plain.empty()) {  // fires
        now = plain.begin()->due;
        timers.cancel(*plain.begin());
        plain.erase(plain.begin());
      }
      ASSERT_EQ(timers.first(), plain.empty() ? std::nullopt : std::optional{*plain.begin()});
      if (i % 5'000 == 0) ASSERT_THAT(all(timers), testing::ElementsAreArray(plain));
    }
    ASSERT_THAT(all(timers), testing::ElementsAreArray(plain));
  }
}

TEST(Timers, TakeLittleMemoryBeforeTheyAreNear) {
  constexpr std::uint64_t packages = 200'000;
  Timers timers;
  for (std::uint64_t n = 0; n < packages; ++n) {
    const Instant due{1'714'492'800'000 +
                      static_cast<std::int64_t>(n * 7'919'123 % 31'536'000'000)};
    timers.set({.due = due, .kind = TimerKind::expire, .account = AccountId{n + 1}, .number = 1});
  }
  EXPECT_LT(timers.memory() / packages, 40U);
}

}  // namespace
}  // namespace packledger
