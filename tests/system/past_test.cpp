// Every read of the past is what the same read told when it was the present, to the letter, after
// restarts, from snapshots and without. The life is drawn from a seed; PACKLEDGER_SEED sets it, and
// PACKLEDGER_PAST_STEPS how long it is.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"
#include "tests/system/loaded_daemon.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

constexpr std::string_view book = R"({"version":"v1","currency":"CNY",
"effective_from":"2024-01-01T00:00:00+08:00","products":[
{"product":"cn-week","destinations":["CN"],"quota":100,"price":"5","validity":"P7D"},
{"product":"cn-custom","destinations":["CN"],"quota":{"min":1000,"max":1000000},
"price_bands":[{"from":1000,"unit_price":"0.05"}],"validity":"P12M"}],
"payg":[{"destinations":["CN"],"prices":[{"up_to":50,"price":"0.07"},{"price":"0.065"}]}],
"renewal":{"product":"cn-custom","lead":"P1D","discount_bp":10000,"max_per_day":10,
"retry_at":"03:00"}})";

constexpr std::array<std::string_view, 15> reads{"",
                                                 "/packages",
                                                 "/alarms",
                                                 "/renewal",
                                                 "/contacts",
                                                 "/holds",
                                                 "/invoices",
                                                 "/notices",
                                                 "/statement?limit=1000",
                                                 "/explain",
                                                 "/explain?balance=true",
                                                 "/orders/o1",
                                                 "/sends/s1",
                                                 "/usage?from=2024-05-01T00:00:00%2B08:00"
                                                 "&to=2024-07-01T00:00:00%2B08:00&step=day",
                                                 "/forecast"};

class Past : public testing::Test {
 protected:
  static DaemonOptions with_snapshots(const TemporaryDirectory& files) {
    std::ofstream{files.path() / "packledger.toml"} << "[store]\nsnapshot_entries = 20\n";
    DaemonOptions options;
    options.flags = {"--config", files.path() / "packledger.toml"};
    options.test_clock = "2024-05-01T00:00:00+08:00";
    return options;
  }
  void start() {
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    http.emplace(daemon.url());
  }
  HttpAnswer call(std::string_view method, const std::string& target,
                  const std::string& body = {}) {
    auto answer = http->call(method, target, body);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? *answer : HttpAnswer{};
  }
  std::uint64_t draw(std::uint64_t below) { return chance() % below; }

  // Something that an account may do; the law may refuse it.
  void do_something(const std::string& account) {
    const std::string at = "/v1/accounts/" + account;
    const std::string number = std::to_string(++made);
    const auto units = [&](std::uint64_t most) { return std::to_string(1 + draw(most)); };
    switch (draw(12)) {
      case 0: call("POST", at + "/funds", R"({"amount":")" + units(200) + R"("})"); break;
      case 1:
        call("POST", at + "/orders",
             R"({"order":"o)" + number + R"(","product":"cn-week","pay":")" +
                 (draw(2) == 0 ? "balance" : "external") + R"("})");
        break;
      case 2:
        call("POST", at + "/packages",
             R"({"package":"g)" + number + R"(","quota":)" + units(50) +
                 R"(,"destinations":["CN"],"validity":"P)" + units(9) + R"(D"})");
        break;
      case 3:
        call("PUT", at + "/alarms/low", R"({"threshold":{"units":)" + units(90) + "}}");
        break;
      case 4:
        call("PUT", at + "/renewal",
             R"({"enabled":true,"threshold":)" + units(30) + R"(,"quantity":1000})");
        break;
      case 5:
        call("POST", at + "/holds",
             R"({"hold":"h)" + number + R"(","units":)" + units(20) +
                 R"(,"destination":"CN","template":"verification","ttl":"P1D"})");
        break;
      case 6: call("POST", "/v1/clock/advance", R"({"by":"PT)" + units(40) + R"(H"})"); break;
      case 7: call("POST", at + "/invoices"); break;
      case 8:
        call("POST", at + "/holds/h" + std::to_string(1 + draw(made)) + "/capture",
             R"({"units":1})");
        break;
      case 9:
        call("POST", at + "/sends/s" + std::to_string(1 + draw(made)) + "/reversals",
             R"({"reversal":"r)" + number + R"(","units":1})");
        break;
      default:
        call("POST", "/v1/sends",
             R"({"account":")" + account + R"(","send":"s)" + number + R"(","units":)" + units(9) +
                 R"(,"destination":"CN","template":"verification"})");
    }
  }

  // What is told now of everything, or was told as of that entry.
  std::vector<std::string> told(const std::string& position = {}) {
    std::vector<std::string> all;
    const auto ask = [&](const std::string& target) {
      std::string as_of = target;
      if (!position.empty())
        as_of += (target.contains('?') ? "&position=" : "?position=") + position;
      const HttpAnswer answer = call("GET", as_of);
      all.push_back(target + " " + std::to_string(answer.status) + " " + answer.body);
    };
    for (const std::string_view account : {"acme", "beta"}) {
      for (const std::string_view what : reads)
        ask("/v1/accounts/" + std::string(account) + std::string(what));
    }
    for (const char* target : {"/v1/products", "/v1/price-book", "/v1/digest"}) ask(target);
    return all;
  }
  std::string last_position() {
    const HttpAnswer answer = call("GET", "/v1/digest");
    const std::size_t at = answer.body.find(':') + 1;
    return answer.body.substr(at, answer.body.find(',') - at);
  }

  std::uint64_t seed = from_environment("PACKLEDGER_SEED", 20'240'501);
  std::mt19937_64 chance{seed};
  std::uint64_t made = 0;
  TemporaryDirectory files;
  DaemonProcess daemon{with_snapshots(files)};
  std::optional<HttpClient> http;
};

TEST_F(Past, IsToldAsItWasToldThen) {
  SCOPED_TRACE("PACKLEDGER_SEED=" + std::to_string(seed));
  start();
  call("PUT", "/v1/price-book", std::string(book));
  for (const char* account : {"acme", "beta"})
    call("POST", "/v1/accounts",
         R"({"account":")" + std::string(account) + R"(","currency":"CNY"})");
  std::map<std::string, std::vector<std::string>> then;
  const std::uint64_t steps = from_environment("PACKLEDGER_PAST_STEPS", 120);
  for (std::uint64_t step = 0; step < steps; ++step) {
    do_something(draw(3) == 0 ? "beta" : "acme");
    if (draw(3) == 0) {
      // So that the last entry was recorded now: a forecast of the past is made as of then.
      call("POST", "/v1/accounts/beta/funds", R"({"amount":"1"})");
      then[last_position()] = told();
    }
    if (draw(steps / 4) != 0) continue;
    if (draw(2) == 0) {
      ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
    } else {
      daemon.kill();
    }
    ASSERT_NO_FATAL_FAILURE(start());
  }
  ASSERT_GT(then.size(), steps / 10);
  ASSERT_TRUE(told().front().contains(R"( 200 {"account":"acme")")) << told().front();
  for (const auto& [position, all] : then) {
    if (then.size() > 40 && draw(then.size()) > 40) continue;
    ASSERT_EQ(told(position), all) << "as of " << position;
  }
}

}  // namespace
}  // namespace packledger
