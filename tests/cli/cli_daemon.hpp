// A daemon on a test clock, and the command line against it. One thread.
#pragma once

#include "tests/cli/run_words.hpp"
#include "tests/system/daemon_process.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace packledger::cli {

class CliDaemon : public testing::Test {
 protected:
  // `config` is that of the daemon, as TOML.
  explicit CliDaemon(const std::string& config = {})
      : daemon_{{.data = directory_.path() / "data",
                 .test_clock = "2024-04-30T00:00:00+08:00",
                 .flags = {"--config", config_file(config)}}} {}

  void SetUp() override {
    const auto started = daemon_.start();
    ASSERT_TRUE(started) << started.error();
  }

  [[nodiscard]] Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--server", daemon_.url()});
    return run_words(words);
  }

  // Runs it and expects success.
  std::string said(const std::vector<std::string>& words) const {
    const Ran ran = run(words);
    EXPECT_EQ(ran.code, ExitCode::ok) << testing::PrintToString(words) << ran.err;
    return ran.out;
  }

  void open_account(const std::string& name) const {
    const std::string book = directory_.path() / "book.json";
    std::ofstream{book}
        << R"({"version":"1","effective_from":"2024-01-01T00:00:00+08:00",)"
        << R"("currency":"CNY","products":[{"product":"th","destinations":["TH"],)"
        << R"("quota":100,"price":"12","validity":"P1M","expiry":"start_of_day"},)"
        << R"({"product":"cn","destinations":["CN"],"quota":{"min":1000,"max":9000},)"
        << R"("price_bands":[{"from":1000,"unit_price":"0.01"}],"validity":"P12M"}],)"
        << R"("payg":[{"destinations":["TH"],"prices":[{"price":"0.132"}]}],)"
        << R"("renewal":{"product":"cn"}})";
    said({"price-book", "publish", book});
    said({"account", "open", name, "--currency", "CNY"});
    said({"account", "fund", name, "50", "--reason", "first"});
  }

  std::string config_file(const std::string& config) const {
    const std::string file = directory_.path() / "packledger.toml";
    std::ofstream{file} << config;
    return file;
  }

  TemporaryDirectory directory_;
  DaemonProcess daemon_;
};

}  // namespace packledger::cli
