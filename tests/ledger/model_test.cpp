// The law against the naive model: random lives of accounts, every answer and every balance
// compared. A failure prints its seed; PACKLEDGER_SEED plays that one alone, PACKLEDGER_LIVES as
// many from 1 on.
#include "tests/ledger/both.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace packledger {
namespace {

constexpr std::size_t steps_each = 400;
constexpr std::uint64_t lives_by_default = 300;

Instant opening_day() { return instant("2024-05-01T00:00:00Z"); }

void publish_books(Desk& desk) {
  int version = 0;
  for (const model::Book& book : model_books()) {
    const auto done = desk.ask("", PriceBookPublished{law_book(book, std::to_string(++version))});
    ASSERT_TRUE(done.has_value());
  }
}

// How often each answer came, to see that the lives are worth living.
using Tally = std::map<std::string, int>;

void count(Tally& tally, const std::string& answer) {
  const bool code = answer.find_first_of(":@ ") == std::string::npos;
  ++tally[code ? answer : answer.substr(0, answer.find(' ') == std::string::npos ? 0 : 5)];
}

void live(std::uint64_t seed, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  const model::Settings settings = random_settings(seed);
  Desk desk(opening_day());
  publish_books(desk);
  ASSERT_TRUE(desk.ask("", opening("acme", settings)).has_value());
  model::Model model(model_books(), settings);
  for (const Step& step : random_life(seed, steps_each)) {
    // Now and then the process was away, and everything that fell due is recorded late.
    if (seed % 2 == 0) {
      desk.advance(Instant{step.at});
    } else {
      desk.jump(Instant{step.at});
    }
    const auto decided = desk.ask("acme", step.law);
    const std::string law = told(decided, desk.account("acme"));
    const std::string wanted = step.model(model);
    count(tally, wanted);
    ASSERT_EQ(law, wanted) << step.label << " at " << instant_text(Instant{step.at});
    ASSERT_EQ(difference(desk.account("acme"), model, step.at), "")
        << step.label << " at " << instant_text(Instant{step.at});
  }
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Model, AgreesWithTheLaw) {
  const std::uint64_t only = number_from("PACKLEDGER_SEED", 0);
  const std::uint64_t lives = number_from("PACKLEDGER_LIVES", lives_by_default);
  Tally tally;
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? lives : only); ++seed) {
    live(seed, tally);
    if (HasFatalFailure()) return;
  }
  if (only != 0 || lives < lives_by_default) return;
  for (const char* const code : {"conflict",
                                 "duplicate",
                                 "invalid_units",
                                 "timestamp_in_future",
                                 "too_old",
                                 "account_overdue",
                                 "unknown_product",
                                 "invalid_quota",
                                 "invalid_expires_at",
                                 "unknown_order",
                                 "order_not_pending",
                                 "unknown_package",
                                 "not_refundable",
                                 "unknown_send",
                                 "over_reversal",
                                 "quota_exhausted",
                                 "no_tariff",
                                 "insufficient_balance",
                                 "price",
                                 "refun"})
    EXPECT_GT(tally[code], 10) << code << " hardly ever happened";
}

// One ledger for several accounts gives each of them what a ledger of its own would.
TEST(Accounts, DoNotTouchOneAnother) {
  constexpr std::size_t accounts = 3;
  constexpr std::size_t steps = 150;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::array<std::vector<Step>, accounts> lives_of;
    for (std::size_t i = 0; i < accounts; ++i) lives_of[i] = random_life(seed * 10 + i, steps);
    // Together, in the order of time; at one instant in one order or the other.
    const auto together = [&](bool backwards) {
      Desk desk(opening_day());
      publish_books(desk);
      std::array<std::vector<std::string>, accounts> answers;
      for (std::size_t i = 0; i < accounts; ++i)
        (void)desk.ask("", opening("a" + std::to_string(i), random_settings(seed + i)));
      std::array<std::size_t, accounts> at{};
      while (true) {
        std::size_t next_one = accounts;
        for (std::size_t k = 0; k < accounts; ++k) {
          const std::size_t i = backwards ? accounts - 1 - k : k;
          if (at[i] == steps) continue;
          if (next_one == accounts || lives_of[i][at[i]].at < lives_of[next_one][at[next_one]].at)
            next_one = i;
        }
        if (next_one == accounts) break;
        const Step& step = lives_of[next_one][at[next_one]++];
        desk.advance(Instant{step.at});
        const std::string name = "a" + std::to_string(next_one);
        const auto decided = desk.ask(name, step.law);
        answers[next_one].push_back(told(decided, desk.account(name)));
      }
      return answers;
    };
    const auto forwards = together(false);
    EXPECT_EQ(forwards, together(true));
    for (std::size_t i = 0; i < accounts; ++i) {
      Desk alone(opening_day());
      publish_books(alone);
      (void)alone.ask("", opening("alone", random_settings(seed + i)));
      std::vector<std::string> answers;
      for (const Step& step : lives_of[i]) {
        alone.advance(Instant{step.at});
        answers.push_back(told(alone.ask("alone", step.law), alone.account("alone")));
      }
      EXPECT_EQ(answers, forwards[i]);
    }
  }
}

// Replay is apply alone: any prefix gives the state that was left there, and the law of today
// decides every entry as it was decided.
TEST(Replay, GivesTheStateThatWasLeft) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Desk desk(opening_day());
    publish_books(desk);
    (void)desk.ask("", opening("acme", random_settings(seed)));
    std::map<std::size_t, std::string> digests;  // by the number of entries
    for (const Step& step : random_life(seed, 120)) {
      desk.advance(Instant{step.at});
      (void)desk.ask("acme", step.law);
      digests[desk.entries().size()] = desk.ledger().digest();
    }
    Ledger again;
    std::size_t applied = 0;
    for (const Entry& entry : desk.entries()) {
      const auto decided = again.decide(entry.input, entry.recorded_at);
      ASSERT_TRUE(decided.has_value()) << kind_text(entry.input.what);
      ASSERT_EQ(*decided, entry.decision) << kind_text(entry.input.what);
      again.apply(entry);
      const auto wanted = digests.find(++applied);
      if (wanted != digests.end()) ASSERT_EQ(again.digest(), wanted->second) << applied;
    }
    EXPECT_EQ(replayed(desk.entries())->digest(), desk.ledger().digest());
    EXPECT_EQ(again.next_due(), desk.ledger().next_due());
  }
}

// Refusals change nothing, whatever they are.
TEST(Refusal, ChangesNothing) {
  Desk desk(opening_day());
  publish_books(desk);
  (void)desk.ask("", opening("acme", random_settings(4)));
  int refused = 0;
  for (const Step& step : random_life(77, 1'500)) {
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
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace packledger
