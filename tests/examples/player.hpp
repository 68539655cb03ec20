// Player: understands the statements of a scenario and plays them to a Driver. README.md beside
// this file is the reference of the words.
//
// Owner: the test, one Player per scenario and driver; one thread.
#pragma once

#include "tests/examples/driver.hpp"
#include "tests/examples/line.hpp"
#include "tests/examples/table.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace packledger::examples {

// One thing that did not come out as the table says.
struct Miss {
  Place place;
  std::string detail;
};

class Player {
 public:
  // `book_folder` ends in a slash: where the price books are that tables name by file.
  Player(Driver& driver, std::string book_folder)
      : driver_(driver), book_folder_(std::move(book_folder)) {}

  // Plays it to the end, then replays the journal and compares. A statement that cannot be
  // understood ends the play.
  [[nodiscard]] std::vector<Miss> play(const Scenario& scenario);

 private:
  void take(const Statement& statement);
  [[nodiscard]] bool take_book(Line& line, const std::string& verb);
  [[nodiscard]] bool take_clock(Line& line, const std::string& verb);
  [[nodiscard]] bool take_command(Line& line, const std::string& verb, bool dry_run);
  [[nodiscard]] bool take_check(Line& line, const std::string& verb);
  void send(Line& line, const std::string& verb, bool dry_run);
  void command(Line& line, CommandAsk ask);
  void check_left(Line& line);
  void check_balance(Line& line);
  void check_package(Line& line);
  void check_pool(Line& line);
  void check_order(Line& line);
  void check_sent(Line& line);
  void check_counter(Line& line);
  void check_entry(Line& line, bool wanted);
  void check_latest(Line& line);
  void publish_open_book();
  void compare_replay();

  // The clock goes to `when`, where the statement names an instant.
  void move_to(std::optional<Instant> when);
  void compare(const Outcome& outcome);
  void miss(const std::string& detail);
  void differ(const std::string& what, const std::string& wanted, const std::string& got);
  [[nodiscard]] std::optional<AccountSeen> account_seen(const std::string& name);

  Driver& driver_;
  std::string book_folder_;
  const Statement* now_ = nullptr;  // the statement being played
  std::vector<Miss> misses_;
  bool stopped_ = false;
  std::optional<Instant> clock_;
  std::optional<PriceBook> book_;  // being written, published by the next other statement
  std::set<std::string> accounts_;
};

}  // namespace packledger::examples
