#include "packledger/ledger/account.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

// Whether the pool of this name covers the country, without taking the name apart.
bool pool_covers(std::string_view pool, Country country) {
  if (pool == "*") return true;
  for (std::size_t at = 0; at + 2 <= pool.size(); at += 3) {
    if (pool.substr(at, 2) == country.text()) return true;
  }
  return false;
}

auto name_in(const std::vector<Package>& packages) {
  return
      [&packages](std::size_t place) -> const std::string& { return packages[place].terms.name; };
}

auto name_in(const std::vector<Order>& orders) {
  return [&orders](std::size_t place) -> const std::string& { return orders[place].name; };
}

}  // namespace

std::optional<std::size_t> Orders::find(std::string_view name) const {
  return names.find(name, all.size(), name_in(all));
}

void Orders::add(Order order) {
  all.push_back(std::move(order));
  know_names();
}

void Orders::know_names() { names.grown(all.size(), name_in(all)); }

std::string_view state_text(OrderState state) {
  switch (state) {
    case OrderState::pending_payment: return "pending_payment";
    case OrderState::paid: return "paid";
    case OrderState::cancelled: return "cancelled";
    case OrderState::timed_out: return "timed_out";
  }
  return "";
}

std::string_view status_text(AccountStatus status) {
  switch (status) {
    case AccountStatus::active: return "active";
    case AccountStatus::overdue: return "overdue";
    case AccountStatus::suspended: return "suspended";
  }
  return "";
}

Units Pool::total_at(Instant at) const { return remaining + starting_by(at); }

Units Pool::quota_at(Instant at) const { return quota + starting_by(at); }

Units Pool::starting_by(Instant at) const {
  Units sum;
  for (const auto& [start, units] : *starting) {
    if (start > at) break;
    sum += units;
  }
  return sum;
}

const Package& Account::package(PackageId number) const {
  ENSURE(number.value >= 1 && number.value <= packages.size(), "a package is named by its number");
  return packages[number.value - 1];
}

Package& Account::package(PackageId number) {
  ENSURE(number.value >= 1 && number.value <= packages.size(), "a package is named by its number");
  return packages[number.value - 1];
}

void Account::add_package(Package package) {
  packages.push_back(std::move(package));
  package_names.grown(packages.size(), name_in(packages));
}

void Account::know_names() {
  package_names.grown(packages.size(), name_in(packages));
  if (!orders->empty()) orders.change().know_names();
}

const Package* Account::find_package(std::string_view package_name) const {
  const auto found = package_names.find(package_name, packages.size(), name_in(packages));
  return found ? &packages[*found] : nullptr;
}

const Order* Account::find_order(std::string_view order_name) const {
  const auto found = orders->find(order_name);
  return found ? &orders->all[*found] : nullptr;
}

OverageMode Account::mode_for(Country country) const {
  // "*" is the shortest name but the widest pool; of the others the shorter name is the narrower
  // pool.
  const auto width = [](const PoolMode& mode) {
    return mode.pool == "*" ? std::string::npos : mode.pool.size();
  };
  const PoolMode* narrowest = nullptr;
  for (const PoolMode& mode : *modes) {
    if (!pool_covers(mode.pool, country)) continue;
    if (narrowest == nullptr || width(mode) < width(*narrowest)) narrowest = &mode;
  }
  return narrowest == nullptr ? OverageMode::pay_per_use : narrowest->mode;
}

std::optional<OverageMode> Account::mode_of(std::string_view pool) const {
  const auto found = std::ranges::find(*modes, pool, &PoolMode::pool);
  return found == modes->end() ? std::nullopt : std::optional{found->mode};
}

const Pool* Account::find_pool(std::string_view pool_name) const {
  const auto found = std::ranges::find(pools, pool_name, &Pool::name);
  return found == pools.end() ? nullptr : &*found;
}

const Alarm* Account::find_alarm(std::string_view alarm_name) const {
  const auto found = alarms->find(std::string{alarm_name});
  return found == alarms->end() ? nullptr : &found->second;
}

std::vector<PoolTotal> pool_totals(const Account& account) {
  std::vector<PoolTotal> totals;
  for (const PoolMode& mode : *account.modes) {
    PoolTotal total{.pool = mode.pool, .mode = mode.mode, .remaining = {}, .held = {}, .quota = {}};
    if (const Pool* pool = account.find_pool(mode.pool)) {
      total.remaining = pool->remaining;
      total.held = pool->held;
      total.quota = pool->quota;
    }
    totals.push_back(std::move(total));
  }
  return totals;
}

std::vector<std::uint32_t> ranks(const Account& account) {
  std::vector<std::uint32_t> ranks(account.packages.size());
  std::uint32_t rank = 0;
  for (const PackageId id : account.open) {
    if (account.package(id).state == PackageState::active) ranks[id.value - 1] = ++rank;
  }
  return ranks;
}

// Each of them is in int64; what was ever credited and refunded together need not be.
void ensure_balanced(const Account& account) {
  using Wide = __int128;
  const Wide came = Wide{account.credited.micros} + account.refunded.micros;
  const Wide went = Wide{account.purchased.micros} + account.charged.micros;
  ENSURE(account.balance.micros == came - went,
         "balance = credited + refunded - purchased - charged");
}

void ensure_totals(const Account& account) {
  struct Sums {
    Units remaining;
    Units held;
    Units quota;
    Units starting;
  };
  std::vector<Sums> sums(account.pools.size());
  for (const Package& package : account.packages) {
    if (package.state == PackageState::scheduled)
      sums[package.pool].starting += package.terms.quota;
    if (!package.in_force()) continue;
    sums[package.pool].remaining += package.remaining;
    sums[package.pool].held += package.held;
    sums[package.pool].quota += package.terms.quota;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Pool& pool = account.pools[i];
    const bool same = pool.remaining == sums[i].remaining && pool.held == sums[i].held &&
                      pool.quota == sums[i].quota &&
                      pool.starting_by(instant_max) == sums[i].starting;
    ENSURE(same, "the sums of a pool are those of its packages");
  }
}

}  // namespace packledger
