// Decides a whole journal again and compares: proves that the code still gives what it gave, and
// that a replay which stops anywhere goes on with the very consequences that the journal has next.
// A pure function.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <span>
#include <string>

namespace packledger::examples {

// Where it differs first; empty where it does not.
[[nodiscard]] std::string decided_otherwise(std::span<const Entry> entries);

}  // namespace packledger::examples
