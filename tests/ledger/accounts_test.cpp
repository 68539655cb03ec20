// Accounts side by side in one ledger.
#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <tuple>
#include <vector>

namespace packledger {
namespace {

constexpr std::size_t accounts = 3;
constexpr std::size_t steps = 150;
using Lives = std::array<std::vector<Step>, accounts>;
using Answers = std::array<std::vector<std::string>, accounts>;

Desk desk_with_books() {
  Desk desk(instant("2024-05-01T00:00:00Z"));
  int version = 0;
  for (const model::Book& book : model_books())
    std::ignore = desk.ask("", PriceBookPublished{law_book(book, std::to_string(++version))});
  return desk;
}

// A renewed package is named by the position of its entry, which other accounts move: here by its
// number.
std::string neutral(std::string text, const Account& account) {
  for (const Package& package : account.packages) {
    const std::string& name = package.terms.name;
    if (!name.starts_with("renewal-")) continue;
    const std::string number = "renewed#" + std::to_string(package.terms.id.value);
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at) {
      const std::size_t end = at + name.size();
      const bool longer = end < text.size() && text[end] >= '0' && text[end] <= '9';
      if (!longer) text.replace(at, name.size(), number);
    }
  }
  return text;
}

// Nobody guesses such a name here, for it would be there in one ledger and not in another.
std::vector<Step> life_of(std::uint64_t seed) {
  std::vector<Step> life = random_life(seed, steps);
  std::erase_if(life,
                [](const Step& step) { return step.label.find("renewal-") != std::string::npos; });
  return life;
}

std::string answer(Desk& desk, const std::string& name, const Step& step) {
  desk.advance(Instant{step.at});
  const auto decided = desk.ask(name, step.asked(desk.account(name)));
  const Account& account = desk.account(name);
  return neutral(told(decided, account), account) + " " + money_text(account.balance) + " " +
         std::string(status_text(account.standing->status));
}

// In the order of time; at one instant in one order or the other.
Answers together(const Lives& lives, std::uint64_t seed, bool backwards) {
  Desk desk = desk_with_books();
  Answers answers;
  for (std::size_t i = 0; i < accounts; ++i)
    std::ignore = desk.ask("", opening("a" + std::to_string(i), random_settings(seed + i)));
  std::array<std::size_t, accounts> at{};
  while (true) {
    std::size_t next_one = accounts;
    for (std::size_t k = 0; k < accounts; ++k) {
      const std::size_t i = backwards ? accounts - 1 - k : k;
      if (at[i] == lives[i].size()) continue;
      if (next_one == accounts || lives[i][at[i]].at < lives[next_one][at[next_one]].at)
        next_one = i;
    }
    if (next_one == accounts) return answers;
    const Step& step = lives[next_one][at[next_one]++];
    answers[next_one].push_back(answer(desk, "a" + std::to_string(next_one), step));
  }
}

// One ledger for several accounts gives each of them what a ledger of its own would.
TEST(Accounts, DoNotTouchOneAnother) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Lives lives;
    for (std::size_t i = 0; i < accounts; ++i) lives[i] = life_of(seed * 10 + i);
    const Answers forwards = together(lives, seed, false);
    EXPECT_EQ(forwards, together(lives, seed, true));
    for (std::size_t i = 0; i < accounts; ++i) {
      Desk alone = desk_with_books();
      std::ignore = alone.ask("", opening("alone", random_settings(seed + i)));
      std::vector<std::string> answers;
      for (const Step& step : lives[i]) answers.push_back(answer(alone, "alone", step));
      EXPECT_EQ(answers, forwards[i]);
    }
  }
}

}  // namespace
}  // namespace packledger
