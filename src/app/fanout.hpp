// Fanout: the door through which the engine tells what is durable. One post for a batch and all its
// answers, and the same batch for every reader; today the front is the only one.
//
// Owner: daemon. committed and go_live on the engine's thread; close from any. One of the
// four places with a lock that we write (the others are FrontDoor, CommitThread and SystemClock).
// Invariants:
//  1. The reader hears every entry once, in the order of the journal: what recovery passes through
//     `learn`, what is new through `committed`, and behind it the answers are called.
//  2. No more than entries_max wait at the reader's; a slow reader slows the engine.
//  3. After close() nothing is told and nobody waits.
#pragma once

#include "packledger/engine/outlet.hpp"

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace packledger {

struct FanoutLimits {
  std::size_t entries_max = 65'536;  // about 16 MiB, eight full batches of the engine
};

// Called on the thread of the reader's io_context.
struct BatchReader {
  std::function<void(const Batch&)> learn;
  std::function<void(const SharedBatch&)> committed;
};

class Fanout final : public Outlet {
 public:
  Fanout(boost::asio::io_context& reader_io, BatchReader reader, const FanoutLimits& limits = {});

  // Waits while the reader is too far behind.
  void committed(Committed told) override;
  // Before anything is told: runs `restore` on the reader's thread, which has then heard everything
  // up to `heard`, from a snapshot.
  void restored(Sequence heard, std::move_only_function<void()> restore);
  // Runs `work` while the reader hears nothing; what it has learnt is then as after the entry that
  // is passed. Waits for one batch at most.
  void between(const std::function<void(Sequence heard)>& work);
  // Recovery is over: what comes now is new.
  void go_live() { live_ = true; }
  void close();

  [[nodiscard]] std::size_t entries_waiting() const;

 private:
  [[nodiscard]] bool reserve(std::size_t entries);
  void release(std::size_t entries);

  boost::asio::io_context& reader_io_;
  const BatchReader reader_;
  const FanoutLimits limits_;
  bool live_ = false;  // engine thread only

  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::size_t waiting_ = 0;
  bool closed_ = false;

  std::mutex hearing_;  // held while the reader hears
  Sequence heard_;
};

}  // namespace packledger
