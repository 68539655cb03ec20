// A naive model of the rules, written from docs/rules.md alone: plain numbers, no timers that are
// set, no indices. What is due next is found by looking at everything; what a package is worth is
// worked out whenever somebody asks. It judges every answer of the law, and all that follows from
// it, in the random tests. Billing zone +08:00, no long windows, no overflow.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/model_values.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace packledger::model {

// What becomes an entry leaves a line here, "ask" for a command.
struct Trail {
  Count entries = 0;  // in the journal
  std::vector<std::string> lines;
};

// One account and the books that it sees. Every answer is one text: what a table would show after
// its arrow, or the code of the refusal.
class Model {
 public:
  Model(Trail& trail, std::string name, std::vector<Book> books, Settings settings)
      : trail_(trail),
        name_(std::move(name)),
        settings_(std::move(settings)),
        books_(std::move(books)) {}

  std::string credit(Ms now, Count amount);
  std::string grant(Ms now, const Grant& asked);
  std::string buy(Ms now, const Buy& asked);
  std::string pay(Ms now, const std::string& order, const std::string& reference);
  std::string cancel(Ms now, const std::string& order);
  std::string refund(Ms now, const std::string& package);
  std::string send(Ms now, const Asked& asked);
  std::string reverse(Ms now, const std::string& send, const std::string& reversal, Count units);
  std::string set_mode(Ms now, const std::string& pool, bool stops);
  std::string set(Ms now, const std::function<void(Settings&)>& change);
  std::string place(Ms now, const Hold& asked);
  std::string capture(Ms now, const std::string& hold, Count units);
  std::string release(Ms now, const std::string& hold);
  std::string set_alarm(Ms now, const AlarmRule& rule);
  std::string remove_alarm(Ms now, const std::string& alarm);
  std::string forecast(Ms now, const std::string& pool, std::optional<Ms> end, Count knows);
  std::string set_renewal(Ms now, const RenewalRule& rule);
  std::string remove_renewal(Ms now);
  std::string set_contacts(Ms now, const std::vector<Contact>& contacts);
  std::string invoice(Ms now);
  void publish(const Book& book) { books_.push_back(book); }

  [[nodiscard]] Look look(Ms now, std::size_t package) const;
  [[nodiscard]] const std::vector<Package>& packages() const { return packages_; }
  [[nodiscard]] Count balance() const { return balance_; }
  // By "industry 2024-05".
  [[nodiscard]] const std::unordered_map<std::string, Counter>& counters() const {
    return counters_;
  }
  [[nodiscard]] const std::map<std::string, Alarm>& alarms() const { return alarms_; }
  // Those that were not over when they were looked at last.
  [[nodiscard]] const std::vector<Hold*>& open_holds() const { return open_holds_; }
  // Packages of which more may come: not released, cancelled or refunded long ago.
  [[nodiscard]] const std::vector<std::size_t>& living() const { return living_; }
  [[nodiscard]] const std::string& standing() const { return standing_; }
  [[nodiscard]] const Renewal& renewal() const { return renewal_; }
  // Pools that ever had a paid package.
  [[nodiscard]] std::size_t pools() const;
  [[nodiscard]] bool has_pool(std::size_t number) const;
  [[nodiscard]] Total total(const std::string& pool, Ms at) const;
  // Of all of them, by their numbers; until it is asked again.
  [[nodiscard]] const std::vector<Total>& totals(Ms at) const;
  // Behind all others where no package was ever in it.
  [[nodiscard]] std::size_t pool_number(const std::string& pool) const;
  // What is due next, and that it happens.
  [[nodiscard]] const std::optional<Moment>& earliest();
  void take(const Moment& moment);

 private:
  // Deduction and rating.
  [[nodiscard]] const Book* book_at(Ms t) const;
  [[nodiscard]] const Tariff* tariff_at(Ms t, const Asked& asked) const;
  [[nodiscard]] const Package* find(const std::string& name) const;
  Package& add(const Package& package);
  void bury();
  Pool& pool_of(const std::string& name);
  Hold* known(const std::string& name, Ms now);
  [[nodiscard]] bool stops_at(const std::string& country) const;
  [[nodiscard]] std::vector<std::size_t> payers(Ms now, Ms occurred, const Asked& asked) const;
  [[nodiscard]] bool pays_first(const Package& a, const Package& b) const;
  // Prices `missing` units behind those that packages pay; false where nobody has a price.
  bool rate(Ms occurred, const Asked& asked, Count missing, Send& send, Count& adjustment) const;
  void move_count(const Send& send, Count charged);
  void charge(Ms now, Count amount);
  std::string restore(Ms now, Send& send, Count units);

  // Orders and packages.
  [[nodiscard]] bool pending(const Order& order) const;
  [[nodiscard]] const Product* product_at(Ms t, const std::string& name) const;
  void start(Package& package, Ms at, Ms from, Ms until);
  [[nodiscard]] bool may_follow(const Buy& asked, const Product& product) const;
  [[nodiscard]] bool followed(const std::string& package) const;
  bool start_paid(Package& package, Ms now, const Order& order);
  void add_copies(Ms now, const Buy& asked, const Order& order, const Product& product);
  void give_back(const Hold& hold, Count taken, std::string& text);

