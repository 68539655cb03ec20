// A naive model of the rules, written from docs/rules.md alone: plain numbers, no timers, no
// indices. What a package is worth is worked out from its history whenever somebody asks. It judges
// every answer of the law in the random tests. Billing zone +08:00, no long windows, no overflow.
//
// Owner: the test; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace packledger::model {

using Count = std::int64_t;
using Ms = std::int64_t;

inline constexpr Ms hour = 3'600'000;
inline constexpr Ms day = 24 * hour;

enum class Refund { none, unused_only, prorata };
enum class Ends { exact, start_of_day, end_of_day };

struct Wares {               // what a package is good for
  std::string destinations;  // "CN", "ID+TH", "*"
  std::set<std::string> templates;
  bool stops = false;
  Count priority = 100;
};

struct Product {
  std::string name;
  Wares wares;
  Count quota_min = 0;
  Count quota_max = 0;
  Count price = 0;                             // of a fixed one
  std::vector<std::pair<Count, Count>> bands;  // from, unit price
  int months = 0;
  Ms rest = 0;
  Ends ends = Ends::exact;
  Refund refund = Refund::none;
};

struct Tier {
  std::optional<Count> up_to;
  Count price = 0;
};

struct Tariff {
  std::string country;
  bool promotion = false;
  bool every_class = true;
  bool volume = false;
  bool counted = false;
  std::vector<Tier> tiers;
};

struct Book {
  Ms from = 0;
  std::vector<Product> products;
  std::vector<Tariff> tariffs;
};

struct Package {
  std::string name;
  std::string order;
  Count number = 0;
  Wares wares;
  Count quota = 0;
  Count price = 0;
  Refund refund = Refund::none;
  bool paid = false;
  Ms from = 0;
  Ms until = 0;
  Count used = 0;           // what sends took and did not give back
  Count refunded = 0;       // units
  bool taken_back = false;  // refunded
};

struct Order {
  std::string product;
  bool external = false;
  std::optional<Ms> paid_at;
  bool cancelled = false;
  Ms times_out = 0;
  std::string reference;
  int months = 0;
  Ms rest = 0;
  Ends ends = Ends::exact;
  Count copies = 0;
};

struct Part {  // of a send: units that one payer paid
  std::optional<std::size_t> package;
  Count units = 0;
  Count price = 0;
  Count back = 0;  // reversed
};

struct Send {
  Ms recorded = 0;
  Count asked = 0;
  std::vector<Part> parts;
  std::string group;
  std::string month;
  Count counted = 0;  // units by which it moved the count
  bool volume = false;
  Ms list = 0;  // from when its price book was in force, where it was priced by volume
  std::map<std::string, Count> reversals;
};

struct Counter {
  Count position = 0;
  struct Volume {
    Count units = 0;
    Count price = 0;
  };
  std::map<Ms, Volume> volumes;  // by the start of the price book
};

struct Settings {
  bool expiry_first = false;
  bool strict = false;
  Ms late_window = 72 * hour;
};

struct Asked {  // a send
  std::string name;
  Count units = 0;
  std::optional<Ms> occurred;
  std::string country;
  std::string type;
  bool billable = true;
};

struct Grant {
  std::string name;
  Count quota = 0;
  Wares wares;
  Ms from = 0;
  Ms until = 0;
};

struct Buy {
  std::string order;
  std::string product;
  std::optional<Count> quota;
  Count copies = 1;
  bool external = false;
};

// One account and the books that it sees. Every answer is one text: what a table would show after
// its arrow, or the code of the refusal.
class Model {
 public:
  Model(std::vector<Book> books, Settings settings)
      : settings_(settings), books_(std::move(books)) {}

  std::string credit(Count amount);
  std::string grant(Ms now, const Grant& asked);
  std::string buy(Ms now, const Buy& asked);
  std::string pay(Ms now, const std::string& order, const std::string& reference);
  std::string cancel(Ms now, const std::string& order);
  std::string refund(Ms now, const std::string& package);
  std::string send(Ms now, const Asked& asked);
  std::string reverse(Ms now, const std::string& send, const std::string& reversal, Count units);
  std::string set_mode(const std::string& pool, bool stops);
  void set_order(bool expiry_first) { settings_.expiry_first = expiry_first; }
  void set_strict(bool strict) { settings_.strict = strict; }

  // "active 9+0+1+0+0": the state and remaining, held, used, forfeited, refunded.
  [[nodiscard]] std::string look(Ms now, std::size_t package) const;
  [[nodiscard]] const std::vector<Package>& packages() const { return packages_; }
  [[nodiscard]] Count balance() const { return balance_; }
  [[nodiscard]] const std::map<std::pair<std::string, std::string>, Counter>& counters() const {
    return counters_;
  }

 private:
  [[nodiscard]] const Book* book_at(Ms t) const;
  [[nodiscard]] const Tariff* tariff_at(Ms t, const Asked& asked) const;
  [[nodiscard]] const Package* find(const std::string& name) const;
  [[nodiscard]] bool stops_at(const std::string& country) const;
  [[nodiscard]] std::vector<std::size_t> payers(Ms now, Ms occurred, const Asked& asked) const;
  [[nodiscard]] bool pays_first(const Package& a, const Package& b) const;
  [[nodiscard]] bool pending(const Order& order, Ms now) const;
  // Prices `missing` units behind those that packages pay; false where nobody has a price.
  bool rate(Ms occurred, const Asked& asked, Count missing, Send& send, Count& adjustment) const;
  void start(Package& package, Ms from, const Order& order);

  Settings settings_;
  std::vector<Book> books_;
  Count balance_ = 0;
  std::vector<Package> packages_;
  std::map<std::string, Order> orders_;
  std::map<std::string, Send> sends_;
  std::map<std::string, bool> modes_;
  std::map<std::pair<std::string, std::string>, Counter> counters_;
};

// The civil calendar at +08:00, day by day.
[[nodiscard]] Ms end_of(Ms from, int months, Ms rest, Ends ends);
[[nodiscard]] std::string month_of(Ms t);
// "0.132" from 132000.
[[nodiscard]] std::string money(Count micros);

}  // namespace packledger::model
