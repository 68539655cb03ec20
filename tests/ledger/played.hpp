// Played: the lives of accounts, played at a desk, and what it has said.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/life.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
class RandomLives {
 public:
  // `steps` of all accounts together.
  RandomLives(std::uint64_t seed, std::size_t accounts, std::size_t steps,
              Trade trade = Trade::mixed);
  [[nodiscard]] std::optional<Turn> next();

 private:
  struct Coming {
    RandomLife life;
    std::size_t left = 0;       // to be drawn
    model::Count grants = 0;    // that were drawn
    std::optional<Step> drawn;  // waits behind `more`
    std::multimap<model::Ms, Step> more;
    std::optional<Step> step;  // the next

    explicit Coming(RandomLife of) : life(std::move(of)) {}
  };
  static void draw(Coming& one);
  static void narrow_late_window(Coming& one);

  std::vector<Coming> coming_;
};
[[nodiscard]] std::vector<Turn> random_lives(std::uint64_t seed, std::size_t accounts,
                                             std::size_t steps, Trade trade = Trade::mixed);

struct Played {
  Desk desk;
  std::vector<std::string> trail;  // of the last step
  std::size_t read = 0;            // entries

  // With the books and the accounts in place.
  Played(std::uint64_t seed, std::size_t accounts, Care care = Care::all);
  [[nodiscard]] const Account& account(std::size_t number) const;
  // Gives the answer.
  std::string play(const Turn& turn, Pace pace);

 private:
  void must(std::string_view account, What what);
  void listen();

  std::vector<AccountId> ids_;
};

}  // namespace packledger
