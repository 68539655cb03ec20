// The power is cut under mixed load: the data lies on a file system in a file, the daemon is
// stopped in the middle of what it does, and what the device has then is all that is left. The
// daemon opens it without anybody's help, and nothing that was acknowledged is missing.
//
// The campaign: scripts/torture --only power. Needs root.
#include "tests/system/loop_disk.hpp"
#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace packledger {
namespace {

constexpr std::uint64_t disk_bytes = std::uint64_t{768} << 20U;  // holes, mostly

struct Power {
  LoopDisk disk{disk_bytes};
};

class PowerCuts : private Power, public MixedDaemon {
 protected:
  PowerCuts() : MixedDaemon{DaemonOptions{.data = disk.path() / "data"}} {}
  void SetUp() override {
    if (!disk.fault().empty()) GTEST_SKIP() << "no power to cut here: " << disk.fault();
    MixedDaemon::SetUp();
  }
  void TearDown() override {
    daemon.kill();  // before its disk goes
    MixedDaemon::TearDown();
  }
  using Power::disk;
};

TEST_F(PowerCuts, LoseNothingAndNeedNobody) {
  Campaign campaign{"power", {.suite = 2, .campaign = 100}};
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    ASSERT_TRUE(let_work(1 + campaign.chance(300)));
    std::this_thread::sleep_for(std::chrono::microseconds{campaign.chance(50'000)});
    daemon.signal(SIGSTOP);
    const bool cut = disk.cut([this] { daemon.kill(); });
    pause_all();
    ASSERT_TRUE(cut) << disk.fault();

    use_watermark(campaign.chance(2) == 0 ? "before_ack" : "one_behind");
    const auto cut_at = std::chrono::steady_clock::now();
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    campaign.most("slowest start ms", milliseconds_since(cut_at));
    campaign.count("snapshots that were torn",
                   daemon.logged("snapshot_refused", "file").empty() ? 0 : 1);
    campaign.count("usage made anew", daemon.logged("usage_made_anew", "detail").empty() ? 0 : 1);
    expect_round(campaign);
    go_on();
  }
  expect_whole(campaign);
}

// The canary: on a disk whose syncs do nothing the same cuts must be noticed, by the daemon, which
// refuses, or by who was told that something is durable.
class LyingDisk : public PowerCuts {};

TEST_F(LyingDisk, IsNoticedWhenThePowerIsCut) {
  daemon.kill();
  pause_all();
  DaemonOptions options = with_small_buffers({.data = disk.path() / "lied"});
  options.environment = {"LD_PRELOAD=" PACKLEDGER_BIN_DIR "/libpackledger_failing_disk.so",
                         "PACKLEDGER_FAULT=lie 0 -",
                         "PACKLEDGER_FAULT_UNDER=" + options.data.value_or("").string(),
                         "ASAN_OPTIONS=verify_asan_link_order=0"};
  DaemonProcess lied_to{options};
  ASSERT_TRUE(lied_to.start());
  HttpClient http{lied_to.url()};
  const auto opened = http.call("POST", "/v1/accounts", R"({"account":"a","currency":"CNY"})");
  ASSERT_TRUE(opened && opened->status == 201) << opened->body;
  lied_to.signal(SIGSTOP);
  ASSERT_TRUE(disk.cut([&] { lied_to.kill(); })) << disk.fault();
  const bool starts = lied_to.start().has_value();
  const auto found = starts ? HttpClient{lied_to.url()}.call("GET", "/v1/accounts/a")
                            : Result<HttpAnswer, ClientFault>{};
  EXPECT_FALSE(starts && found && found->status == 200) << "the cut took nothing";
}

}  // namespace
}  // namespace packledger
