#include "tests/system/odd_clock.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

const packledger::OddClock* map_clock() {
  const char* const file = std::getenv("PACKLEDGER_CLOCK");
  const int descriptor = file == nullptr ? -1 : ::open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  void* const mapped =
      ::mmap(nullptr, sizeof(packledger::OddClock), PROT_READ, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  return mapped == MAP_FAILED ? nullptr : static_cast<const packledger::OddClock*>(mapped);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const packledger::OddClock* const odd = map_clock();
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock != CLOCK_REALTIME || odd == nullptr) return result;
  std::int64_t now_ms = time->tv_sec * 1'000 + time->tv_nsec / 1'000'000;
  now_ms += odd->ahead_ms + (now_ms - odd->runs_from_ms) * odd->faster;
  if (odd->stands_at_ms != 0) now_ms = odd->stands_at_ms;
  time->tv_sec = now_ms / 1'000;
  time->tv_nsec = now_ms % 1'000 * 1'000'000;
  return result;
}
