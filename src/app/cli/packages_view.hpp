// The packages of an account as a table that people like to read. Pure functions, any thread.
#pragma once

#include "app/cli/figures.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger::cli {

// One package, as far as the table shows it.
struct PackageRow {
  std::string package;
  std::string pool;
  std::int64_t rank = 0;  // 0: does not pay now
  std::int64_t quota = 0;
  std::int64_t remaining = 0;
  std::int64_t held = 0;
  std::int64_t used = 0;
  std::int64_t forfeited = 0;
  std::int64_t refunded = 0;
  std::optional<Instant> effective_at;
  std::optional<Instant> expires_at;
  std::string state;
};

[[nodiscard]] PackageRow package_row(const Json& package);

// True for a package that still can run out of time within `period` from `now` on.
[[nodiscard]] bool expires_within(const PackageRow& row, Instant now, Duration period);

// Those that pay now come first, by rank; then the others in the order given. Totals below.
[[nodiscard]] std::string packages_table(std::span<const PackageRow> rows, const Zone& zone,
                                         Look look);

}  // namespace packledger::cli
