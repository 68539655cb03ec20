// Driver: how worked examples reach a ledger. One drives the law itself, one the daemon through
// HTTP; the same tables must come out of both, and of a replay of what they wrote.
//
// Owner: the Player; one thread. The answers are in words that both drivers can give: names, not
// numbers, and results in the notation of the tables.
#pragma once

#include "packledger/ledger/input.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::examples {

// What a command or a send came to.
struct Outcome {
  enum class Kind : std::uint8_t { done, again, refused };
  Kind kind = Kind::done;
  std::string code;   // of a refusal: "quota_exhausted", "conflict"
  std::string field;  // of a refusal: the member that is wrong or differs; may be empty
  std::string told;   // "A1+B2+P1@0.132", "price 470", "refund 12.5"; empty where nothing is
  // Of a command, or a dry run: what followed, "alarm_raised:low".
  std::vector<std::string> caused = {};
};

// What is known of one thing, by the words of the contract: "state" is "fired".
using Facts = std::map<std::string, std::string>;

// "send acme s1 …": units, or a text to be counted, or both.
struct SendAsk {
  std::string account;
  SendRecorded send;
  bool has_units = true;
  std::optional<std::string> text;
  std::optional<std::string> signature;
  bool dry_run = false;
};

struct CommandAsk {
  std::string account;
  std::string key;
  What what;
  bool dry_run = false;
};

struct PackageSeen {
  std::string name;
  std::string state;
  std::int64_t quota = 0;
  std::int64_t remaining = 0;
  std::int64_t held = 0;
  std::int64_t used = 0;
  std::int64_t forfeited = 0;
  std::int64_t refunded = 0;
  std::optional<Instant> effective_at;
  std::optional<Instant> expires_at;
  std::uint32_t rank = 0;  // 0: does not pay now
  std::string pool;
  std::string mode;
  std::int32_t priority = 0;
  Money price;
  friend bool operator==(const PackageSeen&, const PackageSeen&) = default;
};

struct PoolSeen {
  std::string pool;
  std::string mode;
  std::int64_t remaining = 0;
  std::int64_t held = 0;
  std::int64_t quota = 0;
  friend bool operator==(const PoolSeen&, const PoolSeen&) = default;
};

struct StandingSeen {
  std::string status;  // "suspended"
  std::optional<Instant> overdue_at;
  std::optional<Instant> suspends_at;
  std::optional<Instant> suspended_at;
  friend bool operator==(const StandingSeen&, const StandingSeen&) = default;
};

struct AccountSeen {
  Money balance;
  std::string currency;
  StandingSeen standing;
  std::vector<PackageSeen> packages;  // in the order of purchase
  std::vector<PoolSeen> pools;
  std::map<std::string, std::int64_t> counters;  // "industry 2024-05"
  friend bool operator==(const AccountSeen&, const AccountSeen&) = default;
};

struct OrderSeen {
  std::string state;
  Money price;
  std::optional<Instant> times_out_at;
  std::optional<Instant> paid_at;
  std::string payment_reference;
  friend bool operator==(const OrderSeen&, const OrderSeen&) = default;
};

// One send as it is remembered.
struct SentSeen {
  std::string told;  // its result, "A1+B2+P1@0.132"
  std::int64_t reversed = 0;
  Instant occurred_at;
  Instant recorded_at;
};

// One line of the journal, as far as the tables ask.
struct EntrySeen {
  std::uint64_t sequence = 0;
  std::string kind;     // "package_expired"
  std::string account;  // empty where there is none
  std::string subject;  // the package, send, order, alarm … that it is about; may be empty
  Instant recorded_at;
  Instant occurred_at;
  std::uint64_t caused_by = 0;  // the sequence of its cause; 0 where it has none
  Facts facts;                  // what was decided: "forfeited", "remaining", "needed" …
  friend bool operator==(const EntrySeen&, const EntrySeen&) = default;
};

// What an account was told, and who; the figures stand in the journal at the same sequence.
struct NoticeSeen {
  std::uint64_t sequence = 0;
  std::string kind;
  std::string topic;
  Instant at;
  std::string who;  // "ops(sms,email)+boss(internal)"; "nobody"
  friend bool operator==(const NoticeSeen&, const NoticeSeen&) = default;
};

// One line of the statement that moved money or units.
struct StatementLine {
  struct Change {
    std::string package;
    std::int64_t before = 0;  // remaining
    std::int64_t after = 0;
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::uint64_t sequence = 0;
  std::string kind;
  Money before;  // the balance
  Money after;
  std::vector<Change> packages;  // in the order of purchase
  friend bool operator==(const StatementLine&, const StatementLine&) = default;
};

class Driver {
 public:
  virtual ~Driver() = default;

  // A new, empty ledger whose clock stands at this instant. Called once, first.
  virtual void start(Instant now) = 0;
  // Lets time pass: every timer fires at its own instant on the way. Never back.
  virtual void advance(Instant to) = 0;
  // Stops, and starts again with the same journal at another instant: later, or earlier as a clock
  // that was set back.
  virtual void restart(Instant at) = 0;

  [[nodiscard]] virtual Outcome command(const CommandAsk& ask) = 0;
  [[nodiscard]] virtual Outcome send(const SendAsk& ask) = 0;

  // Nothing where there is none.
  [[nodiscard]] virtual std::optional<AccountSeen> account(const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<OrderSeen> order(const std::string& account,
                                                       const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<SentSeen> sent(const std::string& account,
                                                     const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<Facts> alarm(const std::string& account,
                                                   const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<Facts> renewal(const std::string& account) = 0;
  [[nodiscard]] virtual std::optional<Facts> hold(const std::string& account,
                                                  const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<Facts> invoice(const std::string& account,
                                                     const std::string& number) = 0;
  // By name: "sms+email/alarm+renewal".
  [[nodiscard]] virtual Facts contacts(const std::string& account) = 0;
  // All of them, the oldest first.
  [[nodiscard]] virtual std::vector<NoticeSeen> notices(const std::string& account) = 0;
  // The lines that moved money or units, the oldest first.
  [[nodiscard]] virtual std::vector<StatementLine> statement(const std::string& account) = 0;
  // All of the journal.
  [[nodiscard]] virtual std::vector<EntrySeen> entries() = 0;
  [[nodiscard]] virtual std::string digest() = 0;

  // Ends without a goodbye and starts again at this instant: the state is made anew from the
  // journal alone.
  virtual void crash(Instant at) = 0;

  // Why nothing can be trusted any more, and all that follows is void; empty while all is well.
  [[nodiscard]] virtual std::string broken() const { return {}; }
};

// "A1", or "o1.1:150" where the name ends in a digit.
[[nodiscard]] std::string line_text(std::string_view package, std::int64_t units);
// "P3@0.132"
[[nodiscard]] std::string charge_text(std::int64_t units, Money unit_price);

}  // namespace packledger::examples
