// An explanation adds up what the entries of an account did; it must come to what the ledger says,
// and to nothing else.
#include "query/explanation.hpp"

#include "tests/query/lived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace packledger {
namespace {

using query_tests::everybody;
using query_tests::first_of_may;
using query_tests::hold;
using query_tests::Lived;
using query_tests::order;
using query_tests::send;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr AccountId acme{1};

Money cny(std::int64_t whole) { return Money{whole * 1'000'000}; }

SendReversed reversal(std::string of, std::int64_t units) {
  return {.send = std::move(of), .reversal = "r1", .units = Units{units}};
}

// 110 CNY came in, a package of 1,000 for 50; 1,010 units were sent, 10 of them charged; 3 came
// back, as money; 200 are set aside of a second package, which was granted.
void live(Lived& lived) {
  lived.ask(FundsCredited{.amount = cny(110), .reason = "cash"});
  lived.ask(order("o1"));
  lived.ask(send("m1", 1'000));
  lived.ask(send("m2", 10));
  lived.ask(reversal("m2", 3));
  lived.ask(order("o2"));
  lived.ask(hold("h1", 200));
}

// Of fewer than 700 units.
void set_alarm(Lived& lived) {
  lived.ask(ContactsSet{.contacts = {everybody("ops")}});
  AlarmRule rule;
  rule.name = "low";
  rule.threshold.units = Units{700};
  lived.ask(AlarmRuleSet{.rule = rule});
}

std::string explained(const Lived& lived, ExplainQuery query, LedgerFigures says) {
  query.account = acme;
  query.until = lived.entries().back().sequence;
  if (query.limit == 0) query.limit = 100;
  Explanation explanation{std::move(query), std::move(says)};
  for (const Entry& entry : lived.entries()) {
    if (!explanation.take(entry)) break;
  }
  return explanation.body();
}

std::string explained(const Lived& lived, ExplainQuery query = {}) {
  return explained(lived, std::move(query), figures_of(lived.acme()));
}

ExplainQuery about(ExplainSubject subject, std::string name = {}) {
  ExplainQuery query;
  query.subject = subject;
  query.name = std::move(name);
  return query;
}

TEST(Explanation, AddsUpWhatEachKindOfEntryDidToTheBalance) {
  Lived lived;
  live(lived);
  const std::string told = explained(lived);
  // 110 - 50 - 50 for two packages, 10 units at 0.065, 3 of them back.
  EXPECT_THAT(told, HasSubstr(R"("balance":{"amount":"9.545","ledger":"9.545","agrees":true)"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"funds_credited","entries":1,"amount":"110")"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"order_placed","entries":2,"amount":"-100")"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"send_recorded","entries":1,"amount":"-0.65")"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"send_reversed","entries":1,"amount":"0.195")"));
  EXPECT_THAT(told, HasSubstr(R"("agrees":true,"position":)"));
}

TEST(Explanation, AddsUpWhatBecameOfTheUnitsOfAPackage) {
  Lived lived;
  live(lived);
  const std::string told = explained(lived);
  EXPECT_THAT(told,
              HasSubstr(R"({"package":"o1.1","quota":1000,"remaining":0,"held":0,"used":1000,)"
                        R"("forfeited":0,"refunded":0,"agrees":true,"made_of":[)"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"send_recorded","entries":1,"remaining":-1000,"held":0,)"
                              R"("used":1000,"forfeited":0,"refunded":0,"first_position":)"));
  EXPECT_THAT(told, HasSubstr(R"({"package":"o2.1","quota":1000,"remaining":800,"held":200,)"));
}

// Units that were forfeited at the end, and used by a send that came late.
TEST(Explanation, FollowsUnitsBeyondTheEndOfTheirPackage) {
  Lived lived;
  lived.ask(FundsCredited{.amount = cny(100), .reason = "cash"});
  lived.ask(order("o1"));
  lived.ask(send("m1", 400));
  const Instant end = lived.acme().packages.front().terms.expires_at;
  lived.advance(end + hours(1));
  SendRecorded late = send("m2", 100);
  late.occurred_at = end - hours(1);
  lived.ask(late);
  const std::string told = explained(lived, about(ExplainSubject::package, "o1.1"));
  EXPECT_THAT(told, HasSubstr(R"("remaining":0,"held":0,"used":500,"forfeited":500,"refunded":0,)"
                              R"("agrees":true)"));
  EXPECT_THAT(told, HasSubstr(R"({"kind":"package_expired","entries":1,"remaining":-600,"held":0,)"
                              R"("used":0,"forfeited":600,)"));
}

