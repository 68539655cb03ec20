// How the command line reads its words and how it fails: codes, sentences, help.
#include "tests/cli/run_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace packledger::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Port 1 is nobody's.
const std::string nobody = "http://127.0.0.1:1";

TEST(CommandLine, WrongWordsAreUsageErrors) {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"nonsense"},
      {"account"},
      {"account", "open", "acme"},                // --currency is missing
      {"account", "open", "acme", "--currency"},  // without its value
      {"account", "open", "acme", "--currency", "CNY", "more"},
      {"account", "open", "acme", "--currency", "CNY", "--order", "random"},
      {"buy", "acme"},
      {"buy", "acme", "p", "--copies", "0"},
      {"buy", "acme", "p", "--quota", "many"},
      {"reverse", "acme", "m-1", "-3"},
      {"packages"},
      {"packages", "acme", "--state", "asleep"},
      {"packages", "acme", "--expiring-within", "soon"},
      {"grant", "acme", "p", "--quota", "5", "--to", "TH"},  // for how long?
      {"grant", "acme", "p", "--quota", "5", "--to", "TH", "--until", "t", "--validity", "P1M"},
      {"send"},
      {"send", "acme", "--to", "TH"},  // how much?
      {"send", "acme", "--file", "f"},
      {"send", "--file", "/nowhere/at/all"},
      {"clock", "advance"},
      {"clock", "advance", "--by", "often"},
      {"price-book", "publish", "/nowhere/at/all"},
      {"config", "check", "/nowhere/at/all"},
      {"completion", "tcsh"},
      {"account", "set", "acme"},
      {"account", "set", "acme", "--mode", "CN"},
      {"alarm", "set", "acme", "low"},  // when?
      {"alarm", "set", "acme", "low", "--units", "5", "--percent", "5"},
      {"alarm", "set", "acme", "low", "--units", "5", "--amount", "5"},
      {"alarm", "set", "acme", "low", "--percent", "101"},
      {"alarm", "set", "acme", "low", "--package", "o1.1"},
      {"alarm", "set", "acme", "low", "--package", "=5"},
      {"alarm", "set", "acme", "low", "--units", "5", "--cooldown", "long"},
      {"alarm", "set", "acme", "low", "--units", "5", "--when", "soon"},
      {"alarm", "show", "acme"},
      {"renewal", "set", "acme", "--threshold", "5"},    // how much?
      {"renewal", "set", "acme", "--quantity", "1000"},  // when?
      {"contacts", "set", "acme"},
      {"contacts", "set", "acme", "ops"},  // how?
      {"contacts", "set", "acme", "ops", "--internal", "--topics", "weather"},
      {"contacts", "set", "acme", "--file", "/nowhere/at/all"},
      {"contacts", "remove", "acme"},
      {"hold", "place", "acme", "--to", "CN"},
      {"hold", "place", "acme", "--units", "5", "--to", "CN", "--ttl", "long"},
      {"hold", "capture", "acme", "h"},
      {"hold", "capture", "acme", "h", "0"},
      {"invoice", "show", "acme", "0"},
      {"invoice", "show", "acme", "first"},
      {"notices", "acme", "--topic", "weather"},
      {"statement"},
      {"explain"},
      {"explain", "acme", "--balance", "--package", "o1.1"},
      {"explain", "acme", "--entry", "0"},
      {"usage"},
      {"forecast"},
      {"clock", "accept", "now"},
      {"digest", "--server", "ftp://somewhere"},
      {"digest", "--server", "http://host:port"},
  };
  for (const auto& words : wrong) {
    const Ran ran = run_words(words);
    EXPECT_EQ(ran.code, ExitCode::usage) << testing::PrintToString(words) << ran.err;
    EXPECT_FALSE(ran.err.empty()) << testing::PrintToString(words);
    EXPECT_TRUE(ran.out.empty()) << ran.out;
  }
}

