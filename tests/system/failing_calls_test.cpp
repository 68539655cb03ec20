// The k-th sync or write of the daemon fails, or writes a part only, under load: where it was the
// journal's the process stops at once with its own code, where it was something derived it goes on;
// and what it acknowledged is there when it starts again.
//
// The campaign: scripts/torture --only io, k from 1 to 200 for each kind of call; from
// PACKLEDGER_FIRST_CALL on where that is set.
#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

namespace packledger {
namespace {

constexpr int journal_failed = 3;

struct Kind {
  std::string call;
  std::string how;
};
const std::array kinds = {Kind{"fdatasync", "EIO"}, Kind{"write", "EIO"}, Kind{"fsync", "EIO"},
                          Kind{"write", "short_EIO"}, Kind{"write", "short"}};
constexpr std::uint64_t calls_max = 200;

class FailingCalls : public MixedDaemon {
 protected:
  // The file on which the call failed; empty: it has not come to that yet.
  [[nodiscard]] std::string hit() const {
    std::ifstream file{files.path() / "hit"};
    std::string path;
    std::getline(file, path);
    return path;
  }
  // What the daemon cannot go on without.
  [[nodiscard]] bool is_journal(const std::string& path) const {
    return path.starts_with((daemon.data() / "records").string()) ||
           path.starts_with((daemon.data() / "watermark").string());
  }
  [[nodiscard]] bool must_stop(const std::string& path, const Kind& kind) const {
    return is_journal(path) && kind.how != "short";
  }
  [[nodiscard]] DaemonOptions failing(const Kind& kind, std::uint64_t number) const {
    DaemonOptions options = with_small_buffers({.data = daemon.data()});
    options.environment = {
        "LD_PRELOAD=" PACKLEDGER_BIN_DIR "/libpackledger_failing_disk.so",
        "PACKLEDGER_FAULT=" + kind.call + " " + std::to_string(number) + " " + kind.how,
        "PACKLEDGER_FAULT_UNDER=" + daemon.data().string(),
        "PACKLEDGER_FAULT_TOLD=" + (files.path() / "hit").string(),
        "ASAN_OPTIONS=verify_asan_link_order=0",
    };
    return options;
  }
  // Until the call has failed, the process has ended, or so much has been done that it never will.
  std::optional<ProcessEnd> work_until_hit(DaemonProcess& process, std::uint64_t number) {
    constexpr std::chrono::milliseconds step{20};
    constexpr std::size_t enough = 1'000;
    constexpr std::size_t sends_per_call =
        60;  // what three publishers have in flight goes together
    const std::size_t until = acknowledged() + enough + sends_per_call * number;
    std::optional<ProcessEnd> end;
    while (hit().empty() && !end && acknowledged() < until) end = process.wait(step);
    return end;
  }
  void expect_end(DaemonProcess& process, const Kind& kind, std::uint64_t number,
                  Campaign& campaign);

  std::size_t failed_calls_ = 0;
};

// What failed is known for sure when the process has ended: also its last sync may be the one.
void FailingCalls::expect_end(DaemonProcess& process, const Kind& kind, std::uint64_t number,
                              Campaign& campaign) {
  constexpr std::chrono::milliseconds a_while{200};
  if (const auto ready = process.wait_ready()) work_at(*ready);
  std::optional<ProcessEnd> end = work_until_hit(process, number);
  if (!end) end = process.wait(a_while);
  if (!end && must_stop(hit(), kind)) end = process.wait();
  const bool worked = !end && let_work(20);
  if (!end) end = process.stop();
  const std::string path = hit();
  if (must_stop(path, kind)) {
    EXPECT_EQ(end, exited(journal_failed)) << path << "\n" << process.log();
    campaign.count("stopped by the journal");
  } else if (end != exited(0)) {
    // A part of a record that cannot be completed is as good as a failure; so are the names in the
    // directory itself, which are the journal's first, then those of what is derived.
    EXPECT_TRUE(is_journal(path) || path == daemon.data()) << describe(end) << " " << path << "\n"
                                                           << process.log();
    EXPECT_EQ(end, exited(journal_failed)) << path << "\n" << process.log();
  } else {
    EXPECT_TRUE(worked) << path << "\n" << process.log();
    campaign.count(path.empty() ? kind.call + " was not called so often" : "went on");
  }
  if (path.empty()) return;
  campaign.count("calls failed");
  ++failed_calls_;
}

TEST_F(FailingCalls, StopTheDaemonOrDoNoHarm) {
  const std::uint64_t first = from_environment("PACKLEDGER_FIRST_CALL", 1);
  Campaign campaign{"io", {.suite = 6, .campaign = (calls_max + 1 - first) * kinds.size()}};
  ASSERT_TRUE(let_work(100));
  pause_all();
  ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
  while (campaign.more()) {
    const Kind& kind = kinds[campaign.round() % kinds.size()];
    const std::uint64_t number = campaign.is_long() ? (campaign.round() - 1) / kinds.size() + first
                                                    : 1 + campaign.chance(calls_max / 2);
    SCOPED_TRACE(campaign.where() + ": " + kind.call + " " + std::to_string(number) + " " +
                 kind.how);
    std::filesystem::remove(files.path() / "hit");
    {
      DaemonProcess process{failing(kind, number)};
      process.spawn();
      expect_end(process, kind, number, campaign);
      pause_all();
    }
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    expect_round(campaign);
    ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
  }
  EXPECT_GT(failed_calls_, 0U) << "the library did nothing";
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  expect_whole(campaign);
}

}  // namespace
}  // namespace packledger
