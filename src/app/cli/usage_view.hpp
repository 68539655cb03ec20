// The usage of an account as a table with a chart in it. Pure functions, any thread.
#pragma once

#include "app/cli/figures.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace packledger::cli {

inline constexpr std::size_t chart_columns = 40;

// A bar as long as its value, of `most` at the longest; nothing for nothing.
[[nodiscard]] std::string chart_bar(std::int64_t value, std::int64_t most, Look look);

// A row for each point of the answer of …/usage, with a bar for its units; the totals below.
[[nodiscard]] std::string usage_points_table(const Json& usage, const Zone& zone, Look look);

enum class UsageBy : std::uint8_t { package, destination, type };
// A row for each package with pay-as-you-go behind them, or for each destination or template.
[[nodiscard]] std::string usage_sums_table(const Json& usage, UsageBy by, Look look);

// "as of position 9, times in +08:00, amounts in CNY", and how much is not counted yet.
[[nodiscard]] std::string usage_footing(const Json& usage);

}  // namespace packledger::cli
