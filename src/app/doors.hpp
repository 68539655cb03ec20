// FrontDoor: the door between the front and the engine. The front puts requests in and hears "full"
// when the engine does not keep up; the engine takes them out, and sleeps here while there are
// none.
//
// A question overtakes what is to change something: it sees what is durable either way, and would
// else be as late as all that waits together.
//
// The engine takes all that waits at once, by swapping the vectors, and then one after the other
// without a lock.
//
// Owner: daemon. put, wake and close from any thread; take and wait on the engine's only. One of
// the four places with a lock that we write (the others are Fanout, CommitThread and SystemClock).
// Invariants:
//  1. What was put is taken once, questions and all else each in order, unless the daemon stops on
//     a fault first.
//  2. Never more waits than the limits say.
//  3. After close() nothing more is put; what waits can still be taken.
#pragma once

#include "packledger/engine/inbox.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace packledger {

struct FrontDoorLimits {
  std::size_t requests_max = 4'096;  // half a turn of single requests
  std::size_t sends_max = 131'072;   // about 32 MiB, 16 turns of the engine
};

// Which requests end a wait.
enum class WakeFor : std::uint8_t {
  any,   // the first
  many,  // so many sends that it pays to decide them beside a commit: sends_many
  none,
};

class FrontDoor final : public Inbox {
 public:
  // Fewer are decided faster than a thread is woken, and again for the commit.
  static constexpr std::size_t sends_many = 512;

  explicit FrontDoor(const FrontDoorLimits& limits = {});

  [[nodiscard]] bool put(Request&& request) override;
  [[nodiscard]] std::optional<Request> take() override;

  // Sleeps until requests wait that it is to be woken for, wake() or close() was called, a stop is
  // asked for or `longest` has passed; absent: as long as it takes.
  void wait(std::optional<std::chrono::milliseconds> longest, const std::stop_token& stop,
            WakeFor what = WakeFor::any);
  // Ends the present or the next wait.
  void wake();
  void close();

  // Put and not taken yet.
  [[nodiscard]] std::size_t requests() const { return requests_; }
  [[nodiscard]] std::size_t sends() const { return sends_; }

 private:
  [[nodiscard]] bool enough(WakeFor what) const;

  const FrontDoorLimits limits_;
  std::vector<Request> taken_;             // engine thread only
  std::size_t taken_next_ = 0;             // of taken_; those before it are gone
  std::atomic<std::size_t> requests_ = 0;  // grow under the lock, shrink without
  std::atomic<std::size_t> sends_ = 0;
  std::atomic<std::size_t> questions_ = 0;  // of asked_; changes under the lock

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Request> waiting_;
  std::deque<Request> asked_;      // questions
  std::optional<WakeFor> asleep_;  // absent: nobody is to be woken
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace packledger
