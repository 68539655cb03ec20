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

Instant start_told_by(const ClockReading& reading) { return reading.wall - reading.since_boot; }

}  // namespace

ClockReading read_clocks() {
  return {.wall = Instant{milliseconds_of(CLOCK_REALTIME)},
          .since_boot = Duration{milliseconds_of(CLOCK_BOOTTIME)}};
}

std::int64_t monotonic_ns() {
  std::timespec time{};
  ENSURE(::clock_gettime(CLOCK_MONOTONIC, &time) == 0, "the system has this clock");
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

SystemClock::SystemClock(Duration step_max, Read read, std::optional<Instant> started_at)
    : step_max_{step_max}, read_{std::move(read)} {
  const ClockReading reading = read_();
  expected_start_ = started_at.value_or(start_told_by(reading));
  believed_start_ = expected_start_;
  followed_at_ = reading.since_boot;
}

Instant SystemClock::now() {
  const std::scoped_lock lock{mutex_};
  const ClockReading reading = read_();
  const ClockLook look = look_at(reading);
  if (look.held) {
    followed_at_ = reading.since_boot;  // a leap that lasts does not become right
  } else {
    believed_start_ = start_told_by(reading);
    follow(reading);
  }
  return look.now;
}

std::optional<std::chrono::milliseconds> SystemClock::time_until(Instant due) const {
  return std::chrono::milliseconds{std::max<std::int64_t>(0, (due - look().now).ms)};
}

ClockLook SystemClock::look() const {
  const std::scoped_lock lock{mutex_};
  return look_at(read_());
}

bool SystemClock::accept() {
  const std::scoped_lock lock{mutex_};
  const ClockReading reading = read_();
  if (!look_at(reading).held) return false;
  expected_start_ = start_told_by(reading);
  believed_start_ = expected_start_;
  followed_at_ = reading.since_boot;
  return true;
}

Instant SystemClock::started_at() const {
  const std::scoped_lock lock{mutex_};
  return expected_start_;
}

ClockLook SystemClock::look_at(const ClockReading& reading) const {
  const bool held = start_told_by(reading) > expected_start_ + step_max_;
  return {.now = held ? believed_start_ + reading.since_boot : reading.wall,
          .wall = reading.wall,
          .since_boot = reading.since_boot,
          .held = held};
}

void SystemClock::follow(const ClockReading& reading) {
  constexpr std::int64_t part = 100;
  const Duration passed{reading.since_boot.ms - followed_at_.ms};
  if (passed < minutes(1)) return;
  const Duration lead = start_told_by(reading) - expected_start_;
  const std::int64_t most = passed.ms / part;
  expected_start_ = expected_start_ + Duration{std::clamp(lead.ms, -most, most)};
  followed_at_ = reading.since_boot;
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
