// Zones by name: the one place that asks the system's time zone database. What is found is turned
// into plain data, which the journal keeps with the account, so that a later database can never
// change a replay (rules §1 R8). Pure functions over the database, any thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <optional>
#include <string_view>

namespace packledger {

// "+08:00" and "Z" are fixed; "Europe/Berlin" comes with every change of its offset from 1990 to
// the end of 2099, of which those beyond the database's table follow its standing rule. Nothing for
// a name that there is not.
[[nodiscard]] std::optional<Zone> find_zone(std::string_view name);

}  // namespace packledger
