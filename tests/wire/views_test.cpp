// Views of a ledger that has lived a few days of May: whole bodies, as clients see them.
#include "wire/views.hpp"

#include "tests/wire/story.hpp"
#include "wire/send_view.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace packledger::wire_tests {
namespace {

OrderPlaced order_of(std::string_view name, std::string_view product) {
  return {.order = std::string{name},
          .product = std::string{product},
          .quota = std::nullopt,
          .copies = 1,
          .pay = Payment::balance};
}

// A from 05-01, B from 05-10, both for Thailand; one send that A and B pay, one that money pays.
class Views : public testing::Test {
 protected:
  Views() {
    story.tell("05-01 00:00", order_of("a", "th-10k-1m"));
    story.send("05-09 23:59", "m-1", Units{9'999});
    story.tell("05-10 00:00", order_of("b", "th-50k-1m"));
    story.send("05-10 00:00", "m-2", Units{3});
    story.send("05-10 12:00", "m-3", Units{5}, "CN");
  }
  // An order of two copies that nobody has paid, and two units given back.
  void go_on() {
    OrderPlaced waiting = order_of("c", "cn-custom");
    waiting.quota = Units{1'000};
    waiting.copies = 2;
    waiting.pay = Payment::external;
    story.tell("05-11 00:00", std::move(waiting));
    story.tell("05-11 01:00", SendReversed{"m-2", "r-1", Units{2}});
  }
  [[nodiscard]] std::string package(std::string_view name) const {
    return package_view(story.acme(), *story.acme().find_package(name), story.last());
  }

  Story story;
};

constexpr std::string_view thai_month =
    R"("destinations":["TH"],"templates":["verification","notification","promotion"],)"
    R"("mode":"pay_per_use","priority":100)";

TEST_F(Views, OfAnAccount) {
  EXPECT_EQ(account_view(story.acme(), story.last()),
            R"({"account":"acme","balance":"4149.675","currency":"CNY","status":"active",)"
            R"("opened_at":"2024-04-30T16:00:00.000Z","pools":[{"pool":"TH",)"
            R"("mode":"pay_per_use","remaining":49998,"held":0,"quota":60000}],"zone":"+08:00",)"
            R"("order":"effective_first","late_window":"PT72H","acceptance_window":"PT72H",)"
            R"("reversal_window":"PT96H","order_ttl":"PT24H","overdue_grace":"PT0S",)"
            R"("prepaid_strict":false,"absorb_overage":"none","reminders":["P7D"],)"
            R"("modes":{"TH":"pay_per_use"},"totals":{"credited":"10000","refunded":"0",)"
            R"("purchased":"5850","charged":"0.325","currency":"CNY"},)"
            R"("counters":[{"group":"industry","month":"2024-05","position":5}],"position":8})");
}

TEST_F(Views, OfAnAccountTellHowItStands) {
  const auto view = [&] { return account_view(story.acme(), story.last()); };
  story.tell("05-11 00:00", AccountSettingsSet{{.zone = {},
                                                .order = {},
                                                .late_window = {},
                                                .acceptance_window = {},
                                                .reversal_window = {},
                                                .order_ttl = {},
                                                .overdue_grace = hours(12),
                                                .prepaid_strict = {},
                                                .absorb_overage = {},
                                                .reminders = {}}});
  story.tell("05-11 00:00", FundsAdjusted{Money{-5'000'000'000}, ""});
  EXPECT_NE(view().find(R"("status":"overdue","overdue_at":"2024-05-10T16:00:00.000Z",)"
                        R"("suspends_at":"2024-05-11T04:00:00.000Z","opened_at")"),
            std::string::npos)
      << view();
  story.tell("05-11 12:00", FundsCredited{Money{1}, ""});
  EXPECT_NE(view().find(R"("status":"suspended","overdue_at":"2024-05-10T16:00:00.000Z",)"),
            std::string::npos)
      << view();
  EXPECT_NE(view().find(R"("suspended_at":"2024-05-11T04:00:00.000Z","opened_at")"),
            std::string::npos)
      << view();
  EXPECT_NE(balance_message(story.acme(), {.type = BalanceMessage::change}, story.last())
                .find(R"("status":"suspended","pools")"),
            std::string::npos);
  story.tell("05-11 13:00", FundsCredited{Money{5'000'000'000}, ""});
  EXPECT_NE(view().find(R"("status":"active","opened_at")"), std::string::npos) << view();
}

TEST_F(Views, OfAPackage) {
  EXPECT_EQ(package("a.1"),
            R"({"account":"acme","package":"a.1","pool":"TH","order":"a","product":"th-10k-1m",)"
            R"("quota":10000,"remaining":0,"held":0,"used":10000,"forfeited":0,"refunded":0,)"
            R"("effective_at":"2024-04-30T16:00:00.000Z",)"
            R"("expires_at":"2024-05-31T16:00:00.000Z","state":"used_up",)" +
                std::string{thai_month} +
                R"(,"price_paid":"1100","currency":"CNY","rank":null,"position":8})");
  EXPECT_NE(package("b.1").find(R"("rank":1,"position":8})"), std::string::npos);
}

TEST_F(Views, OfAPackageAfterItsEnd) {
  story.tell("06-10 00:00", FundsCredited{Money{1}, ""});
  EXPECT_NE(package("b.1").find(R"("remaining":0,"held":0,"used":2,"forfeited":49998,)"),
            std::string::npos)
      << package("b.1");
  EXPECT_NE(package("b.1").find(R"("state":"expired_grace")"), std::string::npos);
  EXPECT_NE(package("b.1").find(R"("rank":null)"), std::string::npos);
}

TEST_F(Views, OfAnOrderThatIsPaid) {
  const std::string view = order_view(story.acme(), *story.acme().find_order("a"), story.last());
  EXPECT_TRUE(view.starts_with(
      R"({"account":"acme","order":"a","product":"th-10k-1m","pay":"balance","status":"paid",)"
      R"("quota":10000,"copies":1,"price":"1100","currency":"CNY",)"
      R"("placed_at":"2024-04-30T16:00:00.000Z","paid_at":"2024-04-30T16:00:00.000Z",)"
      R"("packages":[{"package":"a.1",)"))
      << view;
}

TEST_F(Views, OfAnOrderThatWaits) {
  go_on();
  const std::string view = order_view(story.acme(), *story.acme().find_order("c"), story.last());
  EXPECT_TRUE(view.starts_with(
      R"({"account":"acme","order":"c","product":"cn-custom","pay":"external",)"
      R"("status":"pending_payment","quota":1000,"copies":2,"price":"100","currency":"CNY",)"
      R"("placed_at":"2024-05-10T16:00:00.000Z","times_out_at":"2024-05-11T16:00:00.000Z",)"
      R"("packages":[{"package":"c.1","pool":"CN","order":"c","product":"cn-custom",)"
      R"("quota":1000,"remaining":0,"held":0,"used":0,"forfeited":0,"refunded":0,)"
      R"("effective_at":null,"expires_at":null,"state":"pending_payment",)"))
      << view;
}

// ---- pages ----

std::string names_in(const std::string& page) {
  constexpr std::string_view key = R"({"package":")";
  std::string names;
  for (std::size_t at = page.find(key); at != std::string::npos; at = page.find(key, at + 1)) {
    const std::size_t from = at + key.size();
    names += page.substr(from, page.find('"', from) - from) + " ";
  }
  return names;
}

TEST_F(Views, PageThroughPackages) {
  go_on();
  const auto page = [&](PackagesQuery query) {
    return packages_page(story.acme(), query, story.last());
  };
  EXPECT_EQ(names_in(page({})), "a.1 b.1 c.1 c.2 ");
  const std::string first = page({.limit = 3});
  EXPECT_EQ(names_in(first), "a.1 b.1 c.1 ");
  EXPECT_TRUE(first.ends_with(R"(],"position":10,"next_cursor":"p3"})")) << first;
  const std::string second = page({.after = parse_packages_cursor("p3").value(), .limit = 3});
  EXPECT_EQ(names_in(second), "c.2 ");
  EXPECT_TRUE(second.ends_with(R"(],"position":10})")) << second;
  // A page that ends with the last one has no next.
  EXPECT_EQ(page({.limit = 4}).find("next_cursor"), std::string::npos);
}

TEST_F(Views, ListThePackagesThatMatchEveryFilter) {
  go_on();
  const auto names = [&](PackagesQuery query) {
    return names_in(packages_page(story.acme(), query, story.last()));
  };
  EXPECT_EQ(names({.state = PackageState::pending_payment}), "c.1 c.2 ");
  EXPECT_EQ(names({.pool = "TH"}), "a.1 b.1 ");
  EXPECT_EQ(names({.product = "th-50k-1m"}), "b.1 ");
  EXPECT_EQ(names({.order = "c"}), "c.1 c.2 ");
  EXPECT_EQ(names({.state = PackageState::active, .pool = "CN"}), "");
  // The next page of a filtered list begins behind the last that matched.
  EXPECT_NE(packages_page(story.acme(), {.order = "c", .limit = 1}, story.last())
                .find(R"("next_cursor":"p3")"),
            std::string::npos);
}

TEST(PackagesCursor, IsOnlyWhatAPageGave) {
  EXPECT_EQ(parse_packages_cursor("p1"), PackageId{1});
  for (const std::string_view text :
       {"", "p", "p0", "1", "p-1", "p1x", "p1 ", "q1", "p1000001", "p18446744073709551616"}) {
    EXPECT_FALSE(parse_packages_cursor(text)) << text;
  }
}

TEST(PackageStateText, IsReadBack) {
  EXPECT_EQ(parse_package_state("used_up"), PackageState::used_up);
  EXPECT_EQ(parse_package_state("refunded"), PackageState::refunded);
  EXPECT_FALSE(parse_package_state(""));
  EXPECT_FALSE(parse_package_state("Active"));
}

// ---- one send ----

TEST_F(Views, OfASendTellEveryLineAndWhatWasReversed) {
  go_on();
  EXPECT_EQ(send_view(story.acme(), story.sent("m-2"), story.last()),
            R"({"account":"acme","send":"m-2","result":"recorded","units":3,"destination":"TH",)"
            R"("template":"verification","billable":true,)"
            R"("occurred_at":"2024-05-09T16:00:00.000Z",)"
            R"("recorded_at":"2024-05-09T16:00:00.000Z","recorded_position":7,)"
            R"("lines":[{"package":"a.1","units":1},{"package":"b.1","units":2}],"payg":[],)"
            R"("reversed":2,"reversals":[{"reversal":"r-1","units":2,"position":10}],)"
            R"("reversible_until":"2024-05-13T16:00:00.000Z",)"
            R"("not_paid":[{"package":"c.1","why":"unpaid"},{"package":"c.2","why":"unpaid"}],)"
            R"("position":10})");
}

TEST_F(Views, OfASendTellWhyTheOthersDidNotPay) {
  const auto not_paid = [&](std::string_view name) {
    const std::string view = send_view(story.acme(), story.sent(name), story.last());
    const std::size_t from = view.find(R"("not_paid")");
    return view.substr(from, view.find(R"(,"position")", from) - from);
  };
  EXPECT_EQ(not_paid("m-1"), R"("not_paid":[{"package":"b.1","why":"not_yet_effective"}])");
  EXPECT_EQ(not_paid("m-3"), R"("not_paid":[{"package":"a.1","why":"destination"},)"
                             R"({"package":"b.1","why":"destination"}])");
  story.send("05-11 00:00", "m-4", Units{1});
  EXPECT_EQ(not_paid("m-4"), R"("not_paid":[{"package":"a.1","why":"used_up"}])");
  story.send("06-01 00:00", "m-5", Units{1});
  EXPECT_EQ(not_paid("m-5"), R"("not_paid":[{"package":"a.1","why":"expired"}])");
}

TEST_F(Views, OfASendTellAPackageThatWasNotNeeded) {
  story.tell("05-11 00:00", order_of("d", "th-10k-1m"));
  story.send("05-11 00:00", "m-4", Units{1});
  EXPECT_NE(send_view(story.acme(), story.sent("m-4"), story.last())
                .find(R"({"package":"d.1","why":"not_needed"})"),
            std::string::npos);
}

// ---- watching ----

TEST_F(Views, OfTheBalancesAreAMessage) {
  EXPECT_EQ(balance_message(story.acme(), {.type = BalanceMessage::snapshot}, story.last()),
            R"({"type":"snapshot","account":"acme","position":8,"balance":"4149.675",)"
            R"("currency":"CNY","status":"active","pools":[{"pool":"TH","mode":"pay_per_use",)"
            R"("remaining":49998,"held":0,"quota":60000}],"packages":[)"
            R"({"package":"a.1","remaining":0,"held":0,"state":"used_up"},)"
            R"({"package":"b.1","remaining":49998,"held":0,"state":"active"}]})");
  const std::string change =
      balance_message(story.acme(), {.type = BalanceMessage::change, .gap = true}, story.last());
  EXPECT_TRUE(change.starts_with(R"({"type":"change",)")) << change;
  EXPECT_TRUE(change.ends_with(R"("gap":true})")) << change;
}

}  // namespace
}  // namespace packledger::wire_tests
