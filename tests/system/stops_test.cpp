// The daemon stands still for a while under load, as when its machine is suspended or it is stopped
// by a signal: when it goes on nothing has ended that was not due, what was due ends once, its
// clock is believed, its clients go on and nobody who watches misses anything.
//
// The campaign: scripts/torture --only stop, for seconds to a minute at a time.
#include "tests/system/mixed_daemon.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace packledger {
namespace {

using testing::HasSubstr;

class Stops : public MixedDaemon {
 protected:
  Stops() : MixedDaemon{{}, {.on_wall_clock = true}} {}

  [[nodiscard]] std::string asked(const std::string& target) const {
    const auto answer = HttpClient{daemon.url()}.call("GET", target);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? answer->body : "";
  }
  [[nodiscard]] std::ptrdiff_t entries_of(const std::string& kind) const {
    return std::ranges::count(asked("/v1/journal?limit=1000&kind=" + kind), '\n');
  }
  void hold(const std::string& name, const std::string& ttl) const {
    const auto placed = HttpClient{daemon.url()}.call(
        "POST", "/v1/accounts/a2/holds",
        R"({"hold":")" + name +
            R"(","units":1,"destination":"CN","template":"notification","ttl":")" + ttl + R"("})");
    ASSERT_TRUE(placed && placed->status == 201) << placed->body;
  }
};

TEST_F(Stops, EndNothingThatWasNotDue) {
  constexpr std::chrono::milliseconds hold_life{1'000};
  constexpr std::uint64_t short_stop_ms = 8'000;
  constexpr std::uint64_t long_stop_ms = 70'000;
  constexpr std::uint64_t long_each = 6;
  Campaign campaign{"stop", {.suite = 1, .campaign = 30}};
  hold("stays", "P1D");
  while (campaign.more()) {
    SCOPED_TRACE(campaign.where());
    ASSERT_TRUE(let_work(30));
    const std::string name = "ends-" + std::to_string(campaign.round());
    hold(name, "PT1S");
    const bool long_one = campaign.round() % long_each == 0;
    const std::chrono::milliseconds stop =
        hold_life +
        std::chrono::milliseconds{
            campaign.is_long() ? campaign.chance(long_one ? long_stop_ms : short_stop_ms) : 500};
    daemon.signal(SIGSTOP);
    std::this_thread::sleep_for(stop);
    daemon.signal(SIGCONT);
    campaign.most("longest stop s", static_cast<double>(stop.count()) / 1'000);
    ASSERT_TRUE(let_work(30));
    EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
    EXPECT_THAT(asked("/v1/accounts/a2/holds/" + name), HasSubstr(R"("state":"expired")"));
    EXPECT_THAT(asked("/v1/accounts/a2/holds/stays"), HasSubstr(R"("state":"held")"));
    EXPECT_EQ(entries_of("hold_expired"), static_cast<std::ptrdiff_t>(campaign.round()));
    EXPECT_EQ(entries_of("package_expired"), 0);
    campaign.checked(Invariant::timers, 4);
    quieten();
    expect_all_there(audit);
    EXPECT_TRUE(follower.wait_for(audit.of_accounts().back()));
    count_looks(campaign);
    go_on();
  }
  expect_whole(campaign);
}

}  // namespace
}  // namespace packledger
