// What is said about a clock that is held, and what the next daemon knows of it.
#include "app/clock_watch.hpp"

#include "tests/system/daemon_process.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

namespace packledger {
namespace {

constexpr Instant start{1'714'536'000'000};

ClockLook held_at(Duration since_boot) {
  return {.now = start, .wall = start + days(3), .since_boot = since_boot, .held = true};
}

ClockLook fine_at(Duration since_boot) {
  return {.now = start, .wall = start, .since_boot = since_boot, .held = false};
}

TEST(ClockCalls, SayItAtOnceAndThenEveryTenMinutes) {
  ClockCalls calls;
  EXPECT_EQ(calls.next(fine_at(seconds(1))), ClockNews::none);
  int told = 0;
  // An hour, looked at a thousand times a second.
  for (Duration at = seconds(2); at < hours(1) + seconds(2); at = at + Duration{1}) {
    if (calls.next(held_at(at)) == ClockNews::held) {
      EXPECT_EQ(at, seconds(2) + minutes(10 * told));
      ++told;
    }
  }
  EXPECT_EQ(told, 6);
}

TEST(ClockCalls, SayOnceThatItIsBelievedAgain) {
  ClockCalls calls;
  EXPECT_EQ(calls.next(held_at(seconds(1))), ClockNews::held);
  EXPECT_EQ(calls.next(fine_at(seconds(2))), ClockNews::believed);
  EXPECT_EQ(calls.next(fine_at(seconds(3))), ClockNews::none);
  EXPECT_EQ(calls.next(held_at(seconds(4))), ClockNews::held);  // another leap, at once
}

class BootClock : public testing::Test {
 protected:
  [[nodiscard]] std::string directory() const { return directory_.path(); }
  [[nodiscard]] std::string file() const { return directory_.path() / "boot_clock"; }

 private:
  TemporaryDirectory directory_;
};

TEST_F(BootClock, IsKeptForTheNextDaemon) {
  EXPECT_EQ(recall_start(directory()), std::nullopt);
  EXPECT_TRUE(remember_start(directory(), start));
  EXPECT_EQ(recall_start(directory()), start);
  EXPECT_TRUE(remember_start(directory(), start + hours(1)));
  EXPECT_EQ(recall_start(directory()), start + hours(1));
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(BootClock, OfAnotherStartOfTheMachineSaysNothing) {
  for (const char* content : {"another-start 1714536000000", "", "1714536000000", "\x01\x02 x"}) {
    std::ofstream{file(), std::ios::trunc} << content;
    EXPECT_EQ(recall_start(directory()), std::nullopt) << content;
  }
}

TEST_F(BootClock, IsMissedWhereItCannotBeWritten) {
  EXPECT_FALSE(remember_start(directory() + "/nowhere", start));
}

TEST_F(BootClock, OfAHeldClockIsThatBeforeTheLeap) {
  ClockReading reading{.wall = start, .since_boot = hours(5)};
  SystemClock clock{hours(1), [&] { return reading; }};
  ClockWatch watch{directory()};
  static_cast<void>(clock.now());
  watch.look(clock);
  EXPECT_EQ(recall_start(directory()), start - hours(5));
  reading.wall = start + days(3);
  static_cast<void>(clock.now());
  watch.look(clock);
  EXPECT_EQ(recall_start(directory()), start - hours(5));
  EXPECT_TRUE(clock.accept());
  watch.look(clock);
  EXPECT_EQ(recall_start(directory()), start + days(3) - hours(5));
}

}  // namespace
}  // namespace packledger
