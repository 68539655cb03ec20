// Zones by their IANA names for the tables, from the system's time zone database. Written apart
// from the daemon's own reader, so that one can find the other's mistake.
#pragma once

#include "packledger/ledger/time.hpp"

#include <optional>
#include <string>

namespace packledger::examples {

[[nodiscard]] std::optional<Zone> zone_named(const std::string& name);

}  // namespace packledger::examples
