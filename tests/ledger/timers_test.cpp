// Timers fire in one order (rules §1 R5).
#include "packledger/ledger/timers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace packledger {
namespace {

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

TEST(Timers, AreSetOnceAndCancelledWithoutHarm) {
  Timers timers;
  const Timer timer{Instant{1}, TimerKind::expire, AccountId{1}, 1};
  timers.set(timer);
  timers.set(timer);
  EXPECT_EQ(timers.all().size(), 1U);
  timers.cancel(timer);
  timers.cancel(timer);
  EXPECT_TRUE(timers.all().empty());
}

}  // namespace
}  // namespace packledger
