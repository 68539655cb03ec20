// The record: what one append leaves on disk, and the chain that runs through all of them. The
// bytes are laid down in docs/journal_format.md.
//
// Owner: store. Values and pure functions, any thread.
// Invariants:
//  1. A record is read as a whole or refused as a whole: nothing of it is visited before its hash,
//     its place in the chain and the number of its entries are found right.
//  2. The hash covers the stored bytes themselves, never a second encoding of them.
#pragma once

#include "packledger/engine/journal.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace packledger {

using ChainHash = std::array<std::uint8_t, 32>;         // SHA-256
[[nodiscard]] std::string hex(std::string_view bytes);  // two small digits for each
[[nodiscard]] std::string hex(const ChainHash& hash);

inline constexpr std::size_t record_header_bytes = 96;
// 8,192 entries of a full batch have 32 KiB each before this is reached; a value of RocksDB could
// be 4 GiB.
inline constexpr std::size_t record_bytes_max = 256 * std::size_t{1024} * 1024;

// Where the chain stands after a record. All zero before the first.
struct ChainLink {
  Sequence sequence;  // of the last entry
  std::uint64_t epoch = 0;
  Instant recorded_at;
  ChainHash hash{};
  friend bool operator==(const ChainLink&, const ChainLink&) = default;
};

// For people and other programs: the last link with its hash in hex.
struct JournalHead {
  Sequence sequence;
  std::uint64_t epoch = 0;
  std::string hash;
  friend bool operator==(const JournalHead&, const JournalHead&) = default;
};
[[nodiscard]] JournalHead head_of(const ChainLink& link);

// Eight bytes, big-endian, so that keys sort as their sequences do.
[[nodiscard]] std::string record_key(Sequence first);

struct Record {
  std::string key;
  std::string value;
  ChainLink link;  // after it
};
// The record that follows `before`. The entries are numbered from before.sequence + 1 and share one
// recorded_at, not before the one of `before`. Refuses only what would not fit a record.
[[nodiscard]] Result<Record, Fault> make_record(const ChainLink& before, std::uint64_t epoch,
                                                std::span<const Entry> entries);

struct RecordView {
  Sequence first;
  std::uint32_t count = 0;
  ChainHash previous{};
  ChainLink link;         // after it
  std::string_view body;  // of the value that was read
};
// A record by itself: its form, its hash, its number of entries.
[[nodiscard]] Result<RecordView, Fault> read_record(std::string_view key, std::string_view value);
// Whether a record is the one that comes next after `before`.
[[nodiscard]] Result<void, Fault> follows(const RecordView& record, const ChainLink& before);

// The answer to an append after another entry than the last (promise 4 of Journal).
[[nodiscard]] Fault fenced(Sequence after, Sequence last);

// Visits the entries of the record from `from` on; false once `visit` wants no more.
[[nodiscard]] Result<bool, Fault> visit_entries(const RecordView& record, Sequence from,
                                                const Journal::Visit& visit);

}  // namespace packledger
