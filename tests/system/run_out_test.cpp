// An alarm of the kind runs_out_within, by a real daemon: traffic, the hours of the test clock, and
// a notice; more quota, and the notice that it is over; and all of it again after a restart.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace packledger {
namespace {

using testing::HasSubstr;
using testing::Not;

class RunOut : public testing::Test {
 protected:
  void start() {
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    http.emplace(daemon.url());
  }
  std::string call(std::string_view method, const std::string& target,
                   const std::string& body = {}) {
    auto answer = http->call(method, target, body);
    EXPECT_TRUE(answer) << answer.error().detail;
    if (!answer) return {};
    EXPECT_LT(answer->status, 300U) << target << " " << answer->body;
    return answer->body;
  }
  // Ten units every hour.
  void send_for(int hours) {
    for (int hour = 0; hour < hours; ++hour) {
      call("POST", "/v1/sends",
           R"({"account":"acme","send":"s)" + std::to_string(++sends) +
               R"(","units":10,"destination":"CN","template":"verification"})");
      call("POST", "/v1/clock/advance", R"({"by":"PT1H"})");
    }
  }
  void grant(const std::string& package) {
    call(
        "POST", "/v1/accounts/acme/packages",
        R"({"package":")" + package + R"(","quota":1000,"destinations":["CN"],"validity":"P12M"})");
  }
  std::string notices() { return call("GET", "/v1/accounts/acme/notices"); }
  // Once the notices tell of that.
  bool comes(std::string_view what) {
    const auto end = std::chrono::steady_clock::now() + DaemonProcess::deadline;
    while (std::chrono::steady_clock::now() < end) {
      if (notices().contains(what)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
  }

  static DaemonOptions on_test_clock() {
    DaemonOptions options;
    options.test_clock = "2024-05-01T00:00:00+08:00";
    return options;
  }
  DaemonProcess daemon{on_test_clock()};
  std::optional<HttpClient> http;
  int sends = 0;
};

TEST_F(RunOut, IsNoticedBeforeItComesAndOverWithNewQuota) {
  start();
  call("POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})");
  call("PUT", "/v1/accounts/acme/contacts",
       R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]}]})");
  grant("first");
  call("PUT", "/v1/accounts/acme/alarms/soon",
       R"({"kind":"runs_out_within","threshold":{"within":"P2D"}})");
  // 1,000 units are 100 hours; after the 52nd, 48 are left.
  send_for(50);
  EXPECT_THAT(notices(), Not(HasSubstr("alarm_raised")));
  send_for(4);
  ASSERT_TRUE(comes("alarm_raised")) << call("GET", "/v1/accounts/acme/forecast");
  EXPECT_THAT(notices(), HasSubstr("Alarm soon: "));
  EXPECT_THAT(notices(), HasSubstr("units left in pool CN, used up or ended by 2024-05-05 0"));
  EXPECT_THAT(call("GET", "/v1/accounts/acme/alarms/soon"), HasSubstr(R"("state":"fired")"));
  EXPECT_THAT(call("GET", "/v1/accounts/acme/explain?alarm=soon"), HasSubstr("run_out_forecast"));
  // It is told once.
  send_for(2);
  grant("second");
  send_for(1);
  ASSERT_TRUE(comes("alarm_cleared"));
  EXPECT_THAT(notices(), HasSubstr("Alarm soon has ended: 1,"));
  EXPECT_THAT(call("GET", "/v1/accounts/acme/alarms/soon"), HasSubstr(R"("firings":1)"));
  const std::string digest = call("GET", "/v1/digest");
  const std::string told = notices();
  daemon.kill();
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_EQ(call("GET", "/v1/digest"), digest);
  EXPECT_EQ(notices(), told);
}

}  // namespace
}  // namespace packledger
