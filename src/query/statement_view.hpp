// A line of a statement as JSON. Pure, any thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "query/statement.hpp"
#include "wire/json_writer.hpp"

namespace packledger {

// position, at, recorded_at, kind, name?, text?, amount?, balance_before, balance_after, packages:
// [{package, before, after, units, held?, forfeited?}], caused_by?: members of an object that is
// open. The statement has just taken the entry.
void write_line(JsonWriter& json, const Entry& entry, const StatementLine& line,
                const Statement& statement);

}  // namespace packledger
