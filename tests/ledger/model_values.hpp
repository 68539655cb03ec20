// The plain values of the naive model: what an account has, and what is asked of it.
//
// Owner: the test; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::model {

using Count = std::int64_t;
using Ms = std::int64_t;

inline constexpr Ms minute = 60'000;
inline constexpr Ms hour = 60 * minute;
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
  Ms delay = 0;            // from the payment to the start
  bool renewable = false;  // by an order, once it has ended
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

struct Terms {  // of renewal
  std::string product;
  Ms lead = 0;
  Count discount = 10'000;
  Count per_day = 0;
  Count retry_minute = 0;
};

struct Book {
  Ms from = 0;
  std::vector<Product> products;
  std::vector<Tariff> tariffs;
  Terms terms;
};

struct Pool {
  std::string name;
  bool paid = false;  // ever had a paid package
};

struct Order {
  std::string product;
  Count number = 0;
  bool external = false;
  std::optional<Ms> paid_at;
  bool cancelled = false;
  bool timed_out = false;
  Ms times_out = 0;
  std::string reference;
  int months = 0;
  Ms rest = 0;
  Ends ends = Ends::exact;
  Ms delay = 0;
  Count quota = 0;
  Count copies = 0;
  Count price = 0;
  std::string renews;
};

struct Package {
  // What is looked at after every command stands together.
  Count quota = 0;
  Count used = 0;  // what sends and captures took and did not give back
  Count held = 0;
  Count refunded = 0;  // units
  Ms from = 0;
  Ms until = 0;
  std::size_t pool = 0;     // among the names of all pools
  bool taken_back = false;  // refunded
  bool paid = false;
  // What has been recorded of its life.
  bool started = false;
  bool ended = false;
  bool closed = false;
  bool grace_over = false;
  bool released = false;
  bool asked = false;  // its end has asked for a renewal
  Ms closes = 0;       // the end of the late window, once it has ended
  Ms paid_at = 0;
  Count number = 0;
  std::set<Ms> reminders;         // that were due
  const Order* placed = nullptr;  // null: granted or renewed
  Count price = 0;
  Refund refund = Refund::none;
  Wares wares;
  std::string name;
  std::string order;    // none: granted
  std::string product;  // none: granted

  [[nodiscard]] Count left() const { return quota - used - held - refunded; }
  [[nodiscard]] bool in_force() const { return started && !ended && !taken_back; }
};

enum class State {
  pending_payment,
  scheduled,
  active,
  used_up,
  expired_grace,
  expired_retention,
  released,
  cancelled,
  refunded,
};
[[nodiscard]] std::string_view state_text(State state);

// How a package stands at an instant.
struct Look {
  State state = State::pending_payment;
  Count remaining = 0;
  Count held = 0;
  Count used = 0;
  Count forfeited = 0;
  Count refunded = 0;
  friend bool operator==(const Look&, const Look&) = default;
};

struct Part {  // of a send: units that one payer paid
  std::optional<std::size_t> package;
  Count units = 0;
  Count price = 0;
  Count back = 0;  // reversed
};

struct Asked {  // a send
  std::string name;
  Count units = 0;
  std::optional<Ms> occurred;
  std::string country;
  std::string type;
  bool billable = true;
  friend bool operator==(const Asked&, const Asked&) = default;
};

struct Send {
  Ms recorded = 0;
  Asked asked;
  std::vector<Part> parts;
  std::string counter;  // "industry 2024-05"
  Count counted = 0;    // units by which it moved the count
  bool volume = false;
  Ms list = 0;           // from when its price book was in force, where it was priced by volume
  Count list_price = 0;  // at which all units of that list stand from then on
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
  Ms grace = 0;           // before the suspension
  bool same_day = false;  // what is paid starts at midnight
  std::vector<Ms> reminders{7 * day};
};

struct Contact {
  std::string name;
  std::set<int> channels;  // 1 sms, 2 email, 3 internal, 4 webhook, 5 dingtalk_robot
  std::set<std::string> topics;
};

enum class Watch { total, each, money, time };

struct AlarmRule {
  std::string name;
  std::string pool = "CN";
  Watch watch = Watch::total;
  std::optional<Count> units;
  std::optional<Count> percent;
  Count amount = 0;                         // of money
  Ms within = 0;                            // of time
  std::map<std::string, Count> exceptions;  // by package
  bool at_or_below = false;
  std::vector<std::string> contacts;
  Ms cooldown = 0;
  friend bool operator==(const AlarmRule&, const AlarmRule&) = default;
};

