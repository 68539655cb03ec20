#include "tests/sim/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace packledger::sim {
namespace {

using testing::HasSubstr;

Report some_report() {
  return {"swarm", 601, {{1, "conservation", 1'234'567, 0}}, {{"lives", 3'120}}, {}};
}

TEST(Report, IsOneObject) {
  EXPECT_EQ(json_of(some_report()),
            R"({"name":"swarm","seconds":601,"invariants":[{"number":1,"name":"conservation",)"
            R"("checked":1234567,"violations":0}],"figures":[{"name":"lives","value":3120}],)"
            R"("failures":[]})");
}

TEST(Report, IsATable) {
  const std::string table = table_of(some_report());
  EXPECT_TRUE(table.starts_with("swarm, 601 s: nothing found\n")) << table;
  EXPECT_TRUE(table.contains("1,234,567")) << table;
}

TEST(Report, IsReadAsItWasWritten) {
  Report report = some_report();
  report.failures.emplace_back("seed 17: \"a\" before its sync");
  const auto read = report_of(json_of(report));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(json_of(*read), json_of(report));
}

TEST(Report, IsRefusedWithTheMemberThatIsWrong) {
  const auto fault_of = [](std::string_view json) { return report_of(json).error(); };
  EXPECT_THAT(fault_of(R"({"name":"x"})"), HasSubstr("seconds"));
  EXPECT_THAT(fault_of(R"({"name":"x","seconds":1,"invariants":[{"number":-1}]})"),
              HasSubstr("invariants[0].number"));
  EXPECT_THAT(
      fault_of(R"({"name":"x","seconds":1,"invariants":[],"figures":[{"name":"a","value":-1}]})"),
      HasSubstr("figures[0].value"));
}

TEST(Report, OfManyCampaignsIsOneTable) {
  Report law{"law", 600, {{1, "money", 1'000, 0}, {7, "timers", 5, 1}}, {}, {"seed 3"}};
  const std::string table = table_of(std::vector{law, some_report()});
  EXPECT_THAT(table, HasSubstr("1,235,567                 0  law, swarm\n"));
  EXPECT_THAT(table, HasSubstr("1 conservation "));
  EXPECT_THAT(table, HasSubstr("7 timers"));
  EXPECT_THAT(table, HasSubstr("law, 600 s: VIOLATED\nFAILED seed 3\n"));
  EXPECT_THAT(table, HasSubstr("swarm, 601 s: nothing found\n"));
}

TEST(Report, PassesWithoutViolations) {
  Report report = some_report();
  EXPECT_TRUE(report.passed());
  report.invariants.front().violations = 1;
  EXPECT_FALSE(report.passed());
  report = some_report();
  report.failures.emplace_back("seed 17");
  EXPECT_FALSE(report.passed());
}

}  // namespace
}  // namespace packledger::sim
