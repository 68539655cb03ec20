// Of several reasons to refuse, the first of the list is told: each row breaks two rules or more
// (rules §12). What is asked for in each row is written in full, so that a row stands alone.
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <vector>

namespace packledger {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr Country nowhere{{'X', 'X'}};
constexpr Country thailand{{'T', 'H'}};

PriceBook shop() {
  PriceBook book;
  book.version = "shop";
  book.currency = *parse_currency("CNY");
  Product fixed;
  fixed.name = "fixed";
  fixed.scope.destinations.countries = {mainland};
  fixed.quota_min = fixed.quota_max = Units{10};
  fixed.price = Money{5'000'000};
  fixed.validity.months = 1;
  Product dear = fixed;
  dear.name = "dear";
  dear.price = Money{most};
  book.products = {fixed, dear};
  Tariff tariff;
  tariff.scope.destinations.countries = {mainland};
  tariff.tiers = {Tier{std::nullopt, Price{65'000}}};
  Tariff dear_tariff = tariff;
  dear_tariff.scope.destinations.countries = {thailand};
  dear_tariff.tiers[0].price = Price{2};
  book.tariffs = {tariff, dear_tariff};
  return book;
}

AccountOpened account(const std::string& name, bool strict = false) {
  AccountOpened opened;
  opened.name = name;
  opened.currency = *parse_currency("CNY");
  opened.settings.prepaid_strict = strict;
  return opened;
}

SendRecorded send(const std::string& name, std::int64_t units, Country country = mainland) {
  SendRecorded made;
  made.send = name;
  made.units = Units{units};
  made.destination = country;
  return made;
}

SendRecorded send_at(SendRecorded made, std::string_view when) {
  made.occurred_at = instant(when);
  return made;
}

PackageGranted grant(const std::string& name, std::int64_t quota, bool ends_well = true) {
  PackageGranted made;
  made.package = name;
  made.quota = Units{quota};
  made.scope.destinations.countries = {mainland};
  made.expires_at = instant(ends_well ? "2024-06-01T00:00:00Z" : "2024-04-01T00:00:00Z");
  return made;
}

OrderPlaced order(const std::string& name, const std::string& product, std::int64_t quota = 10,
                  std::int32_t copies = 1) {
  OrderPlaced placed;
  placed.order = name;
  placed.product = product;
  placed.quota = Units{quota};
  placed.copies = copies;
  return placed;
}

class Refused : public testing::Test {
 protected:
  Refused() : desk(instant("2024-05-01T00:00:00Z")) {
    tell("", PriceBookPublished{shop()});
    tell("", account("acme"));
    tell("", account("owing"));
    tell("", account("strict", true));
    tell("acme", FundsCredited{Money{1'000'000}, ""});
    tell("owing", FundsAdjusted{Money{-1}, ""});
    tell("acme", grant("P", 5));
    tell("acme", send("known", 3));
    PackageGranted stop = grant("S", 2);
    stop.mode = OverageMode::stop_before_excess;
    stop.scope.destinations.countries = {nowhere};
    tell("strict", stop);
    tell("acme", stop);
  }

  void tell(std::string_view name, What what) {
    ASSERT_TRUE(desk.ask(name, std::move(what)).has_value());
  }
  void expect(std::string_view name, What what, Reject wanted) {
    const auto decided = desk.ask(name, std::move(what));
    EXPECT_EQ(code_of(decided), reject_text(wanted));
  }

  Desk desk;
};

TEST_F(Refused, ByTheFirstRuleThatHolds) {
  constexpr std::string_view future = "2024-05-01T01:00:00Z";
  constexpr std::string_view past = "2024-04-01T00:00:00Z";
  expect("nobody", send("known", 0, nowhere), Reject::unknown_account);
  expect("acme", send("known", 3), Reject::duplicate);
  expect("acme", send_at(send("known", 0, nowhere), future), Reject::conflict);
  expect("acme", send_at(send("new", 0, nowhere), future), Reject::invalid_units);
  expect("acme", send_at(send("new", 9, nowhere), future), Reject::timestamp_in_future);
  expect("acme", send_at(send("new", 9, nowhere), past), Reject::too_old);
  expect("acme", send("new", 9, nowhere), Reject::quota_exhausted);
  expect("acme", send("new", most, Country{{'Y', 'Y'}}), Reject::no_tariff);
  expect("strict", send("new", most, thailand), Reject::amount_overflow);
  expect("strict", send("new", 1), Reject::insufficient_balance);

  expect("owing", order("o", "gone", 99), Reject::account_overdue);
  expect("acme", order("o", "gone", 99), Reject::unknown_product);
  expect("acme", order("o", "dear", 99, 2), Reject::invalid_quota);
  expect("acme", order("o", "dear", 10, 2), Reject::amount_overflow);
  expect("acme", order("o", "dear"), Reject::insufficient_balance);
  expect("acme", grant("P", 0, false), Reject::conflict);
  expect("acme", grant("Q", 0, false), Reject::invalid_quota);
  expect("acme", grant("Q", 1, false), Reject::invalid_expires_at);

  expect("owing", OrderPaid{"gone", "ref"}, Reject::account_overdue);
  expect("acme", OrderPaid{"gone", "ref"}, Reject::unknown_order);
  expect("acme", OrderCancelled{"gone"}, Reject::unknown_order);
  expect("acme", PackageRefunded{"gone", ""}, Reject::unknown_package);
  expect("acme", PackageRefunded{"P", ""}, Reject::not_refundable);
  expect("acme", SendReversed{"gone", "r", Units{0}}, Reject::unknown_send);
  expect("acme", SendReversed{"known", "r", Units{0}}, Reject::invalid_units);
  expect("acme", SendReversed{"known", "r", Units{4}}, Reject::over_reversal);
  desk.advance(instant("2024-05-05T00:00:00Z"));
  expect("acme", SendReversed{"known", "r", Units{4}}, Reject::too_old);
}

TEST_F(Refused, OrderByItsState) {
  OrderPlaced external = order("e", "fixed");
  external.pay = Payment::external;
  tell("acme", external);
  tell("acme", OrderCancelled{"e"});
  expect("acme", OrderPaid{"e", "ref"}, Reject::order_not_pending);
  expect("acme", OrderCancelled{"e"}, Reject::duplicate);
}

TEST(Reject, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::uint8_t n = 1; n <= 22; ++n) {
    const std::string_view name = reject_text(static_cast<Reject>(n));
    EXPECT_FALSE(name.empty()) << int{n};
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace packledger
