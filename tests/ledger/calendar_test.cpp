// The calendar: months, days and ends of packages, in zones that do everything zones do (rules §4
// R38 R39 R40).
#include "packledger/ledger/time.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

struct Row {
  Zone zone;
  std::string_view start;
  std::string_view validity;
  ExpiryPolicy policy;
  std::string_view end;
};

constexpr auto exact = ExpiryPolicy::exact;
constexpr auto start = ExpiryPolicy::start_of_day;
constexpr auto end_of = ExpiryPolicy::end_of_day;

TEST(Expiry, IsCountedOnTheCalendarOfTheZone) {
  const Zone china;
  const std::vector<Row> table = {
      {china, "2023-01-31T10:00:00+08:00", "P1M", exact, "2023-02-28T10:00:00+08:00"},
      {china, "2024-01-31T10:00:00+08:00", "P1M", exact, "2024-02-29T10:00:00+08:00"},
      {china, "2024-01-31T10:00:00+08:00", "P2M", exact, "2024-03-31T10:00:00+08:00"},
      {china, "2024-02-29T10:00:00+08:00", "P12M", exact, "2025-02-28T10:00:00+08:00"},
      {china, "2024-02-29T10:00:00+08:00", "P48M", exact, "2028-02-29T10:00:00+08:00"},
      {china, "2024-12-31T23:59:59.999+08:00", "P2M", exact, "2025-02-28T23:59:59.999+08:00"},
      {china, "2018-11-26T19:36:27+08:00", "P12M", end_of, "2019-11-27T00:00:00+08:00"},
      {china, "2024-05-01T10:15:30+08:00", "P1M", start, "2024-06-01T00:00:00+08:00"},
      {china, "2024-05-01T10:15:30+08:00", "P1M", end_of, "2024-06-02T00:00:00+08:00"},
      {china, "2024-05-01T00:00:00+08:00", "P1M", start, "2024-06-01T00:00:00+08:00"},
      {china, "2024-05-01T00:00:00+08:00", "P1M", end_of, "2024-06-02T00:00:00+08:00"},
      {china, "2024-04-30T16:00:00Z", "P1M", start, "2024-05-31T16:00:00Z"},
      {china, "2024-04-30T15:59:59.999Z", "P1M", start, "2024-05-29T16:00:00Z"},
      {china, "2024-01-31T10:00:00+08:00", "P1M10D", exact, "2024-03-10T10:00:00+08:00"},
      {china, "2024-05-01T10:00:00+08:00", "P180D", exact, "2024-10-28T10:00:00+08:00"},
      // New York: 02:30 on 10 March does not exist and moves to 03:30 of summer time.
      {new_york(), "2024-02-10T02:30:00-05:00", "P1M", exact, "2024-03-10T07:30:00Z"},
      {new_york(), "2024-02-10T01:59:59.999-05:00", "P1M", exact, "2024-03-10T06:59:59.999Z"},
      {new_york(), "2024-02-10T02:00:00-05:00", "P1M", exact, "2024-03-10T07:00:00Z"},
      {new_york(), "2024-02-10T03:00:00-05:00", "P1M", exact, "2024-03-10T07:00:00Z"},
      // 01:30 on 3 November comes twice: the earlier one.
      {new_york(), "2024-10-03T01:30:00-04:00", "P1M", exact, "2024-11-03T05:30:00Z"},
      {new_york(), "2024-10-03T02:00:00-04:00", "P1M", exact, "2024-11-03T07:00:00Z"},
      {new_york(), "2024-02-10T12:00:00-05:00", "P1M", end_of, "2024-03-11T04:00:00Z"},
      {new_york(), "2024-10-03T12:00:00-04:00", "P1M", end_of, "2024-11-04T05:00:00Z"},
      // Lord Howe: half an hour is missing at 02:00 on 6 October, 01:45 comes twice in April.
      {lord_howe(), "2024-09-06T02:15:00+10:30", "P1M", exact, "2024-10-05T15:45:00Z"},
      {lord_howe(), "2025-03-06T01:45:00+11:00", "P1M", exact, "2025-04-05T14:45:00Z"},
      // Samoa: a whole day is missing; what falls on it moves a day forward.
      {samoa(), "2011-11-30T12:00:00-10:00", "P1M", exact, "2011-12-30T22:00:00Z"},
      {samoa(), "2011-11-30T12:00:00-10:00", "P1M", start, "2011-12-30T10:00:00Z"},
      {samoa(), "2011-11-30T12:00:00-10:00", "P1M", end_of, "2011-12-30T10:00:00Z"},
      // Santiago: midnight of 8 September does not exist; the day starts at one.
      {santiago(), "2024-08-08T12:00:00-04:00", "P1M", start, "2024-09-08T04:00:00Z"},
      {santiago(), "2024-08-07T12:00:00-04:00", "P1M", end_of, "2024-09-08T04:00:00Z"},
  };
  for (const Row& row : table) {
    const auto validity = parse_validity(row.validity);
    ASSERT_TRUE(validity.has_value());
    const Instant got = expiry_of(row.zone, instant(row.start), *validity, row.policy);
    EXPECT_EQ(instant_text(got), instant_text(instant(row.end)))
        << row.zone.name << " " << row.start << " " << row.validity;
  }
}

// A model of the civil calendar that counts days one by one.
struct Civil {
  int year = 1970;
  int month = 1;
  int day = 1;

