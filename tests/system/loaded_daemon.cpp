#include "tests/system/loaded_daemon.hpp"

#include "wire/json.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

namespace packledger {
namespace {

const std::vector<std::string> accounts = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"};

void open_books(HttpClient& http) {
  const auto done = [&](std::string_view method, const std::string& target,
                        const std::string& body) {
    const auto answer = http.call(method, target, body);
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->status / 100, 2U) << answer->body;
  };
  done("PUT", "/v1/price-book",
       R"({"version":"1","effective_from":"2024-01-01T00:00:00Z","currency":"CNY","products":[)"
       R"({"product":"custom","destinations":["CN"],"quota":{"min":1000,"max":1000000},)"
       R"("price_bands":[{"from":1000,"unit_price":"0.05"}],"validity":"P12M"}],)"
       R"("renewal":{"product":"custom"},"payg":[)"
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
    done("PUT", "/v1/accounts/" + account + "/alarms/low", R"({"threshold":{"units":2950}})");
    done("PUT", "/v1/accounts/" + account + "/renewal",
         R"({"enabled":true,"threshold":2900,"quantity":1000})");
  }
}

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

PublisherOptions of_all_accounts(PublisherOptions options) {
  options.accounts = accounts;
  return options;
}

}  // namespace

Digest digest_of(HttpClient& http, const std::string& at) {
  const auto answer = http.call("GET", "/v1/digest" + at);
  EXPECT_TRUE(answer) << answer.error().detail;
  const auto document = parse_json(answer ? answer->body : "{}");
  const Json* position = document->root().find("position");
  const Json* digest = document->root().find("digest");
  if (position == nullptr || digest == nullptr) return {};
  return {.position = std::to_string(position->integer().value_or(-1)),
          .text = std::string{digest->text().value_or("")}};
}

LoadedDaemon::LoadedDaemon(DaemonOptions options, PublisherOptions publishing, LoadOptions how)
    : load{std::move(how)},
      daemon{with_small_buffers(std::move(options))},
      publishers{of_all_accounts(std::move(publishing))} {}

DaemonOptions LoadedDaemon::with_small_buffers(DaemonOptions options) const {
  use_watermark("before_ack");
  options.flags = {"--config", files.path() / "packledger.toml"};
  if (!load.on_wall_clock) options.test_clock = "2024-05-01T00:00:00+08:00";
  return options;
}

void LoadedDaemon::use_watermark(std::string_view mode) const {
  std::ofstream{files.path() / "packledger.toml"}
      << "[store]\nwrite_buffer_mib = 1\nsnapshot_entries = 400\nwatermark = \"" << mode << "\"\n"
      << load.store;
}

void LoadedDaemon::SetUp() {
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  HttpClient http{daemon.url()};
  open_books(http);
  go_on();
}

void LoadedDaemon::expect_all_there(Audit& auditor) {
  HttpClient http{daemon.url()};
  // Before the journal is read: what is acknowledged while it is, may stand behind what was read.
  const auto told = auditor.position() == 0 ? publishers.acknowledged() : publishers.take_news();
  auditor.read_on(http);
  auditor.expect_holds(told);
  auditor.expect_balanced(http, accounts);
  EXPECT_TRUE(auditor.faults().empty()) << all_of(auditor.faults());
  EXPECT_TRUE(publishers.complaints().empty()) << all_of(publishers.complaints());
}

void LoadedDaemon::expect_replay_is_equal() {
  pause_all();
  ASSERT_EQ(daemon.stop(), exited(0)) << daemon.log();
  const std::string live = daemon.logged("stopped", "digest");
  std::filesystem::remove_all(daemon.data() / "snapshots");
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(daemon.logged("ready", "digest"), live);
  Audit whole;
  expect_all_there(whole);
  audit = std::move(whole);
}

}  // namespace packledger
