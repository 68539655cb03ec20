// A batch in flight: the next one is decided meanwhile, and nothing of either is told, answered or
// shown before its own sync.
#include "tests/engine/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An account with nothing, and from now on commits end only when they are told to.
struct Overlap : testing::Test {
  World world;
  std::vector<CommandAnswer> answers = std::vector<CommandAnswer>(8);
  Money seen{-1};

  void SetUp() override {
    world.open_account("acme");
    world.diary.clear();
    world.commits.held = true;
  }
  void credit(std::size_t n) {
    world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answers[n]);
  }
  void look() {
    (void)world.inbox.put(Request{Question{[this](const Ledger& ledger) {
      world.diary.push_back("asked");
      seen = ledger.accounts().at(AccountId{1}).balance;
    }}});
  }
  void turn() { ASSERT_TRUE(world.engine.turn()); }
  void end_commit() {
    world.commits.end();
    turn();
  }
};

TEST_F(Overlap, DecidesTheNextBatchAndTellsNothing) {
  credit(0);
  turn();
  EXPECT_EQ(world.engine.in_flight(), Sequence{2});
  credit(1);
  credit(2);
  turn();
  EXPECT_EQ(world.ledger.last(), Sequence{4});
  EXPECT_THAT(world.diary, IsEmpty());
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered"));
  EXPECT_EQ(world.engine.in_flight(), Sequence{4});
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "synced 2", "told 2",
                                       "answered", "answered"));
  EXPECT_EQ(world.engine.in_flight(), Sequence{});
  EXPECT_EQ(answers[2]->entries.front().sequence, Sequence{4});
}

TEST_F(Overlap, LeavesNothingBehindWhereTheCommitEndsInTheMiddleOfATurn) {
  credit(0);
  turn();
  credit(1);
  world.commits.looks = 1;
  end_commit();
  EXPECT_EQ(world.ledger.last(), Sequence{3});
  EXPECT_EQ(world.engine.in_flight(),
            Sequence{2});  // as far as anybody knows: there is a next turn
  turn();
  EXPECT_EQ(world.engine.in_flight(), Sequence{3});
}

TEST_F(Overlap, StopsAndTellsNothingWhereTheOneInFlightFails) {
  credit(0);
  turn();
  credit(1);
  turn();
  world.journal.appends_until_failure = 0;
  world.commits.end();
  const auto turned = world.engine.turn();
  ASSERT_FALSE(turned);
  EXPECT_EQ(turned.error().detail, "the device failed");
  EXPECT_THAT(world.diary, IsEmpty());
  EXPECT_EQ(world.journal.last(), Sequence{1});
}

TEST_F(Overlap, ShowsAQuestionOnlyWhatIsDurable) {
  credit(0);
  turn();
  look();
  credit(1);
  turn();
  EXPECT_EQ(world.ledger.last(), Sequence{2});  // nothing more is decided while somebody reads
  EXPECT_FALSE(world.engine.has_room());
  EXPECT_THAT(world.diary, IsEmpty());
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "asked"));
  EXPECT_EQ(seen, Money{5});
  EXPECT_EQ(world.engine.in_flight(), Sequence{3});  // then it goes on
}

TEST_F(Overlap, ShowsAQuestionBehindADecidedBatchThatBatchToo) {
  credit(0);
  turn();
  credit(1);
  look();
  turn();
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered"));
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "synced 1", "told 1",
                                       "answered", "asked"));
  EXPECT_EQ(seen, Money{10});
}

TEST_F(Overlap, AnswersQuestionsUnderALoadThatNeverEnds) {
  credit(0);
  turn();
  look();
  for (std::size_t n = 1; n < 4 && seen == Money{-1}; ++n) {
    credit(n);
    end_commit();
  }
  EXPECT_EQ(seen, Money{10});
}

