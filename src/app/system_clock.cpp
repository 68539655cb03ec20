#include "app/system_clock.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace packledger {
namespace {

std::int64_t milliseconds_of(clockid_t clock) {
  std::timespec time{};
  ENSURE(::clock_gettime(clock, &time) == 0, "the system has this clock");
  return std::int64_t{time.tv_sec} * 1'000 + time.tv_nsec / 1'000'000;
}

}  // namespace

ClockReading read_clocks() {
  return {.wall = Instant{milliseconds_of(CLOCK_REALTIME)},
          .since_boot = Duration{milliseconds_of(CLOCK_BOOTTIME)}};
}

SystemClock::SystemClock(Duration step_max, Read read)
    : step_max_{step_max}, read_{std::move(read)}, start_{read_()} {}

std::optional<Instant> SystemClock::now() {
  if (leapt_) return std::nullopt;
  const ClockReading reading = read_();
  const Duration by_wall = reading.wall - start_.wall;
  const Duration by_boot{reading.since_boot.ms - start_.since_boot.ms};
  if (by_wall > by_boot + step_max_) {
    leapt_ = true;
    return std::nullopt;
  }
  return reading.wall;
}

std::optional<std::chrono::milliseconds> SystemClock::time_until(Instant due) const {
  return std::chrono::milliseconds{std::max<std::int64_t>(0, (due - read_().wall).ms)};
}

std::optional<std::chrono::milliseconds> TestClock::time_until(Instant due) const {
  if (due <= shown()) return std::chrono::milliseconds{0};
  return std::nullopt;
}

void TestClock::set(Instant to) {
  std::int64_t now = now_ms_.load();
  while (now < to.ms && !now_ms_.compare_exchange_weak(now, to.ms)) {
  }
}

Instant test_clock_start(std::optional<Instant> asked, Instant journal_end) {
  if (asked) return std::max(*asked, journal_end);
  return journal_end > Instant{} ? journal_end : read_clocks().wall;
}

}  // namespace packledger
