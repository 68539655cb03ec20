// Money as text, and the arithmetic that refuses rather than wraps (rules §1 R9 R10, §4 R43a).
#include "packledger/ledger/money.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

TEST(Money, IsReadFromDecimals) {
  const std::vector<std::pair<std::string_view, std::int64_t>> table = {
      {"0", 0},
      {"1", 1'000'000},
      {"470", 470'000'000},
      {"0.132", 132'000},
      {"0.2055", 205'500},
      {"0.000001", 1},
      {"-0.000001", -1},
      {"-12.5", -12'500'000},
      {"470.00", 470'000'000},
      {"1.100000", 1'100'000},
      {"9223372036854.775807", most},
      {"-9223372036854.775808", least},
  };
  for (const auto& [text, micros] : table) {
    const auto amount = parse_money(text);
    ASSERT_TRUE(amount.has_value()) << text;
    EXPECT_EQ(amount->micros, micros) << text;
  }
}

TEST(Money, IsNotReadFromAnythingElse) {
  const std::vector<std::string_view> table = {
      "",
      ".",
      "1.",
      ".5",
      "-",
      "-.5",
      "+1",
      " 1",
      "1 ",
      "1,5",
      "1e3",
      "1E3",
      "0x10",
      "--1",
      "1.-5",
      "NaN",
      "inf",
      "Infinity",
      "1_0",
      "1'0",
      "01",
      "00.5",
      "1..",
      "1.2.3",
      "0.0000001",             // a tenth of a micro
      "0.0000000",             // seven decimals, even of nothing
      "9223372036854.775808",  // one micro too many
      "-9223372036854.775809",
      "99999999999999999999",
      "1.000000000000000000000000000",
  };
  for (const std::string_view text : table) EXPECT_FALSE(parse_money(text).has_value()) << text;
}

TEST(Money, IsWrittenAsShortAsCanBe) {
  const std::vector<std::pair<std::int64_t, std::string_view>> table = {
      {0, "0"},
      {1, "0.000001"},
      {-1, "-0.000001"},
      {100'000, "0.1"},
      {132'000, "0.132"},
      {1'000'000, "1"},
      {-500'000'000, "-500"},
      {499'960'000, "499.96"},
      {10'000'010, "10.00001"},
      {most, "9223372036854.775807"},
      {least, "-9223372036854.775808"},
  };
  for (const auto& [micros, text] : table) EXPECT_EQ(money_text(Money{micros}), text);
}

TEST(Money, SurvivesBeingWrittenAndRead) {
  std::mt19937_64 random{20240501};
  for (int i = 0; i < 100'000; ++i) {
    const unsigned shift = static_cast<unsigned>(random() % 64);
    const Money amount{static_cast<std::int64_t>(random()) >> shift};
    EXPECT_EQ(parse_money(money_text(amount)), amount);
  }
}

TEST(Money, NeverWraps) {
  EXPECT_EQ(checked_add(Money{most - 1}, Money{1}), Money{most});
  EXPECT_EQ(checked_add(Money{most}, Money{1}), std::nullopt);
  EXPECT_EQ(checked_add(Money{least}, Money{-1}), std::nullopt);
  EXPECT_EQ(checked_add(Money{least}, Money{most}), Money{-1});
  EXPECT_EQ(negated(Money{most}), Money{-most});
  EXPECT_EQ(negated(Money{least}), std::nullopt);
}

TEST(Money, OfAChargeIsExact) {
  EXPECT_EQ(charge(Price{65'000}, Units{1'000'000}), Money{65'000'000'000});
  EXPECT_EQ(charge(Price{205'500}, Units{3}), Money{616'500});
  EXPECT_EQ(charge(Price{0}, Units{most}), Money{0});
  EXPECT_EQ(charge(Price{1}, Units{most}), Money{most});
  EXPECT_EQ(charge(Price{2}, Units{most / 2}), Money{most - 1});
  EXPECT_EQ(charge(Price{2}, Units{most / 2 + 1}), std::nullopt);
  EXPECT_EQ(charge(Price{most}, Units{2}), std::nullopt);
  EXPECT_EQ(charge(Price{most}, Units{most}), std::nullopt);
  EXPECT_EQ(charge(Price{most}, Units{0}), Money{0});
}

// The crossing of the volume tariff: 100,000 units from 0.045 to 0.040.
TEST(Money, IsRepricedByTheDifference) {
  EXPECT_EQ(repriced(Price{45'000}, Price{40'000}, Units{100'000}), Money{-500'000'000});
  EXPECT_EQ(repriced(Price{40'000}, Price{45'000}, Units{100'000}), Money{500'000'000});
  EXPECT_EQ(repriced(Price{40'000}, Price{40'000}, Units{most}), Money{0});
  EXPECT_EQ(repriced(Price{1}, Price{0}, Units{most}), Money{-most});
  EXPECT_EQ(repriced(Price{0}, Price{2}, Units{most}), std::nullopt);
}

TEST(Money, IsSharedTowardZero) {
  EXPECT_EQ(share(Money{470'000'000}, Units{6'667}, Units{10'000}), Money{313'349'000});
  EXPECT_EQ(share(Money{1'000'000}, Units{2}, Units{3}), Money{666'666});
  EXPECT_EQ(share(Money{1}, Units{999}, Units{1'000}), Money{0});
  EXPECT_EQ(share(Money{100}, Units{0}, Units{7}), Money{0});
  EXPECT_EQ(share(Money{100}, Units{7}, Units{7}), Money{100});
  EXPECT_EQ(share(Money{most}, Units{most}, Units{most}), Money{most});
  EXPECT_EQ(share(Money{most}, Units{most - 1}, Units{most}), Money{most - 1});
}

TEST(Money, HasACurrencyOfThreeCapitals) {
  EXPECT_TRUE(parse_currency("CNY").has_value());
  EXPECT_TRUE(parse_currency("USD").has_value());
  for (const std::string_view text : {"", "cny", "CN", "CNYX", "CN1", "CN ", "¥¥¥"})
    EXPECT_FALSE(parse_currency(text).has_value()) << text;
}

TEST(Units, NeverWrap) {
  EXPECT_EQ(checked_add(Units{most - 1}, Units{1}), Units{most});
  EXPECT_EQ(checked_add(Units{most}, Units{1}), std::nullopt);
  EXPECT_DEATH((void)(Units{most} + Units{1}), "units stay within int64");
  EXPECT_DEATH((void)(Money{most} + Money{1}), "");
}

}  // namespace
}  // namespace packledger
