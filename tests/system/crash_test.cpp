// Killed under load, stopped under load: what was acknowledged is there, once, at its position, and
// the books balance.
//
// The campaign: PACKLEDGER_KILL_ROUNDS=50 build/dev/bin/system_test --gtest_filter='Crash.*'
// Another run of chance: PACKLEDGER_SEED=<number>. The moment of a kill is not repeatable, what is
// sent is.
#include "tests/system/audit.hpp"
#include "tests/system/daemon_process.hpp"
#include "tests/system/publishers.hpp"
#include "wire/json.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

namespace packledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

const std::vector<std::string> accounts = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

void open_books(HttpClient& http) {
  const auto done = [&](std::string_view method, const std::string& target,
                        const std::string& body) {
    const auto answer = http.call(method, target, body);
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->status / 100, 2U) << answer->body;
  };
  done("PUT", "/v1/price-book",
       R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY","payg":[)"
       R"({"destinations":["CN"],"tiers":"graduated","counts_packages":true,"prices":[)"
       R"({"up_to":4000,"price":"0.065"},{"up_to":9000,"price":"0.06"},{"price":"0.055"}]}]})");
  for (const std::string& account : accounts) {
    done("POST", "/v1/accounts", R"({"account":")" + account + R"(","currency":"CNY"})");
    done("POST", "/v1/accounts/" + account + "/funds", R"({"amount":"1000000"})");
    for (const std::string_view name : {"first", "second"}) {
      done("POST", "/v1/accounts/" + account + "/packages",
           R"({"package":")" + std::string{name} +
               R"(","quota":1500,"destinations":["CN"],"validity":"P12M"})");
    }
  }
}

struct Digest {
  std::string position;
  std::string text;
};

Digest digest_of(HttpClient& http, const std::string& at = {}) {
  const auto answer = http.call("GET", "/v1/digest" + at);
  EXPECT_TRUE(answer) << answer.error().detail;
  const auto document = parse_json(answer ? answer->body : "{}");
  const Json* position = document->root().find("position");
  const Json* digest = document->root().find("digest");
  if (position == nullptr || digest == nullptr) return {};
  return {.position = std::to_string(position->integer().value_or(-1)),
          .text = std::string{digest->text().value_or("")}};
}

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

struct Crash : testing::Test {
  DaemonProcess daemon{{.test_clock = "2024-05-01T00:00:00+08:00"}};
  Publishers publishers{{.accounts = accounts}};
  Audit audit;

  void SetUp() override {
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    HttpClient http{daemon.url()};
    open_books(http);
    publishers.send_to(daemon.url());
  }

  // The daemon is back on the same data and nobody sends: look at everything.
  void expect_all_there(Audit& auditor) {
    HttpClient http{daemon.url()};
    auditor.read_on(http);
    auditor.expect_holds(publishers.acknowledged());
    auditor.expect_balanced(http, accounts);
    EXPECT_TRUE(auditor.faults().empty()) << all_of(auditor.faults());
    EXPECT_TRUE(publishers.complaints().empty()) << all_of(publishers.complaints());
  }

  // Stops it in good order: the state it had live must be the state of a replay.
  void expect_replay_is_equal() {
    publishers.pause();
    ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
    const std::string live = daemon.logged("stopped", "digest");
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    EXPECT_EQ(daemon.logged("ready", "digest"), live);
    Audit whole;
    expect_all_there(whole);
  }
};

TEST_F(Crash, KillUnderLoadLosesNothingAndCountsNothingTwice) {
  const std::uint64_t rounds = from_environment("PACKLEDGER_KILL_ROUNDS", 5);
  const std::uint64_t seed = from_environment("PACKLEDGER_SEED", 1);
  std::mt19937_64 chance{seed};
  std::chrono::milliseconds slowest_start{0};
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " seed " + std::to_string(seed));
    ASSERT_TRUE(publishers.wait_for(publishers.count() + 1 + chance() % 2'000));
    HttpClient live{daemon.url()};
    const Digest before = digest_of(live);
    ASSERT_TRUE(publishers.wait_for(publishers.count() + 1 + chance() % 500));
    // Some way into whatever it is doing now; nothing waits for this.
    std::this_thread::sleep_for(std::chrono::microseconds{chance() % 5'000});
    daemon.kill();
    publishers.pause();

    const auto killed_at = SteadyClock::now();
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    slowest_start = std::max(slowest_start, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                SteadyClock::now() - killed_at));
    expect_all_there(audit);
    HttpClient http{daemon.url()};
    const Digest replayed = digest_of(http, "?position=" + before.position);
    EXPECT_EQ(replayed.text, before.text) << "at position " << before.position;
    if (HasFailure()) return;
    publishers.send_to(daemon.url());
  }
  expect_replay_is_equal();
  std::cout << rounds << " kills, seed " << seed << ": " << publishers.count()
            << " sends acknowledged, " << publishers.unknown_outcomes()
            << " requests of unknown outcome sent again, journal at " << audit.position()
            << ", slowest start " << slowest_start.count() << " ms\n";
}

TEST_F(Crash, TerminationUnderLoadAnswersWhatIsInFlight) {
  ASSERT_TRUE(publishers.wait_for(1'000));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), exited(0)) << daemon.log();
  publishers.pause();
  const std::string live = daemon.logged("stopped", "digest");
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(daemon.logged("ready", "digest"), live);
  expect_all_there(audit);
  // Nobody was cut off in the middle of an answer.
  EXPECT_EQ(publishers.unknown_outcomes(), 0U);
}

}  // namespace
}  // namespace packledger
