// Views of rules and holds in a ledger that has lived a few days of May: whole bodies, as clients
// see them.
#include "wire/rule_views.hpp"

#include "tests/wire/story.hpp"
#include "wire/hold_views.hpp"
#include "wire/views.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

// 5,000 units for the mainland from 05-01, paid with 250 of 10,000.
class RuleViews : public testing::Test {
 protected:
  RuleViews() { order("p", 5'000); }

  void order(std::string_view name, std::int64_t quota) {
    story.tell("05-01 00:00", OrderPlaced{.order = std::string{name},
                                          .product = "cn-custom",
                                          .quota = Units{quota},
                                          .copies = 1,
                                          .pay = Payment::balance});
  }
  void set_alarm(std::string_view name, AlarmKind kind, AlarmThreshold threshold) {
    AlarmRule rule;
    rule.name = name;
    rule.kind = kind;
    if (kind == AlarmKind::balance) rule.pool.clear();
    rule.threshold = std::move(threshold);
    story.tell("05-01 00:00", AlarmRuleSet{std::move(rule)});
  }
  void send(std::string_view when, std::string_view name, std::int64_t units) {
    story.send(when, name, Units{units}, "CN");
  }
  [[nodiscard]] std::string alarm(std::string_view name) const {
    return alarm_view(story.acme(), *story.acme().find_alarm(name), story.last());
  }
  [[nodiscard]] std::string renewal() const { return renewal_view(story.acme(), story.ledger()); }
  [[nodiscard]] std::string hold(std::string_view name) const {
    const Hold* found = story.acme().holds->find(name, story.ledger().recorded_at());
    return found == nullptr ? "" : hold_view(story.acme(), *found, story.last());
  }

  Story story;
};

AlarmThreshold units_from(std::int64_t units) {
  AlarmThreshold threshold;
  threshold.units = Units{units};
  return threshold;
}

// ---- alarms ----

TEST_F(RuleViews, OfAnAlarmTellWhetherItHasFired) {
  set_alarm("low", AlarmKind::total, units_from(1'000));
  EXPECT_EQ(alarm("low"),
            R"({"account":"acme","alarm":"low","pool":"CN","kind":"total",)"
            R"("threshold":{"units":1000},"when":"below","contacts":[],"cooldown":"PT0S",)"
            R"("state":"armed","firings":0,"position":5})");
  send("05-02 00:00", "m-1", 4'001);
  EXPECT_EQ(alarm("low"),
            R"({"account":"acme","alarm":"low","pool":"CN","kind":"total",)"
            R"("threshold":{"units":1000},"when":"below","contacts":[],"cooldown":"PT0S",)"
            R"("state":"fired","firings":1,"fired_at":"2024-05-01T16:00:00.000Z","position":7})");
}

TEST_F(RuleViews, OfAnAlarmPerPackageNameThosePackages) {
  set_alarm("each", AlarmKind::per_package, units_from(100));
  EXPECT_NE(alarm("each").find(R"("state":"armed","firings":0,"fired_packages":[],"position")"),
            std::string::npos)
      << alarm("each");
  order("q", 1'000);
  send("05-02 00:00", "m-1", 5'950);
  EXPECT_NE(alarm("each").find(R"("state":"fired","firings":2,"fired_packages":["p.1","q.1"],)"
                               R"("fired_at":"2024-05-01T16:00:00.000Z")"),
            std::string::npos)
      << alarm("each");
}

TEST_F(RuleViews, OfAnAlarmOfTheEndTellTheForecast) {
  AlarmThreshold soon;
  soon.within = days(3);
  set_alarm("soon", AlarmKind::runs_out_within, soon);
  story.tell("05-02 00:00", RunOutForecast{.pool = "CN",
                                           .runs_out_at = Instant{1'714'802'400'000},
                                           .position = story.last()});
  EXPECT_EQ(alarm("soon"),
            R"({"account":"acme","alarm":"soon","pool":"CN","kind":"runs_out_within",)"
            R"("threshold":{"within":"PT72H"},"when":"below","contacts":[],"cooldown":"PT0S",)"
            R"("state":"fired","firings":1,"fired_at":"2024-05-01T16:00:00.000Z",)"
            R"("runs_out_at":"2024-05-04T06:00:00.000Z","position":7})");
}

TEST_F(RuleViews, OfAllAlarmsAreSortedByName) {
  EXPECT_EQ(alarms_view(story.acme(), story.last()),
            R"({"account":"acme","alarms":[],"position":4})");
  AlarmThreshold poor;
  poor.amount = Money{100'000'000};
  set_alarm("poor", AlarmKind::balance, poor);
  set_alarm("low", AlarmKind::total, units_from(1));
  EXPECT_EQ(alarms_view(story.acme(), story.last()),
            R"({"account":"acme","alarms":[{"alarm":"low","pool":"CN","kind":"total",)"
            R"("threshold":{"units":1},"when":"below","contacts":[],"cooldown":"PT0S",)"
            R"("state":"armed","firings":0},{"alarm":"poor","pool":null,"kind":"balance",)"
            R"("threshold":{"amount":"100","currency":"CNY"},"when":"below","contacts":[],)"
            R"("cooldown":"PT0S","state":"armed","firings":0}],"position":6})");
}

// ---- renewal ----

RenewalRule at_a_thousand() {
  RenewalRule rule;
  rule.threshold = Units{1'000};
  rule.pre_expiry = true;
  rule.quantity = Units{10'000};
  return rule;
}

constexpr std::string_view renewal_of_ten_thousand =
    R"({"account":"acme","enabled":true,"pool":"CN","threshold":1000,"pre_expiry":true,)"
    R"("quantity":10000,"product":"cn-custom","max_per_day":10,"lead":"P10D",)"
    R"("retry_at":"03:00","price":"470","currency":"CNY",)";

TEST_F(RuleViews, OfARenewalTellItsPriceAndWhenItIsNext) {
  story.tell("05-01 00:00", RenewalRuleSet{at_a_thousand()});
  EXPECT_EQ(renewal(), std::string{renewal_of_ten_thousand} +
                           R"("balance":"9750","total":5000,"state":"idle","renewed_today":0,)"
                           R"("next":{"package":"p.1","at":"2026-04-21T16:00:00.000Z"},)"
                           R"("position":5})");
}

TEST_F(RuleViews, OfARenewalCountThoseOfTheDay) {
  story.tell("05-01 00:00", RenewalRuleSet{at_a_thousand()});
  send("05-02 00:00", "m-1", 4'000);
  EXPECT_EQ(renewal(), std::string{renewal_of_ten_thousand} +
                           R"("balance":"9280","total":11000,"state":"idle","renewed_today":1,)"
                           R"("next":{"package":"renewal-7","at":"2026-04-22T16:00:00.000Z"},)"
                           R"("position":7})");
  send("05-02 23:59", "m-2", 1);
  EXPECT_NE(renewal().find(R"("renewed_today":1,)"), std::string::npos);
  send("05-03 00:00", "m-3", 1);
  EXPECT_NE(renewal().find(R"("renewed_today":0,)"), std::string::npos);
}

TEST_F(RuleViews, OfARenewalTellWhatCouldNotBePaid) {
  story.tell("05-01 00:00", RenewalRuleSet{at_a_thousand()});
  story.tell("05-01 00:00", FundsAdjusted{Money{-9'700'000'000}, ""});
  send("05-02 00:00", "m-1", 4'000);
  EXPECT_EQ(renewal(), std::string{renewal_of_ten_thousand} +
                           R"("balance":"50","total":1000,"state":"pending","pending":{)"
                           R"("trigger":"threshold","cause":7,)"
                           R"("retry_at":"2024-05-01T19:00:00.000Z"},"renewed_today":0,)"
                           R"("next":{"package":"p.1","at":"2026-04-21T16:00:00.000Z"},)"
                           R"("position":8})");
}

TEST_F(RuleViews, OfARenewalTellThePackageWhoseEndAsks) {
  RenewalRule rule = at_a_thousand();
  rule.threshold.reset();
  story.tell("05-01 00:00", RenewalRuleSet{rule});
  story.tell("05-01 00:00", FundsAdjusted{Money{-9'700'000'000}, ""});
  // The story's year is 2024; its end is reached by a grant that ends in May.
  PackageGranted gift;
  gift.package = "gift";
  gift.quota = Units{10};
  gift.scope.destinations.countries = {mainland};
  gift.validity = Validity{.months = 36, .rest = {}};
  story.tell("05-01 00:00", gift);
  EXPECT_NE(renewal().find(R"("threshold":null,)"), std::string::npos);
  EXPECT_NE(renewal().find(R"("next":{"package":"gift","at":"2027-04-20T16:00:00.000Z"})"),
            std::string::npos)
      << renewal();
}

TEST_F(RuleViews, OfARenewalThatIsOffHaveNoNext) {
  RenewalRule rule = at_a_thousand();
  rule.enabled = false;
  story.tell("05-01 00:00", RenewalRuleSet{rule});
  EXPECT_EQ(renewal().find(R"("next")"), std::string::npos);
  EXPECT_TRUE(renewal().starts_with(R"({"account":"acme","enabled":false,)"));
}

TEST_F(RuleViews, OfARenewalHaveNoPriceWhereTheBookHasNone) {
  story.tell("05-01 00:00", RenewalRuleSet{at_a_thousand()});
  PriceBook book = story.ledger().books().all().front();
  book.version = "without-custom";
  book.effective_from = instant_at("05-02 00:00");
  std::erase_if(book.products, [](const Product& product) { return product.custom(); });
  book.renewal.reset();
  story.tell("05-02 00:00", PriceBookPublished{book});
  EXPECT_NE(renewal().find(R"("price":null,"currency":"CNY",)"), std::string::npos) << renewal();
}

// ---- contacts ----

TEST_F(RuleViews, OfContactsTellTheirChannels) {
  EXPECT_EQ(contacts_view(story.acme(), story.last()),
            R"({"account":"acme","contacts":[],"position":4})");
  story.tell(
      "05-01 00:00",
      ContactsSet{{{.name = "ops", .channels = {{Channel::sms, "+8613800138000"}}, .topics = {}}}});
  EXPECT_EQ(contacts_view(story.acme(), story.last()),
            R"({"account":"acme","contacts":[{"contact":"ops","channels":[{"channel":"sms",)"
            R"("address":"+8613800138000"}],"topics":["alarm","reminder","renewal","account"]}],)"
            R"("position":5})");
}

// ---- holds ----

HoldPlaced hold_of(std::string_view name, std::int64_t units) {
  return {.hold = std::string{name},
          .units = Units{units},
          .destination = mainland,
          .type = TemplateType::verification,
          .ttl = std::nullopt};
}

constexpr std::string_view first_hold =
    R"("hold":"h1","units":5200,"destination":"CN","template":"verification","state":"held",)"
    R"("lines":[{"package":"p.1","units":5000},{"package":"q.1","units":200}],)"
    R"("placed_at":"2024-05-01T16:00:00.000Z","expires_at":"2024-05-02T16:00:00.000Z")";

TEST_F(RuleViews, OfAHoldTellWhatIsSetAside) {
  order("q", 1'000);
  story.tell("05-02 00:00", hold_of("h1", 5'200));
  EXPECT_EQ(hold("h1"), R"({"account":"acme",)" + std::string{first_hold} + R"(,"position":6})");
  const std::string package = package_view(story.acme(), story.acme().package(PackageId{2}), {});
  EXPECT_NE(package.find(R"("remaining":800,"held":200,"used":0,)"), std::string::npos) << package;
  EXPECT_NE(account_view(story.acme(), {})
                .find(R"({"pool":"CN","mode":"pay_per_use","remaining":800,"held":5200,)"),
            std::string::npos);
}

TEST_F(RuleViews, OfAHoldTellHowItEnded) {
  story.tell("05-02 00:00", hold_of("h1", 10));
  story.tell("05-02 01:00", HoldCaptured{"h1", Units{7}});
  EXPECT_NE(hold("h1").find(R"("state":"captured",)"), std::string::npos);
  EXPECT_NE(hold("h1").find(R"("captured":7,"ended_at":"2024-05-01T17:00:00.000Z","position")"),
            std::string::npos)
      << hold("h1");
  story.tell("05-02 01:00", hold_of("h2", 10));
  story.tell("05-02 01:00", HoldReleased{"h2"});
  EXPECT_NE(hold("h2").find(R"("state":"released",)"), std::string::npos);
  EXPECT_EQ(hold("h2").find(R"("captured")"), std::string::npos);
  story.tell("05-02 02:00", hold_of("h3", 10));
  story.tell("05-03 02:00", FundsCredited{Money{1}, ""});
  EXPECT_NE(hold("h3").find(R"("state":"expired",)"), std::string::npos);
  EXPECT_NE(hold("h3").find(R"("ended_at":"2024-05-02T18:00:00.000Z")"), std::string::npos);
}

std::string holds_in(const std::string& page) {
  constexpr std::string_view key = R"({"hold":")";
  std::string names;
  for (std::size_t at = page.find(key); at != std::string::npos; at = page.find(key, at + 1)) {
    const std::size_t from = at + key.size();
    names += page.substr(from, page.find('"', from) - from) + " ";
  }
  return names;
}

TEST_F(RuleViews, PageThroughTheHoldsThatAreOpen) {
  const auto page = [&](HoldsQuery query) { return holds_page(story.acme(), query, story.last()); };
  EXPECT_EQ(page({}), R"({"account":"acme","holds":[],"position":4})");
  for (const std::string_view name : {"h1", "h2", "h3", "h4"}) {
    story.tell("05-02 00:00", hold_of(name, 1));
  }
  story.tell("05-02 00:00", HoldReleased{"h2"});
  EXPECT_EQ(holds_in(page({})), "h1 h3 h4 ");
  const std::string first = page({.after = {}, .limit = 2});
  EXPECT_EQ(holds_in(first), "h1 h3 ");
  EXPECT_TRUE(first.ends_with(R"(],"position":9,"next_cursor":"h7"})")) << first;
  const std::string second = page({.after = parse_holds_cursor("h7").value(), .limit = 2});
  EXPECT_EQ(holds_in(second), "h4 ");
  EXPECT_EQ(second.find("next_cursor"), std::string::npos);
  EXPECT_EQ(page({.after = {}, .limit = 3}).find("next_cursor"), std::string::npos);
}

TEST(HoldsCursor, IsOnlyWhatAPageGave) {
  EXPECT_EQ(parse_holds_cursor("h7"), Sequence{7});
  for (const std::string_view text :
       {"", "h", "h0", "7", "h-1", "h7x", "h7 ", "p7", "h9223372036854775808"}) {
    EXPECT_FALSE(parse_holds_cursor(text)) << text;
  }
}

}  // namespace
}  // namespace packledger::wire_tests
