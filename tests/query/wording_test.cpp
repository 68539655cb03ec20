// Numbers and times as people read them.
#include "query/wording.hpp"

#include <gtest/gtest.h>

namespace packledger {
namespace {

constexpr Instant new_year{1'704'067'200'000};  // 2024-01-01T00:00:00Z

const Currency cny{{'C', 'N', 'Y'}};

TEST(Wording, SetsThousandsApart) {
  EXPECT_EQ(count_words(0), "0");
  EXPECT_EQ(count_words(999), "999");
  EXPECT_EQ(count_words(1'000), "1,000");
  EXPECT_EQ(count_words(12'345'678), "12,345,678");
  EXPECT_EQ(count_words(-1'000), "-1,000");
}

TEST(Wording, KnowsThatOneUnitIsNoPlural) {
  EXPECT_EQ(units_words(Units{0}), "0 units");
  EXPECT_EQ(units_words(Units{1}), "1 unit");
  EXPECT_EQ(units_words(Units{10'000}), "10,000 units");
}

TEST(Wording, TellsMoneyExactlyWithItsCurrency) {
  EXPECT_EQ(money_words(Money{470'000'000}, cny), "470 CNY");
  EXPECT_EQ(money_words(Money{-1'234'500'000}, cny), "-1,234.5 CNY");
  EXPECT_EQ(money_words(Money{132'000}, cny), "0.132 CNY");
}

TEST(Wording, TellsTimesOnTheClockOfTheAccount) {
  EXPECT_EQ(instant_words(Zone{}, new_year), "2024-01-01 08:00 (UTC+08:00)");
  EXPECT_EQ(instant_words(*fixed_zone("-05:30"), new_year), "2023-12-31 18:30 (UTC-05:30)");
  EXPECT_EQ(instant_words(*fixed_zone("Z"), new_year + seconds(7)),
            "2024-01-01 00:00:07 (UTC+00:00)");
  EXPECT_EQ(instant_words(*fixed_zone("Z"), new_year + Duration{7}),
            "2024-01-01 00:00:00.007 (UTC+00:00)");
}

TEST(Wording, TellsDurationsInTheLargestWholeStep) {
  EXPECT_EQ(duration_words(days(7)), "7 days");
  EXPECT_EQ(duration_words(days(1)), "1 day");
  EXPECT_EQ(duration_words(hours(36)), "36 hours");
  EXPECT_EQ(duration_words(minutes(1)), "1 minute");
  EXPECT_EQ(duration_words(seconds(90)), "PT1M30S");
}

}  // namespace
}  // namespace packledger
