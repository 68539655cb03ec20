// The storm on the real daemon: very many packages end in the same second, with alarms and
// renewals, while publishers send. They are served meanwhile, and everything has happened once.
//
// The campaign: PACKLEDGER_STORM_PACKAGES=100000 build/dev/bin/system_test --gtest_filter='Storm.*'
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"
#include "tests/system/loaded_daemon.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace packledger {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t packages_each = 100;
constexpr std::size_t clients = 8;
constexpr milliseconds served_within{5'000};

void done(HttpClient& http, std::string_view method, const std::string& target,
          const std::string& body) {
  const auto answer = http.call(method, target, body);
  ASSERT_TRUE(answer) << answer.error().detail;
  ASSERT_EQ(answer->status / 100, 2U) << answer->body;
}

std::string path(std::size_t account) { return "/v1/accounts/a" + std::to_string(account); }

// 100 packages of 50 units that end together, an alarm below 1,000 and a renewal at 500.
void open_account(HttpClient& http, std::size_t account) {
  done(http, "POST", "/v1/accounts",
       R"({"account":"a)" + std::to_string(account) + R"(","currency":"CNY"})");
  done(http, "POST", path(account) + "/funds", R"({"amount":"1000000"})");
  for (std::size_t package = 0; package < packages_each; ++package)
    done(http, "POST", path(account) + "/packages",
         R"({"package":"P)" + std::to_string(package) +
             R"(","quota":50,"destinations":["CN"],"expires_at":"2024-05-31T00:00:00+08:00"})");
  done(http, "PUT", path(account) + "/alarms/low", R"({"threshold":{"units":1000}})");
  done(http, "PUT", path(account) + "/renewal",
       R"({"enabled":true,"threshold":500,"quantity":10000})");
}

void open_accounts(const std::string& url, std::size_t accounts) {
  std::vector<std::jthread> openers;
  for (std::size_t n = 0; n < clients; ++n) {
    openers.emplace_back([&url, accounts, n] {
      HttpClient http{url};
      for (std::size_t account = n; account < accounts; account += clients)
        open_account(http, account);
    });
  }
}

// Sends one after the other until told to stop; how long the slowest answer took.
struct Sender {
  std::size_t served = 0;
  milliseconds slowest{0};

  void run(const std::string& url, std::size_t number, std::size_t accounts,
           const std::atomic<bool>& stop) {
    HttpClient http{url};
    while (!stop) {
      const std::string send = "s" + std::to_string(number) + "-" + std::to_string(served);
      const auto began = SteadyClock::now();
      const auto answer =
          http.call("POST", "/v1/sends",
                    R"({"account":"a)" + std::to_string(served % accounts) + R"(","send":")" +
                        send + R"(","units":1,"destination":"CN","template":"notification"})");
      ASSERT_TRUE(answer) << answer.error().detail;
      ASSERT_TRUE(answer->body.contains(R"("result":"recorded")")) << answer->body;
      slowest =
          std::max(slowest, std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began));
      ++served;
    }
  }
};

std::size_t count_of(HttpClient& http, const std::string& kind, const std::string& last) {
  std::size_t count = 0;
  for (std::string from = "1"; std::stoull(from) <= std::stoull(last);) {
    const auto page = http.call("GET", "/v1/journal?kind=" + kind + "&limit=1000&from=" + from);
    EXPECT_TRUE(page && page->status == 200);
    count += static_cast<std::size_t>(std::ranges::count(page->body, '\n'));
    from = page->header("Packledger-Next");
  }
  return count;
}

TEST(Storm, ServesThePublishersAndHappensOnce) {
  const std::size_t accounts =
      std::max<std::uint64_t>(from_environment("PACKLEDGER_STORM_PACKAGES", 2'000), packages_each) /
      packages_each;
  DaemonProcess daemon{{.test_clock = "2024-05-01T00:00:00+08:00"}};
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  HttpClient http{daemon.url()};
  done(http, "PUT", "/v1/price-book",
       R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY","products":[)"
       R"({"product":"custom","destinations":["CN"],"quota":{"min":1000,"max":1000000000},)"
       R"("price_bands":[{"from":1000,"unit_price":"0.047"}],"validity":"P24M"}],)"
       R"("payg":[{"destinations":["CN"],"prices":[{"price":"0.065"}]}],)"
       R"("renewal":{"product":"custom"}})");
  open_accounts(daemon.url(), accounts);
  if (HasFailure()) return;
  // The reminders, a week before.
  done(http, "POST", "/v1/clock/advance", R"({"to":"2024-05-30T23:59:59+08:00"})");

  std::atomic<bool> stop = false;
  std::vector<Sender> senders(clients);
  std::vector<std::jthread> threads;
  for (std::size_t n = 0; n < clients; ++n)
    threads.emplace_back([&, n] { senders[n].run(daemon.url(), n, accounts, stop); });
  const auto began = SteadyClock::now();
  HttpClient operator_http{daemon.url()};
  done(operator_http, "POST", "/v1/clock/advance", R"({"by":"PT1S"})");
  const auto storm = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began);
  stop = true;
  threads.clear();

  std::size_t served = 0;
  milliseconds slowest{0};
  for (const Sender& sender : senders) {
    served += sender.served;
    slowest = std::max(slowest, sender.slowest);
  }
  EXPECT_GT(served, 0U);
  EXPECT_LT(slowest, served_within);
  const Digest live = digest_of(http);
  const auto count = [&](const std::string& kind) { return count_of(http, kind, live.position); };
  EXPECT_EQ(count("package_expired"), accounts * packages_each);
  EXPECT_EQ(count("alarm_raised"), accounts);
  EXPECT_EQ(count("package_renewed"), accounts);
  EXPECT_EQ(count("alarm_cleared"), accounts);
  std::cout << accounts * packages_each << " packages ended in " << storm.count() << " ms; "
            << served << " sends served, the slowest answer took " << slowest.count() << " ms\n";

  daemon.kill();
  ASSERT_TRUE(daemon.start());
  HttpClient again{daemon.url()};
  EXPECT_EQ(digest_of(again).text, live.text);
}

}  // namespace
}  // namespace packledger
