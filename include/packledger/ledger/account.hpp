// An account: who prepaid, what is left of the money, and the packages (rules §3 to §6). Owned by
// the Ledger; changed by Ledger::apply only. Engine thread.
//
// Invariant after every entry: balance = credited + refunded - purchased - charged.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/few.hpp"
#include "packledger/ledger/hold.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/mostly_default.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/places_by_name.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/seldom.hpp"
#include "packledger/ledger/shared.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  PackageId renews;  // the ended package that it follows (R42); 0: none
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

// What the packages with the same destinations hold together. Kept up to date with every entry;
// ensure_totals compares it with the packages.
struct alignas(64) Pool {  // a line of memory
  std::string name;
  Units remaining;  // of packages in force
  Units held;
  Units quota;
  // Scheduled packages by their start: one that starts at an instant counts at that instant, also
  // where its timer has not fired yet (R7).
  MostlyDefault<std::map<Instant, Units>> starting;

  // What it holds at an instant up to which all earlier timers have fired.
  [[nodiscard]] Units total_at(Instant at) const;
  [[nodiscard]] Units quota_at(Instant at) const;
  // Of the scheduled packages that start at `at` or before.
  [[nodiscard]] Units starting_by(Instant at) const;
};

// Part of the contract by name.
enum class AccountStatus : std::uint8_t { active = 1, overdue = 2, suspended = 3 };
[[nodiscard]] std::string_view status_text(AccountStatus status);

// How the account stands (R105): active while it owes nothing.
struct Standing {
  AccountStatus status = AccountStatus::active;
  std::optional<Instant> overdue_at;
  std::optional<Instant> suspends_at;   // of overdue: the end of overdue_grace
  std::optional<Instant> suspended_at;  // first instant whose sends are refused (R108)

  // As most are.
  [[nodiscard]] bool empty() const {
    return status == AccountStatus::active && !overdue_at && !suspends_at && !suspended_at;
  }
};

// Orders and the look-up of them by name.
struct Orders {
  std::vector<Order> all;
  PlacesByName names;

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;  // its place in `all`
  void add(Order order);
  void know_names();  // of orders that were put into `all`
  [[nodiscard]] bool empty() const { return all.empty(); }
};

// What every send looks at comes first, so that it lies in four cache lines; what many accounts
// have alike is shared; what few have lies on the heap.
struct alignas(64) Account {
  AccountId id;
  std::string name;
  Shared<AccountSettings> settings;
  Few<PackageId, 2> open;               // paid and not final, in the order of use
  std::vector<Package> packages;        // PackageId n is at n - 1; grows by add_package
  std::vector<Pool> pools;              // in the order of their first package
  Shared<std::vector<PoolMode>> modes;  // sorted by pool (R55)

  // From when its last entry counts. Never goes back: what ended long before it was told, such as a
  // package granted for the past, has consequences from now on only.
  Instant reckoned_at;
  // Widening the acceptance window must not re-admit what was already forgotten: a send that
  // occurred before `widened_at` is still held to `window_before` (rules §1 R4).
  Instant widened_at;
  Duration window_before;
  MostlyDefault<Standing> standing;
  MostlyDefault<std::map<std::string, Alarm>> alarms;  // by name
  Seldom<Renewal> renewal;

  Money balance;
  Money credited;   // funds credited and adjusted
  Money refunded;   // reversed charges and refunded packages
  Money purchased;  // orders paid from the balance
  Money charged;    // pay-as-you-go, adjustments included
  Currency currency;

  RenewalDay renewal_day;  // the last on which there was one
  Instant opened_at;
  PlacesByName package_names;
  MostlyDefault<Orders> orders;
  MostlyDefault<std::map<std::pair<RatingGroup, Month>, Counter>> counters;
  MostlyDefault<std::vector<Contact>> contacts;  // sorted by name
  MostlyDefault<Holds> holds;
  MostlyDefault<Invoicing> invoicing;
  MostlyDefault<std::vector<InvoiceMade>> invoices;  // by number

  // Numbered as the next one.
  void add_package(Package package);
  void know_names();  // of packages and orders that were put into their lists
  [[nodiscard]] const Package& package(PackageId number) const;
  [[nodiscard]] Package& package(PackageId number);
  [[nodiscard]] const Package* find_package(std::string_view package_name) const;
  [[nodiscard]] const Order* find_order(std::string_view order_name) const;
  [[nodiscard]] const Pool* find_pool(std::string_view pool_name) const;
  [[nodiscard]] const Alarm* find_alarm(std::string_view alarm_name) const;

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
// Aborts where a pool's sums are not those of its packages. Walks every package.
void ensure_totals(const Account& account);

}  // namespace packledger
