// Machine: what daemons run on: a disk, and a clock that people and accidents move.
//
// Owner: the World; one thread.
#pragma once

#include "app/system_clock.hpp"
#include "store/files.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/one_thread.hpp"
#include "tests/sim/world_plan.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

// What the clock of the machine shows, over true time.
class WallClock {
 public:
  explicit WallClock(Ms now) : started_(now - ms_per_day) {}

  [[nodiscard]] ClockReading read(Ms now) const {
    return {.wall = Instant{shown(now)}, .since_boot = Duration{now - started_}};
  }
  [[nodiscard]] Ms ahead(Ms now) const { return shown(now) - now; }
  void shift(Ms by) { offset_ += by; }
  void stand_still(Ms now) { still_ = shown(now); }
  void drift(Ms now, std::int64_t millionths);
  void set_right();
  void start_machine(Ms now) { started_ = now; }
  [[nodiscard]] Ms started() const { return started_; }

 private:
  static constexpr Ms ms_per_day = 86'400'000;
  [[nodiscard]] Ms shown(Ms now) const;

  Ms started_;
  Ms offset_ = 0;
  Ms drifts_since_ = 0;
  std::int64_t drift_ = 0;  // millionths
  std::optional<Ms> still_;
};

class Machine {
 public:
  static constexpr const char* journal_directory = "/data/journal";
  static constexpr Duration clock_step_max = hours(1);

  Machine(const Plan& plan, Ms now);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  [[nodiscard]] Result<std::unique_ptr<RocksJournal>, Fault> open_journal() const;
  // On another disk, such as a copy of this one.
  [[nodiscard]] Result<std::unique_ptr<RocksJournal>, Fault> open_journal(
      const std::shared_ptr<Disk>& disk, std::shared_ptr<OneThread>& env) const;
  // What RocksDB has put off.
  void run_jobs() { env->run_jobs(); }

  // Nothing runs any more: what was not synced is lost in this way.
  void lose_power(Loss loss);
  void start_again(Ms now, bool power_was_lost);
  // The latest that a believable clock may have shown by now.
  [[nodiscard]] Instant clock_max(Ms now) const;
  // Whatever the clock says now is taken for right.
  void believe(Ms now) { excused_ = std::max<Ms>(excused_, wall.ahead(now)); }

  // Of the store, with this ending; in the order of their names.
  [[nodiscard]] std::vector<std::string> files_with(std::string_view ending) const;

  std::shared_ptr<Disk> disk;
  std::unique_ptr<Files> files;  // over it
  std::shared_ptr<OneThread> env;
  WallClock wall;
  std::optional<Instant> remembered_start;  // of the machine, as the last daemon expected it

 private:
  const Plan& plan_;
  Ms excused_ = 0;
};

}  // namespace packledger::sim
