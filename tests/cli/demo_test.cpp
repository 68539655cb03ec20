// The month of the demo, worked through by a few lines of arithmetic that know nothing of the law:
// what is written beside each step must follow from the step before.
#include "app/cli/demo_play.hpp"
#include "wire/json.hpp"

#include <gtest/gtest.h>

#include <array>

namespace packledger::cli {
namespace {

struct Purse {
  DemoLeft left;
  DemoPaid used;
  DemoLeft forfeited;
};

// What has ended by then forfeits what is left.
void expire(Purse& purse, std::string_view when) {
  if (when >= "06-01T00:00:00.000") {
    purse.forfeited.a += purse.left.a;
    purse.left.a = 0;
  }
  if (when >= "06-10T00:00:00.000") {
    purse.forfeited.b += purse.left.b;
    purse.left.b = 0;
  }
}

// First A, then B, then money.
DemoPaid pay(Purse& purse, std::int64_t units) {
  DemoPaid paid;
  paid.a = std::min(units, purse.left.a);
  paid.b = std::min(units - paid.a, purse.left.b);
  paid.payg = units - paid.a - paid.b;
  purse.left.a -= paid.a;
  purse.left.b -= paid.b;
  return paid;
}

TEST(Demo, EveryStepFollowsFromTheOneBefore) {
  std::array<Purse, demo_customers> purses;
  std::string_view before;
  for (const DemoStep& step : demo_steps()) {
    EXPECT_LE(before, step.when);
    before = step.when;
    for (Purse& each : purses) expire(each, step.when);
    Purse& purse = purses.at(static_cast<std::size_t>(step.who));
    switch (step.act) {
      case DemoAct::buy_a: purse.left.a = 10'000; break;
      case DemoAct::buy_b: purse.left.b = 50'000; break;
      case DemoAct::send: {
        EXPECT_EQ(pay(purse, step.units), step.paid) << step.why;
        purse.used.a += step.paid.a;
        purse.used.b += step.paid.b;
        purse.used.payg += step.paid.payg;
        break;
      }
      case DemoAct::reverse:
        purse.left.a += step.paid.a;
        purse.left.b += step.paid.b;
        purse.used.a -= step.paid.a;
        purse.used.b -= step.paid.b;
        purse.used.payg -= step.paid.payg;
        break;
    }
    EXPECT_EQ(purse.left, step.left) << step.why;
  }
  for (std::size_t i = 0; i < demo_customers; ++i) {
    const DemoEnd end = demo_end(static_cast<DemoCustomer>(i));
    EXPECT_EQ(purses.at(i).used, end.used);
    EXPECT_EQ(purses.at(i).forfeited, end.forfeited);
  }
}

TEST(Demo, TheMonthIsTheNextMayAfterTheClock) {
  const auto year = [](std::string_view now) { return demo_year(*parse_instant(now)); };
  EXPECT_EQ(year("2024-04-30T00:00:00+08:00"), 2024);
  EXPECT_EQ(year("2024-04-30T23:59:59.999+08:00"), 2024);
  EXPECT_EQ(year("2024-05-01T00:00:00+08:00"), 2025);
  EXPECT_EQ(year("2024-12-31T23:59:59Z"), 2025);
  EXPECT_EQ(year("2023-12-31T23:59:59Z"), 2024);
  EXPECT_EQ(demo_instant(2024, "05-10T00:00:00.000"), *parse_instant("2024-05-09T16:00:00Z"));
}

TEST(Demo, ItsPriceBookIsJson) {
  const auto book = parse_json(demo_price_book(Instant{0}));
  ASSERT_TRUE(book);
  ASSERT_NE(book->root().find("products"), nullptr);
  EXPECT_EQ(book->root().find("products")->elements().size(), 3U);
  EXPECT_EQ(book->root().find("effective_from")->text(), "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace packledger::cli
