#include "app/cli/traffic_plan.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <array>

namespace packledger::cli {
namespace {

constexpr std::size_t recent_max = 512;
constexpr std::int64_t duplicate_per_mille = 10;
constexpr std::int64_t late_per_mille = 5;
constexpr std::int64_t free_per_mille = 3;
constexpr std::int64_t reversed_per_mille = 6;
constexpr std::int64_t strict_per_mille = 50;
constexpr std::int64_t alarmed_per_mille = 500;
constexpr std::int64_t renews_per_mille = 300;
constexpr std::int64_t home_per_mille = 800;
constexpr std::int64_t hour_ms = 3'600'000;

// How much is sent in each hour of a day: quiet nights, a peak before noon and one in the evening.
constexpr std::array day_curve{2,  1,  1,  1,  1,  2,  4,  8,  14, 20, 22, 20,
                               15, 16, 18, 18, 17, 16, 15, 17, 19, 16, 10, 5};

struct Weighted {
  std::string_view word;
  int weight;
};
constexpr std::array countries{Weighted{"CN", 600}, Weighted{"TH", 100}, Weighted{"ID", 50},
                               Weighted{"IN", 60},  Weighted{"PH", 45},  Weighted{"SG", 35},
                               Weighted{"MY", 30},  Weighted{"HK", 30},  Weighted{"US", 20},
                               Weighted{"JP", 12},  Weighted{"VN", 12},  Weighted{"ZA", 1}};
constexpr std::array types{Weighted{"verification", 50}, Weighted{"notification", 35},
                           Weighted{"promotion", 15}};
constexpr std::array units_weights{0, 800, 120, 45, 15, 8, 5, 4, 3};  // at its number of units
constexpr std::array package_counts{0, 45, 30, 17, 8};                // at its number of packages

// Small packages sell best; large ones would pay for everything and leave no edge to cross.
int weight_of(const TrafficProduct& product) {
  if (product.quota_min <= 1'000) return 12;
  if (product.quota_min <= 10'000) return 4;
  return product.quota_min <= 100'000 ? 2 : 1;
}

template <std::size_t N>
constexpr std::array<int, N> weights_of(const std::array<Weighted, N>& rows) {
  std::array<int, N> weights{};
  for (std::size_t i = 0; i < N; ++i) weights[i] = rows[i].weight;
  return weights;
}
constexpr auto country_weights = weights_of(countries);
constexpr auto type_weights = weights_of(types);

constexpr std::int64_t day_weight() {
  std::int64_t sum = 0;
  for (const int each : day_curve) sum += each;
  return sum;
}

std::string numbered(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::uint64_t Dice::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31U);
}

std::int64_t Dice::below(std::int64_t bound) {
  ENSURE(bound > 0, "a die has at least one side");
  return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
}

std::size_t Dice::weighted(std::span<const int> weights) {
  std::int64_t sum = 0;
  for (const int each : weights) sum += each;
  std::int64_t left = below(sum);
  std::size_t place = 0;
  while (left >= weights[place]) left -= weights[place++];
  return place;
}

TrafficPlan::TrafficPlan(const TrafficSize& size, std::string prefix,
                         std::vector<TrafficProduct> products)
    : size_{size},
      prefix_{std::move(prefix)},
      products_{std::move(products)},
      dice_{size.seed},
      rules_dice_{~size.seed} {
  ENSURE(!products_.empty(), "there is something to buy");
  ENSURE(size.accounts > 0 && size.days > 0, "a month has accounts and days");
  for (const TrafficProduct& each : products_) product_weights_.push_back(weight_of(each));
  accounts_.resize(static_cast<std::size_t>(size.accounts));
  for (std::size_t i = 0; i < accounts_.size(); ++i) plan_account(i);
}

void TrafficPlan::plan_account(std::size_t index) {
  TrafficAccount& account = accounts_[index];
  account.name = prefix_ + numbered(static_cast<std::int64_t>(index));
  account.strict = dice_.chance(strict_per_mille);
  account.spare = dice_.between(20, 2'000);
  const std::size_t packages = dice_.weighted(package_counts);
  for (std::size_t i = 0; i < packages; ++i) {
    TrafficPurchase purchase;
    purchase.product = dice_.weighted(product_weights_);
    const TrafficProduct& product = products_[purchase.product];
    const bool custom = product.quota_max > product.quota_min;
    if (custom) {
      const std::int64_t quota = product.quota_min + dice_.below(20) * 500;
      purchase.quota = std::min(quota, product.quota_max);
    }
    // The first is there from the start, the others come some time in the month.
    if (i != 0) purchase.hour = dice_.below(hours());
    account.purchases.push_back(purchase);
  }
  account.home = products_[account.purchases.front().product].home;
  const bool mainland = account.home == "CN";
  account.alarmed = rules_dice_.chance(alarmed_per_mille) && mainland;
  account.renews = rules_dice_.chance(renews_per_mille) && mainland;
}

// The whole day's share is spread by the curve; what is lost to rounding comes an hour later.
std::int64_t TrafficPlan::sends_until(std::int64_t hour) const {
  std::int64_t weight = hour / 24 * day_weight();
  for (std::int64_t i = 0; i < hour % 24; ++i) weight += day_curve.at(static_cast<std::size_t>(i));
  return size_.sends * weight / (size_.days * day_weight());
}

std::vector<TrafficSend> TrafficPlan::sends_of_hour(std::int64_t hour, Instant start) {
  std::vector<TrafficSend> sends;
  for (std::int64_t left = sends_until(hour + 1) - sends_until(hour); left > 0; --left) {
    const bool again = !recent_.empty() && dice_.chance(duplicate_per_mille);
    if (again) {
      const auto count = static_cast<std::int64_t>(recent_.size());
      sends.push_back(recent_[static_cast<std::size_t>(dice_.below(count))]);
      continue;
    }
    sends.push_back(make_send(start));
    if (recent_.size() < recent_max) {
      recent_.push_back(sends.back());
    } else {
      recent_[static_cast<std::size_t>(made_) % recent_max] = sends.back();
    }
  }
  return sends;
}

TrafficSend TrafficPlan::make_send(Instant start) {
  const std::int64_t count = size_.accounts;
  // The product of three draws: few accounts send much, many send little.
  const std::int64_t two = dice_.below(count) * dice_.below(count) / count;
  const std::int64_t who = two * dice_.below(count) / count;
  TrafficSend send;
  send.account = static_cast<std::size_t>(who);
  send.name = "s" + std::to_string(made_++);
  const TrafficAccount& account = accounts_[send.account];
  send.destination = dice_.chance(home_per_mille)
                         ? std::string_view{account.home}
                         : countries.at(dice_.weighted(country_weights)).word;
  send.type = types.at(dice_.weighted(type_weights)).word;
  send.units = static_cast<std::int64_t>(dice_.weighted(units_weights));
  send.occurred_at = start + Duration{dice_.below(hour_ms)};
  if (dice_.chance(late_per_mille)) {
    send.occurred_at = send.occurred_at - Duration{dice_.between(1, 70) * hour_ms};
  }
  send.billable = !dice_.chance(free_per_mille);
  return send;
}

std::int64_t TrafficPlan::units_to_reverse(const TrafficSend& send) {
  if (!send.billable || !dice_.chance(reversed_per_mille)) return 0;
  return dice_.chance(700) ? send.units : dice_.between(1, send.units);
}

std::vector<std::size_t> TrafficPlan::top_ups() {
  std::vector<std::size_t> who;
  // About every tenth account once a month.
  const std::int64_t count = size_.accounts;
  const std::int64_t expected_per_mille = count * 100 / hours();
  std::int64_t due = expected_per_mille / 1'000;
  if (dice_.chance(expected_per_mille % 1'000)) ++due;
  for (; due > 0; --due) who.push_back(static_cast<std::size_t>(dice_.below(count)));
  return who;
}

std::vector<TrafficHold> TrafficPlan::holds_of_hour() {
  std::vector<TrafficHold> holds;
  const std::int64_t per_mille = 100 + size_.accounts;
  std::int64_t begin = per_mille / 1'000;
  if (rules_dice_.chance(per_mille % 1'000)) ++begin;
  for (; begin > 0; --begin) {
    TrafficHold hold;
    hold.account = static_cast<std::size_t>(rules_dice_.below(size_.accounts));
    hold.name = "h" + std::to_string(holds_++);
    hold.units = rules_dice_.between(10, 200);
    hold.used = rules_dice_.between(1, hold.units);
    const std::int64_t end = rules_dice_.below(10);
    if (end >= 7) hold.end = end == 9 ? TrafficHold::End::left : TrafficHold::End::released;
    holds.push_back(std::move(hold));
  }
  return holds;
}

}  // namespace packledger::cli
