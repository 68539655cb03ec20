#include "app/cli/packages_view.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace packledger::cli {
namespace {

Instant at(std::string_view text) { return parse_instant(text).value_or(Instant{}); }

PackageRow row_a() {
  return {.package = "A.1",
          .pool = "TH",
          .rank = 0,
          .quota = 10'000,
          .remaining = 0,
          .held = 0,
          .used = 5'000,
          .forfeited = 5'000,
          .refunded = 0,
          .effective_at = at("2024-04-30T16:00:00Z"),
          .expires_at = at("2024-05-31T16:00:00Z"),
          .state = "expired_grace"};
}

PackageRow row_b() {
  return {.package = "B.1",
          .pool = "TH",
          .rank = 1,
          .quota = 50'000,
          .remaining = 25'000,
          .held = 0,
          .used = 25'000,
          .forfeited = 0,
          .refunded = 0,
          .effective_at = at("2024-05-09T16:00:00Z"),
          .expires_at = at("2024-06-09T16:00:00Z"),
          .state = "active"};
}

TEST(PackagesView, ThoseThatPayComeFirstAndTotalsStandBelow) {
  const std::vector<PackageRow> rows{row_a(), row_b()};
  EXPECT_EQ(packages_table(rows, Zone{}, Look{}),
            "RANK  PACKAGE     POOL  LEFT                  REMAINING / QUOTA    USED  FORFEITED  "
            "EFFECTIVE         EXPIRES           STATE\n"
            "   1  B.1         TH    ##########..........    25,000 / 50,000  25,000          0  "
            "2024-05-10 00:00  2024-06-10 00:00  active\n"
            "   -  A.1         TH    ....................         0 / 10,000   5,000      5,000  "
            "2024-05-01 00:00  2024-06-01 00:00  expired_grace\n"
            "-----------------------------------------------------------------------------------"
            "--------------------------------------------------\n"
            "      2 packages        ########............    25,000 / 60,000  30,000      5,000\n");
}

TEST(PackagesView, HeldAndRefundedTakeAColumnOnlyWhereThereAreAny) {
  PackageRow row = row_b();
  const std::vector<PackageRow> none{row};
  EXPECT_EQ(packages_table(none, Zone{}, Look{}).find("HELD"), std::string::npos);
  row.held = 5;
  row.remaining -= 5;
  const std::vector<PackageRow> some{row};
  const std::string text = packages_table(some, Zone{}, Look{});
  EXPECT_NE(text.find("HELD"), std::string::npos);
  EXPECT_EQ(text.find("REFUNDED"), std::string::npos);
}

TEST(PackagesView, AnUnpaidPackageHasNoTimes) {
  PackageRow row = row_b();
  row.rank = 0;
  row.state = "pending_payment";
  row.effective_at.reset();
  row.expires_at.reset();
  const std::vector<PackageRow> rows{row};
  EXPECT_NE(packages_table(rows, Zone{}, Look{}).find("-          -        pending_payment"),
            std::string::npos);
}

TEST(PackagesView, ColorsAndBlocksAreForTerminals) {
  const std::vector<PackageRow> rows{row_b()};
  const std::string text = packages_table(rows, Zone{}, {.blocks = true, .color = true});
  EXPECT_NE(text.find("\x1b[32m██████████░░░░░░░░░░\x1b[0m"), std::string::npos);
}

TEST(PackagesView, ReadsTheDaemonsJson) {
  const auto json = parse_json(
      R"({"package":"o.1","pool":"CN","quota":7,"remaining":3,"held":0,"used":4,"forfeited":0,)"
      R"("refunded":0,"effective_at":null,"expires_at":"2024-06-09T16:00:00.000Z",)"
      R"("state":"scheduled","rank":null})");
  ASSERT_TRUE(json);
  const PackageRow row = package_row(json->root());
  EXPECT_EQ(row.package, "o.1");
  EXPECT_EQ(row.remaining, 3);
  EXPECT_EQ(row.rank, 0);
  EXPECT_FALSE(row.effective_at);
  EXPECT_EQ(row.expires_at, at("2024-06-09T16:00:00Z"));
}

TEST(PackagesView, ExpiringWithinCountsTheEdgeAndNoPackageThatIsOver) {
  const Instant end = at("2024-06-09T16:00:00Z");
  PackageRow row = row_b();
  EXPECT_TRUE(expires_within(row, end - days(7), days(7)));
  EXPECT_FALSE(expires_within(row, end - days(7) - Duration{1}, days(7)));
  EXPECT_FALSE(expires_within(row, end, days(7)));
  row.state = "used_up";
  EXPECT_TRUE(expires_within(row, end - days(1), days(7)));
  row.state = "refunded";
  EXPECT_FALSE(expires_within(row, end - days(1), days(7)));
}

}  // namespace
}  // namespace packledger::cli
