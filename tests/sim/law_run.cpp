// The law alone: random lives, judged by the naive model after every command.
#include "tests/ledger/both.hpp"
#include "tests/ledger/life.hpp"
#include "tests/ledger/zones.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/options.hpp"
#include "tests/sim/report.hpp"

#include <chrono>
#include <limits>

namespace packledger::sim {

const std::string_view law_help =
    "  --seed N       the first life (1)\n"
    "  --seconds S    no life begins after so long (30)\n"
    "  --commands N   nor after so many commands (no limit)\n"
    "  --report FILE  writes the summary there as JSON\n";

namespace {

constexpr std::size_t commands_per_life = 400;

// What differs first, and at which step; empty where nothing does.
std::string live(std::uint64_t seed, Report& report) {
  Desk desk(instant("2024-05-01T00:00:00Z"));
  const auto must = [&](What what) {
    ENSURE(desk.ask("", std::move(what)).has_value(), "nothing stands against it");
  };
  int version = 0;
  for (const model::Book& book : model_books())
    must(PriceBookPublished{law_book(book, std::to_string(++version))});
  must(opening("a0", random_settings(seed)));
  model::World world(static_cast<model::Count>(desk.entries().size()));
  world.open("a0", random_settings(seed), model_books());
  std::size_t number = 0;
  for (const Step& step : random_life(seed, commands_per_life)) {
    desk.advance(Instant{step.at});
    const auto decided = desk.ask("a0", step.asked(desk.account("a0")));
    const std::string answer = told(decided, desk.account("a0"));
    world.pass(step.at);
    const std::string wanted = step.model(world.account(0));
    world.pass(step.at);
    ++number;
    const std::string where = "seed " + std::to_string(seed) + ", step " + std::to_string(number) +
                              ", " + step.label + ": ";
    if (answer != wanted) return where + "law " + answer + ", model " + wanted;
    const std::string differs = difference(desk.account("a0"), world.account(0), step.at);
    if (!differs.empty()) return where + differs;
  }
  report.figures[0].value += number;
  report.figures[1].value += desk.entries().size();
  return {};
}

}  // namespace

int run_law(std::span<const std::string> words) {
  Options options(words);
  const std::uint64_t first = options.number("--seed", 1);
  const std::uint64_t seconds = options.number("--seconds", 30);
  const std::uint64_t commands =
      options.number("--commands", std::numeric_limits<std::uint64_t>::max());
  const std::string file = options.text("--report", "");
  options.expect_no_more();
  Report report{"law", 0, {{1, "conservation", 0, 0}}, {{"commands", 0}, {"entries", 0}}, {}};
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; report.seconds < seconds; ++seed) {
    if (report.figures[0].value >= commands) break;
    const std::string failure = live(seed, report);
    if (!failure.empty()) {
      report.failures.push_back(failure);
      break;
    }
    report.seconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start)
            .count());
  }
  report.invariants[0].checked = report.figures[1].value;
  return finish(report, file);
}

}  // namespace packledger::sim
