// The machine's clock is wrong in every way while the daemon is under load and is killed now and
// then: nothing ends by it, the ledger's time never goes back nor further ahead than a clock may be
// believed, and work goes on.
//
// The campaign: scripts/torture --only clock.
#include "tests/system/mixed_daemon.hpp"
#include "tests/system/odd_clock.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <new>
#include <string_view>
#include <thread>

namespace packledger {
namespace {

using testing::HasSubstr;

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t year_ms = 8'766 * hour_ms;

std::int64_t true_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The clock that the daemon is to read.
class Wall {
 public:
  explicit Wall(const std::filesystem::path& file) {
    {
      std::ofstream{file} << std::string(sizeof(OddClock), '\0');
    }
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    void* const mapped =
        ::mmap(nullptr, sizeof(OddClock), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    ENSURE(mapped != MAP_FAILED, "a file can be mapped");
    odd_ = new (mapped) OddClock{};
  }
  ~Wall() { ::munmap(odd_, sizeof(OddClock)); }
  Wall(const Wall&) = delete;
  Wall& operator=(const Wall&) = delete;

  void be_right() const {
    odd_->stands_at_ms = 0;
    odd_->faster = 0;
    odd_->ahead_ms = 0;
  }
  void be_ahead(std::int64_t ms) const { odd_->ahead_ms = ms; }
  void stand() const { odd_->stands_at_ms = true_ms(); }
  void run(std::int64_t times) const {
    odd_->runs_from_ms = true_ms();
    odd_->faster = times;
  }

 private:
  OddClock* odd_ = nullptr;
};

struct Move {
  std::string_view name;
  std::int64_t ahead_ms = 0;
  std::int64_t times = 0;  // how much faster it runs
  bool stands = false;
  bool jumps = false;  // back and forth, by less than the step
  bool held = false;   // by the end of it
};
constexpr std::array moves = {
    Move{.name = "ten years ahead", .ahead_ms = 10 * year_ms, .held = true},
    Move{.name = "an hour back", .ahead_ms = -hour_ms},
    Move{.name = "standing", .stands = true},
    Move{.name = "running away", .times = 72'000, .held = true},
    Move{.name = "ten years back", .ahead_ms = -10 * year_ms},
    Move{.name = "drifting", .times = 1},
    Move{.name = "jumping", .jumps = true},
    Move{.name = "less than a step ahead", .ahead_ms = hour_ms - 60'000},
    Move{.name = "more than a step ahead", .ahead_ms = hour_ms + 60'000, .held = true},
};

struct OddWall {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "clock";
  Wall wall{file};
};

class Clocks : private OddWall, public MixedDaemon {
 protected:
  Clocks()
      : MixedDaemon{
            DaemonOptions{.environment =
                              {
                                  "LD_PRELOAD=" PACKLEDGER_BIN_DIR "/libpackledger_odd_clock.so",
                                  "PACKLEDGER_CLOCK=" + file.string(),
                                  "ASAN_OPTIONS=verify_asan_link_order=0",
                              }},
            {.on_wall_clock = true}} {}

  using OddWall::wall;

  [[nodiscard]] std::string asked(const std::string& target) const {
    const auto answer = HttpClient{daemon.url()}.call("GET", target);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? answer->body : "";
  }
  void grant_short_package() const {
    const auto granted = HttpClient{daemon.url()}.call(
        "POST", "/v1/accounts/a1/packages",
        R"({"package":"short","quota":10,"destinations":["TH"],"validity":"P2D"})");
    ASSERT_TRUE(granted && granted->status == 201) << granted->body;
  }
  void start_again() {
    daemon.kill();
    pause_all();
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    go_on();
  }
  void make(const Move& move, Campaign& campaign) const {
    wall.be_ahead(move.ahead_ms);
    if (move.stands) wall.stand();
    if (move.times != 0) wall.run(move.times);
    std::this_thread::sleep_for(std::chrono::milliseconds{100});  // in which it runs two hours
    constexpr int jumps = 30;
    for (int i = 0; move.jumps && i < jumps; ++i) {
      wall.be_ahead(static_cast<std::int64_t>(campaign.chance(hour_ms)) - hour_ms / 2);
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }
  void expect_nothing_ended(Campaign& campaign) {
    EXPECT_THAT(asked("/v1/accounts/a1/packages/short"), HasSubstr(R"("state":"active")"));
    EXPECT_EQ(asked("/v1/journal?kind=package_expired"), "");
    campaign.checked(Invariant::timers, 2);
  }
};

TEST_F(Clocks, EndNothingWhereTheyAreWrong) {
  Campaign campaign{"clock", {.suite = moves.size(), .campaign = 40 * moves.size()}};
  grant_short_package();
  while (campaign.more()) {
    const Move& move = moves[campaign.round() % moves.size()];
    SCOPED_TRACE(campaign.where() + ": " + std::string{move.name});
    make(move, campaign);
    ASSERT_TRUE(let_work(30));
    if (campaign.chance(2) == 0) start_again();
    ASSERT_TRUE(let_work(30));
    const std::string clock = asked("/v1/clock");
    EXPECT_THAT(clock, HasSubstr(move.held ? R"("held":true)" : R"("held":false)"));
    expect_nothing_ended(campaign);
    wall.be_right();
    ASSERT_TRUE(let_work(30));
    EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
    if (campaign.chance(4) == 0) start_again();
    quieten();
    expect_all_there(audit);  // and that its times never go back
    const std::int64_t latest = parse_instant(audit.latest()).value_or(Instant{}).ms;
    EXPECT_GT(latest, 0);
    EXPECT_LE(latest, true_ms() + hour_ms + 1'000) << audit.latest();
    campaign.checked(Invariant::timers, 1);
    count_looks(campaign);
    go_on();
  }
  wall.be_right();
  expect_whole(campaign);
}

}  // namespace
}  // namespace packledger
