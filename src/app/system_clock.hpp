// The clocks of the daemon: the wall clock that notices when it was moved, and the clock of
// --test-clock, which moves only when it is told to. The only place that reads a clock.
//
// Owner: daemon. Any thread.
#pragma once

#include "packledger/engine/clock.hpp"
#include "packledger/ledger/time.hpp"

#include <atomic>
#include <chrono>
#include <functional>
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
  // The time for display and defaults; also after the clock has leapt.
  [[nodiscard]] virtual Instant shown() const = 0;
};

// The wall clock. Once it has run ahead of the boot clock by more than `step_max` since the start,
// now() says nothing for ever: expiries that a wrong clock fires cannot be undone (rules §1 R14). A
// wall clock that is set back is no harm: the engine's time stands still meanwhile (R3).
class SystemClock final : public DaemonClock {
 public:
  using Read = std::function<ClockReading()>;
  explicit SystemClock(Duration step_max, Read read = read_clocks);

  [[nodiscard]] std::optional<Instant> now() override;
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_until(Instant due) const override;
  [[nodiscard]] Instant shown() const override { return read_().wall; }

 private:
  Duration step_max_;
  Read read_;
  ClockReading start_;
  std::atomic<bool> leapt_ = false;
};

// The clock of --test-clock.
class TestClock final : public DaemonClock {
 public:
  explicit TestClock(Instant start) : now_ms_{start.ms} {}

  [[nodiscard]] std::optional<Instant> now() override { return shown(); }
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
