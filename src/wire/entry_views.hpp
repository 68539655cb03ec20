// Views of entries: the lines of the journal as JSON, complete, with names instead of numbers.
//
// Owner: wire; called by serve. Pure functions, any thread; every result is one line of JSON
// without a newline.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "wire/json_writer.hpp"
#include "wire/names.hpp"

#include <span>
#include <string>

namespace packledger {

// {position, recorded_at, occurred_at, kind, account, key?, input: {…}, decision: {…}, caused_by?}
// with every member of both. `account` is null where there is none. Of a zone its name is told,
// not its transitions.
[[nodiscard]] std::string journal_line(const Entry& entry, const Names& names);
void append_journal_line(std::string& out, const Entry& entry, const Names& names);
// The same as a value of a larger answer.
void write_journal_line(JsonWriter& json, const Entry& entry, const Names& names);
// Its members input and decision alone, into an object that is open.
void write_input_and_decision(JsonWriter& json, const Entry& entry, const Names& names);
// "consequences": those of the entries that are some, in order; nothing where none is.
void write_consequences(JsonWriter& json, std::span<const Entry> entries, const Names& names);
// The same as a message of GET /v1/watch: {type: "entry", position, …}.
[[nodiscard]] std::string entry_message(const Entry& entry, const Names& names);

}  // namespace packledger
