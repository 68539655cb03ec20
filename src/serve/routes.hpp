// Every route there is, by subject. Front thread.
#pragma once

#include "serve/router.hpp"

#include <span>
#include <vector>

namespace packledger::serve {

[[nodiscard]] std::span<const Route> account_routes();
[[nodiscard]] std::span<const Route> package_routes();
[[nodiscard]] std::span<const Route> publish_routes();
[[nodiscard]] std::span<const Route> hold_routes();
[[nodiscard]] std::span<const Route> rule_routes();
[[nodiscard]] std::span<const Route> invoice_routes();
[[nodiscard]] std::span<const Route> account_book_routes();
[[nodiscard]] std::span<const Route> explain_routes();
[[nodiscard]] std::span<const Route> usage_routes();
[[nodiscard]] std::span<const Route> forecast_routes();
[[nodiscard]] std::span<const Route> journal_routes();
[[nodiscard]] std::span<const Route> operator_routes();
[[nodiscard]] std::span<const Route> event_routes();

[[nodiscard]] std::vector<Route> all_routes();

}  // namespace packledger::serve
