// Requests about holds: units set aside, used or given back.
//
// Owner: wire; called by serve on the front thread. Pure functions, any thread. Invariants: those
// of requests.hpp.
#pragma once

#include "packledger/ledger/input.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/requests.hpp"

#include <string_view>

namespace packledger {

// POST …/holds: {hold, units, destination, template, ttl?}. Units that are not positive are the
// law's to refuse.
[[nodiscard]] Result<What, RequestFault> read_hold(std::string_view body);

// POST …/holds/{hold}/capture: {units}. The hold's name is the path's: serve has checked it with
// is_name.
[[nodiscard]] Result<What, RequestFault> read_capture(std::string_view hold, std::string_view body);

// POST …/holds/{hold}/release: {} or nothing at all.
[[nodiscard]] Result<What, RequestFault> read_release(std::string_view hold, std::string_view body);

}  // namespace packledger