TEST(CommandLine, ADaemonThatIsNotThereIsUnreachable) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"digest"},
                                                {"packages", "acme"},
                                                {"watch", "acme"},
                                                {"demo"},
                                                {"traffic"},
                                                {"journal"},
                                                {"alarm", "list", "acme"},
                                                {"renewal", "on", "acme"},
                                                {"contacts", "show", "acme"},
                                                {"hold", "list", "acme"},
                                                {"invoice", "list", "acme"},
                                                {"notices", "acme"},
                                                {"statement", "acme"},
                                                {"explain", "acme"},
                                                {"usage", "acme"},
                                                {"forecast", "acme"},
                                                {"clock", "accept", "--yes"},
                                                {"account", "show", "acme"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--server", nobody});
    const Ran ran = run_words(all);
    EXPECT_EQ(ran.code, ExitCode::unreachable) << testing::PrintToString(words);
    EXPECT_THAT(ran.err, StartsWith("packledger: nobody answers at 127.0.0.1:1"));
  }
}

TEST(CommandLine, GlobalOptionsStandAnywhere) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--server", nobody, "account", "show", "acme"},
        {"account", "--server=" + nobody, "show", "acme"},
        {"account", "show", "--json", "acme", "--plain", "--server", nobody, "--key", "k"}}) {
    EXPECT_EQ(run_words(words).code, ExitCode::unreachable) << testing::PrintToString(words);
  }
}

TEST(CommandLine, AnAccountMayBeNamedLikeACommand) {
  for (const char* name : {"send", "packages", "demo", "account"}) {
    EXPECT_EQ(run_words({"packages", name, "--server", nobody}).code, ExitCode::unreachable);
    EXPECT_EQ(run_words({"account", "show", name, "--server", nobody}).code, ExitCode::unreachable);
  }
}

TEST(CommandLine, HelpTellsTheExitCodes) {
  const Ran ran = run_words({"--help"});
  EXPECT_EQ(ran.code, ExitCode::ok);
  for (const char* line : {"0  done", "1  unexpected", "2  usage", "3  the daemon refused",
                           "4  the daemon is unreachable"}) {
    EXPECT_THAT(ran.out, HasSubstr(line));
  }
  EXPECT_THAT(run_words({"account", "open", "--help"}).out, HasSubstr("--currency"));
}

TEST(CommandLine, SaysWhichReleaseItIs) {
  const Ran ran = run_words({"--version"});
  EXPECT_EQ(ran.code, ExitCode::ok);
  EXPECT_EQ(ran.out, "packledger unknown\n");  // the program itself knows better
}

TEST(CommandLine, ConfigNeedsNoDaemon) {
  const Ran printed = run_words({"config", "print"});
  EXPECT_EQ(printed.code, ExitCode::ok);
  EXPECT_EQ(run_words({"config", "doc"}).code, ExitCode::ok);

  const auto file =
      std::filesystem::temp_directory_path() / ("packledger-cli-" + fresh_name("config") + ".toml");
  std::ofstream{file} << printed.out;
  EXPECT_EQ(run_words({"config", "check", file.string()}).code, ExitCode::ok);
  EXPECT_EQ(run_words({"config", "print", file.string()}).out, printed.out);
  std::ofstream{file} << "[listen]\nport = \"many\"\n";
  const Ran wrong = run_words({"config", "check", file.string()});
  EXPECT_EQ(wrong.code, ExitCode::usage);
  EXPECT_THAT(wrong.err, HasSubstr(":2: listen.port"));
  std::filesystem::remove(file);
}

TEST(CommandLine, WhatGoesIntoAPathIsEscaped) {
  EXPECT_EQ(account_path("acme"), "/v1/accounts/acme");
  EXPECT_EQ(account_path("a/b?c=d#\xC3\xA9 "), "/v1/accounts/a%2Fb%3Fc%3Dd%23%C3%A9%20");
  std::string target = "/v1/journal";
  add_query(target, "account", "");
  add_query(target, "account", "a:b");
  add_query(target, "kind", "x&y");
  EXPECT_EQ(target, "/v1/journal?account=a:b&kind=x%26y");
}

}  // namespace
}  // namespace packledger::cli
