// The price book as tables: products with their prices, tariffs with their tiers. Pure functions,
// any thread.
#pragma once

#include "app/cli/figures.hpp"
#include "wire/json.hpp"

#include <string>

namespace packledger::cli {

[[nodiscard]] std::string products_text(const Json& book, Look look);
[[nodiscard]] std::string tariffs_text(const Json& book, Look look);

}  // namespace packledger::cli
