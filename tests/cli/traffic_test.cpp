#include "app/cli/traffic_plan.hpp"
#include "app/cli/traffic_sums.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace packledger::cli {
namespace {

std::vector<TrafficProduct> two_products() {
  return {{.name = "th", .home = "TH", .quota_min = 100, .quota_max = 100, .stops = false},
          {.name = "cn", .home = "CN", .quota_min = 1'000, .quota_max = 9'000, .stops = false}};
}

TrafficSize small() { return {.accounts = 50, .sends = 5'000, .days = 3, .seed = 7}; }

std::vector<TrafficSend> month_of(TrafficPlan& plan) {
  std::vector<TrafficSend> all;
  for (std::int64_t hour = 0; hour < plan.hours(); ++hour) {
    const auto sends = plan.sends_of_hour(hour, Instant{hour * 3'600'000});
    all.insert(all.end(), sends.begin(), sends.end());
  }
  return all;
}

TEST(Traffic, TheDiceNeverChange) {
  Dice dice{7};  // splitmix64, as published
  EXPECT_EQ(dice.next(), 7'191'089'600'892'374'487ULL);
  EXPECT_EQ(Dice{0}.next(), 16'294'208'416'658'607'535ULL);
}

TEST(Traffic, TheSameSeedMakesTheSameMonth) {
  TrafficPlan one{small(), "t-", two_products()};
  TrafficPlan two{small(), "t-", two_products()};
  const auto first = month_of(one);
  const auto second = month_of(two);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].name, second[i].name);
    EXPECT_EQ(first[i].occurred_at, second[i].occurred_at);
    EXPECT_EQ(first[i].account, second[i].account);
  }
  TrafficSize other = small();
  other.seed = 8;
  TrafficPlan three{other, "t-", two_products()};
  const auto third = month_of(three);
  EXPECT_NE(first.front().occurred_at, third.front().occurred_at);
}

TEST(Traffic, TheMonthHasWhatRealOnesHave) {
  TrafficPlan plan{small(), "t-", two_products()};
  const auto sends = month_of(plan);
  EXPECT_EQ(sends.size(), 5'000U);
  std::set<std::string> names;
  std::size_t late = 0;
  for (const TrafficSend& send : sends) {
    names.insert(send.name);
    EXPECT_GE(send.units, 1);
    EXPECT_LE(send.units, 8);
    EXPECT_LT(send.account, 50U);
    if (send.occurred_at < Instant{0}) ++late;
  }
  EXPECT_NEAR(static_cast<double>(sends.size() - names.size()), 50.0, 30.0);  // come twice
  EXPECT_GT(late, 0U);
  for (const TrafficAccount& account : plan.accounts()) {
    EXPECT_GE(account.purchases.size(), 1U);
    EXPECT_LE(account.purchases.size(), 4U);
  }
}

TEST(Traffic, CampaignsHoldAndRulesChangeNothingElse) {
  TrafficPlan plan{small(), "t-", two_products()};
  TrafficPlan without{small(), "t-", two_products()};
  std::map<TrafficHold::End, int> ends;
  std::set<std::string> names;
  for (std::int64_t hour = 0; hour < 2'000; ++hour) {
    for (const TrafficHold& hold : plan.holds_of_hour()) {
      EXPECT_TRUE(names.insert(hold.name).second);
      EXPECT_LT(hold.account, 50U);
      EXPECT_GE(hold.used, 1);
      EXPECT_LE(hold.used, hold.units);
      ++ends[hold.end];
    }
  }
  EXPECT_NEAR(static_cast<double>(names.size()), 300.0, 60.0);
  EXPECT_EQ(ends.size(), 3U);
  // Who holds what has no say in who sends what.
  const auto sends = month_of(plan);
  const auto others = month_of(without);
  ASSERT_EQ(sends.size(), others.size());
  for (std::size_t i = 0; i < sends.size(); ++i) EXPECT_EQ(sends[i].units, others[i].units);
}

TEST(Traffic, OnlyMainlandAccountsWatchAndRenew) {
  TrafficSize many = small();
  many.accounts = 1'000;
  const TrafficPlan plan{many, "t-", two_products()};
  int alarmed = 0;
  int renewing = 0;
  for (const TrafficAccount& account : plan.accounts()) {
    if (account.home != "CN") EXPECT_FALSE(account.alarmed || account.renews) << account.name;
    alarmed += account.alarmed ? 1 : 0;
    renewing += account.renews ? 1 : 0;
  }
  EXPECT_GT(alarmed, renewing);
  EXPECT_GT(renewing, 0);
}

TEST(Traffic, NobodyBuysMoreThanAProductHas) {
  TrafficSize many = small();
  many.accounts = 1'000;
  const TrafficPlan plan{many, "t-", two_products()};
  for (const TrafficAccount& account : plan.accounts()) {
    for (const TrafficPurchase& purchase : account.purchases) {
      EXPECT_LE(purchase.quota, plan.products()[purchase.product].quota_max);
    }
  }
}

JsonDocument json(std::string_view text) {
  auto document = parse_json(text);
  EXPECT_TRUE(document) << text;
  return *std::move(document);
}

TEST(Traffic, SumsComeFromTheAnswers) {
  TrafficSums sums;
  const auto recorded = json(R"({"result":"recorded","lines":[{"package":"a.1","units":2}],)"
                             R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.396"}]})");
  ASSERT_TRUE(sums.add_send(recorded.root()));
  const auto rejected = json(R"({"result":"rejected","code":"quota_exhausted"})");
  ASSERT_TRUE(sums.add_send(rejected.root()));
  const auto back = json(R"({"lines":[{"package":"a.1","units":1,"to":"remaining"}],)"
                         R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.396"}]})");
  ASSERT_TRUE(sums.add_reversal(back.root()));
  EXPECT_EQ(sums.recorded, 1);
  EXPECT_EQ(sums.rejected["quota_exhausted"], 1);
  EXPECT_EQ(sums.package_units, 1);
  EXPECT_EQ(sums.payg_units, 0);
  EXPECT_EQ(money_text(sums.charged), "0.396");
  EXPECT_EQ(money_text(sums.refunded), "0.396");
}

TEST(Traffic, AChargeThatIsNotUnitsTimesPriceIsNoAnswer) {
  TrafficSums sums;
  const auto wrong = json(R"({"result":"recorded","lines":[],)"
                          R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.4"}]})");
  EXPECT_FALSE(sums.add_send(wrong.root()));
}

TEST(Traffic, WhatDoesNotAddUpIsNamed) {
  TrafficState state;
  std::vector<std::string> wrong;
  const auto package =
      json(R"({"package":"a.1","state":"active","quota":10,"remaining":5,"used":4,"forfeited":0})");
  state.add_package("acme", package.root(), wrong);
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0], "acme a.1: the quota is 10 but its parts are 9");
  const auto account =
      json(R"({"account":"acme","balance":"5","totals":{"credited":"10","refunded":"0",)"
           R"("purchased":"4","charged":"0"}})");
  state.add_account(account.root(), wrong);
  ASSERT_EQ(wrong.size(), 2U);
  compare(TrafficSums{}, state, wrong);
  EXPECT_EQ(wrong.size(), 6U);  // quota, used, credited, purchased
}

}  // namespace
}  // namespace packledger::cli
