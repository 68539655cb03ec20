// What a line of a statement is called and the sentence it is told with. Pure functions, any
// thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "query/statement.hpp"

#include <string>

namespace packledger {

// The client's own name of what the line is about: the send, the order, the package, the hold, the
// alarm; of an invoice its number; empty where it has none, like a credit.
[[nodiscard]] std::string line_name(const Entry& entry, const Statement& statement);

// One sentence in English, empty for the few kinds that need none. The statement has just taken the
// entry.
[[nodiscard]] std::string line_text(const Entry& entry, const StatementLine& line,
                                    const Statement& statement);

}  // namespace packledger
