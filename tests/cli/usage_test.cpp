// Usage on the command line: its table and its chart.
#include "app/cli/usage_view.hpp"
#include "tests/cli/cli_daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger::cli {
namespace {

using testing::HasSubstr;

constexpr Look plain{};
constexpr Look blocks{.blocks = true, .color = false};

TEST(UsageChart, HasBarsAsLongAsTheirValues) {
  EXPECT_EQ(chart_bar(0, 100, plain), "");
  EXPECT_EQ(chart_bar(1, 100, plain), "#");
  EXPECT_EQ(chart_bar(50, 100, plain), std::string(20, '#'));
  EXPECT_EQ(chart_bar(100, 100, plain), std::string(40, '#'));
  EXPECT_EQ(chart_bar(-3, 100, plain), "");
  EXPECT_EQ(chart_bar(1, 4, blocks), "██████████");
  EXPECT_EQ(chart_bar(1, 320, blocks), "▏");
}

TEST_F(CliDaemon, UsageIsATableWithAChart) {
  open_account("acme");
  said({"buy", "acme", "th", "--order", "o"});
  said({"send", "acme", "--send", "m1", "--to", "TH", "--units", "50"});
  said({"clock", "advance", "--by", "2h"});
  said({"send", "acme", "--send", "m2", "--to", "TH", "--units", "100"});
  EXPECT_EQ(said({"usage", "acme"}),
            "FROM              SENDS  UNITS  BACK  AMOUNT\n"
            "2024-04-30 00:00      1     50     0       0  ####################\n"
            "2024-04-30 01:00      0      0     0       0\n"
            "2024-04-30 02:00      1    100     0     6.6  "
            "########################################\n"
            "----------------------------------------------"
            "----------------------------------------\n"
            "3 hours               2    150     0     6.6\n"
            "as of position 6, times in +08:00, amounts in CNY\n");
  EXPECT_EQ(said({"usage", "acme", "--range", "7d", "--by", "package"}),
            "PACKAGE        SENDS  UNITS  BACK  AMOUNT\n"
            "o.1                2    100     0       0  "
            "########################################\n"
            "pay-as-you-go      1     50     0     6.6  ####################\n"
            "-------------------------------------------"
            "----------------------------------------\n"
            "all                2    150     0     6.6\n"
            "as of position 6, times in +08:00, amounts in CNY\n");
  EXPECT_THAT(said({"usage", "acme", "--by", "destination"}),
              HasSubstr("TH               2    150"));
  EXPECT_THAT(said({"usage", "acme", "--range", "30d"}), HasSubstr("2024-04-30      2    150"));
  EXPECT_THAT(said({"usage", "acme", "--from", "2024-04-01T00:00:00+08:00", "--step", "month"}),
              HasSubstr("2024-04      2    150"));
  EXPECT_THAT(said({"usage", "acme", "--json"}), testing::StartsWith(R"({"account":"acme",)"));
  EXPECT_EQ(run({"usage", "acme", "--package", "none"}).code, ExitCode::refused);
  EXPECT_EQ(run({"usage", "acme", "--range", "7d", "--from", "2024-04-01T00:00:00Z"}).code,
            ExitCode::usage);
}

TEST_F(CliDaemon, AForecastSaysWhenItRunsOut) {
  open_account("acme");
  said({"buy", "acme", "th", "--order", "o"});
  EXPECT_THAT(said({"forecast", "acme"}), HasSubstr("too little is known"));
  said({"send", "acme", "--send", "m0", "--to", "TH", "--units", "30"});
  said({"clock", "advance", "--by", "1d"});
  said({"send", "acme", "--send", "m1", "--to", "TH", "--units", "30"});
  said({"clock", "advance", "--by", "1d"});
  EXPECT_EQ(said({"forecast", "acme"}),
            "POOL  REMAINING  A DAY  RUNS OUT          WHY      FORFEITED\n"
            "TH           40     30  2024-05-03 00:00  used up          0\n"
            "\n"
            "PACKAGE  POOL  REMAINING  RUNS OUT          EXPIRES           FORFEITED\n"
            "o.1      TH           40  2024-05-03 00:00  2024-05-30 00:00          0\n"
            "\n"
            "           0     6     12    18\n"
            "every day  #\n"
            "based on the 60 units of the last 2 days, if it goes on like that; as of position 6, "
            "times in +08:00\n");
}

}  // namespace
}  // namespace packledger::cli
