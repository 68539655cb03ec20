// Views of the state: accounts, packages, orders as JSON, read from the ledger.
//
// Owner: wire; called by serve inside a Question, so on the engine thread, or on a scratch ledger
// on any other. Pure functions; every result is one line of JSON without a newline.
// Invariants:
//  1. Money is a decimal text beside a currency, units are integers, times are UTC with
//     milliseconds, durations ISO 8601.
//  2. `position` is the entry up to which the state was read.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

inline constexpr std::size_t page_limit_default = 100;
inline constexpr std::size_t page_limit_max = 1'000;

// {account, currency, balance, status: active | overdue | suspended, overdue_at?, suspends_at?,
// suspended_at?, opened_at, pools: [{pool, mode, remaining, held, quota}], zone, order,
// late_window, …, reminders, modes: {"CN": …}, totals: {credited, refunded, purchased, charged},
// counters: [{group, month, position}], position}
[[nodiscard]] std::string account_view(const Account& account, Sequence position);

// {account, package, pool, order?, product?, quota, remaining, held, used, forfeited, refunded,
// effective_at, expires_at, state, destinations, templates, mode, priority, price_paid, currency,
// rank, position}. effective_at and expires_at are null while the order is unpaid; rank is null for
// a package that does not pay now.
[[nodiscard]] std::string package_view(const Account& account, const Package& package,
                                       Sequence position);

// Which packages to list: those that match every filter that is set, in the order of purchase.
struct PackagesQuery {
  std::optional<PackageState> state{};
  std::optional<std::string> pool{};  // "CN"
  std::optional<std::string> product{};
  std::optional<std::string> order{};
  PackageId after{};                       // of the cursor; 0 from the start
  std::size_t limit = page_limit_default;  // 1 to page_limit_max
};
// {packages: [a package view each, without account and position], position, next_cursor?}
[[nodiscard]] std::string packages_page(const Account& account, const PackagesQuery& query,
                                        Sequence position);
// The place that a next_cursor means; nothing for a text that never was one.
[[nodiscard]] std::optional<PackageId> parse_packages_cursor(std::string_view cursor);
[[nodiscard]] std::optional<PackageState> parse_package_state(std::string_view text);

// {account, order, product, pay, status, quota, copies, price, currency, placed_at, times_out_at?,
// paid_at?, payment_reference?, packages: [package views], position}
[[nodiscard]] std::string order_view(const Account& account, const Order& order, Sequence position);

// {version, effective_from, currency, products: [as in the price book], position}
[[nodiscard]] std::string products_view(const PriceBook& book, Sequence position);

// ---- messages of GET /v1/watch ----

enum class BalanceMessage : std::uint8_t { snapshot, change };
// {type, account, position, balance, currency, status, pools, packages: [{package, remaining, held,
// state}] in the order of use, those that are over left out, gap?}. `gap` is true where entries
// between this message and the one before it can no longer be told.
struct BalanceTold {
  BalanceMessage type = BalanceMessage::snapshot;
  bool gap = false;
};
[[nodiscard]] std::string balance_message(const Account& account, BalanceTold told,
                                          Sequence position);

}  // namespace packledger
