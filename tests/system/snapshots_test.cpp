// A daemon that starts from a snapshot answers as one that reads its whole journal, and no snapshot
// that is wrong changes that.
#include "serve/client.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace packledger {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string get(HttpClient& http, const std::string& target) {
  const auto answer = http.call("GET", target);
  EXPECT_TRUE(answer) << answer.error().detail;
  return answer ? answer->body : "";
}

struct SnapshotDaemon : testing::Test {
  TemporaryDirectory files;
  DaemonProcess daemon{with_snapshots()};

  DaemonOptions with_snapshots() const {
    std::ofstream{files.path() / "packledger.toml"} << "[store]\nsnapshot_entries = 10\n";
    DaemonOptions options;
    options.flags = {"--config", files.path() / "packledger.toml"};
    options.test_clock = "2024-05-01T00:00:00+08:00";
    return options;
  }
  void start() {
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
  }
  // 17 entries, with packages, sends, an alarm that is raised, and a key.
  void do_business(const std::string& account) {
    HttpClient http{daemon.url()};
    const auto post = [&](const std::string& method, const std::string& target,
                          const std::string& body) {
      const auto answer = http.call(method, target, body);
      ASSERT_TRUE(answer) << answer.error().detail;
      ASSERT_EQ(answer->status / 100, 2U) << answer->body;
    };
    const std::string at = "/v1/accounts/" + account;
    post("POST", "/v1/accounts", R"({"account":")" + account + R"(","currency":"CNY"})");
    post("POST", at + "/funds", R"({"amount":"100"})");
    for (const char* package : {"p1", "p2"}) {
      post("POST", at + "/packages",
           R"({"package":")" + std::string{package} +
               R"(","quota":50,"destinations":["CN"],"validity":"P1M"})");
    }
    post("PUT", at + "/alarms/low", R"({"threshold":{"units":90}})");
    for (int i = 1; i <= 10; ++i) {
      post("POST", "/v1/sends",
           R"({"account":")" + account + R"(","send":"s)" + std::to_string(i) +
               R"(","units":3,"destination":"CN","template":"verification"})");
    }
  }
  // All that was learnt on the way, too: names, notices, the past.
  std::string everything() {
    HttpClient http{daemon.url()};
    std::string all;
    for (const std::string account : {"acme", "emca"}) {
      const std::string at = "/v1/accounts/" + account;
      for (const std::string what : {"", "/packages", "/alarms", "/notices", "/statement"})
        all += get(http, at + what) + "\n";
    }
    all += get(http, "/v1/digest") + get(http, "/v1/digest?position=25") +
           get(http, "/v1/digest?position=5") + get(http, "/v1/journal?limit=100");
    return all;
  }
  std::vector<std::filesystem::path> snapshots() const {
    std::vector<std::filesystem::path> found;
    for (const auto& file : std::filesystem::directory_iterator{daemon.data() / "snapshots"}) {
      if (file.path().extension() == ".snapshot") found.push_back(file.path());
    }
    std::ranges::sort(found);
    return found;
  }
  static void spoil(const std::filesystem::path& path) {
    std::stringstream bytes;
    bytes << std::ifstream{path, std::ios::binary}.rdbuf();
    std::string spoilt = bytes.str();
    spoilt[spoilt.size() / 2] ^= 4;
    std::ofstream{path, std::ios::binary} << spoilt;
  }
};

TEST_F(SnapshotDaemon, AnswersAsOneThatReadsItsWholeJournal) {
  start();
  do_business("acme");
  ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
  EXPECT_THAT(daemon.log(), Not(HasSubstr("snapshot_failed")));
  start();
  EXPECT_NE(daemon.logged("snapshot_loaded", "position"), "");
  do_business("emca");  // over what was restored
  const std::string live = everything();
  EXPECT_THAT(live, HasSubstr("alarm_raised"));
  daemon.kill();
  start();
  EXPECT_NE(daemon.logged("snapshot_loaded", "position"), "");
  EXPECT_EQ(everything(), live);
  ASSERT_EQ(daemon.stop(), exited(0));
  std::filesystem::remove_all(daemon.data() / "snapshots");
  start();
  EXPECT_EQ(daemon.logged("snapshot_loaded", "position"), "");
  EXPECT_EQ(everything(), live);
}

TEST_F(SnapshotDaemon, PassesOverDamagedSnapshotsAndSaysSo) {
  start();
  do_business("acme");
  ASSERT_EQ(daemon.stop(), exited(0));
  start();
  do_business("emca");
  const std::string live = everything();
  ASSERT_EQ(daemon.stop(), exited(0));
  const auto found = snapshots();
  ASSERT_EQ(found.size(), 2U);
  spoil(found.back());
  start();
  EXPECT_EQ(daemon.logged("snapshot_refused", "file"), found.back());
  EXPECT_EQ(daemon.logged("snapshot_loaded", "position"),
            std::to_string(std::stoull(found.front().stem())));
  EXPECT_EQ(everything(), live);
  daemon.kill();
  spoil(found.front());
  start();
  EXPECT_EQ(daemon.logged("snapshot_loaded", "position"), "");
  EXPECT_EQ(everything(), live);
}

TEST_F(SnapshotDaemon, RefusesTheSnapshotsOfAnotherJournal) {
  start();
  do_business("acme");
  do_business("emca");
  const std::string live = everything();
  ASSERT_EQ(daemon.stop(), exited(0));

  DaemonProcess other{with_snapshots()};
  ASSERT_TRUE(other.start());
  HttpClient http{other.url()};
  for (int i = 0; i < 30; ++i) {
    const std::string account = R"({"account":"b)" + std::to_string(i) + R"(","currency":"CNY"})";
    ASSERT_TRUE(http.call("POST", "/v1/accounts", account));
  }
  ASSERT_EQ(other.stop(), exited(0));
  std::filesystem::remove_all(daemon.data() / "snapshots");
  std::filesystem::copy(other.data() / "snapshots", daemon.data() / "snapshots");
  start();
  EXPECT_NE(daemon.logged("snapshot_refused", "detail"), "");
  EXPECT_EQ(daemon.logged("snapshot_loaded", "position"), "");
  EXPECT_EQ(everything(), live);
}

}  // namespace
}  // namespace packledger