struct Total {
  Count remaining = 0;
  Count quota = 0;
  friend bool operator==(const Total&, const Total&) = default;
};

struct Alarm {
  AlarmRule rule;
  Count number = 0;
  Count firings = 0;
  bool fired = false;
  std::set<std::size_t> fired_of;  // packages
  std::optional<Ms> fired_at;
  std::set<Ms> looks;  // ends of cooldowns to come
  // What it saw of each package when it was looked at last, by their numbers; of that name.
  std::vector<std::optional<Total>>* seen = nullptr;
  // Of time.
  Count known = 0;        // the entry that a forecast must know
  bool eased = false;     // since it fired
  std::optional<Ms> end;  // of the pool, by the last forecast that counted
  Count forecast = 0;     // the entry of that
};

// What an alarm watches now: of all that it watches, or of one package.
struct Watched {
  Alarm* alarm = nullptr;
  const Package* package = nullptr;
  int family = 0;  // units, money, time
  Count size = 0;  // of its threshold: the higher, the earlier
  Total now;
  std::optional<Total>* seen = nullptr;  // of a package, when it was looked at last
};

struct RenewalRule {
  bool enabled = true;
  std::string pool = "CN";
  std::optional<Count> threshold;
  bool pre_expiry = false;
  Count quantity = 0;
  std::string product;
  std::optional<Count> per_day;
  friend bool operator==(const RenewalRule&, const RenewalRule&) = default;
};

struct Agreed {
  std::string product;
  Ms lead = 0;
  Count per_day = 0;
  Count retry_minute = 0;
  friend bool operator==(const Agreed&, const Agreed&) = default;
};

struct Renewal {
  bool set = false;
  RenewalRule rule;
  Agreed agreed;
  Ms since = 0;  // set, switched on or changed
  // An attempt that failed.
  bool pending = false;
  std::optional<std::size_t> ending;  // whose end asked; none: the threshold
  Ms retry_at = 0;
};

struct Hold {
  std::string name;
  Count number = 0;
  Count units = 0;
  std::string country;
  std::string type;
  std::optional<Ms> ttl;
  Ms until = 0;
  std::vector<std::pair<std::size_t, Count>> lines;
  std::string over;  // "hold_captured" and so on once it is
  Ms over_at = 0;
};

struct PaidLine {  // waits for an invoice
  std::string kind;
  std::string name;
  std::string product;
  Count units = 0;
  Count amount = 0;
  Ms at = 0;
};

// What stands at a threshold, or what an attempt would cost.
struct Offer {
  std::string problem;  // a code; none: it can be bought
  Count price = 0;
  const Product* product = nullptr;
};

// What an entry leaves to be followed up.
struct Wake {
  Count cause = 0;  // the number of its entry
  Ms at = 0;
  std::string rose;   // the pool into which quota came
  std::string alarm;  // whose rule changed
  std::string again;  // the alarm whose cooldown has ended
  bool fell = false;  // the mainland's total
  bool credited = false;
  bool suspend = false;
  bool renewal_set = false;
  bool retry = false;
  std::optional<std::size_t> ending;
};

// In the order in which they come at one instant, rules R5.
enum class Due {
  expire,
  activate,
  pre_expiry,
  reminder,
  suspend,
  renewal_retry,
  close,
  grace_end,
  release,
  order_timeout,
  hold_expire,
  alarm_cooldown,
};

// Something that falls due.
struct Moment {
  Ms due = 0;
  Due kind = Due::expire;
  Count number = 0;
  std::string name;  // of the order, hold or alarm
  Ms before = 0;     // of a reminder
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
  std::string renews;  // the ended package that this one follows
};

// The civil calendar at +08:00, day by day.
[[nodiscard]] Ms end_of(Ms from, int months, Ms rest, Ends ends);
[[nodiscard]] std::string month_of(Ms t);
[[nodiscard]] Ms end_of_month(Ms t);
[[nodiscard]] Count day_of(Ms t);
[[nodiscard]] Ms start_of_day(Ms t);
// The next time at which the clocks show that minute of the day, after t.
[[nodiscard]] Ms next_time(Ms t, Count minute_of_day);
// "0.132" from 132000.
[[nodiscard]] std::string money(Count micros);
// "active 9+0+1+0+0": the state and remaining, held, used, forfeited, refunded.
[[nodiscard]] std::string text_of(const Look& look);
// "a+b", or b where a is empty.
[[nodiscard]] std::string piece(const std::string& text, const std::string& next);

}  // namespace packledger::model
