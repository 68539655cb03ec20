#include "tests/ledger/lives.hpp"

#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/zones.hpp"

#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace packledger {
namespace {

constexpr std::size_t keys = 20;  // in use; each comes again when it was forgotten, and before

}  // namespace

std::vector<Entry> entries_of(const Lives& lives) {
  Desk desk{instant("2024-05-01T00:00:00Z")};
  int version = 0;
  for (const model::Book& book : model_books())
    std::ignore = desk.ask("", PriceBookPublished{law_book(book, std::to_string(++version))});
  // Two that are alike; the window of one is widened.
  const AccountOpened plain{"plain", {{'C', 'N', 'Y'}}, {}};
  std::ignore = desk.ask("", plain);
  std::ignore = desk.ask("", AccountOpened{"simple", plain.currency, plain.settings});
  AccountSettingsSet wider;
  wider.settings.acceptance_window = days(10);
  std::ignore = desk.ask("plain", wider);
  std::multimap<model::Ms, std::pair<std::string, Step>> steps;
  for (std::size_t i = 0; i < lives.accounts; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::uint64_t seed = lives.seed + i * 1'000'003;
    std::ignore = desk.ask("", opening(name, random_settings(seed)), "open-" + name);
    for (Step& step :
         random_life(seed, lives.steps / lives.accounts, Trade::mixed, Forecasts::some))
      steps.emplace(step.at, std::pair{name, std::move(step)});
  }
  std::size_t number = 0;
  std::uint64_t batches = 0;
  for (const auto& [at, step] : steps) {
    const auto& [name, what] = step;
    desk.advance(Instant{at});
    const bool keyed = ++number % 3 == 0;
    if (number % 16 == 0) {
      BatchTaken taken{.producer = "gw-" + std::to_string(number % 3), .not_recorded = {}};
      taken.epoch = 1 + number / 400;
      const Producer* known = desk.ledger().producers().find(taken.producer, desk.now());
      taken.number = known != nullptr && known->epoch == taken.epoch ? known->last + 1 : 1;
      taken.digest = ++batches * 0x9e37'79b9'7f4a'7c15ULL;
      std::ignore = desk.ask("", taken);
    }
    std::ignore = desk.ask(name, what.asked(desk.account(name)),
                           keyed ? "key-" + std::to_string(number % keys) : std::string{});
  }
  return desk.entries();
}

}  // namespace packledger
