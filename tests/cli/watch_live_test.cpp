// The live table of `packledger watch`: what it shows, and how it behaves on a real terminal.
#include "app/cli/watch_table.hpp"
#include "tests/cli/cli_daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace packledger::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

void take(WatchTable& table, const std::string& json, std::int64_t at_ms) {
  const auto document = parse_json(json);
  ASSERT_TRUE(document) << json;
  table.take(document->root(), at_ms);
}

std::string acme(std::int64_t position, const std::string& balance, std::int64_t remaining) {
  return R"({"type":"change","account":"acme","position":)" + std::to_string(position) +
         R"(,"balance":")" + balance +
         R"(","currency":"CNY","status":"active","pools":[{"pool":"TH","mode":"postpaid",)" +
         R"("remaining":)" + std::to_string(remaining) + R"(,"held":0,"quota":10000}]})";
}

TEST(WatchTrend, SumsWhatWentInTheLastMinuteAndForgetsWhatIsOlder) {
  WatchTrend trend;
  trend.take(100, 1'000);
  EXPECT_EQ(trend.last_minute(1'000), 0);
  trend.take(90, 2'000);
  trend.take(500, 3'000);  // bought: no part of it
  trend.take(495, 31'000);
  EXPECT_EQ(trend.last_minute(31'000), 15);
  EXPECT_EQ(trend.last_minute(59'999), 15);
  EXPECT_EQ(trend.last_minute(60'000), 5);
  EXPECT_EQ(trend.last_minute(90'000), 0);
  trend.take(494, 1'000'000);
  EXPECT_EQ(trend.last_minute(1'000'000), 1);
}

TEST(WatchTrend, IsDrawnAsHighAsItsPartOfTheHighest) {
  WatchTrend trend;
  trend.take(1'000, 0);
  trend.take(999, 51'000);
  trend.take(899, 57'000);
  EXPECT_EQ(trend.chart(59'000, {}), "                 . #");
  EXPECT_EQ(trend.chart(59'000, {.blocks = true}), "                 ▁ █");
  EXPECT_EQ(trend.chart(200'000, {}), std::string(20, ' '));
}

TEST(WatchTable, ShowsBalancesPoolsAndWhatGoes) {
  WatchTable table{{"acme", "beta"}};
  take(table, acme(7, "1000", 9'900), 0);
  take(table, acme(9, "999.868", 9'600), 30'000);
  EXPECT_THAT(
      table.lines("watching", 30'000, {}, {}),
      testing::ElementsAre(
          "position 9  watching",
          "ACCOUNT  STATUS  POOL     LEFT              REMAINING / QUOTA  A MINUTE  LAST MI",
          "acme     active  balance                          999.868 CNY     0.132         ",
          "                 TH       ###############.     9,600 / 10,000       300         ",
          "beta     ..."));
  const auto wide = table.lines("", 30'000, {.columns = 200, .rows = 24}, {});
  EXPECT_THAT(wide.at(3), EndsWith("300                     #"));
}

TEST(WatchTable, IsCutToTheScreen) {
  WatchTable table{{"a", "b", "c", "d", "e", "f"}};
  const auto lines = table.lines("", 0, {.columns = 12, .rows = 4}, {.color = true});
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines.at(3), "... and 5 li");
  EXPECT_EQ(cut_to("\x1b[1mabc\x1b[0mdef", 4), "\x1b[1mabc\x1b[0md");
  EXPECT_EQ(cut_to("▁▂▃", 2), "▁▂");
  EXPECT_EQ(cut_to("\x1b", 2), "\x1b");
}

// The program on a terminal of its own.
class OnATerminal : public CliDaemon {
 protected:
  void TearDown() override {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    if (terminal_ >= 0) ::close(terminal_);
  }
  void start(const std::vector<std::string>& words) {
    winsize size{};
    size.ws_col = 100;
    size.ws_row = 20;
    process_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    ASSERT_GE(process_, 0);
    if (process_ > 0) return;
    ::setenv("TERM", "xterm", 1);
    std::vector<std::string> all{PACKLEDGER_BIN_DIR "/packledger", "--server", daemon_.url()};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : all) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  // Until that has been seen since the last call.
  bool see(const std::string& text) {
    for (seen_.clear(); seen_.find(text) == std::string::npos;) {
      pollfd wait{.fd = terminal_, .events = POLLIN, .revents = 0};
      std::array<char, 4'096> piece{};
      if (::poll(&wait, 1, 20'000) <= 0) return false;
      const ssize_t got = ::read(terminal_, piece.data(), piece.size());
      if (got <= 0) return false;
      seen_.append(piece.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

  int terminal_ = -1;
  pid_t process_ = -1;
  std::string seen_;
};

TEST_F(OnATerminal, IsDrawnInPlaceFollowsTheWindowAndLeavesTheTerminalAsItWas) {
  open_account("acme");
  said({"buy", "acme", "th", "--order", "o"});
  start({"watch", "acme"});
  ASSERT_TRUE(see("\x1b[?1049h")) << seen_;
  ASSERT_TRUE(see("100 / 100")) << seen_;
  said({"send", "acme", "--send", "m", "--to", "TH", "--units", "3"});
  ASSERT_TRUE(see("97 / 100")) << seen_;
  winsize small{};
  small.ws_col = 40;
  small.ws_row = 3;
  ::ioctl(terminal_, TIOCSWINSZ, &small);
  ASSERT_TRUE(see("... and 2 lines more")) << seen_;
  ::write(terminal_, "\x03", 1);  // Ctrl-C
  ASSERT_TRUE(see("\x1b[?1049l")) << seen_;
  int status = 0;
  ASSERT_EQ(::waitpid(std::exchange(process_, -1), &status, 0) > 0, true);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(OnATerminal, PlainAndCountedWatchesStayLines) {
  open_account("acme");
  start({"watch", "acme", "--plain", "--count", "1"});
  ASSERT_TRUE(see("CNY")) << seen_;
  EXPECT_THAT(seen_, Not(HasSubstr("\x1b[")));
}

TEST_F(OnATerminal, ARefusalGivesTheTerminalBack) {
  start({"watch", "nobody"});
  ASSERT_TRUE(see("\x1b[?1049l")) << seen_;
  int status = 0;
  ASSERT_EQ(::waitpid(std::exchange(process_, -1), &status, 0) > 0, true);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

}  // namespace
}  // namespace packledger::cli