  // Time.
  void moments_of(const Package& package, std::optional<Moment>& first) const;
  void take_package(const Moment& moment, Wake& wake);
  // An entry: the next number and its line; what it leaves to be followed up.
  Wake note(Ms at, const std::string& line);
  Wake ask(Ms now) { return note(now, "ask"); }
  void follow(const Wake& wake);

  // Consequences.
  void follow_standing(const Wake& wake);
  void follow_alarms(const Wake& wake);
  void follow_renewal(const Wake& wake);
  // What an alarm watches: of a package, of a pool, or the money.
  [[nodiscard]] Total watched(const AlarmRule& rule, const Package* package, Ms at) const;
  [[nodiscard]] static bool holds(const Watched& row);
  void watch(Alarm& alarm, const std::vector<Total>& totals);
  void watch_each(Alarm& alarm);
  [[nodiscard]] static bool is_raised(const Wake& wake, const Watched& row);
  [[nodiscard]] static bool is_cleared(const Wake& wake, const Watched& row);
  void ease(const Wake& wake);
  [[nodiscard]] static bool near(const Alarm& alarm, Ms at);
  void raise(const Wake& wake, Alarm& alarm, const Package* package);
  void clear(const Wake& wake, Alarm& alarm, const Package* package);
  [[nodiscard]] std::string figures(const Alarm& alarm, const Package* package, Ms at) const;
  [[nodiscard]] bool warned(const AlarmRule& rule) const;
  [[nodiscard]] std::string told(const std::string& topic,
                                 const std::vector<std::string>& only = {}) const;

  // Renewal.
  [[nodiscard]] Offer offer(Ms at) const;
  [[nodiscard]] std::string stopped_by_debt() const;
  [[nodiscard]] Count renewals_of_day(Ms at) const;
  [[nodiscard]] bool another_ends_later(std::size_t package) const;
  void attempt(const Wake& wake, std::optional<std::size_t> ending, bool retry);
  void renew(const Wake& wake, const Offer& offer, const std::string& trigger);
  void end_pending();
  void forget_pending(Ms at);
  [[nodiscard]] std::string retry_line(Ms due);

  Trail& trail_;
  std::string name_;
  Settings settings_;
  Ms reminders_since_ = 0;
  std::vector<Book> books_;
  Ms latest_ = 0;  // business time
  Count balance_ = 0;
  std::vector<Package> packages_;
  std::unordered_map<std::string, std::size_t> numbers_;  // of the packages, by name
  std::vector<std::size_t> living_;
  std::vector<Pool> pools_;
  std::map<std::string, Order> orders_;
  std::vector<std::pair<const std::string, Order>*> unpaid_;  // that may be pending
  std::unordered_map<std::string, Send> sends_;
  std::deque<std::pair<Ms, std::string>> sent_;  // when, and what
  std::map<std::string, bool> modes_;
  std::unordered_map<std::string, Counter> counters_;
  std::deque<Hold> holds_;
  std::vector<Hold*> open_holds_;
  std::unordered_map<std::string, Hold*> latest_holds_;
  std::vector<Contact> contacts_;
  std::map<std::string, Alarm> alarms_;
  // What alarms saw of packages, by their names, also of those that are removed.
  std::map<std::string, std::vector<std::optional<Total>>> seen_;
  std::vector<Watched> watched_;       // by the entry that is followed now
  mutable std::vector<Total> totals_;  // when they were asked last
  Renewal renewal_;
  std::vector<Ms> renewed_at_;
  std::set<Count> capped_days_;
  std::string standing_ = "active";
  std::optional<Ms> suspends_at_;
  std::optional<Ms> suspended_at_;
  std::vector<PaidLine> paid_;
  std::map<std::string, std::pair<Ms, Count>> payg_;  // by month: its end, its charges
  Count invoices_ = 0;
  std::optional<Moment> earliest_;
  bool earliest_known_ = false;  // nothing has happened since
};

// Accounts whose entries stand in one journal.
class World {
 public:
  // `entries` stand there already.
  explicit World(Count entries) { trail_.entries = entries; }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void open(const std::string& name, const Settings& settings, const std::vector<Book>& books) {
    accounts_.emplace_back(trail_, name, books, settings);
  }
  // An entry about none of the accounts, and all of them see the book.
  void publish(const Book& book) {
    skip(1);
    books_.push_back(book);
    for (Model& account : accounts_) account.publish(book);
  }
  [[nodiscard]] const std::vector<Book>& books() const { return books_; }
  [[nodiscard]] Model& account(std::size_t number) { return accounts_.at(number); }
  // Everything that is due by then happens. To be called before and after each command.
  void pass(Ms now);
  // The first of it; false where nothing is due by then.
  bool pass_one(Ms now);
  [[nodiscard]] bool is_due(Ms now);
  // Entries that are about none of the accounts.
  void skip(Count entries) { trail_.entries += entries; }
  // What happened, entry by entry, since it was forgotten or taken last.
  [[nodiscard]] const std::vector<std::string>& lines() const { return trail_.lines; }
  void forget_lines() { trail_.lines.clear(); }
  [[nodiscard]] std::vector<std::string> take_lines() { return std::exchange(trail_.lines, {}); }

 private:
  // Whose turn it is; null where nothing is due by then.
  Model* first_due(Ms now);

  Trail trail_;
  std::vector<Book> books_;  // that were published
  std::deque<Model> accounts_;
};

}  // namespace packledger::model
