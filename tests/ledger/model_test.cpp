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

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace packledger {
namespace {

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

void open_account(Desk& desk, const std::string& name, const model::Settings& settings) {
  int version = 0;
  for (const model::Book& book : model_books()) {
    const auto done = desk.ask("", PriceBookPublished{law_book(book, std::to_string(++version))});
    ASSERT_TRUE(done.has_value());
  }
  ASSERT_TRUE(desk.ask("", opening(name, settings)).has_value());
}

Instant opening_day() { return instant("2024-05-01T00:00:00Z"); }

// The desk of one account, and what it has said.
struct Played {
  Desk desk{opening_day()};
  std::vector<std::string> trail;  // of the last step
  std::size_t read = 0;            // entries

  explicit Played(const model::Settings& settings) {
    open_account(desk, "acme", settings);
    read = desk.entries().size();
  }

  // What was recorded since then, each line told while its alarm is as it was.
  void listen() {
    for (; read < desk.entries().size(); ++read)
      trail.push_back(line_of(desk.entries()[read], desk.account("acme")));
  }

  std::string play(const Step& step, Pace pace) {
    trail.clear();
    pass(desk, Instant{step.at}, pace);
    listen();
    const auto decided = desk.ask("acme", step.law);
    listen();
    return told(decided, desk.account("acme"));
  }
};

void tell(const std::string& where, const std::string& answer,
          const std::vector<std::string>& trail) {
  std::cout << where << ": " << answer << "\n";
  for (const std::string& line : trail)
    if (line != "ask") std::cout << "    " << line << "\n";
}

void live(std::uint64_t seed, Tally& tally, bool tells) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const model::Settings settings = random_settings(seed);
  const Pace pace = paces[seed / 2 % paces.size()];
  Played law(settings);
  model::Model model(model_books(), settings, static_cast<model::Count>(law.read));
  std::size_t number = 0;
  for (const Step& step : random_life(seed, steps_each)) {
    const std::string where = "step " + std::to_string(++number) + ", " + step.label + " at " +
                              instant_text(Instant{step.at});
    const std::string answer = law.play(step, pace);
    model.pass(step.at);
    const std::string wanted = step.model(model);
    model.pass(step.at);
    const std::vector<std::string> trail = model.take_trail();
    if (tells) tell(where, answer, law.trail);
    tally.answer(wanted);
    for (const std::string& line : trail) tally.line(line);
    ASSERT_EQ(answer, wanted) << where;
    ASSERT_EQ(law.trail, trail) << where;
    ASSERT_EQ(difference(law.desk.account("acme"), model, step.at), "") << where;
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
  EXPECT_EQ(tally.missing(), "") << "hardly ever happened, of:\n" << tally.text();
}

// A pause of the process, or timers taken in several turns, change when things are recorded and
// nothing else: the same lines, notices with all their figures included, in the same order.
TEST(Pauses, ChangeNothingButWhenThingsAreRecorded) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const model::Settings settings = random_settings(seed);
    Played on_time(settings);
    Played paused(settings);
    Played in_turns(settings);
    for (const Step& step : random_life(seed, 250)) {
      const std::string answer = on_time.play(step, Pace::on_time);
      ASSERT_EQ(paused.play(step, Pace::paused), answer) << step.label;
      ASSERT_EQ(in_turns.play(step, Pace::in_turns), answer) << step.label;
      ASSERT_EQ(paused.trail, on_time.trail) << step.label;
      ASSERT_EQ(in_turns.trail, on_time.trail) << step.label;
    }
  }
}

// Replay is apply alone: any prefix gives the state that was left there, the law of today decides
// every entry as it was decided, and knows what is still to follow wherever it is stopped.
TEST(Replay, GivesTheStateThatWasLeft) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Played played(random_settings(seed));
    std::map<std::size_t, std::string> digests;  // by the number of entries
    for (const Step& step : random_life(seed, 150)) {
      (void)played.play(step, Pace::on_time);
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
    Played played(random_settings(seed));
    Desk& desk = played.desk;
    for (const Step& step : random_life(seed, 150)) {
      desk.advance(Instant{step.at});
      const std::string before = desk.ledger().digest();
      const std::vector<Entry> dry = desk.dry_run("acme", step.law);
      ASSERT_EQ(desk.ledger().digest(), before) << step.label;
      const std::size_t first = desk.entries().size();
      (void)desk.ask("acme", step.law);
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
    Played played(random_settings(seed));
    Desk& desk = played.desk;
    for (const Step& step : random_life(seed, 600)) {
      desk.advance(Instant{step.at});
      const std::string before = desk.ledger().digest();
      const std::size_t entries = desk.entries().size();
      if (desk.try_out("acme", step.law).has_value()) {
        EXPECT_EQ(desk.ledger().digest(), before) << "deciding changed the ledger";
        (void)desk.ask("acme", step.law);
        continue;
      }
      ++refused;
      EXPECT_FALSE(desk.ask("acme", step.law).has_value());
      EXPECT_EQ(desk.ledger().digest(), before) << step.label;
      EXPECT_EQ(desk.entries().size(), entries);
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace packledger
