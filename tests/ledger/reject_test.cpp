// Of several reasons to refuse, the first of the list is told: each row breaks two rules or more
// (rules §12). What is asked for in each row is written in full, so that a row stands alone.
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr Country nowhere{{'X', 'X'}};
constexpr Country thailand{{'T', 'H'}};

PriceBook shop() {
  PriceBook book;
  book.version = "shop";
  book.currency = Currency{{'C', 'N', 'Y'}};
  Product fixed;
  fixed.name = "fixed";
  fixed.scope.destinations.countries = {mainland};
  fixed.quota_min = fixed.quota_max = Units{10};
  fixed.price = Money{5'000'000};
  fixed.validity.months = 1;
  Product dear = fixed;
  dear.name = "dear";
  dear.price = Money{most};
  Product thousand = fixed;
  thousand.name = "thousand";
  thousand.quota_min = thousand.quota_max = Units{1'000};
  Product any = fixed;
  any.name = "any";
  any.quota_min = Units{10};
  any.quota_max = Units{most};
  any.bands = {{Units{10}, Price{1}}};
  Product brief = thousand;  // lives as long as the lead
  brief.name = "brief";
  brief.validity = {0, days(10)};
  Product longer = brief;
  longer.name = "longer";
  longer.validity.rest = days(10) + Duration{1};
  Product abroad = thousand;
  abroad.name = "abroad";
  abroad.scope.destinations.countries = {thailand};
  book.products = {fixed, dear, thousand, any, brief, longer, abroad};
  book.renewal.emplace();
  book.renewal->product = "thousand";
  Tariff tariff;
  tariff.scope.destinations.countries = {mainland};
  tariff.tiers = {Tier{std::nullopt, Price{65'000}}};
  Tariff dear_tariff = tariff;
  dear_tariff.scope.destinations.countries = {thailand};
  dear_tariff.tiers[0].price = Price{2};
  book.tariffs = {tariff, dear_tariff};
  return book;
}

AccountOpened account(const std::string& name, bool strict = false, Duration grace = {}) {
  AccountOpened opened;
  opened.name = name;
  opened.currency = Currency{{'C', 'N', 'Y'}};
  opened.settings.prepaid_strict = strict;
  opened.settings.overdue_grace = grace;
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

HoldPlaced hold(const std::string& name, std::int64_t units, Country country = mainland) {
  HoldPlaced placed;
  placed.hold = name;
  placed.units = Units{units};
  placed.destination = country;
  return placed;
}

AlarmRuleSet alarm(const std::string& name, const std::vector<std::string>& contacts = {}) {
  AlarmRule rule;
  rule.name = name;
  rule.threshold.units = Units{0};
  rule.contacts = contacts;
  return {rule};
}

RenewalRuleSet renewal(const std::string& product, std::int64_t quantity,
                       const std::string& pool = "CN") {
  RenewalRule rule;
  rule.pool = pool;
  rule.pre_expiry = true;
  rule.quantity = Units{quantity};
  rule.product = product;
  return {rule};
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
    tell("", account("overdue", false, days(30)));
    tell("overdue", FundsAdjusted{Money{-1}, ""});
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
  expect("owing", send_at(send("new", 9, nowhere), past), Reject::too_old);
  expect("owing", send("new", 9, nowhere), Reject::account_suspended);
  expect("overdue", send("new", 9, nowhere), Reject::no_tariff);

  expect("owing", order("o", "gone", 99), Reject::account_suspended);
  expect("overdue", order("o", "gone", 99), Reject::account_overdue);
  expect("owing", ServiceModeSet{{{"CN", {}}}}, Reject::account_suspended);
  expect("overdue", ServiceModeSet{{{"CN", {}}}}, Reject::account_overdue);
  expect("acme", order("o", "gone", 99), Reject::unknown_product);
  expect("acme", order("o", "dear", 99, 2), Reject::invalid_quota);
  expect("acme", order("o", "dear", 10, 2), Reject::amount_overflow);
  expect("acme", order("o", "dear"), Reject::insufficient_balance);
  expect("acme", grant("P", 0, false), Reject::conflict);
  expect("acme", grant("Q", 0, false), Reject::invalid_quota);
  expect("acme", grant("Q", 1, false), Reject::invalid_expires_at);
  expect("acme", grant("renewal-7", 0, false), Reject::invalid_quota);
  expect("acme", grant("renewal-7", 1, false), Reject::invalid_expires_at);
  expect("acme", grant("renewal-7", 1), Reject::reserved_name);
  tell("acme", grant("renewal-", 1));
  tell("acme", grant("renewal-7a", 1));

  expect("owing", OrderPaid{"gone", "ref"}, Reject::account_suspended);
  expect("overdue", OrderPaid{"gone", "ref"}, Reject::account_overdue);
  expect("acme", OrderPaid{"gone", "ref"}, Reject::unknown_order);
  expect("acme", OrderCancelled{"gone"}, Reject::unknown_order);
  expect("acme", PackageRefunded{"gone", ""}, Reject::unknown_package);
  expect("acme", PackageRefunded{"P", ""}, Reject::not_refundable);
  expect("acme", SendReversed{"gone", "r", Units{0}}, Reject::invalid_units);
  expect("acme", SendReversed{"gone", "r", Units{1}}, Reject::unknown_send);
  expect("acme", SendReversed{"known", "r", Units{0}}, Reject::invalid_units);
  expect("acme", SendReversed{"known", "r", Units{4}}, Reject::over_reversal);
  desk.advance(instant("2024-05-05T00:00:00Z"));
  expect("acme", SendReversed{"known", "r", Units{4}}, Reject::too_old);
}

TEST_F(Refused, HoldByTheFirstRuleThatHolds) {
  tell("acme", grant("H", 10'100));
  tell("acme", hold("open", 3));
  expect("acme", hold("open", 3), Reject::duplicate);
  expect("acme", hold("open", 0, nowhere), Reject::conflict);
  expect("owing", hold("new", 0), Reject::invalid_units);
  expect("owing", hold("new", 9), Reject::account_suspended);
  expect("acme", hold("new", 20'000), Reject::quota_exhausted);
  expect("acme", HoldCaptured{"gone", Units{0}}, Reject::invalid_units);
  expect("acme", HoldCaptured{"gone", Units{9}}, Reject::unknown_hold);
  expect("acme", HoldReleased{"gone"}, Reject::unknown_hold);
  expect("acme", HoldCaptured{"open", Units{4}}, Reject::over_capture);
}

TEST_F(Refused, HoldByItsState) {
  tell("acme", grant("H", 100));
  HoldPlaced short_one = hold("expired", 1);
  short_one.ttl = hours(1);
  tell("acme", short_one);
  for (const char* const name : {"captured", "released"}) tell("acme", hold(name, 1));
  tell("acme", HoldCaptured{"captured", Units{1}});
  tell("acme", HoldReleased{"released"});
  desk.advance(instant("2024-05-01T01:00:00Z"));
  for (const auto& [name, wanted] : {std::pair{"captured", Reject::hold_captured},
                                     {"released", Reject::hold_released},
                                     {"expired", Reject::hold_expired}}) {
    expect("acme", HoldCaptured{name, Units{0}}, Reject::invalid_units);
    expect("acme", HoldCaptured{name, Units{2}}, wanted);
    expect("acme", HoldReleased{name}, wanted);
  }
  expect("acme", short_one, Reject::duplicate);
  // Seven days after its end a hold is forgotten.
  desk.advance(instant("2024-05-08T00:59:59.999Z"));
  expect("acme", HoldReleased{"expired"}, Reject::hold_expired);
  expect("acme", HoldReleased{"captured"}, Reject::unknown_hold);
  desk.advance(instant("2024-05-08T01:00:00Z"));
  expect("acme", HoldReleased{"expired"}, Reject::unknown_hold);
  tell("acme", short_one);
}

TEST_F(Refused, HoldsBeyondTheMost) {
  tell("acme", grant("H", 20'000));
  for (std::size_t i = 0; i < holds_per_account_max; ++i)
    tell("acme", hold("h" + std::to_string(i), 1));
  expect("acme", hold("more", 20'000), Reject::quota_exhausted);
  expect("acme", hold("more", 1), Reject::holds_max_reached);
  tell("acme", HoldReleased{"h0"});
  tell("acme", hold("more", 1));
}

TEST_F(Refused, AlarmByTheFirstRuleThatHolds) {
  expect("acme", AlarmRuleRemoved{"a0"}, Reject::unknown_alarm);
  tell("acme", ContactsSet{{{"ops", {{Channel::internal, ""}}, {}}}});
  for (std::size_t i = 0; i < alarms_per_account_max; ++i)
    tell("acme", alarm("a" + std::to_string(i), {"ops"}));
  expect("acme", alarm("more", {"ops", "nobody"}), Reject::unknown_contact);
  expect("acme", alarm("more", {"ops"}), Reject::alarms_max_reached);
  tell("acme", alarm("a0"));  // no further one, but another rule
  tell("acme", AlarmRuleRemoved{"a0"});
  expect("acme", AlarmRuleRemoved{"a0"}, Reject::unknown_alarm);
  tell("acme", alarm("more", {"ops"}));
}

TEST_F(Refused, RenewalByTheFirstRuleThatHolds) {
  expect("acme", RenewalRuleRemoved{}, Reject::unknown_renewal);
  expect("acme", renewal("gone", 999, "TH"), Reject::unknown_product);
  expect("acme", renewal("abroad", 1'000), Reject::unknown_product);
  expect("acme", renewal("brief", 999, "TH"), Reject::invalid_pool);
  expect("acme", renewal("brief", 999), Reject::invalid_quantity);
  expect("acme", renewal("fixed", 10), Reject::invalid_quantity);
  expect("acme", renewal("thousand", 1'001), Reject::invalid_quantity);
  expect("acme", renewal("any", 999), Reject::invalid_quantity);
  expect("acme", renewal("any", 1'000'000'001), Reject::invalid_quantity);
  expect("acme", renewal("brief", 1'000), Reject::invalid_lead);
  RenewalRuleSet at_threshold = renewal("brief", 1'000);
  at_threshold.rule.pre_expiry = false;
  tell("acme", at_threshold);
  tell("acme", renewal("longer", 1'000));
  tell("acme", renewal("any", 1'000));
  tell("acme", renewal("any", 1'000'000'000));
  tell("acme", renewal("", 1'000));
  tell("acme", RenewalRuleRemoved{});
  expect("acme", RenewalRuleRemoved{}, Reject::unknown_renewal);
}

TEST_F(Refused, InvoiceOfNothing) {
  expect("acme", InvoiceRequested{""}, Reject::nothing_to_invoice);
  tell("acme", FundsCredited{Money{10'000'000}, ""});
  tell("acme", order("o", "fixed"));
  tell("acme", InvoiceRequested{""});
  expect("acme", InvoiceRequested{""}, Reject::nothing_to_invoice);
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
  for (std::uint8_t n = 1; n <= 38; ++n) {
    const std::string_view name = reject_text(static_cast<Reject>(n));
    EXPECT_FALSE(name.empty()) << int{n};
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace packledger
