// LawLife: years of the accounts of one seed, the law against the naive model. Whatever is
// answered, and every entry that follows from time or from other entries, is compared as it comes;
// the rest as its Shape says.
//
// Owner: the campaign; one thread of one process.
#pragma once

#include "tests/ledger/played.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace packledger::sim {

// Counted as a life goes on; plain numbers, so that another process can read them.
struct LawCounts {
  std::uint64_t lives = 0;
  std::uint64_t commands = 0;
  std::uint64_t refused = 0;
  std::uint64_t repeats = 0;    // answered as duplicate or conflict
  std::uint64_t entries = 0;    // of the journal, compared
  std::uint64_t timers = 0;     // entries that time made
  std::uint64_t alarms = 0;     // raised or cleared
  std::uint64_t renewals = 0;   // renewed, failed, capped
  std::uint64_t standings = 0;  // overdue, suspended, resumed
  std::uint64_t sums = 0;       // of packages and balances, added up by the law after an entry
  std::uint64_t states = 0;     // of accounts, compared with the model
  std::uint64_t packages = 0;   // the same, with their sums
  std::uint64_t pools = 0;      // compared with the sum of their packages
  std::uint64_t audits = 0;     // everything compared
  std::uint64_t replayed = 0;   // entries decided and applied once more

  // Answers, entries and states, each beside what the model says.
  [[nodiscard]] std::uint64_t judgements() const { return commands + entries + states; }
  std::uint64_t virtual_ms = 0;

  void add(const LawCounts& other);
};

// What kind of life a seed leads.
struct Shape {
  std::size_t steps = 0;
  Trade trade = Trade::mixed;
  std::size_t audit_every = 1;  // commands
  bool replays = false;         // keeps its entries and plays them once more at its end
};
[[nodiscard]] Shape shape_of(std::uint64_t seed);

[[nodiscard]] RandomLives lives_of(std::uint64_t seed);
[[nodiscard]] std::vector<Turn> turns_of(std::uint64_t seed);

// Where a life is, for whoever looks at it from another process.
struct LawProgress {
  LawCounts counts;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

// Plays these turns of that seed, or all of them. Gives what differed first; empty where nothing
// did. `tells` prints each step with its answer and what followed.
using NextTurn = std::function<std::optional<Turn>()>;
[[nodiscard]] std::string live(std::uint64_t seed, const NextTurn& next, LawProgress& progress,
                               bool tells);
[[nodiscard]] std::string live(std::uint64_t seed, LawProgress& progress);
[[nodiscard]] std::string live(std::uint64_t seed, const std::vector<Turn>& turns,
                               LawProgress& progress, bool tells);

}  // namespace packledger::sim
