// Somebody else fills the disk while publishers are at work: writes are refused, by a problem that
// says why, reads and dry runs go on, no half of anything is kept, and work goes on by itself when
// there is room again. Where even the reserve is taken away the daemon may stop, with its own code.
//
// The campaign: scripts/torture --only full. Needs root.
#include "tests/system/loop_disk.hpp"
#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace packledger {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t reserve = 12 * mib;
constexpr int journal_failed = 3;

struct Volume {
  LoopDisk disk{128 * mib};
};

class FullVolume : private Volume, public MixedDaemon {
 protected:
  FullVolume()
      : MixedDaemon{DaemonOptions{.data = disk.path() / "data"}, {.store = "reserve_mib = 12\n"}} {}
  void SetUp() override {
    if (!disk.fault().empty()) GTEST_SKIP() << "no disk to fill here: " << disk.fault();
    MixedDaemon::SetUp();
  }
  void TearDown() override {
    daemon.kill();  // before its disk goes
    MixedDaemon::TearDown();
  }
  using Volume::disk;

  [[nodiscard]] Result<HttpAnswer, ClientFault> call(std::string_view method,
                                                     const std::string& target,
                                                     const std::string& body = {}) const {
    return HttpClient{daemon.url()}.call(method, target, body);
  }
  // Until a write is refused so; false where none is.
  [[nodiscard]] bool is_refused(const std::string& key) const {
    constexpr int tries = 200;
    constexpr std::chrono::milliseconds step{10};
    for (int i = 0; i < tries; ++i) {
      const auto answer = HttpClient{daemon.url()}.call(
          "POST", "/v1/accounts/a1/funds", R"({"amount":"1"})", {{"Idempotency-Key", key}});
      if (answer && answer->status == 503) {
        EXPECT_THAT(answer->body, HasSubstr(R"("code":"storage_full")"));
        EXPECT_EQ(answer->header("Retry-After"), "1");
        return true;
      }
      std::this_thread::sleep_for(step);
    }
    return false;
  }
  void expect_reads() const {
    for (const std::string target : {"/v1/accounts/a1", "/v1/journal?limit=10", "/readyz",
                                     "/v1/accounts/a1/usage?period=day&from=2024-05-01T00:00:00Z"
                                     "&to=2024-05-02T00:00:00Z"}) {
      const auto read = call("GET", target);
      ASSERT_TRUE(read) << read.error().detail;
      if (!target.contains("usage")) EXPECT_EQ(read->status, 200U) << read->body;
    }
    const auto dry = call("POST", "/v1/accounts/a1/funds?dry_run=true", R"({"amount":"1"})");
    ASSERT_TRUE(dry);
    EXPECT_EQ(dry->status, 200U) << dry->body;
    const auto metrics = call("GET", "/metrics");
    ASSERT_TRUE(metrics);
    EXPECT_THAT(metrics->body, HasSubstr("packledger_storage_full 1\n"));
  }
};

TEST_F(FullVolume, RefusesWritesServesReadsAndRecovers) {
  Campaign campaign{"full", {.suite = 2, .campaign = 60}};
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    ASSERT_TRUE(let_work(30));
    const bool all_of_it = campaign.round() % 5 == 0;
    disk.fill(all_of_it ? 0 : reserve / 2 + campaign.chance(reserve / 3));
    if (!all_of_it) {
      ASSERT_TRUE(is_refused("k" + std::to_string(campaign.round()))) << daemon.log();
      expect_reads();
      const std::size_t before = acknowledged();
      HttpClient http{daemon.url()};
      const std::string position = digest_of(http).position;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
      EXPECT_EQ(digest_of(http).position, position) << "something was written all the same";
      EXPECT_LE(acknowledged(), before + 200);  // those that were on their way
      EXPECT_THAT(daemon.log(), HasSubstr("level=critical event=storage_full"));
      campaign.count("refused");
    }
    const auto end = daemon.wait(std::chrono::milliseconds{all_of_it ? 300 : 1});
    EXPECT_TRUE(!end || (all_of_it && end == exited(journal_failed))) << daemon.log();
    disk.free();
    if (end) {
      campaign.count("stopped");
      EXPECT_THAT(daemon.log(), HasSubstr("No space left on device"));
      pause_all();
      const auto started = daemon.start();
      ASSERT_TRUE(started) << started.error();
      go_on();
    }
    ASSERT_TRUE(let_work(30)) << daemon.log();
    quieten();
    expect_round(campaign);
    go_on();
  }
  expect_whole(campaign);
}

}  // namespace
}  // namespace packledger
