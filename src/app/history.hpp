// History: questions about the ledger as it was. The journal is replayed up to the point that was
// asked for, into a ledger of its own, from the newest snapshot at or before that point, else from
// the start; on a thread of its own, so that neither the engine nor the front waits. Long walks
// over the journal are made on the same thread.
//
// Owner: daemon. ask and walk on the front's thread only; the answers come on the thread of the
// replay.
// Invariants:
//  1. One replay at a time, and one more may wait: memory for one more ledger is all that the past
//     may cost.
//  2. Every question that was taken is answered once, also when the daemon stops meanwhile.
#pragma once

#include "packledger/engine/journal.hpp"
#include "packledger/ledger/ledger.hpp"
#include "serve/front.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace packledger {

class History {
 public:
  using Question = std::move_only_function<void(const Ledger*)>;

  // A ledger to begin with, which has no entry behind the point; on the thread of the replay.
  using Begin = std::function<std::unique_ptr<Ledger>(const serve::PastPoint& point)>;

  explicit History(const Journal& journal, Begin begin = begin_empty)
      : journal_{journal}, begin_{std::move(begin)} {}
  // Gives up a replay that still runs.
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  // False when enough are asked already: nothing is called. Otherwise `question` is called with the
  // ledger as it was, or with nothing where the journal cannot be read or the daemon stops.
  [[nodiscard]] bool ask(serve::PastPoint point, Question question);

  // Calls `visit` with the entries from there on until it returns false, then `done` with whether
  // that could be done. False when enough are asked already: nothing is called.
  [[nodiscard]] bool walk(Sequence from, Journal::Visit visit,
                          std::move_only_function<void(bool read)> done);

 private:
  // A client that asks one after the other may come back before the replay's thread is free again.
  static constexpr int asked_max = 2;

  static std::unique_ptr<Ledger> begin_empty(const serve::PastPoint&) {
    return std::make_unique<Ledger>();
  }

  void answer(const serve::PastPoint& point, Question question);

  const Journal& journal_;
  const Begin begin_;
  std::atomic<int> asked_ = 0;
  std::atomic<bool> stopping_ = false;
  boost::asio::thread_pool worker_{1};
};

}  // namespace packledger
