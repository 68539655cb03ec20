#include "tests/sim/one_thread.hpp"

#include <rocksdb/system_clock.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

constexpr std::int64_t always = 1'735'689'600;  // 2025-01-01T00:00:00Z

// RocksDB writes the time into its files, and waits a second where a flush failed.
class StillClock : public rocksdb::SystemClockWrapper {
 public:
  StillClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "packledger::sim::StillClock"; }
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override {
    *seconds = always;
    return rocksdb::Status::OK();
  }
  void SleepForMicroseconds(int) override {}
};

}  // namespace

OneThread::OneThread(const std::shared_ptr<Disk>& disk)
    : EnvWrapper(rocksdb::NewCompositeEnv(disk)) {
  file_system_ = disk;
  system_clock_ = std::make_shared<StillClock>();
}

std::size_t OneThread::run_jobs() {
  std::size_t ran = 0;
  for (;; ++ran) {
    std::unique_lock lock(mutex_);
    if (jobs_.empty()) return ran;
    // Flushes first, as their own threads would.
    auto next = std::ranges::find(jobs_, HIGH, &Job::priority);
    if (next == jobs_.end()) next = jobs_.begin();
    const Job job = *next;
    jobs_.erase(next);
    lock.unlock();
    job.run(job.with);
  }
}

void OneThread::Schedule(void (*job)(void*), void* with, Priority priority, void* tag,
                         void (*unscheduled)(void*)) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back({job, with, priority, tag, unscheduled});
}

int OneThread::UnSchedule(void* tag, Priority priority) {
  std::vector<Job> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto is_meant = [&](const Job& job) {
      return job.tag == tag && job.priority == priority;
    };
    std::ranges::copy_if(jobs_, std::back_inserter(gone), is_meant);
    std::erase_if(jobs_, is_meant);
  }
  for (const Job& job : gone) {
    if (job.unscheduled != nullptr) job.unscheduled(job.with);
  }
  return static_cast<int>(gone.size());
}

unsigned int OneThread::GetThreadPoolQueueLen(Priority priority) const {
  const std::lock_guard lock(mutex_);
  return static_cast<unsigned int>(std::ranges::count(jobs_, priority, &Job::priority));
}

rocksdb::Status OneThread::GetCurrentTime(std::int64_t* seconds) {
  *seconds = always;
  return rocksdb::Status::OK();
}

}  // namespace packledger::sim
