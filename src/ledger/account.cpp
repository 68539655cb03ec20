#include "packledger/ledger/account.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>

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

}  // namespace

std::string_view state_text(OrderState state) {
  switch (state) {
    case OrderState::pending_payment: return "pending_payment";
    case OrderState::paid: return "paid";
    case OrderState::cancelled: return "cancelled";
    case OrderState::timed_out: return "timed_out";
  }
  return "";
}

const Package& Account::package(PackageId number) const {
  ENSURE(number.value >= 1 && number.value <= packages.size(), "a package is named by its number");
  return packages[number.value - 1];
}

Package& Account::package(PackageId number) {
  ENSURE(number.value >= 1 && number.value <= packages.size(), "a package is named by its number");
  return packages[number.value - 1];
}

const Package* Account::find_package(std::string_view package_name) const {
  const auto found = package_names.find(std::string{package_name});
  return found == package_names.end() ? nullptr : &package(found->second);
}

const Order* Account::find_order(std::string_view order_name) const {
  const auto found = order_names.find(std::string{order_name});
  return found == order_names.end() ? nullptr : &orders[found->second];
}

OverageMode Account::mode_for(Country country) const {
  // "*" is the shortest name but the widest pool; of the others the shorter name is the narrower
  // pool.
  const auto width = [](const PoolMode& mode) {
    return mode.pool == "*" ? std::string::npos : mode.pool.size();
  };
  const PoolMode* narrowest = nullptr;
  for (const PoolMode& mode : modes) {
    if (!pool_covers(mode.pool, country)) continue;
    if (narrowest == nullptr || width(mode) < width(*narrowest)) narrowest = &mode;
  }
  return narrowest == nullptr ? OverageMode::pay_per_use : narrowest->mode;
}

std::optional<OverageMode> Account::mode_of(std::string_view pool) const {
  const auto found = std::ranges::find(modes, pool, &PoolMode::pool);
  return found == modes.end() ? std::nullopt : std::optional{found->mode};
}

std::vector<PoolTotal> pool_totals(const Account& account) {
  std::map<std::string, PoolTotal> pools;
  for (const PoolMode& mode : account.modes) pools[mode.pool].mode = mode.mode;
  for (const Package& package : account.packages) {
    if (!package.paid()) continue;
    PoolTotal& total = pools[pool_name(package.terms.scope.destinations)];
    const bool active = package.state == PackageState::active;
    if (!active && package.state != PackageState::used_up) continue;
    total.remaining += package.remaining;
    total.held += package.held;
    total.quota += package.terms.quota;
  }
  std::vector<PoolTotal> totals;
  for (auto& [pool, total] : pools) {
    total.pool = pool;
    totals.push_back(total);
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

void ensure_balanced(const Account& account) {
  ENSURE(
      account.balance == account.credited + account.refunded - account.purchased - account.charged,
      "balance = credited + refunded - purchased - charged");
}

}  // namespace packledger
