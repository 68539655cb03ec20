// Usage of a real daemon: what was just sent is in it, also after a kill, and the table is only a
// copy.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace packledger {
namespace {

using testing::HasSubstr;

std::string ok(const Result<HttpAnswer, ClientFault>& answer) {
  EXPECT_TRUE(answer) << answer.error().detail;
  if (!answer) return {};
  EXPECT_EQ(answer->status / 100, 2U) << answer->body;
  return answer->body;
}

void send(HttpClient& http, int number) {
  ok(http.call("POST", "/v1/sends",
               R"({"account":"acme","send":"s)" + std::to_string(number) +
                   R"(","units":2,"destination":"CN","template":"verification"})"));
}

TEST(UsageOfADaemon, HasEverySendThatWasAnsweredAlsoAfterAKill) {
  DaemonProcess daemon{{.test_clock = "2024-05-01T00:00:00+08:00"}};
  ASSERT_TRUE(daemon.start());
  {
    HttpClient http{daemon.url()};
    ok(http.call("PUT", "/v1/price-book",
                 R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY",)"
                 R"("payg":[{"destinations":["CN"],"prices":[{"price":"0.05"}]}]})"));
    ok(http.call("POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})"));
    ok(http.call("POST", "/v1/accounts/acme/funds", R"({"amount":"100"})"));
  }
  std::string before;
  for (int round = 1; round <= 3; ++round) {
    HttpClient http{daemon.url()};
    for (int i = 0; i < 10; ++i) {
      send(http, round * 100 + i);
      const std::string sends = std::to_string((round - 1) * 10 + i + 1);
      before = ok(http.call("GET", "/v1/accounts/acme/usage"));
      ASSERT_THAT(before, HasSubstr(R"("totals":{"sends":)" + sends + ","));
      ASSERT_THAT(before, HasSubstr(R"("behind":0,)"));
    }
    daemon.kill();
    if (round == 2) std::filesystem::remove_all(daemon.data() / "usage");
    ASSERT_TRUE(daemon.start());
    HttpClient again{daemon.url()};
    EXPECT_EQ(ok(again.call("GET", "/v1/accounts/acme/usage")), before);
  }
  HttpClient http{daemon.url()};
  EXPECT_THAT(ok(http.call("GET", "/metrics")), HasSubstr("packledger_usage_lag_entries 0\n"));
  EXPECT_EQ(daemon.stop(), exited(0)) << daemon.log();
}

}  // namespace
}  // namespace packledger
