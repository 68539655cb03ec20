#include "tests/system/loop_disk.hpp"

#include "tests/system/program.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace packledger {
namespace {

// Closed when it goes.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0)
      : number_{::open(path.c_str(), flags | O_CLOEXEC, mode)} {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// Only what is not a hole.
bool copy_data(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor source{from, O_RDONLY};
  const Descriptor target{to, O_WRONLY | O_CREAT | O_TRUNC, 0600};
  if (!source.open() || !target.open()) return false;
  const off_t end = ::lseek(source.number(), 0, SEEK_END);
  if (::ftruncate(target.number(), end) != 0) return false;
  std::vector<char> room(std::size_t{1} << 20U);
  for (off_t at = ::lseek(source.number(), 0, SEEK_DATA); at >= 0 && at < end;
       at = ::lseek(source.number(), at, SEEK_DATA)) {
    const off_t hole = ::lseek(source.number(), at, SEEK_HOLE);
    while (at < hole) {
      const auto want = std::min<std::size_t>(room.size(), static_cast<std::size_t>(hole - at));
      const ssize_t read = ::pread(source.number(), room.data(), want, at);
      if (read <= 0 ||
          ::pwrite(target.number(), room.data(), static_cast<std::size_t>(read), at) != read)
        return false;
      at += read;
    }
  }
  return true;
}

}  // namespace

LoopDisk::LoopDisk(std::uint64_t bytes) {
  std::filesystem::create_directory(mounted_at_);
  {
    const Descriptor made{image_, O_WRONLY | O_CREAT, 0600};
    if (!made.open() || ::ftruncate(made.number(), static_cast<off_t>(bytes)) != 0) {
      fail("an image cannot be made");
      return;
    }
  }
  if (run_program({"mkfs.ext4", "-q", "-F", "-m", "0", "-E",
                   "lazy_itable_init=0,lazy_journal_init=0", image_.string()})
          .code != 0) {
    fail("there is no mkfs.ext4");
    return;
  }
  (void)mount();
}

LoopDisk::~LoopDisk() { unmount(); }

bool LoopDisk::fail(const std::string& what) {
  fault_ = what + ": " + std::strerror(errno);
  return false;
}

bool LoopDisk::mount() {
  const Descriptor control{"/dev/loop-control", O_RDWR};
  const Descriptor image{image_, O_RDWR};
  if (!control.open() || !image.open()) return fail("loop devices need root");
  constexpr int tries = 20;  // somebody else may take the same one
  for (int i = 0; i < tries; ++i) {
    const int number = ::ioctl(control.number(), LOOP_CTL_GET_FREE);
    if (number < 0) return fail("no loop device is free");
    device_ = "loop" + std::to_string(number);
    const Descriptor device{"/dev/" + device_, O_RDWR};
    if (!device.open()) return fail("/dev/" + device_);
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(image.number());
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (::ioctl(device.number(), LOOP_CONFIGURE, &config) != 0) {
      if (errno == EBUSY) continue;
      return fail("LOOP_CONFIGURE");
    }
    // Names are committed with syncs alone, not every five seconds.
    if (::mount(("/dev/" + device_).c_str(), mounted_at_.c_str(), "ext4", MS_NOATIME,
                "data=ordered,commit=300") != 0)
      return fail("mount");
    return true;
  }
  return fail("every loop device was taken");
}

void LoopDisk::unmount() {
  if (!device_.empty()) ::umount2(mounted_at_.c_str(), MNT_DETACH);
  device_.clear();
}

// The counts of what the device has done, and of what it is at.
std::string LoopDisk::traffic() const {
  std::ifstream file{"/sys/block/" + device_ + "/stat"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool LoopDisk::copy_when_quiet(const std::filesystem::path& to) const {
  constexpr int tries = 50;
  for (int i = 0; i < tries; ++i) {
    const std::string before = traffic();
    if (!copy_data(image_, to)) return false;
    if (!before.empty() && traffic() == before) return true;
  }
  errno = EBUSY;
  return false;
}

bool LoopDisk::cut(const std::function<void()>& kill) {
  const std::filesystem::path kept = directory_.path() / "kept";
  const bool copied = copy_when_quiet(kept);
  kill();
  if (!copied) return fail("the device was never quiet");
  unmount();
  std::filesystem::remove(image_);
  std::filesystem::rename(kept, image_);
  return mount();
}

void LoopDisk::fill(std::uintmax_t free_bytes) const {
  const Descriptor filler{mounted_at_ / "filler", O_WRONLY | O_CREAT, 0600};
  struct statvfs room{};
  ENSURE(filler.open() && ::statvfs(mounted_at_.c_str(), &room) == 0, "the disk can be filled");
  const std::uintmax_t left = std::uintmax_t{room.f_bavail} * room.f_frsize;
  const std::uintmax_t taken = left - std::min<std::uintmax_t>(left, free_bytes);
  (void)::posix_fallocate(filler.number(), 0, static_cast<off_t>(taken));
}

void LoopDisk::free() const { std::filesystem::remove(mounted_at_ / "filler"); }

}  // namespace packledger