TEST(Explanation, SaysWhereTheLedgerDoesNotAgree) {
  Lived lived;
  live(lived);
  LedgerFigures wrong = figures_of(lived.acme());
  wrong.packages[0].used += Units{1};
  const std::string told = explained(lived, {}, wrong);
  EXPECT_THAT(told, HasSubstr(R"("used":1000,"forfeited":0,"refunded":0,"agrees":false)"));
  EXPECT_THAT(told, HasSubstr(R"("agrees":false,"position":)"));
  LedgerFigures poor = figures_of(lived.acme());
  poor.balance -= Money{1};
  EXPECT_THAT(explained(lived, about(ExplainSubject::balance), poor),
              HasSubstr(R"("ledger":"9.544999","agrees":false)"));
}

TEST(Explanation, ShowsTheEntriesOfOnePackageAndOfNoOther) {
  Lived lived;
  live(lived);
  const std::string told = explained(lived, about(ExplainSubject::package, "o2.1"));
  EXPECT_THAT(told, HasSubstr(R"("name":"o2","text":"Order o2 of)"));
  EXPECT_THAT(told, HasSubstr(R"("name":"h1")"));
  EXPECT_THAT(told, Not(HasSubstr(R"("name":"m1")")));
}

TEST(Explanation, PagesItsLines) {
  Lived lived;
  live(lived);
  ExplainQuery query = about(ExplainSubject::balance);
  query.limit = 2;
  const std::string first = explained(lived, query);
  EXPECT_THAT(first, HasSubstr(R"("kind":"funds_credited")"));
  const std::string mark = R"("next_cursor":")";
  const std::size_t at = first.find(mark);
  ASSERT_NE(at, std::string::npos);
  query.after = Sequence{std::stoull(first.substr(at + mark.size()))};
  query.limit = 100;
  const std::string rest = explained(lived, query);
  EXPECT_THAT(rest, HasSubstr(R"("name":"m2")"));
  EXPECT_THAT(rest, Not(HasSubstr(R"("name":"o1")")));
  EXPECT_THAT(rest, Not(HasSubstr(mark)));
}

TEST(Explanation, GivesTheCauseOfAnAlarm) {
  Lived lived;
  live(lived);
  set_alarm(lived);
  const Sequence cause = lived.ask(send("m3", 101));
  const std::string told = explained(lived, about(ExplainSubject::alarm, "low"));
  EXPECT_THAT(told, HasSubstr(R"("text":"Alarm low was set.")"));
  EXPECT_THAT(told, HasSubstr(R"("kind":"alarm_raised")"));
  EXPECT_THAT(told, HasSubstr(R"("because":{"position":)" + std::to_string(cause.value) +
                              R"(,"kind":"send_recorded","text":"Send m3 of 101 units to CN)"));
}

TEST(Explanation, TellsWhatOneEntryBroughtAbout) {
  Lived lived;
  live(lived);
  set_alarm(lived);
  const Sequence cause = lived.ask(send("m3", 101));
  lived.ask(send("m4", 1));
  ExplainQuery query = about(ExplainSubject::entry);
  query.entry = cause;
  const std::string root = explained(lived, query);
  EXPECT_THAT(root, HasSubstr(R"("because":[],"lines":[{"position":)"));
  EXPECT_THAT(root, HasSubstr(R"("kind":"alarm_raised")"));
  EXPECT_THAT(root, Not(HasSubstr(R"("name":"m4")")));
  query.entry = next(cause);
  const std::string alarm = explained(lived, query);
  EXPECT_THAT(alarm, HasSubstr(R"("because":[{"position":)" + std::to_string(cause.value)));
}

}  // namespace
}  // namespace packledger
