// A line of the journal as a line for people. Pure functions, any thread.
#pragma once

#include "packledger/ledger/time.hpp"
#include "wire/json.hpp"

#include <string>

namespace packledger::cli {

// "     12  2024-05-10 00:00:00.000  send_recorded  acme  m-1: 3 units to TH, verification: A.1 3"
[[nodiscard]] std::string entry_text(const Json& entry, const Zone& zone);

// The same without position, time and account, of an entry whose request is before one's eyes:
// "send_recorded         m-1: 3 units to TH, verification: A.1 3"
[[nodiscard]] std::string deed_text(const Json& entry);

}  // namespace packledger::cli
