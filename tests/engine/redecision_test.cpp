// Today's law, asked again about every entry, gives the journal that it made, and names the first
// entry that it would not have made.
#include "packledger/engine/redecision.hpp"

#include "tests/engine/fixture.hpp"
#include "tests/engine/mainland.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/ledger/lives.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string_view>
#include <utility>

namespace packledger {
namespace {

struct Walked {
  std::size_t taken = 0;
  std::optional<Differs> differs;
  std::string digest;
};

Walked walk(std::span<const Entry> entries) {
  Ledger ledger;
  Redecision redecision{ledger};
  Walked walked;
  for (const Entry& entry : entries) {
    walked.differs = redecision.take(entry);
    if (walked.differs) return walked;
    ++walked.taken;
  }
  walked.differs = redecision.end();
  walked.digest = ledger.digest();
  return walked;
}

std::vector<Entry> without(std::vector<Entry> entries, std::size_t index) {
  const Sequence gone = entries[index].sequence;
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(index));
  for (Entry& entry : entries) {
    if (entry.sequence > gone) --entry.sequence.value;
    if (entry.caused_by > gone) --entry.caused_by.value;
  }
  return entries;
}

bool is_own(const Entry& entry) {
  return std::visit(
      [](const auto& what) { return requires { what.due; } || requires { what.at; }; },
      entry.input.what);
}

TEST(Redecision, MakesEveryEntryOfRandomLivesAgain) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Entry> entries = entries_of({.seed = seed, .accounts = 3, .steps = 900});
    const Walked walked = walk(entries);
    ASSERT_EQ(walked.taken, entries.size());
    EXPECT_FALSE(walked.differs);
    EXPECT_EQ(walked.digest, replayed(entries)->digest());
  }
}

TEST(Redecision, TakesReversalsThatDoNotSayWhichEntryTheirSendIs) {
  std::vector<Entry> entries = entries_of({.seed = 1, .accounts = 3, .steps = 900});
  int reversals = 0;
  for (Entry& entry : entries) {
    auto* const decided = std::get_if<ReversalDecision>(&entry.decision);
    if (decided == nullptr) continue;
    EXPECT_NE(decided->send, Sequence{});
    decided->send = {};
    ++reversals;
  }
  EXPECT_GT(reversals, 5);
  const Walked walked = walk(entries);
  EXPECT_EQ(walked.taken, entries.size());
  EXPECT_FALSE(walked.differs);
  for (Entry& entry : entries)
    if (auto* const decided = std::get_if<ReversalDecision>(&entry.decision)) decided->send = {1};
  const auto differs = walk(entries).differs;
  ASSERT_TRUE(differs);
  EXPECT_EQ(differs->what, Difference::decided_otherwise);
}

TEST(Redecision, MissesEveryTimerAndEveryConsequenceThatIsLeftOut) {
  const std::vector<Entry> entries = entries_of({.seed = 3, .accounts = 3, .steps = 300});
  std::size_t own = 0;
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    if (!is_own(entries[i])) continue;
    ++own;
    const Walked walked = walk(without(entries, i));
    ASSERT_TRUE(walked.differs) << i;
    EXPECT_EQ(walked.taken, i);
    if (entries[i + 1].caused_by == entries[i].sequence) {  // whose cause is gone
      EXPECT_EQ(walked.differs->what, Difference::not_asked);
      continue;
    }
    EXPECT_EQ(walked.differs->what, Difference::left_out);
    ASSERT_TRUE(walked.differs->expected);
    EXPECT_EQ(walked.differs->expected->input, entries[i].input);
  }
  EXPECT_GT(own, 20U);
}

TEST(Redecision, TakesNoTimerOrConsequenceThatNobodyAskedFor) {
  const std::vector<Entry> entries = entries_of({.seed = 4, .accounts = 3, .steps = 300});
  std::size_t own = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_own(entries[i])) continue;
    ++own;
    std::vector<Entry> twice(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    twice.push_back(entries[i]);
    ++twice.back().sequence.value;
    const Walked walked = walk(twice);
    ASSERT_TRUE(walked.differs) << i;
    EXPECT_EQ(walked.taken, i + 1);
    EXPECT_TRUE(walked.differs->what == Difference::not_asked ||
                walked.differs->what == Difference::left_out);
  }
  EXPECT_GT(own, 20U);
}

// A thousand units for the mainland, an alarm below 200, and a batch of sends.
struct Journal {
  World world;
  std::vector<Entry> entries;

