// Player: understands the statements of a scenario and plays them to a Driver. README.md beside
// this file is the reference of the words.
//
// Owner: the test, one Player per scenario and driver; one thread.
#pragma once

#include "tests/examples/driver.hpp"
#include "tests/examples/line.hpp"
#include "tests/examples/table.hpp"

#include <map>
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
  [[nodiscard]] bool take_journal_check(Line& line, const std::string& verb);
  void check_entry(Line& line);
  void check_count(Line& line, std::optional<std::int64_t> wanted);
  void check_latest(Line& line);
  void check_caused(Line& line);
  void check_told(Line& line);
  void check_statement(Line& line);
  [[nodiscard]] bool take_rule_check(Line& line, const std::string& verb);
  void check_status(Line& line);
  void check_named(Line& line, const std::string& verb);
  void check_invoice(Line& line);
  void check_contacts(Line& line);
  void publish_open_book();
  // What a dry run must leave as it is.
  [[nodiscard]] std::string all_of_it();
  // What must hold at the end of every scenario.
  void compare_replay();
  void compare_told();
  void compare_keys();
  void compare_statement(const std::string& account);

  // The clock goes to `when`, where the statement names an instant.
  void move_to(std::optional<Instant> when);
  void compare(const std::string& account, const Outcome& outcome);
  void miss(const std::string& detail);
  void differ(const std::string& what, const std::string& wanted, const std::string& got);
  // Compares every key=value that is left of the line.
  void check_facts(Line& line, const Facts& facts, const std::string& what);
  void check_entry_facts(Line& line, const EntrySeen& entry, Facts more);
  [[nodiscard]] std::optional<AccountSeen> account_seen(const std::string& name);
  // Renewed packages are R1, R2 … in the tables, for their names are numbers of the journal; one
  // that a dry run would make is R?.
  [[nodiscard]] std::string with_aliases(const std::string& account, const std::string& text);
  // The entries of an account of such a kind, and of such a subject where one is named.
  [[nodiscard]] std::vector<EntrySeen> entries_of(const std::string& account,
                                                  const std::string& kind,
                                                  const std::optional<std::string>& subject);
  // "package_renewed:R1"
  [[nodiscard]] std::string entry_word(const EntrySeen& entry);

  Driver& driver_;
  std::string book_folder_;
  const Statement* now_ = nullptr;  // the statement being played
  std::vector<Miss> misses_;
  bool stopped_ = false;
  std::optional<Instant> clock_;
  std::optional<PriceBook> book_;  // being written, published by the next other statement
  std::set<std::string> accounts_;
  std::optional<Outcome> latest_;            // of the latest command or dry run
  std::string latest_account_;               // to which it was given
  std::map<std::string, std::size_t> told_;  // by account: the notices that the table has named
};

// The name under which the account has what a table calls so: "R2" is its second renewed package.
[[nodiscard]] std::string real_name(const AccountSeen& account, const std::string& name);

}  // namespace packledger::examples
