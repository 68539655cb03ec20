// The law against the naive model: random lives of accounts; every answer, every entry that follows
// from time or from other entries, and the whole state compared after each command. A failure
// prints its seed; PACKLEDGER_SEED plays that one alone and with PACKLEDGER_STORY=1 tells it,
// PACKLEDGER_COMMANDS plays at least so many commands, PACKLEDGER_LIVES so many lives from seed 1
// on.
#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/tally.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
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

// How time passes at a desk before a command comes.
enum class Pace {
  on_time,   // each timer is recorded when it is due
  paused,    // the process was away, all that fell due is recorded late
  in_turns,  // a few timers in each turn, so that one that is late meets others that are not
  split,     // on time, but asked in between at an instant at which nothing is due
};
constexpr std::array<Pace, 4> paces{Pace::on_time, Pace::paused, Pace::in_turns, Pace::split};

void pass(Desk& desk, Instant to, Pace pace) {
  const std::int64_t away = (to - desk.now()).ms;
  switch (pace) {
    case Pace::on_time: desk.advance(to); return;
    case Pace::paused: desk.jump(to); return;
    case Pace::in_turns:
      for (std::int64_t turn = 1; turn <= 8; ++turn)
        desk.jump(desk.now() + Duration{(to - desk.now()).ms / (9 - turn)}, 2);
      desk.jump(to);
      return;
    case Pace::split:
      desk.jump(desk.now() + Duration{away / 3});
      desk.advance(desk.now() + Duration{away / 3});
      desk.advance(to);
      return;
  }
}

Instant opening_day() { return instant("2024-05-01T00:00:00Z"); }
std::string name_of(std::size_t account) { return "a" + std::to_string(account); }

// A step of one of the accounts.
struct Turn {
  std::size_t account = 0;
  Step step;
};

// The lives of one or more accounts, in the order of time.
std::vector<Turn> random_lives(std::uint64_t seed, std::size_t accounts, std::size_t steps) {
  std::multimap<Ms, Turn> turns;  // of one instant, in the order of the accounts
  for (std::size_t i = 0; i < accounts; ++i) {
    for (const Step& step : random_life(seed + i * 1'000'003, steps / accounts))
      turns.emplace(step.at, Turn{i, step});
  }
  std::vector<Turn> in_order;
  in_order.reserve(turns.size());
  for (auto& [at, turn] : turns) in_order.push_back(std::move(turn));
  return in_order;
}

// A desk with accounts, and what it has said.
struct Played {
  Desk desk{opening_day()};
  std::vector<std::string> trail;  // of the last step
  std::size_t read = 0;            // entries

  Played(std::uint64_t seed, std::size_t accounts) {
    int version = 0;
    for (const model::Book& book : model_books())
      must("", PriceBookPublished{law_book(book, std::to_string(++version))});
    for (std::size_t i = 0; i < accounts; ++i)
      must("", opening(name_of(i), random_settings(seed + i)));
    read = desk.entries().size();
  }
  void must(std::string_view account, What what) {
    ENSURE(desk.ask(account, std::move(what)).has_value(), "nothing stands against it");
  }

  // What was recorded since then, each line told while its alarm is as it was.
  void listen() {
    for (; read < desk.entries().size(); ++read) {
      const Entry& entry = desk.entries()[read];
      trail.push_back(line_of(entry, desk.ledger().accounts().at(account_of(entry))));
    }
  }

  std::string play(const Turn& turn, Pace pace) {
    trail.clear();
    pass(desk, Instant{turn.step.at}, pace);
    listen();
    const std::string name = name_of(turn.account);
    const auto decided = desk.ask(name, turn.step.asked(desk.account(name)));
    listen();
    return told(decided, desk.account(name));
  }
};

void tell(const std::string& where, const std::string& answer,
          const std::vector<std::string>& trail) {
  std::cout << where << ": " << answer << "\n";
  for (const std::string& line : trail)
    if (!line.ends_with(": ask")) std::cout << "    " << line << "\n";
}

void live(std::uint64_t seed, Tally& tally, bool tells) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Pace pace = paces[seed / 2 % paces.size()];
  const std::size_t accounts = seed % 5 == 4 ? 3 : 1;
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
