// Consequences: what follows from an entry stands right behind it, in the same record, is told with
// it, answered with it, tried out with it, and made up for where a journal was cut short.
#include "tests/engine/fixture.hpp"
#include "tests/engine/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger {
namespace {

using testing::ElementsAre;

// A package of 1,000 that is renewed at 100, and an alarm below 200.
void open_renewing(World& world) {
  open_mainland_account(world, "acme", Money{1'000'000'000});
  grant_mainland(world, "acme", "P", 1'000, world.clock.time + days(300));
  (void)world.ask("acme", AlarmRuleSet{total_below("low", 200)});
  (void)world.ask("acme", RenewalRuleSet{renewal_at(100, 10'000)});
  world.outlet.told.clear();
  world.diary.clear();
}

TEST(Consequences, StandInTheRecordOfTheirCause) {
  World world;
  open_renewing(world);
  (void)world.send({mainland_send("acme", "s1", 950)});
  EXPECT_THAT(kinds(world.outlet.told),
              ElementsAre("send_recorded", "alarm_raised", "package_renewed", "alarm_cleared"));
  EXPECT_THAT(world.diary, ElementsAre("synced 4", "told 4", "answered"));
  const std::vector<Entry>& told = world.outlet.told;
  EXPECT_EQ(told[0].caused_by, Sequence{});
  EXPECT_EQ(told[1].caused_by, told[0].sequence);
  EXPECT_EQ(told[2].caused_by, told[0].sequence);
  EXPECT_EQ(told[3].caused_by, told[2].sequence);  // the new quota cleared it
}

TEST(Consequences, SuspendAtOnceAnAccountThatFallsBelowZero) {
  World world;
  open_mainland_account(world, "acme", Money{130'000});
  world.outlet.told.clear();
  const auto answers = world.send({mainland_send("acme", "s1", 3), mainland_send("acme", "s2", 1)});
  EXPECT_THAT(kinds(world.outlet.told),
              ElementsAre("send_recorded", "account_overdue", "account_suspended"));
  EXPECT_FALSE(answers[0].refusal);
  EXPECT_EQ(answers[1].refusal->reject, Reject::account_suspended);
}

TEST(Consequences, AreAnsweredWithTheirCauseAndAgainOnARepeat) {
  World world;
  open_mainland_account(world, "acme", Money{1'000'000'000});
  grant_mainland(world, "acme", "P", 1'000, world.clock.time + days(300));
  const auto first = world.ask("acme", RenewalRuleSet{renewal_at(1'000, 10'000)}, "k");
  ASSERT_TRUE(first);
  EXPECT_THAT(kinds(first->entries), ElementsAre("renewal_rule_set", "package_renewed"));
  (void)world.ask("acme", FundsCredited{.amount = Money{5}, .reason = {}});
  const auto again = world.ask("acme", RenewalRuleSet{renewal_at(1'000, 10'000)}, "k");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->entries, first->entries);
}

TEST(Consequences, AreTriedOutAndNotKept) {
  World world;
  open_mainland_account(world, "acme", Money{1'000'000'000});
  grant_mainland(world, "acme", "P", 1'000, world.clock.time + days(5));
  const std::string before = world.ledger.digest();
  RenewalRule rule = renewal_at(100, 10'000);
  rule.pre_expiry = true;
  const auto tried = world.ask("acme", RenewalRuleSet{rule}, {}, true);
  ASSERT_TRUE(tried);
  // Its end is nearer than the lead: it falls due at once.
  EXPECT_THAT(kinds(tried->entries),
              ElementsAre("renewal_rule_set", "pre_expiry_renewal_due", "package_renewed"));
  EXPECT_EQ(world.ledger.digest(), before);
  EXPECT_EQ(world.ledger.next_due(), world.ledger.next_due());
}

TEST(Consequences, OfSendsAreTriedOutToo) {
  World world;
  open_renewing(world);
  const std::string before = world.ledger.digest();
  const auto answers =
      world.send({mainland_send("acme", "s1", 950), mainland_send("acme", "s2", 60)}, true);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_THAT(kinds(answers[0].consequences),
              ElementsAre("alarm_raised", "package_renewed", "alarm_cleared"));
  // The second is paid by what the first would have renewed.
  ASSERT_EQ(answers[1].decision.lines.size(), 2U);
  EXPECT_EQ(answers[1].decision.lines[1].package, PackageId{2});
  EXPECT_TRUE(answers[1].consequences.empty());
  EXPECT_EQ(world.ledger.digest(), before);
}

// What a journal holds, however it was cut, leads to what the whole one holds.
TEST(Consequences, AreMadeUpForWhereTheJournalWasCutShort) {
  World world;
  open_renewing(world);
  (void)world.send({mainland_send("acme", "s1", 950), mainland_send("acme", "s2", 9'900)});
  std::vector<Entry> whole;
  ASSERT_TRUE(world.journal.read(Sequence{1}, [&](const Entry& entry) {
    whole.push_back(entry);
    return true;
  }));
  int made_up = 0;
  for (std::size_t cut = 1; cut <= whole.size(); ++cut) {
    World again;
    for (std::size_t i = 0; i < cut; ++i) {
      again.ledger.apply(whole[i]);
      ASSERT_TRUE(again.journal.append(Sequence{i}, std::span{whole}.subspan(i, 1)));
    }
    ASSERT_TRUE(again.engine.turn());
    std::size_t end = cut;
    while (end < whole.size() && whole[end].caused_by.value != 0) ++end;
    EXPECT_EQ(again.outlet.told, std::vector(whole.begin() + static_cast<std::ptrdiff_t>(cut),
                                             whole.begin() + static_cast<std::ptrdiff_t>(end)))
        << "cut after " << cut;
    made_up += static_cast<int>(end - cut);
  }
  EXPECT_GE(made_up, 6);
}

// The law of today finds every consequence where the journal has it, and none where it has none.
TEST(Consequences, AreFoundAgainWhenTheJournalIsDecidedAgain) {
  World world;
  open_renewing(world);
  (void)world.send({mainland_send("acme", "s1", 950), mainland_send("acme", "s2", 9'900),
                    mainland_send("acme", "s3", 20'000)});
  Ledger again;
  std::vector<Input> expected;
  ASSERT_TRUE(world.journal.read(Sequence{1}, [&](const Entry& entry) {
    if (expected.empty()) expected = again.consequences();
    if (entry.caused_by.value != 0) {
      EXPECT_EQ(entry.caused_by, again.cause());
      if (expected.empty()) return false;
      EXPECT_EQ(entry.input, expected.front());
      expected.erase(expected.begin());
    } else {
      EXPECT_TRUE(expected.empty()) << "before entry " << entry.sequence.value;
    }
    EXPECT_EQ(again.decide(entry.input, entry.recorded_at), entry.decision);
    again.apply(entry);
    return true;
  }));
  EXPECT_TRUE(expected.empty());
  EXPECT_EQ(again.digest(), world.ledger.digest());
}

}  // namespace
}  // namespace packledger
