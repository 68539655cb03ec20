// Zones from the database of the machine, checked against what the clocks of those places did.
#include "app/zones.hpp"

#include "app/standing_rule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace packledger {
namespace {

Instant at(std::string_view text) {
  const auto instant = parse_instant(text);
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant{});
}

std::int32_t offset_minutes(const Zone& zone, Instant t) {
  return static_cast<std::int32_t>((local_time(zone, t).ms - t.ms) / 60'000);
}

struct Row {
  std::string_view zone;
  std::string_view at;
  std::int32_t offset_minutes;
};

TEST(Zones, KnowTheOffsetOfEachPlaceAndTime) {
  const std::vector<Row> table = {
      {"Asia/Shanghai", "1991-07-01T00:00:00Z", 540},  // the last summer with summer time
      {"Asia/Shanghai", "2024-07-01T00:00:00Z", 480},
      {"Asia/Shanghai", "2099-07-01T00:00:00Z", 480},
      {"Asia/Kolkata", "2024-05-01T00:00:00Z", 330},
      {"Asia/Kathmandu", "2024-05-01T00:00:00Z", 345},
      {"Europe/Berlin", "2024-03-31T00:59:59Z", 60},  // both sides of both changes
      {"Europe/Berlin", "2024-03-31T01:00:00Z", 120},
      {"Europe/Berlin", "2024-10-27T00:59:59Z", 120},
      {"Europe/Berlin", "2024-10-27T01:00:00Z", 60},
      {"America/New_York", "2037-07-01T00:00:00Z", -240},  // the last year of the table
      {"America/New_York", "2038-07-01T00:00:00Z", -240},  // the standing rule from here on
      {"America/New_York", "2099-12-31T23:59:59Z", -300},
      {"America/New_York", "2050-03-13T06:59:59Z", -300},  // second Sunday of March
      {"America/New_York", "2050-03-13T07:00:00Z", -240},
      {"America/New_York", "2050-11-06T05:59:59Z", -240},  // first Sunday of November
      {"America/New_York", "2050-11-06T06:00:00Z", -300},
      {"Europe/Dublin", "2060-01-01T00:00:00Z", 0},  // winter is the exception there
      {"Europe/Dublin", "2060-07-01T00:00:00Z", 60},
      {"America/Sao_Paulo", "2018-12-01T00:00:00Z", -120},
      {"America/Sao_Paulo", "2024-12-01T00:00:00Z", -180},
      {"Australia/Lord_Howe", "2050-01-01T00:00:00Z", 660},  // half an hour of summer time
      {"Australia/Lord_Howe", "2050-07-01T00:00:00Z", 630},
      {"Pacific/Apia", "2011-12-30T09:59:59Z", -600},  // a day that never was
      {"Pacific/Apia", "2011-12-30T10:00:00Z", 840},
      {"Etc/GMT+5", "2024-05-01T00:00:00Z", -300},
      {"UTC", "2024-05-01T00:00:00Z", 0},
      {"US/Eastern", "2024-07-01T00:00:00Z", -240},  // another name for New York
      {"+08:00", "2024-05-01T00:00:00Z", 480},
      {"-05:30", "2024-05-01T00:00:00Z", -330},
      {"Z", "2024-05-01T00:00:00Z", 0},
  };
  for (const auto& [name, time, offset] : table) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone) << name;
    EXPECT_EQ(offset_minutes(*zone, at(time)), offset) << name << " " << time;
  }
}

TEST(Zones, KeepTheNameThatWasAskedFor) {
  for (const std::string_view name : {"Asia/Shanghai", "US/Eastern", "Asia/Calcutta", "+08:00"})
    EXPECT_EQ(find_zone(name)->name, name);
}

TEST(Zones, ChangeInRisingOrderAndNeverToTheSameOffset) {
  for (const std::string_view name : {"Europe/Berlin", "America/Santiago", "Africa/Casablanca",
                                      "Asia/Gaza", "Asia/Jerusalem", "America/Nuuk"}) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone) << name;
    std::int32_t before = zone->offset_s;
    Instant last = at("1990-01-01T00:00:00Z");
    for (const auto& [from, offset_s] : zone->transitions) {
      EXPECT_GT(from, last) << name;
      EXPECT_NE(offset_s, before) << name << " " << instant_text(from);
      last = from;
      before = offset_s;
    }
    EXPECT_LT(last, at("2100-01-01T00:00:00Z")) << name;
  }
}

TEST(Zones, AreNotFoundUnderAnyOtherName) {
  for (const std::string_view name :
       {"", "Nope/Nope", "asia/shanghai", "Asia", "../../../etc/passwd", "Asia/../Asia/Tokyo",
        "/etc/localtime", "posixrules", "tzdata.zi", "EST5EDT,M3.2.0,M11.1.0", "+8", "+24:00"}) {
    EXPECT_FALSE(find_zone(name)) << name;
  }
  EXPECT_FALSE(find_zone(std::string(100'000, 'A')));
  EXPECT_FALSE(find_zone(std::string_view{"UTC\0", 4}));
}

TEST(StandingRule, IsReadAsWritten) {
  struct Rule {
    std::string_view text;
    std::int32_t standard_s;
    std::optional<std::int32_t> summer_s;
  };
  const std::vector<Rule> table = {
      {"UTC0", 0, {}},
      {"CST-8", 28'800, {}},
      {"<+0545>-5:45", 20'700, {}},
      {"EST5EDT,M3.2.0,M11.1.0", -18'000, -14'400},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", 3'600, 0},
      {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", -14'400, -10'800},
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7'200, -3'600},
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37'800, 39'600},
  };
  for (const auto& [text, standard_s, summer_s] : table) {
    const auto rule = parse_standing_rule(text);
    ASSERT_TRUE(rule) << text;
    EXPECT_EQ(rule->standard_s, standard_s) << text;
    EXPECT_EQ(rule->summer.has_value(), summer_s.has_value()) << text;
    if (rule->summer) EXPECT_EQ(rule->summer->offset_s, *summer_s) << text;
  }
}

TEST(StandingRule, IsRefusedInAnyOtherForm) {
  for (const std::string_view text :
       {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,",
        "EST5EDT,J60,J300", "EST5EDT,59,300", "<EST5", "EST5EDT,M3.2.0/,M11.1.0"}) {
    EXPECT_FALSE(parse_standing_rule(text)) << text;
  }
}

TEST(StandingRule, ChangesOnTheRightDays) {
  const auto rule = parse_standing_rule("<-04>4<-03>,M9.1.6/24,M4.1.6/24");
  ASSERT_TRUE(rule);
  const auto changes = changes_of(*rule, 2050, 2051);
  const std::vector<Zone::Transition> expected = {
      {.from = at("2050-04-03T03:00:00Z"), .offset_s = -14'400},  // the night after Saturday 2
      {.from = at("2050-09-04T04:00:00Z"), .offset_s = -10'800},
      {.from = at("2051-04-02T03:00:00Z"), .offset_s = -14'400},
      {.from = at("2051-09-03T04:00:00Z"), .offset_s = -10'800},
  };
  EXPECT_EQ(changes, expected);
}

}  // namespace
}  // namespace packledger
