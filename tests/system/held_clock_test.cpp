// A daemon whose wall clock leaps three days ahead: nothing ends by the leap, work goes on, and an
// operator decides.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace packledger {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class HeldClock : public testing::Test {
 protected:
  HeldClock()
      : daemon_{{.data = directory_.path() / "data",
                 .environment = {
                     "LD_PRELOAD=" PACKLEDGER_BIN_DIR "/libpackledger_leaping_clock.so",
                     "PACKLEDGER_LEAP=" + leap_file(),
                     "ASAN_OPTIONS=verify_asan_link_order=0",
                 }}} {}

  // A daemon with an account whose one package ends in two days.
  void SetUp() override {
    start();
    HttpClient http{daemon_.url()};
    ok(http.call("POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})"));
    ok(http.call("POST", "/v1/accounts/acme/packages",
                 R"({"package":"short","quota":100,"destinations":["CN"],"validity":"P2D"})"));
  }

  void start() {
    const auto started = daemon_.start();
    ASSERT_TRUE(started) << started.error();
  }
  void leap() const { std::ofstream{leap_file()} << "now"; }
  void leap_back() const { std::filesystem::remove(leap_file()); }

  // The body of an answer that must be 2xx.
  static std::string ok(const Result<HttpAnswer, ClientFault>& answer) {
    EXPECT_TRUE(answer) << answer.error().detail;
    if (!answer) return {};
    EXPECT_EQ(answer->status / 100, 2U) << answer->body;
    return answer->body;
  }
  [[nodiscard]] std::string asked(const std::string& target) const {
    return ok(HttpClient{daemon_.url()}.call("GET", target));
  }
  [[nodiscard]] std::string package() const { return asked("/v1/accounts/acme/packages/short"); }
  void send(int number) const {
    const std::string body = R"({"account":"acme","send":"s)" + std::to_string(number) +
                             R"(","units":1,"destination":"CN","template":"verification"})";
    EXPECT_THAT(ok(HttpClient{daemon_.url()}.call("POST", "/v1/sends", body)),
                HasSubstr(R"("result":"recorded")"));
  }
  // A turn later the log has what was said after the one before.
  void settle() const { static_cast<void>(asked("/v1/digest")); }
  [[nodiscard]] int lines_with(std::string_view text) const {
    const std::string log = daemon_.log();
    int count = 0;
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
      ++count;
    }
    return count;
  }

  TemporaryDirectory directory_;
  DaemonProcess daemon_;

 private:
  [[nodiscard]] std::string leap_file() const { return directory_.path() / "leap"; }
};

TEST_F(HeldClock, EndsNothingAndTakesSends) {
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
  EXPECT_THAT(asked("/metrics"), HasSubstr("packledger_clock_held_seconds 0\n"));
  leap();
  for (int number = 0; number < 50; ++number) send(number);
  EXPECT_THAT(package(), HasSubstr(R"("state":"active")"));
  EXPECT_THAT(package(), HasSubstr(R"("remaining":50)"));
  const std::string clock = asked("/v1/clock");
  EXPECT_THAT(clock, HasSubstr(R"("held":true)"));
  EXPECT_THAT(clock, ContainsRegex(R"("held_by":"P)"));
  EXPECT_THAT(asked("/metrics"), ContainsRegex("packledger_clock_held_seconds 259[0-9]{3}\n"));
  EXPECT_THAT(asked("/readyz"), HasSubstr("ready"));
  // Said at once, and not again with every turn.
  EXPECT_EQ(lines_with("level=critical event=clock_held"), 1) << daemon_.log();
  EXPECT_THAT(daemon_.log(), HasSubstr("packledger clock accept"));
}

TEST_F(HeldClock, GoesOnByTheWallOnceItIsAccepted) {
  leap();
  send(1);
  settle();
  const std::string accepted = ok(HttpClient{daemon_.url()}.call("POST", "/v1/clock/accept", "{}"));
  EXPECT_THAT(accepted, HasSubstr(R"("held":false)"));
  // What is due fires now.
  EXPECT_THAT(package(), HasSubstr(R"("state":"expired)"));
  EXPECT_THAT(asked("/v1/journal?kind=package_expired"), HasSubstr(R"("package":"short")"));
  settle();
  EXPECT_EQ(lines_with("event=clock_accepted"), 1);
  EXPECT_EQ(lines_with("event=clock_believed"), 1);
  const auto again = HttpClient{daemon_.url()}.call("POST", "/v1/clock/accept", "{}");
  ASSERT_TRUE(again);
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
}

TEST_F(HeldClock, BelievesAWallThatComesBackByItself) {
  leap();
  send(1);
  settle();
  leap_back();
  send(2);
  settle();
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
  EXPECT_THAT(package(), HasSubstr(R"("state":"active")"));
  EXPECT_EQ(lines_with("event=clock_held"), 1);
  EXPECT_EQ(lines_with("level=info event=clock_believed"), 1) << daemon_.log();
}

// A restart is no acceptance.
TEST_F(HeldClock, StaysHeldOverARestart) {
  leap();
  send(1);
  EXPECT_EQ(daemon_.stop(), exited(0)) << daemon_.log();
  start();
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":true)"));
  EXPECT_THAT(package(), HasSubstr(R"("state":"active")"));
  daemon_.kill();
  start();
  EXPECT_THAT(package(), HasSubstr(R"("state":"active")"));
  leap_back();
  send(2);
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":false)"));
  EXPECT_THAT(asked("/v1/journal"), Not(HasSubstr("package_expired")));
}

// The same while nobody watches: the wall leaps when no daemon runs.
TEST_F(HeldClock, IsNoticedWhereItLeaptWhileNoDaemonRan) {
  send(1);
  EXPECT_EQ(daemon_.stop(), exited(0));
  leap();
  start();
  EXPECT_THAT(asked("/v1/clock"), HasSubstr(R"("held":true)"));
  EXPECT_THAT(package(), HasSubstr(R"("state":"active")"));
}

}  // namespace
}  // namespace packledger