TEST_F(Overlap, TellsARepeatBehindTheBatchOfItsFirst) {
  world.commits.held = false;
  world.grant("acme", "A", 3, world.clock.time + hours(1));
  world.diary.clear();
  world.commits.held = true;
  std::vector<SendTold> first;
  std::vector<SendTold> again;
  world.put({send_to_thailand("acme", "s1", 2)}, first);
  turn();
  // One that comes again, and one that is refused because of what is in flight.
  world.put({send_to_thailand("acme", "s1", 2), send_to_thailand("acme", "s2", 2)}, again);
  turn();
  EXPECT_THAT(world.diary, IsEmpty());
  end_commit();
  EXPECT_THAT(world.diary, ElementsAre("synced 1", "told 1", "answered", "answered"));
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].refusal->reject, Reject::duplicate);
  EXPECT_EQ(again[0].sequence, first[0].sequence);
  EXPECT_EQ(again[0].decision, first[0].decision);
  EXPECT_EQ(again[1].refusal->reject, Reject::no_tariff);
}

TEST_F(Overlap, AnswersARepeatedCommandFromTheJournal) {
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answers[0], "k1");
  turn();
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answers[1], "k1");
  turn();
  EXPECT_THAT(world.diary, IsEmpty());
  end_commit();
  ASSERT_TRUE(answers[0] && answers[1]);
  EXPECT_TRUE(answers[1]->replayed);
  EXPECT_EQ(answers[0]->entries, answers[1]->entries);
}

TEST_F(Overlap, RecordsABatchAtTheInstantOfItsFirstTurn) {
  credit(0);
  turn();
  world.clock.time = world.clock.time + seconds(1);
  const Instant at = world.clock.time;
  credit(1);
  turn();
  world.clock.time = world.clock.time + seconds(1);
  credit(2);
  turn();
  end_commit();
  end_commit();
  ASSERT_TRUE(answers[1] && answers[2]);
  EXPECT_EQ(answers[1]->entries.front().recorded_at, at);
  EXPECT_EQ(answers[2]->entries.front().recorded_at, at);
}

TEST(OverlapLimits, HoldWhileABatchIsInFlight) {
  World world{EngineLimits{.batch_entries_max = 2}};
  world.open_account("acme");
  world.commits.held = true;
  CommandAnswer answers[4];
  for (auto& answer : answers)
    world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  for (int turn = 0; turn < 3; ++turn) ASSERT_TRUE(world.engine.turn());
  EXPECT_EQ(world.engine.in_flight(), Sequence{3});
  EXPECT_EQ(world.ledger.last(), Sequence{5});
  EXPECT_FALSE(world.engine.has_room());
}

TEST(OverlapLimits, CountWhatIsAskedAndNotOnlyWhatIsRecorded) {
  World world{EngineLimits{.batch_entries_max = 3}};
  world.open_account("acme");
  world.commits.held = true;
  CommandAnswer answers[6];
  for (auto& answer : answers)
    world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer, "k1");
  for (int turn = 0; turn < 3; ++turn) ASSERT_TRUE(world.engine.turn());
  EXPECT_EQ(world.ledger.last(), Sequence{2});
  EXPECT_FALSE(world.engine.has_room());
  EXPECT_TRUE(world.inbox.empty());
  world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answers[0], "k1");
  ASSERT_TRUE(world.engine.turn());
  EXPECT_FALSE(world.inbox.empty());
}

TEST(OverlapLimits, CountBytes) {
  World world{EngineLimits{.batch_bytes_max = 1}};
  world.open_account("acme");
  world.diary.clear();
  CommandAnswer answers[2];
  for (auto& answer : answers)
    world.put("acme", FundsCredited{.amount = Money{5}, .reason = {}}, answer);
  for (int turn = 0; turn < 2; ++turn) ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(world.diary,
              ElementsAre("synced 1", "told 1", "answered", "synced 1", "told 1", "answered"));
}

}  // namespace
}  // namespace packledger
