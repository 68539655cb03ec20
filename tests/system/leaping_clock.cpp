// A library that a test loads into the daemon with LD_PRELOAD: as soon as the file named by
// PACKLEDGER_LEAP exists, the wall clock is three days ahead. No other clock is touched.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  constexpr time_t leap_s = 3 * 86'400;
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  const char* file = std::getenv("PACKLEDGER_LEAP");
  if (clock == CLOCK_REALTIME && file != nullptr && ::access(file, F_OK) == 0)
    time->tv_sec += leap_s;
  return result;
}
