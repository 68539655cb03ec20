// A wall clock that a test sets at will while a daemon runs by it: a library that is loaded with
// LD_PRELOAD reads it from the file that PACKLEDGER_CLOCK names. The boot clock is not touched.
#pragma once

#include <atomic>
#include <cstdint>

namespace packledger {

// What is mapped from the file. The wall says: the true time and `ahead_ms`, and each second since
// `runs_from_ms` counts `faster` seconds more; or `stands_at_ms`, where that is not zero.
struct OddClock {
  std::atomic<std::int64_t> ahead_ms = 0;
  std::atomic<std::int64_t> runs_from_ms = 0;
  std::atomic<std::int64_t> faster = 0;
  std::atomic<std::int64_t> stands_at_ms = 0;
};

}  // namespace packledger
