#include "app/cli/figures.hpp"

#include "app/cli/table.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace packledger::cli {
namespace {

constexpr Look plain{};
constexpr Look blocks{.blocks = true, .color = false};

TEST(Figures, ThousandsAreSetApart) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(1'000'000'000), "1,000,000,000");
  EXPECT_EQ(grouped(-1'234), "-1,234");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Figures, OnlyTheWholePartOfAnAmountIsGrouped) {
  EXPECT_EQ(grouped("6849.868"), "6,849.868");
  EXPECT_EQ(grouped("-12345.000001"), "-12,345.000001");
  EXPECT_EQ(grouped("0.132"), "0.132");
  EXPECT_EQ(grouped(""), "");
}

struct BarRow {
  std::int64_t left;
  std::int64_t whole;
  std::string_view shown;
};

TEST(Figures, ABarIsFullOnlyUntouchedAndEmptyOnlyWithNothingLeft) {
  for (const BarRow& row :
       {BarRow{10'000, 10'000, "##########"}, BarRow{9'999, 10'000, "#########."},
        BarRow{5'000, 10'000, "#####....."}, BarRow{1, 10'000, "#........."},
        BarRow{0, 10'000, ".........."}, BarRow{0, 0, ".........."},
        BarRow{1'000'000'000'000, 1'000'000'000'000, "##########"}}) {
    EXPECT_EQ(bar(row.left, row.whole, 10, plain), row.shown) << row.left;
  }
}

TEST(Figures, BlocksShowEighthsOfAColumn) {
  EXPECT_EQ(bar(4, 4, 4, blocks), "████");
  EXPECT_EQ(bar(9, 32, 4, blocks), "█▏░░");
  EXPECT_EQ(bar(1, 1'000, 4, blocks), "▏░░░");
  EXPECT_EQ(bar(999, 1'000, 4, blocks), "███▉");
  EXPECT_EQ(bar(0, 4, 4, blocks), "░░░░");
  for (std::int64_t left = 0; left <= 64; ++left) {
    EXPECT_EQ(columns_of(bar(left, 64, 5, blocks)), 5U) << left;
  }
}

TEST(Figures, TheColorWarnsBeforeTheEnd) {
  EXPECT_EQ(color_of(201, 1'000), Color::green);
  EXPECT_EQ(color_of(200, 1'000), Color::yellow);
  EXPECT_EQ(color_of(51, 1'000), Color::yellow);
  EXPECT_EQ(color_of(50, 1'000), Color::red);
  EXPECT_EQ(colored("x", Color::red, plain), "x");
  EXPECT_EQ(colored("x", Color::red, {.blocks = true, .color = true}), "\x1b[31mx\x1b[0m");
}

TEST(Figures, LocalTimesShowNoMoreDigitsThanThereAre) {
  const Zone zone;  // +08:00
  const auto text = [&](std::string_view t) { return local_text(*parse_instant(t), zone); };
  EXPECT_EQ(text("2024-04-30T16:00:00Z"), "2024-05-01 00:00");
  EXPECT_EQ(text("2024-04-30T16:00:10Z"), "2024-05-01 00:00:10");
  EXPECT_EQ(text("2024-05-09T15:59:59.999Z"), "2024-05-09 23:59:59.999");
  EXPECT_EQ(local_text_exact(*parse_instant("2024-04-30T16:00:00Z"), zone),
            "2024-05-01 00:00:00.000");
}

TEST(Figures, PeriodsAreTypedShortOrInFull) {
  EXPECT_EQ(parse_period("7d"), days(7));
  EXPECT_EQ(parse_period("36h"), hours(36));
  EXPECT_EQ(parse_period("90m"), minutes(90));
  EXPECT_EQ(parse_period("45s"), seconds(45));
  EXPECT_EQ(parse_period("2w"), days(14));
  EXPECT_EQ(parse_period("PT72H"), hours(72));
  for (const char* wrong : {"", "7", "d", "-1d", "7 d", "7days", "99999999999999d", "Pd"}) {
    EXPECT_EQ(parse_period(wrong), std::nullopt) << wrong;
  }
}

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table{{{"NAME"}, {"N", Align::right}}};
  table.add({{"a"}, {"1"}});
  table.add({{"longer"}, {"1,000"}});
  table.add_total({{""}, {"1,001"}});
  EXPECT_EQ(table.text(plain),
            "NAME        N\n"
            "a           1\n"
            "longer  1,000\n"
            "-------------\n"
            "        1,001\n");
}

TEST(Table, NoLineEndsWithASpace) {
  Table table{{{"A"}, {"B"}}};
  table.add({{"long text"}, {""}});
  EXPECT_EQ(table.text(plain), "A          B\nlong text\n");
}

TEST(Figures, ALongTimeIsTold) {
  EXPECT_EQ(long_text(seconds(12)), "12 s");
  EXPECT_EQ(long_text(minutes(1)), "1 min");
  EXPECT_EQ(long_text(hours(1)), "1 h");
  EXPECT_EQ(long_text(hours(1) + minutes(5) + seconds(59)), "1 h and 5 min");
  EXPECT_EQ(long_text(days(1)), "1 day");
  EXPECT_EQ(long_text(days(3) + hours(2) + minutes(5)), "3 days, 2 h and 5 min");
  EXPECT_EQ(long_text(days(3'652)), "3,652 days");
}

}  // namespace
}  // namespace packledger::cli
