// The law against the naive model: random lives of accounts; every answer, every entry that follows
// from time or from other entries, and the whole state compared after each command. A failure
// prints its seed; PACKLEDGER_SEED plays that one alone and with PACKLEDGER_STORY=1 tells it,
// PACKLEDGER_COMMANDS plays at least so many commands, PACKLEDGER_LIVES so many lives from seed 1
// on.
#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/played.hpp"
#include "tests/ledger/tally.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace packledger {
namespace {

using model::Ms;

constexpr std::size_t steps_each = 400;
constexpr std::uint64_t lives_by_default = 200;

void tell(const std::string& where, const std::string& answer,
          const std::vector<std::string>& trail) {
  std::cout << where << ": " << answer << "\n";
  for (const std::string& line : trail)
    if (!line.ends_with(": ask")) std::cout << "    " << line << "\n";
}

void live(std::uint64_t seed, Tally& tally, bool tells) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Pace pace = pace_of(seed);
  const std::size_t accounts = accounts_of(seed);
  Played law(seed, accounts);
  model::World world(static_cast<model::Count>(law.read));
  for (std::size_t i = 0; i < accounts; ++i)
    world.open(name_of(i), random_settings(seed + i), model_books());
  std::size_t number = 0;
  for (const Turn& turn : random_lives(seed, accounts, steps_each)) {
    const Ms at = turn.step.at;
    const std::string where = "step " + std::to_string(++number) + ", " + name_of(turn.account) +
                              " " + turn.step.label + " at " + instant_text(Instant{at});
    const std::string answer = law.play(turn, pace);
    world.pass(at);
    const std::string wanted = turn.step.model(world.account(turn.account));
    world.pass(at);
    const std::vector<std::string> trail = world.take_lines();
    if (tells) tell(where, answer, law.trail);
    tally.answer(wanted);
    for (const std::string& line : trail) tally.line(line);
    ASSERT_EQ(answer, wanted) << where;
    ASSERT_EQ(law.trail, trail) << where;
    for (std::size_t i = 0; i < accounts; ++i) {
      ASSERT_EQ(difference(law.desk.account(name_of(i)), world.account(i), at), "")
          << where << ", " << name_of(i);
    }
  }
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Model, AgreesWithTheLaw) {
  const std::uint64_t only = number_from("PACKLEDGER_SEED", 0);
  const std::uint64_t commands = number_from("PACKLEDGER_COMMANDS", 0);
  const std::uint64_t enough = (commands + steps_each - 1) / steps_each;
  const std::uint64_t lives =
      number_from("PACKLEDGER_LIVES", commands == 0 ? lives_by_default : enough);
  Tally tally;
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? lives : only); ++seed) {
    live(seed, tally, only != 0 && number_from("PACKLEDGER_STORY", 0) != 0);
    if (HasFatalFailure()) return;
  }
  if (commands != 0) std::cout << lives * steps_each << " commands\n" << tally.text();
  if (only != 0 || lives < lives_by_default) return;
  const std::uint64_t least = lives < 20 * lives_by_default ? 1 : 10;
  EXPECT_EQ(tally.rarer_than(least), "") << "hardly ever happened, of:\n" << tally.text();
}

// A pause of the process, or timers taken in several turns, change when things are recorded and
// nothing else: the same lines, notices with all their figures included, in the same order.
TEST(Pauses, ChangeNothingButWhenThingsAreRecorded) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::size_t accounts = 1 + seed % 2;
    Played on_time(seed, accounts);
    Played paused(seed, accounts);
    Played in_turns(seed, accounts);
    for (const Turn& turn : random_lives(seed, accounts, 250)) {
      const std::string answer = on_time.play(turn, Pace::on_time);
      ASSERT_EQ(paused.play(turn, Pace::paused), answer) << turn.step.label;
      ASSERT_EQ(in_turns.play(turn, Pace::in_turns), answer) << turn.step.label;
      ASSERT_EQ(paused.trail, on_time.trail) << turn.step.label;
      ASSERT_EQ(in_turns.trail, on_time.trail) << turn.step.label;
    }
  }
}

// Replay is apply alone: any prefix gives the state that was left there, the law of today decides
// every entry as it was decided, and knows what is still to follow wherever it is stopped.
TEST(Replay, GivesTheStateThatWasLeft) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Played played(seed, 2);
    std::map<std::size_t, std::string> digests;  // by the number of entries
    for (const Turn& turn : random_lives(seed, 2, 200)) {
      std::ignore = played.play(turn, Pace::on_time);
      digests[played.desk.entries().size()] = played.desk.ledger().digest();
    }
    Ledger again;
    std::size_t applied = 0;
    for (const Entry& entry : played.desk.entries()) {
      const std::vector<Input> due = again.consequences();
      ASSERT_EQ(due.empty(), entry.caused_by == Sequence{}) << kind_text(entry.input.what);
      if (!due.empty()) {
        ASSERT_EQ(due.front(), entry.input) << kind_text(entry.input.what);
        ASSERT_EQ(again.cause(), entry.caused_by) << kind_text(entry.input.what);
      }
      const auto decided = again.decide(entry.input, entry.recorded_at);
      ASSERT_TRUE(decided.has_value()) << kind_text(entry.input.what);
      ASSERT_EQ(*decided, entry.decision) << kind_text(entry.input.what);
      again.apply(entry);
      const auto wanted = digests.find(++applied);
      if (wanted != digests.end()) ASSERT_EQ(again.digest(), wanted->second) << applied;
    }
    EXPECT_EQ(replayed(played.desk.entries())->digest(), played.desk.ledger().digest());
    EXPECT_EQ(again.next_due(), played.desk.ledger().next_due());
  }
}

// A dry run, on a ledger laid over the real one, makes the very entries that then come about.
TEST(DryRun, MakesTheEntriesThatComeAbout) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Played played(seed, 2);
    Desk& desk = played.desk;
    for (const auto& [account, step] : random_lives(seed, 2, 200)) {
      const std::string name = name_of(account);
      desk.advance(Instant{step.at});
      const std::string before = desk.ledger().digest();
      const std::vector<Entry> dry = desk.dry_run(name, step.asked(desk.account(name)));
      ASSERT_EQ(desk.ledger().digest(), before) << step.label;
      const std::size_t first = desk.entries().size();
      std::ignore = desk.ask(name, step.asked(desk.account(name)));
      ASSERT_LE(first + dry.size(), desk.entries().size()) << step.label;
      for (std::size_t i = 0; i < dry.size(); ++i)
        ASSERT_EQ(dry[i], desk.entries()[first + i]) << step.label;
    }
  }
}

// Refusals change nothing, whatever they are.
TEST(Refusal, ChangesNothing) {
  int refused = 0;
  for (std::uint64_t seed = 76; seed <= 78; ++seed) {
    Played played(seed, 1);
    Desk& desk = played.desk;
    const std::string name = name_of(0);
    for (const Step& step : random_life(seed, 600)) {
      desk.advance(Instant{step.at});
      const std::string before = desk.ledger().digest();
      const std::size_t entries = desk.entries().size();
      if (desk.try_out(name, step.asked(desk.account(name))).has_value()) {
        EXPECT_EQ(desk.ledger().digest(), before) << "deciding changed the ledger";
        std::ignore = desk.ask(name, step.asked(desk.account(name)));
        continue;
      }
      ++refused;
      EXPECT_FALSE(desk.ask(name, step.asked(desk.account(name))).has_value());
      EXPECT_EQ(desk.ledger().digest(), before) << step.label;
      EXPECT_EQ(desk.entries().size(), entries);
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace packledger
