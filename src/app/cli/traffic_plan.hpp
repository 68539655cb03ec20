// The traffic of a realistic month, made from a seed: who sends what where and when, what comes
// twice, what comes late, what is given back. The same seed and book give the same month on every
// machine. Plain data; one thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

// A small generator of our own (splitmix64): its numbers must never change with a library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_{seed} {}
  [[nodiscard]] std::uint64_t next();
  // 0 to bound - 1; the bias of the remainder is below 2^-40 for our bounds.
  [[nodiscard]] std::int64_t below(std::int64_t bound);
  [[nodiscard]] std::int64_t between(std::int64_t min, std::int64_t max) {
    return min + below(max - min + 1);
  }
  [[nodiscard]] bool chance(std::int64_t per_mille) { return below(1'000) < per_mille; }
  // A place in `weights`, drawn by weight.
  [[nodiscard]] std::size_t weighted(std::span<const int> weights);

 private:
  std::uint64_t state_;
};

// Something that can be bought, as the price book in force has it.
struct TrafficProduct {
  std::string name;
  std::string home = {};       // a country it pays for; CN for one that pays everywhere
  std::int64_t quota_min = 0;  // a custom product: the buyer says how much
  std::int64_t quota_max = 0;
  bool stops = false;  // stop_before_excess
};

struct TrafficPurchase {
  std::size_t product = 0;  // index
  std::int64_t quota = 0;   // 0: as the product says
  std::int64_t hour = 0;    // of the month
};

struct TrafficAccount {
  std::string name;
  std::string home = {};  // where most of its sends go
  bool strict = false;
  bool alarmed = false;    // tells somebody when its mainland units run low
  bool renews = false;     // buys mainland units by itself
  std::int64_t spare = 0;  // money beyond what the packages cost, whole
  std::vector<TrafficPurchase> purchases;
};

struct TrafficSend {
  std::size_t account = 0;
  std::string name;
  std::string_view destination;
  std::string_view type;
  std::int64_t units = 0;
  Instant occurred_at;
  bool billable = true;
};

// Units set aside for a campaign, and what becomes of them an hour later.
struct TrafficHold {
  enum class End : std::uint8_t { captured, released, left };
  std::size_t account = 0;
  std::string name;
  std::int64_t units = 0;
  std::int64_t used = 0;  // of captured
  End end = End::captured;
};

struct TrafficSize {
  std::int64_t accounts = 3'000;
  std::int64_t sends = 300'000;
  std::int64_t days = 31;
  std::uint64_t seed = 7;
};

class TrafficPlan {
 public:
  TrafficPlan(const TrafficSize& size, std::string prefix, std::vector<TrafficProduct> products);

  [[nodiscard]] std::span<const TrafficAccount> accounts() const { return accounts_; }
  [[nodiscard]] std::span<const TrafficProduct> products() const { return products_; }
  [[nodiscard]] std::int64_t hours() const { return size_.days * 24; }
  // The sends of the next hour, which starts then; to be called hour after hour. One in a hundred
  // is an earlier one again.
  [[nodiscard]] std::vector<TrafficSend> sends_of_hour(std::int64_t hour, Instant start);
  // Whether a send that was recorded is to be given back, and how many of its units; 0: it is not.
  [[nodiscard]] std::int64_t units_to_reverse(const TrafficSend& send);
  // Accounts whose owners top them up in this hour.
  [[nodiscard]] std::vector<std::size_t> top_ups();
  // The campaigns that begin in the next hour.
  [[nodiscard]] std::vector<TrafficHold> holds_of_hour();
  // Whether an owner who owes pays at once.
  [[nodiscard]] bool pays() { return rules_dice_.chance(750); }

 private:
  void plan_account(std::size_t index);
  [[nodiscard]] std::int64_t sends_until(std::int64_t hour) const;
  [[nodiscard]] TrafficSend make_send(Instant start);

  TrafficSize size_;
  std::string prefix_;
  std::vector<TrafficProduct> products_;
  std::vector<int> product_weights_;
  Dice dice_;
  Dice rules_dice_;  // its own: rules must not change who sends what
  std::int64_t holds_ = 0;
  std::vector<TrafficAccount> accounts_;
  std::vector<TrafficSend> recent_;  // a ring, for what comes twice
  std::int64_t made_ = 0;
};

}  // namespace packledger::cli
