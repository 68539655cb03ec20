// A line of the journal as a line for people. Pure functions, any thread.
#pragma once

#include "packledger/ledger/time.hpp"
#include "wire/json.hpp"

#include <string>

namespace packledger::cli {

// "     12  2024-05-10 00:00:00.000  send_recorded  acme  m-1: 3 units to TH, verification: A.1 3"
[[nodiscard]] std::string entry_text(const Json& entry, const Zone& zone);

// A value on one line, short: {a=1 b=[x y]}. What a person reads, not what a program does.
[[nodiscard]] std::string short_text(const Json& value);

}  // namespace packledger::cli
