#include "tests/sim/report.hpp"

#include <gtest/gtest.h>

namespace packledger::sim {
namespace {

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
