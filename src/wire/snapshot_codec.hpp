// Snapshots as bytes: the whole state of a ledger at a sequence, and beside it what others have
// learnt from the entries up to there and would have to learn again.
// docs/snapshot_format.md and proto/packledger/v1/snapshot.proto lay the bytes down.
//
// Owner: wire. Functions of their arguments, any thread.
// Invariants:
//  1. What read_snapshot accepts is a ledger with the digest of the one that was written; it
//     refuses everything else, whatever the bytes are.
//  2. write_snapshot needs nothing but memory and its sink: no lock, no log, no other thread. A
//     process made by fork may call it.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/snapshot_blocks.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace packledger {

struct SnapshotHead {
  Sequence sequence;    // of the last entry in it, which ends a record of the journal
  Instant recorded_at;  // of that entry
  std::array<std::uint8_t, 32> journal{};  // the chain of the journal after that record
  Sequence noticed;  // up to which the notices were learnt; not beyond sequence
  friend bool operator==(const SnapshotHead&, const SnapshotHead&) = default;
};

// Calls its argument with one piece after the other, each of at most some MB.
using PieceVisit = std::function<void(std::string_view piece)>;
using Pieces = std::function<void(const PieceVisit& visit)>;

// What the head says of sequence and time is the ledger's to tell. False where the sink failed.
[[nodiscard]] bool write_snapshot(const SnapshotHead& head, const Ledger& ledger,
                                  const Pieces& notices, const SnapshotSink& sink);

[[nodiscard]] Result<SnapshotHead, SnapshotFault> read_snapshot_head(const SnapshotSource& source);

// Into a ledger as made. On a fault ledger and pieces are to be thrown away. `piece` is called with
// the pieces of the notices in order; it answers false for one that it cannot read.
using PieceRead = std::function<bool(std::string_view piece)>;
[[nodiscard]] Result<SnapshotHead, SnapshotFault> read_snapshot(const SnapshotSource& source,
                                                                Ledger& ledger,
                                                                const PieceRead& piece);

}  // namespace packledger