  Journal() {
    open_mainland_account(world, "acme", Money{1'000'000'000});
    grant_mainland(world, "acme", "P", 1'000, world.clock.time + days(300));
    (void)world.ask("acme", AlarmRuleSet{total_below("low", 200)});
    (void)world.send({mainland_send("acme", "s1", 850), mainland_send("acme", "s2", 300)});
    entries = world.outlet.told;
  }
  [[nodiscard]] std::size_t index_of(std::string_view kind) const {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (kind_text(entries[i].input.what) == kind) return i;
    }
    ADD_FAILURE() << kind;
    return 0;
  }
};

TEST(Redecision, SaysWhatTodaysLawWouldHaveDecided) {
  Journal journal;
  ASSERT_FALSE(walk(journal.entries).differs);
  const std::size_t at = journal.index_of("send_recorded");
  auto& decision = std::get<SendDecision>(journal.entries[at].decision);
  decision.lines.begin()->units = Units{849};
  const Walked walked = walk(journal.entries);
  ASSERT_TRUE(walked.differs);
  EXPECT_EQ(walked.taken, at);
  EXPECT_EQ(walked.differs->what, Difference::decided_otherwise);
  const auto& expected = std::get<SendDecision>(walked.differs->expected->decision);
  EXPECT_EQ(expected.lines.begin()->units, Units{850});
}

TEST(Redecision, SaysWhatTodaysLawRefuses) {
  Journal journal;
  const std::size_t at = journal.index_of("send_recorded");
  journal.entries[at].input.account = AccountId{17};
  const Walked walked = walk(journal.entries);
  ASSERT_TRUE(walked.differs);
  EXPECT_EQ(walked.differs->what, Difference::refused);
  EXPECT_EQ(walked.differs->refusal->reject, Reject::unknown_account);
}

TEST(Redecision, SaysWhatIsNotTheDecisionOfItsInput) {
  const auto differs = [](std::string_view kind, const std::function<void(Entry&)>& change) {
    Journal journal;
    change(journal.entries[journal.index_of(kind)]);
    const Walked walked = walk(journal.entries);
    return walked.differs ? difference_text(walked.differs->what) : "nothing";
  };
  EXPECT_EQ(differs("send_recorded", [](Entry& e) { e.decision = FundsDecision{}; }),
            "decided_otherwise");
  EXPECT_EQ(differs("package_granted", [](Entry& e) { e.decision = ReversalDecision{}; }),
            "decided_otherwise");
  EXPECT_EQ(differs("package_granted", [](Entry& e) { e.input.account = AccountId{17}; }),
            "refused");
  EXPECT_EQ(differs("alarm_raised", [](Entry& e) { e.caused_by = Sequence{1}; }), "left_out");
}

TEST(Redecision, TakesNoConsequenceWithoutItsCause) {
  Journal journal;
  journal.entries.resize(journal.index_of("alarm_raised") + 1);
  Entry again = journal.entries.back();
  ++again.sequence.value;
  again.caused_by = {};
  journal.entries.push_back(again);
  const Walked walked = walk(journal.entries);
  ASSERT_TRUE(walked.differs);
  EXPECT_EQ(walked.taken, journal.entries.size() - 1);
  EXPECT_EQ(difference_text(walked.differs->what), "not_asked");
}

TEST(Redecision, NamesEveryDifference) {
  using enum Difference;
  for (const auto& [difference, name] :
       {std::pair{misplaced, "misplaced"}, std::pair{left_out, "left_out"},
        std::pair{not_asked, "not_asked"}, std::pair{refused, "refused"},
        std::pair{decided_otherwise, "decided_otherwise"}})
    EXPECT_EQ(difference_text(difference), name);
}

TEST(Redecision, TakesNoEntryOutOfItsPlace) {
  Journal journal;
  std::swap(journal.entries[0], journal.entries[1]);
  EXPECT_EQ(walk(journal.entries).differs->what, Difference::misplaced);
  Journal early;
  early.entries[1].recorded_at.ms -= 1;
  EXPECT_EQ(walk(early.entries).differs->what, Difference::misplaced);
}

TEST(Redecision, MissesAConsequenceAtTheEnd) {
  Journal journal;
  const std::size_t alarm = journal.index_of("alarm_raised");
  journal.entries.resize(alarm);
  const Walked walked = walk(journal.entries);
  ASSERT_TRUE(walked.differs);
  EXPECT_EQ(walked.differs->what, Difference::left_out);
  EXPECT_EQ(kind_text(walked.differs->expected->input.what), "alarm_raised");
}

}  // namespace
}  // namespace packledger
