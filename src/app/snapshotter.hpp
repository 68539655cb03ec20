// Snapshotter: has the state of the ledger written to a file every so many entries
// (docs/snapshot_format.md). The file is written by a process made by fork: it has the ledger as it
// was at that instant, and the engine goes on at once.
//
// Owner: daemon. Everything on the engine's thread, but metrics on any.
// Invariants:
//  1. What is written is durable: the ledger is looked at when the journal ends where it does.
//  2. One process at a time writes; it dies with the daemon.
//  3. Nothing that fails here ends the daemon: it is logged, counted and tried again later.
#pragma once

#include "app/fanout.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/record.hpp"
#include "store/send_files.hpp"
#include "store/snapshots.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace packledger {

// What the snapshotter uses of the daemon; all of it outlives it.
struct SnapshotDoors {
  const Snapshots& files;
  Inbox& inbox;
  Fanout& fanout;
  std::function<ChainLink()> journal_end;
  Pieces notices;              // as the front has learnt them
  SendFiles* sends = nullptr;  // whose files older snapshots may need; may be absent
  // Whether the disk has room for so many bytes; absent: always.
  std::function<bool(std::uint64_t bytes)> has_room{};
};

class Snapshotter {
 public:
  // `entries`: from one snapshot to the next; 0: never.
  Snapshotter(SnapshotDoors doors, std::uint64_t entries);
  ~Snapshotter();
  Snapshotter(const Snapshotter&) = delete;
  Snapshotter& operator=(const Snapshotter&) = delete;

  // The newest snapshot there is; before anything else.
  void begin(Sequence newest) {
    newest_ = next_ = newest;
    next_.value += entries_;
  }
  // After each turn: looks whether one is due, or done.
  void look(Sequence last);
  // The daemon stops in good order: writes what is new, where it is enough, and waits for it, but
  // not for ever. Everything that was decided is durable.
  void stop(const Ledger& ledger);

  // Prometheus text.
  [[nodiscard]] std::string metrics() const;

 private:
  struct Child {
    int process = 0;  // its number
    Sequence sequence;
    std::int64_t started_ns = 0;
  };

  void make(const Ledger& ledger);
  void reap(bool wait);
  void written(const Child& child);
  void failed(Sequence sequence, const std::string& detail);
  [[nodiscard]] bool has_room() const;
  void give_up();
  [[nodiscard]] static bool ends_soon(int process);

  const SnapshotDoors doors_;
  const std::uint64_t entries_;
  Sequence newest_;     // that was written
  Sequence next_;       // from when the next one is due
  bool asked_ = false;  // the engine, for a look at the ledger
  std::optional<Child> child_;

  std::atomic<std::uint64_t> position_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::int64_t> fork_us_ = 0;   // of the last one
  std::atomic<std::int64_t> write_ms_ = 0;  // of the last one
};

}  // namespace packledger
