// When the next batch leaves. In a closed loop it leaves when an answer has made room for it. In an
// open loop every batch has an instant at which it was meant to leave, laid down beforehand: a
// daemon that stalls does not slow the schedule down, what was held up leaves late, and its latency
// counts from when it was meant to leave (no coordinated omission).
//
// Owner: a worker; pure, times are nanoseconds that the caller reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

namespace packledger::cli {

struct BenchSchedule {
  std::int64_t start_ns = 0;
  std::int64_t batch = 1'000;         // sends
  std::int64_t batches_max = 0;       // of all workers together; 0: no limit
  std::int64_t duration_ns = 0;       // 0: no limit. One of the two is given
  std::int64_t sends_per_second = 0;  // of all workers together; 0: closed loop
  std::size_t in_flight_max = 1;      // batches of this worker
  std::int64_t worker = 0;            // its batches are worker, worker + workers, ...
  std::int64_t workers = 1;
};

// What a worker does next.
struct SendNow {
  std::int64_t number = 0;       // of the batch, among those of all workers
  std::int64_t intended_ns = 0;  // latency counts from here
};
struct WaitUntil {
  std::int64_t at_ns = 0;  // or until an answer comes
};
struct WaitForAnswer {};
struct Finished {};
using BenchStep = std::variant<SendNow, WaitUntil, WaitForAnswer, Finished>;

class BenchPace {
 public:
  explicit BenchPace(const BenchSchedule& schedule);

  // Asked again after every sent(), answered() and wait.
  [[nodiscard]] BenchStep next(std::int64_t now_ns) const;
  void sent();
  void answered();
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

 private:
  [[nodiscard]] std::int64_t intended(std::int64_t number) const;
  [[nodiscard]] bool is_over(std::int64_t now_ns) const;

  BenchSchedule schedule_;
  std::int64_t number_;  // of the next batch
  std::size_t in_flight_ = 0;
};

}  // namespace packledger::cli
