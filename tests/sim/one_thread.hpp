// OneThread: the surroundings of RocksDB without threads of their own. What RocksDB puts off, to
// flush and to compact, waits until it is run here, so that the same calls make the same steps.
//
// Owner: the test, shared with the journal. One thread.
// Invariants:
//  1. Nothing runs but within a call. A write that fills the memory of RocksDB twice before
//  run_jobs
//     would wait for ever: call it behind every append.
//  2. The time of the machine is not looked at where it would be stored, and nobody sleeps.
#pragma once

#include "tests/sim/disk.hpp"

#include <rocksdb/env.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

namespace packledger::sim {

class OneThread : public rocksdb::EnvWrapper {
 public:
  explicit OneThread(const std::shared_ptr<Disk>& disk);
  const char* Name() const override { return "packledger::sim::OneThread"; }

  // Until nothing is left to do. How many they were.
  std::size_t run_jobs();

  void Schedule(void (*job)(void*), void* with, Priority priority, void* tag,
                void (*unscheduled)(void*)) override;
  int UnSchedule(void* tag, Priority priority) override;
  unsigned int GetThreadPoolQueueLen(Priority priority) const override;
  void SetBackgroundThreads(int, Priority) override {}
  void IncBackgroundThreadsIfNeeded(int, Priority) override {}
  void SleepForMicroseconds(int) override {}
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override;

 private:
  struct Job {
    void (*run)(void*) = nullptr;
    void* with = nullptr;
    Priority priority = LOW;
    void* tag = nullptr;
    void (*unscheduled)(void*) = nullptr;
  };
  mutable std::mutex mutex_;  // RocksDB's own timer asks, too
  std::deque<Job> jobs_;
};

}  // namespace packledger::sim
