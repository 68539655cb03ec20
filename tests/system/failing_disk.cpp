// A library that a test loads into the daemon with LD_PRELOAD: a disk that fails once.
//
//   PACKLEDGER_FAULT=<call> <k> <how>  the k-th <call> of the process fails: fsync, fdatasync,
//   write
//                                      (of any kind); how: EIO, short, or short_EIO, the rest of
//                                      a short write failing. Or: lie 0 -, no sync does anything.
//   PACKLEDGER_FAULT_UNDER=<directory> only calls on files in there are counted
//   PACKLEDGER_FAULT_TOLD=<file>       gets the name of the file that the failed call was on
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace {

enum class Call { other, fsync, fdatasync, write };
enum class How { as_ever, eio, shorter, shorter_eio, lie };

struct Plan {
  Call call = Call::other;
  long number = 0;
  How how = How::as_ever;
  std::string under;
  std::string told;
};

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? std::string{} : text;
}

Plan read_plan() {
  Plan plan;
  plan.under = variable("PACKLEDGER_FAULT_UNDER");
  plan.told = variable("PACKLEDGER_FAULT_TOLD");
  std::array<char, 16> call{};
  std::array<char, 16> how{};
  const std::string text = variable("PACKLEDGER_FAULT");
  if (std::sscanf(text.c_str(), "%15s %ld %15s", call.data(), &plan.number, how.data()) != 3)
    return plan;
  const std::string_view called = call.data();
  const std::string_view meant = how.data();
  if (called == "fsync") plan.call = Call::fsync;
  if (called == "fdatasync") plan.call = Call::fdatasync;
  if (called == "write") plan.call = Call::write;
  if (meant == "EIO") plan.how = How::eio;
  if (meant == "short") plan.how = How::shorter;
  if (meant == "short_EIO") plan.how = How::shorter_eio;
  if (called == "lie") plan.how = How::lie;
  return plan;
}

const Plan& plan() {
  static const Plan read = read_plan();
  return read;
}

// Of a file that counts; empty for any other. RocksDB's diary may be lost.
std::string counted_file(int descriptor) {
  if (plan().how == How::as_ever) return {};
  std::array<char, 32> link{};
  std::array<char, PATH_MAX> name{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", descriptor);
  const ssize_t size = ::readlink(link.data(), name.data(), name.size() - 1);
  const std::string_view path{name.data(), size < 0 ? 0U : static_cast<std::size_t>(size)};
  if (!path.starts_with(plan().under)) return {};
  if (path.substr(path.rfind('/') + 1).starts_with("LOG")) return {};
  return std::string{path};
}

void tell(const std::string& path) {
  const int file = ::open(plan().told.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string line = path + "\n";
  ::syscall(SYS_write, file, line.data(), line.size());
  ::close(file);
}

// Of the daemon and of those that it forks together: one call fails, whoever makes it.
std::atomic<long>& calls() {
  static void* const shared = ::mmap(nullptr, sizeof(std::atomic<long>), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  static auto* const counted = new (shared) std::atomic<long>{0};
  return *counted;
}
std::atomic<int> rest_fails_on = -1;

// How this call goes.
How turn_of(Call call, int descriptor) {
  if (plan().how == How::as_ever) return How::as_ever;
  if (call == Call::write && rest_fails_on == descriptor) {
    rest_fails_on = -1;
    return How::eio;
  }
  const bool lies = plan().how == How::lie && call != Call::write;
  if (call != plan().call && !lies) return How::as_ever;
  const std::string path = counted_file(descriptor);
  if (path.empty()) return How::as_ever;
  if (lies) return How::lie;
  if (++calls() != plan().number) return How::as_ever;
  tell(path);
  if (plan().how == How::shorter_eio) rest_fails_on = descriptor;
  return plan().how;
}

int failed() {
  errno = EIO;
  return -1;
}

int sync_as_planned(Call call, long number, int descriptor) {
  switch (turn_of(call, descriptor)) {
    case How::eio: return failed();
    case How::lie: return 0;
    default: return static_cast<int>(::syscall(number, descriptor));
  }
}

// So many bytes are written; -1: it fails.
ssize_t bytes_as_planned(int descriptor, std::size_t bytes) {
  switch (turn_of(Call::write, descriptor)) {
    case How::eio: return failed();
    case How::shorter:
    case How::shorter_eio: return static_cast<ssize_t>(bytes / 2);
    default: return static_cast<ssize_t>(bytes);
  }
}

ssize_t pwrite_as_planned(int descriptor, const void* data, std::size_t bytes, off_t at) {
  const ssize_t some = bytes_as_planned(descriptor, bytes);
  if (some < 0) return some;
  return ::syscall(SYS_pwrite64, descriptor, data, static_cast<std::size_t>(some), at);
}

}  // namespace

extern "C" {

int fsync(int descriptor) { return sync_as_planned(Call::fsync, SYS_fsync, descriptor); }

int fdatasync(int descriptor) {
  return sync_as_planned(Call::fdatasync, SYS_fdatasync, descriptor);
}

ssize_t write(int descriptor, const void* data, size_t bytes) {
  const ssize_t some = bytes_as_planned(descriptor, bytes);
  if (some < 0) return some;
  return ::syscall(SYS_write, descriptor, data, static_cast<std::size_t>(some));
}

ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t at) {
  return pwrite_as_planned(descriptor, data, bytes, at);
}

ssize_t pwrite64(int descriptor, const void* data, size_t bytes, off64_t at) {
  return pwrite_as_planned(descriptor, data, bytes, at);
}

}  // extern "C"
