// kill -9 at random moments under mixed load: what was acknowledged is there, once, at its
// position, nobody was told of anything else, and the books balance.
//
// The campaign: scripts/torture --only kill. The moment of a kill is not repeatable, what is sent
// is.
#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

namespace packledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Kills : public MixedDaemon {};

TEST_F(Kills, LoseNothingUnderMixedLoad) {
  constexpr std::uint64_t digest_each = 5;  // a replay of the past, now and then
  Campaign campaign{"kill", {.suite = 4, .campaign = 300}};
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    ASSERT_TRUE(let_work(1 + campaign.chance(300)));
    HttpClient live{daemon.url()};
    const bool looks_back = campaign.round() % digest_each == 0;
    const Digest before = looks_back ? digest_of(live) : Digest{};
    // Some way into whatever it is doing now; nothing waits for this.
    std::this_thread::sleep_for(std::chrono::microseconds{campaign.chance(20'000)});
    daemon.kill();
    pause_all();
    EXPECT_THAT(daemon.log(), testing::Not(testing::HasSubstr("Sanitizer")));

    use_watermark(campaign.chance(2) == 0 ? "before_ack" : "one_behind");
    const auto killed_at = SteadyClock::now();
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    campaign.most("slowest start ms", milliseconds_since(killed_at));
    campaign.count("starts from a snapshot",
                   daemon.logged("snapshot_loaded", "position").empty() ? 0 : 1);
    EXPECT_THAT(daemon.log(), testing::Not(testing::HasSubstr("snapshot_refused")));
    expect_round(campaign);
    if (looks_back) {
      HttpClient http{daemon.url()};
      EXPECT_EQ(digest_of(http, "?position=" + before.position).text, before.text);
      campaign.checked(Invariant::replay);
    }
    go_on();
  }
  expect_whole(campaign);
}

// The canary: where an old copy of the data is put back while the daemon is dead, the same looks
// must find what is lost.
TEST_F(Kills, WouldBeNoticedIfTheyLostAnything) {
  ASSERT_TRUE(let_work(50));
  daemon.kill();
  const std::filesystem::path old = files.path() / "old";
  std::filesystem::copy(daemon.data(), old, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(daemon.start());
  HttpClient before{daemon.url()};
  const std::uint64_t kept = std::stoull(digest_of(before).position);
  go_on();
  ASSERT_TRUE(let_work(50));
  ASSERT_TRUE(follower.wait_for(kept + 50));
  daemon.kill();
  pause_all();
  std::filesystem::remove_all(daemon.data());
  std::filesystem::rename(old, daemon.data());
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  HttpClient http{daemon.url()};
  audit.read_on(http);
  EXPECT_THAT(audit.faults(), testing::IsEmpty());
  audit.expect_holds(named.acknowledged());
  EXPECT_THAT(audit.faults(), testing::Contains(testing::HasSubstr("is lost")));
  EXPECT_GT(follower.positions().size(), audit.of_accounts().size());
}

}  // namespace
}  // namespace packledger
