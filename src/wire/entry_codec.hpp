// Entries as bytes: the message Entry of proto/packledger/v1/entry.proto, written and read by hand.
// What this writes is stored for ever.
//
// Owner: wire. Pure functions, any thread.
// Invariants:
//  1. An entry has one encoding: decode_entry reads nothing that encode_entry would write
//     otherwise.
//  2. encode_entry aborts rather than write what decode_entry refuses: an entry that was not
//     decided by the law, a text that is not UTF-8.
//  3. decode_entry answers for any bytes, and allocates no more than in proportion to them.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/fields.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace packledger {

// Appends the message. Sequence and recorded_at are not in it: they are the record's to tell.
void encode_entry(const Entry& entry, std::string& out);
[[nodiscard]] Result<Entry, WireFault> decode_entry(std::string_view bytes, Sequence sequence,
                                                    Instant recorded_at);

// Appends the message Record: each entry with its tag and length.
void encode_entries(std::span<const Entry> entries, std::string& out);
// How many entries a Record holds; reads their tags and lengths only.
[[nodiscard]] Result<std::uint64_t, WireFault> count_entries(std::string_view record);
// Visits the entries from `from` on, the first of the record being `first`; false once `visit`
// wants no more.
using EntryVisit = std::function<bool(const Entry&)>;
struct EntriesPlace {
  Sequence first;
  Instant recorded_at;
  Sequence from;
};
[[nodiscard]] Result<bool, WireFault> decode_entries(std::string_view record,
                                                     const EntriesPlace& place,
                                                     const EntryVisit& visit);

}  // namespace packledger
