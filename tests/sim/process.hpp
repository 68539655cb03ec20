// Process: what a daemon is made of below its sockets, in one thread, over a simulated disk: the
// engine, the ledger, the journal, snapshots, sends in files. It starts as a daemon does: from the
// newest snapshot that is right, and the rest of the journal.
//
// Owner: the campaign. One thread. When the power goes, destroy it before Disk::lose_power.
#pragma once

#include "packledger/engine/engine.hpp"
#include "store/files.hpp"
#include "store/rocks_journal.hpp"
#include "store/send_files.hpp"
#include "store/snapshots.hpp"
#include "tests/engine/fixture.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/one_thread.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace packledger::sim {

inline constexpr const char* journal_folder = "/var/packledger";

struct ProcessSettings {
  WatermarkMode watermark = WatermarkMode::before_ack;
  std::size_t batch_entries_max = 8;  // so that little becomes many batches
  std::size_t timers_max = 4;         // of one turn
  SendLimits sends{};                 // its archive is the process's own where `spills`
  bool spills = false;
};

class Process {
 public:
  struct Hooks {
    std::function<void(const Batch&)> submitted;  // before it is appended
    std::function<void(const Batch&)> told;       // behind that; its answers come later
  };
  // What is wrong where it cannot start, and would need an operator.
  [[nodiscard]] static Result<std::unique_ptr<Process>, std::string> start(
      const std::shared_ptr<Disk>& disk, const ProcessSettings& settings, Instant now, Hooks hooks);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void set_clock(Instant now) { clock_.time = now; }
  void put(Request request) { (void)inbox_.put(std::move(request)); }
  // Turns until nothing waits and nothing is due. False: it has stopped, and stays so.
  [[nodiscard]] bool run();
  [[nodiscard]] const std::string& stopped() const { return stopped_; }
  // Writes one and lets go of older ones. False where it could not.
  bool write_snapshot();

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] RocksJournal& journal() { return *journal_; }
  // Of the snapshot that it started from; 0 where there was none.
  [[nodiscard]] Sequence began_at() const { return began_at_; }
  // Snapshots that it could not start from.
  [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }

 private:
  class Commits;
  class Ears;
  Process(const std::shared_ptr<Disk>& disk, const ProcessSettings& settings, Hooks hooks);
  [[nodiscard]] std::string recover_ledger();
  [[nodiscard]] ChainAt chain_at() const;

  ProcessSettings settings_;
  Hooks hooks_;
  std::shared_ptr<OneThread> env_;
  std::unique_ptr<Files> files_;
  Snapshots snapshots_;
  std::unique_ptr<SendFiles> sends_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<RocksJournal> journal_;
  std::unique_ptr<Commits> commits_;
  std::unique_ptr<Ears> ears_;
  QueueInbox inbox_;
  HandClock clock_;
  std::unique_ptr<Engine> engine_;
  std::string stopped_;
  Sequence began_at_;
  std::vector<std::string> refused_;
};

}  // namespace packledger::sim
