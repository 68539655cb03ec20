// Instants, durations and validities as text (RFC 3339, ISO 8601).
#include "packledger/ledger/time.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

TEST(Instant, IsReadFromRfc3339) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {"2024-05-31T16:00:00Z", "2024-05-31T16:00:00.000Z"},
      {"2024-06-01T00:00:00+08:00", "2024-05-31T16:00:00.000Z"},
      {"2024-06-01T00:00:00.5+08:00", "2024-05-31T16:00:00.500Z"},
      {"2024-06-01T00:00:00.001-04:30", "2024-06-01T04:30:00.001Z"},
      {"2024-06-01T00:00:00.123000000Z", "2024-06-01T00:00:00.123Z"},
      {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
      {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {"1970-01-01T08:00:00+08:00", "1970-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
      {"2024-05-01T00:00:00+23:59", "2024-04-30T00:01:00.000Z"},
      {"2024-05-01T00:00:00-23:59", "2024-05-01T23:59:00.000Z"},
      {"2024-05-01T00:00:00-00:00", "2024-05-01T00:00:00.000Z"},
      {"2024-05-01t00:00:00z", "2024-05-01T00:00:00.000Z"},
      {"2024-05-01 00:00:00Z", "2024-05-01T00:00:00.000Z"},
  };
  for (const auto& [text, again] : table) {
    const auto t = parse_instant(text);
    ASSERT_TRUE(t.has_value()) << text;
    EXPECT_EQ(instant_text(*t), again) << text;
  }
}

TEST(Instant, IsNotReadFromAnythingElse) {
  const std::vector<std::string_view> table = {
      "",
      "now",
      "2024-05-01",
      "2024-05-01T00:00:00",        // no offset
      "2024-05-01T00:00Z",          // no seconds
      "2024-05-01T00:00:00+0800",   // no colon
      "2024-05-01T00:00:00+08",     // no minutes
      "2024-05-01T00:00:00+24:00",  // no such offset
      "2024-05-01T00:00:00+08:60",
      "2024-05-01T00:00:00+8:00",
      "2024-05-01T24:00:00Z",  // there is no such hour
      "2024-05-01T23:60:00Z",
      "2024-05-01T23:59:61Z",
      "2024-05-01T00:00:00.Z",
      "2024-05-01T00:00:00.5",    // no offset behind the fraction
      "2024-05-01T00:00:00+08:",  // no minutes behind the colon
      "2024-x5-01T00:00:00Z",
      "2024-05x01T00:00:00Z",
      "2024-05-x1T00:00:00Z",
      "2024-05-01Tx0:00:00Z",
      "2024-05-01T00x00:00Z",
      "2024-05-01T00:x0:00Z",
      "2024-05-01T00:00:x0Z",
      "2024-05-01T00:00:00,5Z",
      "2024-05-01T00:00:00.0001Z",  // finer than a millisecond
      "2024-05-01T00:00:00.0000000000Z",
      "2024-13-01T00:00:00Z",
      "2024-00-01T00:00:00Z",
      "2024-04-31T00:00:00Z",
      "2024-05-00T00:00:00Z",
      "2023-02-29T00:00:00Z",
      "2100-02-29T00:00:00Z",
      "24-05-01T00:00:00Z",
      "20240501T000000Z",
      "2024-05-01T00:00:00Z ",
      " 2024-05-01T00:00:00Z",
      "2024-05-01T00:00:00ZZ",
      "-024-05-01T00:00:00Z",
      "1969-12-31T23:59:59.999Z",  // before the first instant
      "1970-01-01T00:00:00+00:01",
      "10000-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999-00:01",
  };
  for (const std::string_view text : table) EXPECT_FALSE(parse_instant(text).has_value()) << text;
}

TEST(Instant, SurvivesBeingWrittenAndRead) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 100'000; ++i) {
    const Instant t{
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(instant_max.ms))};
    EXPECT_EQ(parse_instant(instant_text(t)), t);
  }
}

TEST(Duration, IsReadFromIso8601) {
  const std::vector<std::pair<std::string_view, std::int64_t>> table = {
      {"PT0S", 0},
      {"PT72H", 72LL * 3'600'000},
      {"P10D", 10LL * 86'400'000},
      {"P1W", 7LL * 86'400'000},
      {"PT0.5S", 500},
      {"PT0.001S", 1},
      {"PT1M", 60'000},
      {"PT5S", 5'000},
      {"P1DT2H3M4.005S", 86'400'000LL + 2 * 3'600'000 + 3 * 60'000 + 4'005},
      {"PT90M", 90LL * 60'000},
  };
  for (const auto& [text, ms] : table) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration.has_value()) << text;
    EXPECT_EQ(duration->ms, ms) << text;
    EXPECT_EQ(parse_duration(duration_text(*duration)), duration) << text;
  }
  for (const std::string_view text : {"",
                                      "P",
                                      "PT",
                                      "72H",
                                      "P72H",
                                      "P1M",
                                      "P1Y",
                                      "PT1D",
                                      "-PT1H",
                                      "PT-1H",
                                      "PT1H1D",
                                      "P1DT",
                                      "PT1S1M",
                                      "PT1.5H",
                                      "PT0.0001S",
                                      "P99999999999999999999D",
                                      "PT9999999999999S",
                                      "PT1.5555555555S",
                                      "PT1.S",
                                      "P36501D",
                                      "P999999999999W",
                                      "PT1H ",
                                      "pt1h",
                                      "P1D1D"})
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
}

TEST(Validity, IsReadFromIso8601) {
  const std::vector<std::pair<std::string_view, Validity>> table = {
      {"P1M", {1, {}}},        {"P24M", {24, {}}},        {"P1Y", {12, {}}},
      {"P1Y6M", {18, {}}},     {"P180D", {0, days(180)}}, {"P1M10D", {1, days(10)}},
      {"P1W", {0, days(7)}},   {"PT1H", {0, hours(1)}},   {"P1MT1H", {1, hours(1)}},
      {"P1200M", {1'200, {}}}, {"P100Y", {1'200, {}}},
  };
  for (const auto& [text, wanted] : table) {
    const auto validity = parse_validity(text);
    ASSERT_TRUE(validity.has_value()) << text;
    EXPECT_EQ(*validity, wanted) << text;
    EXPECT_EQ(parse_validity(validity_text(*validity)), validity) << text;
  }
  for (const std::string_view text : {"", "P", "1M", "PM", "P0M", "P0D", "P-1M", "P1.5M", "P1201M",
                                      "P101Y", "P1D1M", "P1M1Y", "P99999999999M"})
    EXPECT_FALSE(parse_validity(text).has_value()) << text;
}

TEST(Zone, IsFixedByItsOffset) {
  const std::vector<std::pair<std::string_view, std::int32_t>> table = {
      {"+08:00", 28'800}, {"-05:30", -19'800}, {"Z", 0},
      {"+00:00", 0},      {"+14:00", 50'400},  {"z", 0},
  };
  for (const auto& [text, offset] : table) {
    const auto zone = fixed_zone(text);
    ASSERT_TRUE(zone.has_value()) << text;
    EXPECT_EQ(zone->offset_s, offset);
    EXPECT_TRUE(zone->transitions.empty());
  }
  for (const std::string_view text :
       {"", "08:00", "+8:00", "+0800", "+25:00", "+08:60", "UTC", "Asia/Shanghai", "+08:00:00"})
    EXPECT_FALSE(fixed_zone(text).has_value()) << text;
}

}  // namespace
}  // namespace packledger
