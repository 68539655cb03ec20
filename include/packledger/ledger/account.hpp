// An account: who prepaid, what is left of the money, and the packages (rules §3 to §6). Owned by
// the Ledger; changed by Ledger::apply only. Engine thread.
//
// Invariant after every entry: balance = credited + refunded - purchased - charged.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace packledger {

// A million packages of one account are decades of daily orders; more is a runaway client.
inline constexpr std::size_t packages_per_account_max = 1'000'000;

// Stored in answers by name only.
enum class OrderState : std::uint8_t {
  pending_payment = 1,
  paid = 2,
  cancelled = 3,
  timed_out = 4
};
[[nodiscard]] std::string_view state_text(OrderState state);

struct Order {
  std::string name;
  std::string product;
  Payment pay = Payment::balance;
  OrderState state = OrderState::pending_payment;
  Money price;  // of all copies
  Units quota;  // of one copy
  Instant placed_at;
  std::optional<Instant> times_out_at;
  std::optional<Instant> paid_at;
  std::string payment_reference;
  Validity validity;  // as agreed when it was placed
  ExpiryPolicy expiry = ExpiryPolicy::exact;
  Duration activation_delay;
  PackageId package_first;  // its packages are numbered on from here
  std::int32_t copies = 0;
};

// What the volume tariff of one price book charged in a month (R61).
struct VolumeUnits {
  Units payg;
  Price price;  // at which all of them stand now
};

// The position of one rating group in one month (R62).
struct Counter {
  Units position;  // counted units, packages included where the tariff says so
  // By effective_from of the book: a later book never reprices what an earlier one charged (R66).
  std::map<Instant, VolumeUnits> volume;
};

struct Account {
  AccountId id;
  std::string name;
  Currency currency;
  Instant opened_at;
  AccountSettings settings;
  // Widening the acceptance window must not re-admit what was already forgotten: a send that
  // occurred before `widened_at` is still held to `window_before` (rules §1 R4).
  Instant widened_at;
  Duration window_before;
  std::vector<PoolMode> modes;  // sorted by pool (R55)

  Money balance;
  Money credited;   // funds credited and adjusted
  Money refunded;   // reversed charges and refunded packages
  Money purchased;  // orders paid from the balance
  Money charged;    // pay-as-you-go, adjustments included

  std::vector<Package> packages;  // PackageId n is at n - 1
  std::vector<PackageId> open;    // paid and not final, in the order of use
  std::vector<Order> orders;
  std::unordered_map<std::string, PackageId> package_names;  // look-up only, never iterated
  std::unordered_map<std::string, std::size_t> order_names;  // index into orders; look-up only
  std::map<std::pair<RatingGroup, Month>, Counter> counters;

  [[nodiscard]] const Package& package(PackageId number) const;
  [[nodiscard]] Package& package(PackageId number);
  [[nodiscard]] const Package* find_package(std::string_view package_name) const;
  [[nodiscard]] const Order* find_order(std::string_view order_name) const;

  // The service mode for sends to this country: that of the narrowest pool that covers it and has
  // one, pay_per_use where none has (R55).
  [[nodiscard]] OverageMode mode_for(Country country) const;
  // The mode set for the pool of this very name.
  [[nodiscard]] std::optional<OverageMode> mode_of(std::string_view pool) const;
};

// One line of an account's answer: the packages with the same destinations taken together.
struct PoolTotal {
  std::string pool;
  OverageMode mode = OverageMode::pay_per_use;
  Units remaining;  // of active packages
  Units held;
  Units quota;  // of active and used-up packages
};
// Sorted by pool name; a pool is listed once it had a package or a mode.
[[nodiscard]] std::vector<PoolTotal> pool_totals(const Account& account);

// 1 for the package that pays first, and so on, over those that are active now; 0 for all others.
// By PackageId - 1.
[[nodiscard]] std::vector<std::uint32_t> ranks(const Account& account);

void ensure_balanced(const Account& account);

}  // namespace packledger