  static bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
  static int days_in(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
  }
  void step() {
    if (++day <= days_in(year, month)) return;
    day = 1;
    if (++month <= 12) return;
    month = 1;
    ++year;
  }
  friend bool operator==(const Civil&, const Civil&) = default;
};

// The date `months` later, clamped, as a number of days since 1970.
std::int64_t days_at(Civil from, int months) {
  const int index = from.year * 12 + from.month - 1 + months;
  Civil to{index / 12, index % 12 + 1, 1};
  to.day = std::min(from.day, Civil::days_in(to.year, to.month));
  std::int64_t count = 0;
  for (Civil at; at != to; at.step()) ++count;
  return count;
}

TEST(Expiry, AgreesWithASlowCalendarOverTenYears) {
  const Zone china;
  Civil day;
  std::int64_t number = 0;
  const Civil first{2020, 1, 1};
  const Civil last{2030, 1, 1};
  for (; day != first; day.step()) ++number;
  for (; day != last; day.step(), ++number) {
    const bool near_month_end = day.day >= 28 || day.day == 1;
    if (!near_month_end) continue;
    const Instant noon{number * 86'400'000 + (12 - 8) * 3'600'000};
    for (const int months : {1, 2, 3, 12, 24, 48}) {
      const Validity validity{months, {}};
      const std::int64_t midnight = days_at(day, months) * 86'400'000 - 8 * 3'600'000;
      ASSERT_EQ(expiry_of(china, noon, validity, exact).ms, midnight + 12 * 3'600'000)
          << day.year << '-' << day.month << '-' << day.day << " + " << months;
      ASSERT_EQ(expiry_of(china, noon, validity, start).ms, midnight);
      ASSERT_EQ(expiry_of(china, noon, validity, end_of).ms, midnight + 86'400'000);
    }
  }
}

TEST(LocalTime, GoesThereAndBack) {
  std::mt19937_64 random{11};
  for (const Zone& zone :
       {Zone{}, new_york(), lord_howe(), samoa(), santiago(), back_at_midnight()}) {
    for (int i = 0; i < 20'000; ++i) {
      const Instant t{1'300'000'000'000 + static_cast<std::int64_t>(random() % 500'000'000'000)};
      const Instant back = instant_of(zone, local_time(zone, t));
      // What comes twice comes back as the earlier: never later, and by the overlap at most.
      ASSERT_LE(back, t) << zone.name << " " << instant_text(t);
      ASSERT_LE(t - back, hours(1)) << zone.name;
      ASSERT_EQ(local_time(zone, back), local_time(zone, t)) << zone.name;
    }
  }
}

TEST(LocalTime, NeverSkipsAtTheEdgesOfATransition) {
  for (const Zone& zone : {new_york(), lord_howe(), samoa(), santiago(), back_at_midnight()}) {
    std::int32_t offset = zone.offset_s;
    for (const Zone::Transition& change : zone.transitions) {
      EXPECT_EQ(local_time(zone, Instant{change.from.ms - 1}).ms,
                change.from.ms - 1 + offset * 1000LL);
      EXPECT_EQ(local_time(zone, change.from).ms, change.from.ms + change.offset_s * 1000LL);
      offset = change.offset_s;
    }
  }
}

TEST(StartOfDay, IsTheFirstInstantOfTheLocalDay) {
  struct Day {
    Zone zone;
    std::string_view at;
    std::string_view start;
  };
  const std::vector<Day> table = {
      {Zone{}, "2024-05-01T00:00:00+08:00", "2024-05-01T00:00:00+08:00"},
      {Zone{}, "2024-05-01T23:59:59.999+08:00", "2024-05-01T00:00:00+08:00"},
      {new_york(), "2024-03-10T23:00:00-04:00", "2024-03-10T05:00:00Z"},
      {new_york(), "2024-11-03T23:00:00-05:00", "2024-11-03T04:00:00Z"},
      {santiago(), "2024-09-08T12:00:00-03:00", "2024-09-08T04:00:00Z"},
      {santiago(), "2024-09-08T04:00:00Z", "2024-09-08T04:00:00Z"},
      {santiago(), "2024-09-08T03:59:59.999Z", "2024-09-07T04:00:00Z"},
      {samoa(), "2011-12-31T00:00:00+14:00", "2011-12-30T10:00:00Z"},
      {samoa(), "2011-12-29T23:59:59.999-10:00", "2011-12-29T10:00:00Z"},
  };
  for (const Day& day : table) {
    EXPECT_EQ(instant_text(start_of_day(day.zone, instant(day.at))),
              instant_text(instant(day.start)))
        << day.zone.name << " " << day.at;
  }
}

TEST(Month, IsThatOfTheZone) {
  EXPECT_EQ(month_text(month_of(Zone{}, instant("2024-05-31T15:59:59.999Z"))), "2024-05");
  EXPECT_EQ(month_text(month_of(Zone{}, instant("2024-05-31T16:00:00.000Z"))), "2024-06");
  EXPECT_EQ(month_text(month_of(new_york(), instant("2024-06-01T03:59:59.999Z"))), "2024-05");
  EXPECT_EQ(month_text(month_of(new_york(), instant("2024-06-01T04:00:00.000Z"))), "2024-06");
  EXPECT_EQ(month_text(month_of(Zone{}, instant("2023-12-31T16:00:00Z"))), "2024-01");
  EXPECT_EQ(month_text(month_of(Zone{}, instant_min)), "1970-01");
}

}  // namespace
}  // namespace packledger
