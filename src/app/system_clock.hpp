// The clocks of the daemon: the wall clock, believed only as far as the boot clock bears it out,
// and the clock of --test-clock, which moves only when it is told to. The only place that reads a
// clock.
//
// Owner: daemon. Any thread.
#pragma once

#include "packledger/engine/clock.hpp"
#include "packledger/ledger/time.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace packledger {

// Two readings taken together: what the wall says, and the time since the machine was started, also
// while it was asleep, which nobody can set.
struct ClockReading {
  Instant wall;
  Duration since_boot;
};
[[nodiscard]] ClockReading read_clocks();

// A clock that the engine's thread can sleep by.
class DaemonClock : public Clock {
 public:
  // How long to sleep before `due` can have come: zero once it has come, nothing where no sleep
  // brings it nearer.
  [[nodiscard]] virtual std::optional<std::chrono::milliseconds> time_until(Instant due) const = 0;
  // The same time as now(), for display and defaults.
  [[nodiscard]] virtual Instant shown() const = 0;
};

// The daemon's time beside the wall's.
struct ClockLook {
  Instant now;
  Instant wall;
  Duration since_boot;
  bool held = false;  // the wall is not believed
};

// The wall clock, as long as it can be believed (rules §1 R14). Where it runs ahead of the boot
// clock by more than `step_max` it is held: time goes on by the boot clock from the last reading
// that was believed, until the wall is back within the step or somebody accepts it. What a wrong
// clock fires cannot be undone; what a late one fires is only late.
//
//               the wall is ahead by more than step_max
//     believed ─────────────────────────────────────────> held
//        ^                                                  │
//        └── accept(), or the wall is back within the step ─┘
//
// Every reading says when the machine was started, by the wall: that instant must not move. What is
// expected of it follows what it does, each minute by at most a hundredth of the time that passed:
// a clock that drifts never adds up to a leap, and one that leaps in many small steps is held all
// the same. A wall that is set back is no harm: the engine's time stands still meanwhile (R3).
class SystemClock final : public DaemonClock {
 public:
  using Read = std::function<ClockReading()>;
  // `started_at`: the start of the machine as a daemon before this one expected it; absent: the
  // wall is believed as it is.
  explicit SystemClock(Duration step_max, Read read = read_clocks,
                       std::optional<Instant> started_at = std::nullopt);

  [[nodiscard]] Instant now() override;
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_until(Instant due) const override;
  [[nodiscard]] Instant shown() const override { return look().now; }

  [[nodiscard]] ClockLook look() const;
  // Believes the wall again, whatever it says. False where it is believed anyway.
  bool accept();
  // When the machine was started, as far as the wall is to be believed.
  [[nodiscard]] Instant started_at() const;

 private:
  [[nodiscard]] ClockLook look_at(const ClockReading& reading) const;
  void follow(const ClockReading& reading);

  const Duration step_max_;
  const Read read_;
  mutable std::mutex mutex_;  // the front looks and accepts while the engine reads
  Instant expected_start_;    // of the machine
  Instant believed_start_;    // as the last reading had it that was believed
  Duration followed_at_;      // since boot: when expected_start_ last moved
};

// The clock of --test-clock.
class TestClock final : public DaemonClock {
 public:
  explicit TestClock(Instant start) : now_ms_{start.ms} {}

  [[nodiscard]] Instant now() override { return shown(); }
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_until(Instant due) const override;
  [[nodiscard]] Instant shown() const override { return Instant{now_ms_.load()}; }
  // Never back: an earlier instant changes nothing.
  void set(Instant to);

 private:
  std::atomic<std::int64_t> now_ms_;
};

// Where a test clock starts: at the instant that was asked for, else where the journal ends, else
// now. Never before the journal's end: the ledger's time does not go back, and a daemon that is
// started again with the same command goes on where it was.
[[nodiscard]] Instant test_clock_start(std::optional<Instant> asked, Instant journal_end);

// Nanoseconds by a clock that nobody can set; only their differences mean something. For measuring.
[[nodiscard]] std::int64_t monotonic_ns();

// How long something took, by a clock that nobody can set.
class Stopwatch {
 public:
  Stopwatch() : start_{read_clocks().since_boot} {}
  [[nodiscard]] Duration elapsed() const {
    return Duration{read_clocks().since_boot.ms - start_.ms};
  }

 private:
  Duration start_;
};

}  // namespace packledger
