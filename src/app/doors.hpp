// FrontDoor: the door between the front and the engine. The front puts requests in and hears "full"
// when the engine does not keep up; the engine takes them out, and sleeps here while there are
// none.
//
// Owner: daemon. put, wake and close from any thread; take and wait on the engine's only. One of
// the three places with a lock that we write (the others are Fanout and SystemClock).
// Invariants:
//  1. What was put is taken once, in order, unless the daemon stops on a fault first.
//  2. Never more waits than the limits say.
//  3. After close() nothing more is put; what waits can still be taken.
#pragma once

#include "packledger/engine/inbox.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

namespace packledger {

struct FrontDoorLimits {
  std::size_t requests_max = 4'096;  // half a turn of single requests
  std::size_t sends_max = 131'072;   // about 32 MiB, 16 turns of the engine
};

class FrontDoor final : public Inbox {
 public:
  explicit FrontDoor(const FrontDoorLimits& limits = {});

  [[nodiscard]] bool put(Request&& request) override;
  [[nodiscard]] std::optional<Request> take() override;

  // Sleeps until something waits, wake() or close() was called, a stop is asked for or `longest`
  // has passed; absent: as long as it takes.
  void wait(std::optional<std::chrono::milliseconds> longest, const std::stop_token& stop);
  // Ends the present or the next wait.
  void wake();
  void close();

  [[nodiscard]] std::size_t requests() const;
  [[nodiscard]] std::size_t sends() const;

 private:
  const FrontDoorLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Request> waiting_;
  std::size_t sends_ = 0;  // in waiting_
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace packledger
