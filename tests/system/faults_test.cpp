// The disk fails under load: the daemon stops at once with its own code, and what it acknowledged
// is there when it starts again.
//
// The campaign, one start for each k-th sync that fails, about half a second each:
//   PACKLEDGER_SYNC_FAULTS=200 build/dev/bin/system_test --gtest_filter='Faults.*'
#include "tests/system/loaded_daemon.hpp"

#include <gmock/gmock.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace packledger {
namespace {

using testing::HasSubstr;

constexpr int journal_failed = 3;

// A file system in memory that is soon full.
class SmallDisk {
 public:
  SmallDisk() : mounted_{mount_with("size=32m", 0)} {}
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  // Fills it but for so much.
  void fill(std::uintmax_t free_bytes) const {
    const std::filesystem::path filler = path() / "filler";
    std::ofstream file{filler, std::ios::binary};
    const std::string block(4'096, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
    file.close();
    const std::uintmax_t taken = std::filesystem::file_size(filler);
    std::filesystem::resize_file(filler, taken - std::min(taken, free_bytes));
  }
  void free() const { std::filesystem::remove(path() / "filler"); }

 private:
  bool mount_with(const char* size, unsigned long flags) const {
    return ::mount("tmpfs", directory_.path().c_str(), "tmpfs", flags, size) == 0;
  }

  TemporaryDirectory directory_;
  bool mounted_;
};

struct Disk {
  SmallDisk disk;
};

class FullDisk : private Disk, public LoadedDaemon {
 protected:
  FullDisk()
      : LoadedDaemon{
            DaemonOptions{.data = disk.path() / "data"}, {}, {.store = "reserve_mib = 0\n"}} {}
  void SetUp() override {
    if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
    LoadedDaemon::SetUp();
  }
  using Disk::disk;
};

TEST_F(FullDisk, StopsTheDaemonAndLosesNothing) {
  ASSERT_TRUE(publishers.wait_for(500));
  disk.fill(std::uintmax_t{128} * 1024);
  EXPECT_EQ(daemon.wait(), exited(journal_failed)) << daemon.log();
  publishers.pause();
  EXPECT_THAT(daemon.log(), HasSubstr("event=engine_stopped reason=journal"));
  EXPECT_THAT(daemon.log(), HasSubstr("No space left on device"));

  disk.free();
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  expect_all_there(audit);
  publishers.send_to(daemon.url());
  ASSERT_TRUE(publishers.wait_for(publishers.count() + 500));
  expect_replay_is_equal();
}

// Few sends in a batch: the k-th round makes k batches, and the journal grows with all of them.
struct Faults : LoadedDaemon {
  Faults() : LoadedDaemon{{}, {.sends_per_batch = 2}} {}
};

TEST_F(Faults, AFailedSyncStopsTheDaemonAndLosesNothing) {
  const std::uint64_t faults = from_environment("PACKLEDGER_SYNC_FAULTS", 0);
  if (faults == 0) GTEST_SKIP() << "a campaign: set PACKLEDGER_SYNC_FAULTS=200; needs strace";
  ASSERT_TRUE(publishers.wait_for(50));
  publishers.pause();
  ASSERT_EQ(daemon.stop(), exited(0));
  std::uint64_t refused_at_start = 0;
  for (std::uint64_t k = 1; k <= faults; ++k) {
    SCOPED_TRACE("sync " + std::to_string(k) + " of a thread fails");
    const std::string inject = "inject=fdatasync,fsync:error=EIO:when=" + std::to_string(k);
    DaemonOptions options = with_small_buffers({.data = daemon.data()});
    options.in_front = {"strace", "-f",  "-qqq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                        "-e",     inject};
    DaemonProcess failing{options};
    failing.spawn();
    const auto ready = failing.wait_ready();
    if (ready) publishers.send_to(*ready);
    refused_at_start += ready ? 0 : 1;
    EXPECT_EQ(failing.wait(), exited(journal_failed)) << failing.log();
    publishers.pause();

    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    expect_all_there(audit);
    ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
    if (HasFailure()) return;
  }
  ASSERT_TRUE(daemon.start());
  expect_replay_is_equal();
  std::cout << faults << " failed syncs, " << refused_at_start
            << " of them at the start: " << publishers.count() << " sends acknowledged, journal at "
            << audit.position() << "\n";
}

}  // namespace
}  // namespace packledger
