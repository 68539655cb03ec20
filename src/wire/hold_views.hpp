// Views of holds: units that are set aside.
//
// Owner: wire; called by serve inside a Question, so on the engine thread, or on a scratch ledger
// on any other. Pure functions; every result is one line of JSON without a newline. Invariants:
// those of views.hpp.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/hold.hpp"
#include "packledger/ledger/id.hpp"
#include "wire/views.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// {account, hold, units, destination, template, state: held | captured | released | expired,
// lines: [{package, units}], placed_at, expires_at, captured?, ended_at?, position}
[[nodiscard]] std::string hold_view(const Account& account, const Hold& hold, Sequence position);

// Which holds to list: the open ones, in the order in which they were placed.
struct HoldsQuery {
  Sequence after;                          // of the cursor; 0 from the start
  std::size_t limit = page_limit_default;  // 1 to page_limit_max
};
// {account, holds: [the same without account and position], position, next_cursor?}
[[nodiscard]] std::string holds_page(const Account& account, HoldsQuery query, Sequence position);
// The place that a next_cursor means; nothing for a text that never was one.
[[nodiscard]] std::optional<Sequence> parse_holds_cursor(std::string_view cursor);

}  // namespace packledger
