// CommitThread: the door between the engine and the disk. It appends a batch to the journal on a
// thread of its own, while the engine decides the next one, and wakes the engine when it is done.
//
// Owner: daemon. start and ended on the engine's thread. One of the four places with a lock that we
// write (the others are FrontDoor, Fanout and SystemClock).
// Invariants:
//  1. One append at a time; each has ended before the next begins, whichever thread made it.
//  2. What an append has done happened before ended() tells of it.
#pragma once

#include "packledger/engine/committer.hpp"
#include "packledger/engine/journal.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace packledger {

class CommitThread final : public Committer {
 public:
  // Batches up to this are appended at once, on the engine's thread: to decide what arrives
  // meanwhile takes less time than to hand over to another thread and back.
  static constexpr std::size_t at_once_max = 128;

  // `wake` is called on the own thread whenever an append has ended there.
  CommitThread(Journal& journal, std::function<void()> wake);

  void start(SharedBatch batch) override;
  [[nodiscard]] std::optional<Result<void, Fault>> ended() override;

 private:
  void run(const std::stop_token& stop);

  Journal& journal_;
  const std::function<void()> wake_;

  std::mutex mutex_;
  std::condition_variable_any started_;
  SharedBatch batch_;  // to be appended
  std::optional<Result<void, Fault>> ended_;

  std::jthread thread_;  // the last to come, the first to go
};

}  // namespace packledger
