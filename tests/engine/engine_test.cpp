// The turn: what is due first, one sync for all, nothing told before it, nothing after a failed
// one.
#include "tests/engine/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger {
namespace {

using testing::ElementsAre;

TEST(Engine, TellsOnlyWhatIsDurableAndAnswersLast) {
  World world;
  CommandAnswer first;
  CommandAnswer second;
  const Currency yuan{{'C', 'N', 'Y'}};
  world.put({}, AccountOpened{.name = "acme", .currency = yuan, .settings = {}}, first);
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, second);
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(world.diary, ElementsAre("synced 2", "told 2", "answered", "answered"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->entries.front().sequence, Sequence{2});
}

TEST(Engine, TellsNothingAfterAFailedAppend) {
  World world;
  world.open_account("acme");
  world.diary.clear();
  world.journal.appends_until_failure = 0;
  CommandAnswer answer;
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  const auto turned = world.engine.turn();
  ASSERT_FALSE(turned);
  EXPECT_EQ(turned.error().detail, "the device failed");
  EXPECT_THAT(world.diary, ElementsAre());
}

TEST(Engine, AnswersARepeatOfTheSameTurnWithItsFirstEntry) {
  World world;
  world.open_account("acme");
  CommandAnswer first;
  CommandAnswer again;
  CommandAnswer other;
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, first, "k1");
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, again, "k1");
  world.put("acme", FundsCredited{.amount = Money{6}, .reason = {}}, other, "k1");
  ASSERT_TRUE(world.engine.turn());
  ASSERT_TRUE(first && again);
  EXPECT_FALSE(first->replayed);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(first->entries, again->entries);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().refusal.reject, Reject::conflict);
  EXPECT_EQ(other.error().field, "amount");
  EXPECT_EQ(world.ledger.accounts().at(AccountId{1}).balance, Money{5});
}

TEST(Engine, FiresWhatIsDueBeforeItTakesARequest) {
  World world;
  world.open_account("acme");
  const Instant end = world.clock.time + hours(1);
  world.grant("acme", "A", 5, end);
  world.clock.time = end;
  world.outlet.told.clear();
  const auto answers = world.send({send_to_thailand("acme", "s1", 1)});
  // The package ended at this very instant: its expiry is journalled, the send finds no tariff.
  EXPECT_THAT(kinds(world.outlet.told), ElementsAre("package_expired"));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].refusal->reject, Reject::no_tariff);
}

TEST(Engine, FiresTheTimerThatARequestOfTheSameTurnSetForThePast) {
  World world;
  world.open_account("acme");
  const Instant now = world.clock.time;
  (void)world.ask("acme", PackageGranted{.package = "old",
                                         .quota = Units{5},
                                         .scope = {},
                                         .effective_at = now - hours(2),
                                         .expires_at = now - hours(1),
                                         .validity = {},
                                         .price_paid = {},
                                         .reason = {}});
  EXPECT_THAT(kinds(world.outlet.told),
              ElementsAre("account_opened", "package_granted", "package_expired"));
}

TEST(Engine, SpreadsAStormOfTimersOverTurnsAndLetsRequestsWait) {
  World world{EngineLimits{.batch_entries_max = 100, .timers_per_turn_max = 2}};
  world.open_account("acme");
  const Instant end = world.clock.time + hours(1);
  for (const char* name : {"A", "B", "C"}) world.grant("acme", name, 5, end);
  world.clock.time = end;
  world.outlet.told.clear();
  CommandAnswer answer;
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(kinds(world.outlet.told), ElementsAre("package_expired", "package_expired"));
  EXPECT_FALSE(world.inbox.empty());
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(kinds(world.outlet.told), ElementsAre("package_expired", "package_expired",
                                                    "package_expired", "funds_credited"));
}

TEST(Engine, LeavesWhatDoesNotFitForTheNextTurn) {
  World world{EngineLimits{.batch_entries_max = 2, .timers_per_turn_max = 2}};
  world.open_account("acme");
  world.diary.clear();
  CommandAnswer answers[3];
  for (auto& answer : answers)
    world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  ASSERT_TRUE(world.engine.turn());
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(world.diary, ElementsAre("synced 2", "told 2", "answered", "answered", "synced 1",
                                       "told 1", "answered"));
}

TEST(Engine, SyncsEachPriceBookByItself) {
  World world;
  world.open_account("acme");
  world.diary.clear();
  CommandAnswer answers[3];
  world.put({}, PriceBookPublished{}, answers[0]);
  world.put({}, PriceBookPublished{}, answers[1]);
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answers[2]);
  for (int turn = 0; turn < 3; ++turn) ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "synced 1", "told 1",
                                       "answered", "synced 1", "told 1", "answered"));
}

TEST(Engine, DryRunsSendsOnTopOfEachOtherAndKeepsNothing) {
  World world;
  world.open_account("acme");
  world.grant("acme", "A", 3, world.clock.time + hours(1));
  const std::string before = world.ledger.digest();
  const auto answers =
      world.send({send_to_thailand("acme", "s1", 2), send_to_thailand("acme", "s2", 2),
                  send_to_thailand("acme", "s1", 2)},
                 true);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_FALSE(answers[0].refusal);
  EXPECT_EQ(answers[1].refusal->reject, Reject::no_tariff);  // one unit is left, and no tariff
  EXPECT_EQ(answers[2].refusal->reject, Reject::duplicate);
  EXPECT_EQ(world.ledger.digest(), before);
  EXPECT_EQ(world.journal.last(), Sequence{2});
}

TEST(Engine, DryRunsACommandAndKeepsNothing) {
  World world;
  world.open_account("acme");
  const auto quote = world.ask("acme", FundsCredited{.amount = Money{5}, .reason = {}}, "k", true);
  ASSERT_TRUE(quote);
  EXPECT_EQ(quote->entries.front().sequence, Sequence{2});
  EXPECT_EQ(world.ledger.last(), Sequence{1});
  // The key is as good as new.
  EXPECT_FALSE(world.ask("acme", FundsCredited{.amount = Money{6}, .reason = {}}, "k")->replayed);
}

TEST(Engine, StampsNeverGoBackWithTheWallClock) {
  World world;
  world.open_account("acme");
  const Instant before = world.clock.time;
  world.clock.time = before - hours(1);
  const auto answer = world.ask("acme", FundsCredited{.amount = Money{5}, .reason = {}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->entries.front().recorded_at, before);
}

TEST(Engine, ShowsQuestionsWhatTheSameTurnMadeDurable) {
  World world;
  world.open_account("acme");
  Money seen;
  CommandAnswer answer;
  (void)world.inbox.put(Request{Question{[&](const Ledger& ledger) {
    world.diary.push_back("asked");
    seen = ledger.accounts().at(AccountId{1}).balance;
  }}});
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  world.diary.clear();
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "asked"));
  EXPECT_EQ(seen, Money{5});
}

TEST(Recovery, GivesTheSameLedgerAndTellsEveryEntryAgain) {
  World world;
  world.open_account("acme");
  world.grant("acme", "A", 3, world.clock.time + hours(1));
  (void)world.send({send_to_thailand("acme", "s1", 2), send_to_thailand("acme", "s1", 2)});
  world.clock.time = world.clock.time + days(40);
  ASSERT_TRUE(world.engine.turn());
  Ledger again;
  Diary diary;
  DiaryOutlet outlet{diary};
  ASSERT_TRUE(recover(again, world.journal, outlet));
  EXPECT_EQ(again.digest(), world.ledger.digest());
  EXPECT_EQ(outlet.told, world.outlet.told);
}

}  // namespace
}  // namespace packledger
