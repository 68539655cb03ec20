// Exported entries: the journal as lines that people and programs read and that are read back, byte
// by byte what was stored; as protobuf (proto/packledger/v1/export.proto); and its money as CSV.
//
// Owner: wire; called by the commands export and import. Pure functions, any thread.
// Invariants:
//  1. A line is that of GET /v1/journal with two members more, `record` and `stored`; the entry is
//     read from `stored`, and every other member must say the same.
//  2. What is read back is the entry that was written, in every member.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/names.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// An entry, and the first one of its record: what has the same became durable together.
struct ExportedEntry {
  Entry entry;
  Sequence record;
};

struct ExportFault {
  std::string member;  // "input.units"; empty for the whole
  std::string detail;  // what was expected, and what is there
};

void append_exported_line(std::string& out, const ExportedEntry& exported, const Names& names);

// What `stored` says. Whether the line says the same is asked apart, because the names of a line
// are learnt from its entry.
[[nodiscard]] Result<ExportedEntry, ExportFault> read_exported_line(std::string_view line);
[[nodiscard]] std::optional<ExportFault> contradiction(std::string_view line,
                                                       const ExportedEntry& exported,
                                                       const Names& names);

// A message ExportedEntry behind its length, as protobuf's delimited streams have it.
void append_exported_message(std::string& out, const ExportedEntry& exported);
inline constexpr std::size_t exported_message_bytes_max = 256 * std::size_t{1024} * 1024;
[[nodiscard]] Result<ExportedEntry, ExportFault> read_exported_message(std::string_view message);

// A line for each price at which units were charged, adjusted or given back by this entry; often
// none. The amounts of all lines of an account are what it was charged, less what it got back.
[[nodiscard]] std::string_view charges_csv_head();
void append_charges_csv(std::string& out, const Entry& entry, const Names& names);

}  // namespace packledger
