// What leaves int64, or goes beyond what one account may have, is refused and never wraps (rules §1
// R9): each row says what was asked before and what is refused. And corners that random lives do
// not come to.
#include "ledger/rules.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr Currency yuan{{'C', 'N', 'Y'}};
constexpr Country thailand{{'T', 'H'}};
constexpr Country indonesia{{'I', 'D'}};
constexpr Country vietnam{{'V', 'N'}};

Product product(const std::string& name, std::int64_t price_micros) {
  Product made;
  made.name = name;
  made.scope.destinations.countries = {mainland};
  made.quota_min = made.quota_max = Units{1'000};
  made.price = Money{price_micros};
  made.validity.months = 1;
  made.refund = RefundPolicy::unused_only;
  return made;
}

// A custom product: so much per unit.
Product per_unit(const std::string& name, std::int64_t price_micros) {
  Product made = product(name, 0);
  made.quota_min = Units{1'000};
  made.quota_max = Units{most};
  made.bands = {{Units{1'000}, Price{price_micros}}};
  return made;
}

Tariff tariff(Country country, std::vector<Tier> tiers, TierMode mode = TierMode::graduated) {
  Tariff made;
  made.scope.destinations.countries = {country};
  made.mode = mode;
  made.counts_packages = mode == TierMode::volume;
  made.tiers = std::move(tiers);
  return made;
}

PriceBook shop() {
  PriceBook book;
  book.version = "shop";
  book.currency = yuan;
  Product far = product("far", 1);
  far.activation_delay = instant_max - instant("2024-06-01T00:00:00Z");
  Product morning = product("morning", 1);
  morning.validity = {0, hours(9)};
  book.products = {product("fixed", 5'000'000),
                   product("free", 0),
                   product("dear", most),
                   per_unit("twice", most / 1'000 + 1),
                   far,
                   morning};
  book.renewal.emplace();
  book.renewal->product = "fixed";
  const std::optional<Units> first{Units{100}};
  book.tariffs = {
      tariff(thailand, {Tier{{}, Price{most}}}),
      tariff(indonesia, {Tier{Units{1}, Price{most}}, Tier{{}, Price{most}}}),
      tariff(vietnam, {Tier{first, Price{1}}, Tier{{}, Price{most}}}, TierMode::volume),
      tariff(mainland, {Tier{first, Price{1}}, Tier{{}, Price{most / 100}}}, TierMode::volume)};
  return book;
}

SendRecorded send(const std::string& name, std::int64_t units, Country country) {
  SendRecorded made;
  made.send = name;
  made.units = Units{units};
  made.destination = country;
  return made;
}

OrderPlaced order(const std::string& name, const std::string& of, Payment pay = Payment::balance) {
  OrderPlaced placed;
  placed.order = name;
  placed.product = of;
  placed.pay = pay;
  return placed;
}

PackageGranted grant(const std::string& name, std::int64_t quota,
                     std::vector<Country> countries = {mainland}) {
  PackageGranted made;
  made.package = name;
  made.quota = Units{quota};
  made.scope.destinations.countries = std::move(countries);
  made.expires_at = instant("2024-06-01T00:00:00Z");
  return made;
}

HoldPlaced hold(const std::string& name, std::int64_t units, Country country) {
  HoldPlaced placed;
  placed.hold = name;
  placed.units = Units{units};
  placed.destination = country;
  return placed;
}

RenewalRuleSet renewal(const std::string& of, std::int64_t quantity = 1'000) {
  RenewalRule rule;
  rule.pool = renewal_pool;
  rule.pre_expiry = true;
  rule.quantity = Units{quantity};
  rule.product = of;
  return {rule};
}

class Extremes : public testing::Test {
 protected:
  Extremes() : desk(instant("2024-05-01T00:30:00Z")) {
    tell("", PriceBookPublished{shop()});
    open("acme");
  }

  void open(const std::string& name, Duration grace = days(30), Currency currency = yuan) {
    AccountOpened opened;
    opened.name = name;
    opened.currency = currency;
    opened.settings.overdue_grace = grace;
    tell("", opened);
  }
  void tell(std::string_view name, What what) {
    const auto decided = desk.ask(name, std::move(what));
    ASSERT_TRUE(decided.has_value()) << code_of(decided);
  }
  void credit(std::int64_t micros) { tell("acme", FundsCredited{Money{micros}, ""}); }
  void refused(What what, Reject wanted, std::string_view account = "acme") {
    EXPECT_EQ(code_of(desk.ask(account, std::move(what))), reject_text(wanted));
  }
  void overflows(What what) { refused(std::move(what), Reject::amount_overflow); }

  Desk desk;
};

// ---- money that leaves int64 ----

TEST_F(Extremes, OfABalance) {
  credit(most);
  overflows(FundsCredited{Money{1}, ""});
  tell("acme", send("s", 1, mainland));
  overflows(FundsCredited{Money{1}, ""});  // the balance would fit, what was ever credited not
  tell("acme", FundsAdjusted{Money{-most}, ""});
  tell("acme", FundsAdjusted{Money{-most}, ""});
  overflows(send("more", 1, thailand));
}

TEST_F(Extremes, OfWhatAPackageCosts) {
  OrderPlaced many = order("o", "twice", Payment::external);
  many.quota = Units{1'000};
  overflows(many);
  credit(most);
  tell("acme", order("o", "dear"));
  overflows(order("p", "fixed"));  // more than int64 has ever been bought for
}

TEST_F(Extremes, OfWhatASendCosts) {
  tell("acme", send("dear", 1, thailand));
  overflows(send("two", 2, thailand));
  overflows(send("tiers", 2, indonesia));  // each tier fits, both together do not
}

TEST_F(Extremes, OfAMonthThatMovesToAnotherPrice) {
  tell("acme", send("first", 100, vietnam));
  overflows(send("more", 1, vietnam));
  tell("acme", grant("V", 10, {vietnam}));
  tell("acme", hold("h", 5, vietnam));
  overflows(HoldCaptured{"h", Units{5}});
  // What it comes to fits, but not on top of what was charged already.
  tell("acme", send("home", 100, mainland));
  tell("acme", grant("C", 10));
  tell("acme", hold("i", 5, mainland));
  overflows(HoldCaptured{"i", Units{5}});
  tell("acme", HoldReleased{"i"});
}

// What was credited and refunded together goes beyond int64 here, and the balance does not.
TEST_F(Extremes, OfWhatIsGivenBack) {
  credit(most);
  tell("acme", send("dear", 1, thailand));
  tell("acme", SendReversed{"dear", "r", Units{1}});
  tell("acme", order("o", "fixed"));
  overflows(PackageRefunded{"o.1", ""});
  open("other");
  tell("other", FundsCredited{Money{most}, ""});
  tell("other", order("o", "dear"));
  tell("other", PackageRefunded{"o.1", ""});
  tell("other", send("one", 1, mainland));
  refused(SendReversed{"one", "r", Units{1}}, Reject::amount_overflow, "other");
}

TEST_F(Extremes, OfAnInvoice) {
  for (const char* const name : {"o", "p"}) {
    tell("acme", order(name, "dear", Payment::external));
    tell("acme", OrderPaid{name, ""});
  }
  overflows(InvoiceRequested{""});
}

TEST_F(Extremes, OfARenewal) {
  overflows(renewal("twice"));  // its full price
  PriceBook raised = shop();
  raised.version = "raised";
  raised.renewal->discount_bp = 20'000;
  tell("", PriceBookPublished{raised});
  overflows(renewal("dear"));
  raised = shop();
  raised.version = "again";
  tell("", PriceBookPublished{raised});
  refused(renewal("far"), Reject::invalid_expires_at);
  tell("acme", renewal("fixed"));
  EXPECT_EQ(renewal_price(desk.ledger(), desk.account("acme")), Money{5'000'000});
  credit(most);
  tell("acme", order("o", "dear"));
  EXPECT_EQ(renewal_price(desk.ledger(), desk.account("acme")), std::nullopt);
  overflows(renewal("fixed"));  // on top of what was bought
}

// ---- as many as an account may have ----

TEST_F(Extremes, OfPackages) {
  credit(10'000'000);
  tell("acme", grant("A", 1));
  tell("acme", renewal("fixed"));
  Account full = desk.account("acme");
  full.renewal->rule.threshold = Units{1};
  full.packages.resize(packages_per_account_max);
  const auto none = Reject::packages_max_reached;
  EXPECT_EQ(code_of(decide_grant(full, grant("more", 1), desk.now())), reject_text(none));
  const auto ordered = decide_order(desk.ledger(), full, order("o", "fixed"), desk.now());
  EXPECT_EQ(code_of(ordered), reject_text(none));
  Aftermath after;
  after.at = desk.now();
  after.renewal_set = true;
  const auto due = due_renewal(desk.ledger(), full, after);
  ASSERT_TRUE(due.has_value());
  const auto failed = decide_failed(desk.ledger(), full, std::get<RenewalFailed>(*due));
  EXPECT_EQ(std::get<RenewalFailure>(*failed).reason, none);
}

TEST_F(Extremes, OfLinesOfAnInvoice) {
  credit(most);
  for (std::size_t i = 0; i <= invoice_lines_max; ++i)
    tell("acme", order("o" + std::to_string(i), "fixed"));
  const auto first = desk.ask("acme", InvoiceRequested{""});
  EXPECT_EQ(std::get<InvoiceDecision>(*first).lines.size(), invoice_lines_max);
  EXPECT_TRUE(std::get<InvoiceDecision>(*first).more);
  const auto second = desk.ask("acme", InvoiceRequested{""});
  EXPECT_EQ(std::get<InvoiceDecision>(*second).lines.size(), 1U);
  EXPECT_FALSE(std::get<InvoiceDecision>(*second).more);
}

// ---- corners ----

class Corners : public Extremes {};

TEST_F(Corners, AMonthThatCameToNothingHasNoLine) {
  credit(10'000'000);
  tell("acme", send("s", 10, mainland));
  tell("acme", SendReversed{"s", "r", Units{10}});
  tell("acme", order("o", "fixed"));
  desk.advance(instant("2024-06-02T00:00:00Z"));
  const auto invoice = desk.ask("acme", InvoiceRequested{""});
  EXPECT_EQ(std::get<InvoiceDecision>(*invoice).lines.size(), 1U);
}

TEST_F(Corners, WhatCostNothingIsRefundedWithoutALine) {
  tell("acme", order("o", "free"));
  tell("acme", PackageRefunded{"o.1", ""});
  EXPECT_TRUE(desk.account("acme").invoicing->paid.empty());
}

TEST_F(Corners, AnAccountWithoutABookHasNoRenewal) {
  open("dollars", {}, Currency{{'U', 'S', 'D'}});
  refused(renewal(""), Reject::unknown_product, "dollars");
}

// Until nine o'clock of the day on which it is paid, by the clock of the zone.
TEST_F(Corners, AMorningThatIsOverWhenItIsPaid) {
  AccountSettingsSet same_day;
  same_day.settings.absorb_overage = AbsorbOverage::same_day;
  tell("acme", same_day);
  tell("acme", order("o", "morning", Payment::external));
  desk.advance(instant("2024-05-01T01:00:00Z"));  // nine o'clock in China
  refused(OrderPaid{"o", ""}, Reject::invalid_expires_at);
}

TEST_F(Corners, APackageThatEndsNowAndWasNotYetEnded) {
  credit(10'000'000);
  tell("acme", order("o", "fixed"));
  desk.jump(instant("2024-06-01T00:30:00Z"), 0);
  const auto tried = desk.try_out("acme", PackageRefunded{"o.1", ""});
  EXPECT_EQ(code_of(tried), reject_text(Reject::not_refundable));
}

// A window that is widened twice counts the narrowest of what it was while any of it is remembered.
TEST_F(Corners, AWindowThatIsWidenedTwice) {
  for (const int wide : {10, 20}) {
    AccountSettingsSet wider;
    wider.settings.acceptance_window = days(wide);
    tell("acme", wider);
  }
  SendRecorded late = send("late", 1, mainland);
  late.occurred_at = instant("2024-04-27T00:00:00Z");  // four days ago
  refused(late, Reject::too_old);
}

TEST_F(Corners, TheNarrowestModeCounts) {
  tell("acme", grant("C", 1));
  tell("acme", grant("CT", 1, {mainland, thailand}));
  tell("acme", ServiceModeSet{
                   {{"CN", OverageMode::stop_before_excess}, {"CN+TH", OverageMode::pay_per_use}}});
  refused(send("s", 3, mainland), Reject::quota_exhausted);
  tell("acme", send("s", 1, thailand));
}

// A client's clock may be some minutes ahead: its send occurs when it is recorded, and what starts
// in between does not pay for it.
TEST_F(Corners, APackageThatStartsBeforeTheSendIsSaidToOccur) {
  PackageGranted soon = grant("A", 10);
  soon.effective_at = desk.now() + minutes(3);
  tell("acme", soon);
  SendRecorded ahead = send("s", 4, mainland);
  ahead.occurred_at = desk.now() + minutes(4);
  tell("acme", ahead);
  EXPECT_EQ(desk.account("acme").charged, Money{4});
  EXPECT_EQ(desk.account("acme").packages.front().remaining, Units{10});
}

// What was ordered and not paid, or given back, does not keep a package from being renewed.
TEST_F(Corners, OnlyWhatIsPaidEndsLater) {
  credit(20'000'000);
  tell("acme", order("first", "fixed"));
  tell("acme", renewal("fixed"));
  desk.advance(instant("2024-05-20T00:00:00Z"));
  tell("acme", order("given-back", "fixed"));
  tell("acme", PackageRefunded{"given-back.1", ""});
  tell("acme", order("unpaid", "fixed", Payment::external));
  desk.advance(instant("2024-05-22T00:30:00Z"));
  EXPECT_TRUE(desk.account("acme").packages.back().terms.name.starts_with("renewal-"));
}

TEST_F(Corners, NamesLikeThoseOfRenewals) {
  refused(grant("renewal-7", 1), Reject::reserved_name);
  for (const char* const name : {"renewal-", "renewal-7a", "renewal-7.", "renewal"})
    tell("acme", grant(name, 1));
}

TEST_F(Corners, AHoldWhoseNameIsUsedAgain) {
  tell("acme", grant("A", 10));
  tell("acme", hold("h", 1, mainland));
  tell("acme", HoldReleased{"h"});
  EXPECT_EQ(desk.account("acme").holds->find(Sequence{9'999}), nullptr);
  desk.advance(desk.now() + hold_memory);
  tell("acme", hold("h", 2, mainland));
  tell("acme", HoldReleased{"h"});
  refused(HoldReleased{"h"}, Reject::hold_released);
}

}  // namespace
}  // namespace packledger
