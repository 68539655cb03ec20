// `packledger bench` against a real daemon: small loads over every protocol, whose figures must be
// those of the daemon.
#include "tests/cli/cli_daemon.hpp"
#include "wire/json.hpp"

#include <gmock/gmock.h>

namespace packledger::cli {
namespace {

using testing::HasSubstr;

class BenchRuns : public CliDaemon {
 protected:
  std::int64_t figure(const std::string& json, std::string_view name) const {
    const auto document = parse_json(json);
    EXPECT_TRUE(document) << json;
    return document ? integer_in(document->root(), name) : -1;
  }

  // 20 accounts with two packages of 100 units, and 3,010 sends: what is left is paid per use.
  void expect_sound(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"bench", "--accounts", "20",           "--quota",
                                   "100",   "--sends",    "3010",         "--batch",
                                   "50",    "--json",     "--duplicates", "10"};
    words.insert(words.end(), more.begin(), more.end());
    const std::string told = said(words);
    EXPECT_EQ(figure(told, "sends"), 3'010) << told;
    EXPECT_EQ(figure(told, "batches"), 61);
    EXPECT_GT(figure(told, "duplicates"), 150);
    EXPECT_EQ(figure(told, "recorded") + figure(told, "duplicates"), 3'010);
    EXPECT_EQ(figure(told, "wrong"), 0);
    EXPECT_EQ(figure(told, "units_used") + figure(told, "units_charged"),
              figure(told, "units_recorded"));
    EXPECT_GT(figure(told, "units_charged"), 0);
    EXPECT_GT(figure(told, "sends_per_second"), 0);
  }
};

TEST_F(BenchRuns, JsonAddsUp) { expect_sound({"--protocol", "json"}); }

TEST_F(BenchRuns, ProtobufAddsUp) { expect_sound({"--protocol", "protobuf"}); }

TEST_F(BenchRuns, TheWebSocketAddsUp) { expect_sound({"--protocol", "publish"}); }

TEST_F(BenchRuns, AnOpenLoopOverWebSocketsAddsUp) {
  expect_sound({"--rate", "50000", "--connections", "5", "--threads", "2", "--in-flight", "64"});
}

TEST_F(BenchRuns, MoreInFlightThanTheDaemonTakesIsRefused) {
  const Ran ran = run({"bench", "--accounts", "1", "--sends", "1", "--in-flight", "65"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("the daemon takes at most 64 batches"));
}

TEST_F(BenchRuns, MoreAccountsThanTheEarlierRunHadAreOpened) {
  const auto words = [](const char* accounts, const char* quota) {
    return std::vector<std::string>{"bench",   "--sends",    "20",       "--batch", "5",
                                    "--quota", quota,        "--prefix", "few",     "--accounts",
                                    accounts,  "--protocol", "json"};
  };
  EXPECT_THAT(said(words("2", "10")), HasSubstr("units opened in"));
  const std::string more = said(words("4", "10"));
  EXPECT_THAT(more, HasSubstr("units opened in"));
  EXPECT_THAT(more, HasSubstr("Every unit adds up"));
  // The packages of the first have another size.
  const Ran ran = run(words("6", "11"));
  EXPECT_EQ(ran.code, ExitCode::refused);
  EXPECT_THAT(ran.err, HasSubstr("the daemon refused: conflict"));
}

TEST_F(BenchRuns, AnOpenLoopOfManyConnectionsAddsUp) {
  expect_sound({"--protocol", "json", "--rate", "20000", "--connections", "7", "--threads", "3",
                "--in-flight", "3", "--distribution", "zipf"});
}

TEST_F(BenchRuns, AccountsAreUsedAgainAndTheSumsAreThoseOfEachRun) {
  const std::vector<std::string> words{"bench",   "--accounts", "5",       "--quota",    "100",
                                       "--sends", "300",        "--batch", "100",        "--prefix",
                                       "again",   "--protocol", "json",    "--packages", "3"};
  EXPECT_THAT(said(words), HasSubstr("Every unit adds up, account by account."));
  const std::string second = said(words);
  EXPECT_THAT(second, HasSubstr("units found in"));
  EXPECT_THAT(second, HasSubstr("Every unit adds up, account by account."));
  EXPECT_THAT(second, testing::Not(HasSubstr("duplicate 300")));
}

TEST_F(BenchRuns, WhatTheDaemonFiguresDifferentlyIsNamed) {
  const std::vector<std::string> words{
      "bench", "--accounts", "1",    "--sends", "10",   "--batch",      "10", "--prefix",
      "odd",   "--protocol", "json", "--quota", "1000", "--duplicates", "0"};
  EXPECT_THAT(said(words), HasSubstr("adds up"));
  // Another quota than the one that the accounts have: the parts do not add up.
  std::vector<std::string> other = words;
  other[12] = "1001";
  const Ran ran = run(other);
  EXPECT_EQ(ran.code, ExitCode::unexpected);
  EXPECT_THAT(ran.err, HasSubstr("odd-0 p1: the parts of the quota do not add up"));
}

TEST_F(BenchRuns, ProducersNumberTheirBatches) {
  for (const char* protocol : {"publish", "protobuf"}) {
    const std::string told =
        said({"bench", "--accounts", "5", "--sends", "95", "--batch", "10", "--connections", "3",
              "--threads", "2", "--protocol", protocol, "--producers"});
    EXPECT_THAT(told, HasSubstr("batches of 10 numbered, 3 connections")) << protocol;
    EXPECT_THAT(told, HasSubstr("recorded 95, duplicate 0")) << protocol;
    EXPECT_THAT(told, HasSubstr("adds up")) << protocol;
  }
}

TEST_F(BenchRuns, WithoutACheckNothingIsSaidOfUnits) {
  const std::string told = said({"bench", "--accounts", "2", "--sends", "10", "--no-check",
                                 "--protocol", "json", "--packages", "0"});
  EXPECT_THAT(told, HasSubstr("10 sends answered durable"));
  EXPECT_THAT(told, testing::Not(HasSubstr("adds up")));
}

TEST(BenchOptions, WhatMakesNoLoadIsRefused) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--accounts", "0"},
                                             {"--batch", "10001"},
                                             {"--distribution", "normal"},
                                             {"--protocol", "soap"},
                                             {"--protocol", "json", "--producers"},
                                             {"--duplicates", "101"},
                                             {"--rate", "-1"},
                                             {"--sends", "5", "--seconds", "5"},
                                             {"--connections", "0"},
                                             {"--in-flight", "0"}}) {
    std::vector<std::string> words{"bench"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run_words(words).code, ExitCode::usage) << testing::PrintToString(wrong);
  }
}

TEST(BenchOptions, NobodyThereIsSaidAtOnce) {
  const Ran ran = run_words({"bench", "--server", "http://127.0.0.1:9", "--sends", "1"});
  EXPECT_EQ(ran.code, ExitCode::unreachable);
}

}  // namespace
}  // namespace packledger::cli
