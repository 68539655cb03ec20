// Played: the lives of accounts, played at a desk, and what it has said.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/life.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// How time passes at a desk before a command comes.
enum class Pace {
  on_time,   // each timer is recorded when it is due
  paused,    // the process was away, all that fell due is recorded late
  in_turns,  // a few timers in each turn, so that one that is late meets others that are not
  split,     // on time, but asked in between at an instant at which nothing is due
};
[[nodiscard]] Pace pace_of(std::uint64_t seed);
[[nodiscard]] std::size_t accounts_of(std::uint64_t seed);

[[nodiscard]] std::string name_of(std::size_t account);

// A step of one of the accounts.
struct Turn {
  std::size_t account = 0;
  Step step;
};

// The lives of one or more accounts, in the order of time.
[[nodiscard]] std::vector<Turn> random_lives(std::uint64_t seed, std::size_t accounts,
                                             std::size_t steps, Trade trade = Trade::mixed);

struct Played {
  Desk desk;
  std::vector<std::string> trail;  // of the last step
  std::size_t read = 0;            // entries

  // With the books and the accounts in place.
  Played(std::uint64_t seed, std::size_t accounts, Care care = Care::all);
  // Gives the answer.
  std::string play(const Turn& turn, Pace pace);

 private:
  void must(std::string_view account, What what);
  void listen();
};

}  // namespace packledger
