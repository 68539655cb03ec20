// Restart: takes up the newest snapshot that is right, so that only the entries behind it are to be
// read.
//
// Owner: daemon; before the first turn, on the thread that will be the engine's.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "serve/front.hpp"
#include "store/snapshots.hpp"

#include <memory>
#include <optional>

namespace packledger {

struct TakenUp {
  serve::Front::Learnt learnt;  // for the front
  Sequence heard;               // up to which the front needs to hear nothing
};

// Into a ledger as made; nothing, and the ledger as it was, where no snapshot is right. Each that
// is refused is logged, and put aside unless it is of another release.
[[nodiscard]] std::optional<TakenUp> take_up_snapshot(const Snapshots& files,
                                                      const ChainAt& chain_at, Ledger& ledger);

// A ledger to replay the journal over up to that point: of the newest snapshot at or before it that
// is right, else as made. Any thread, also while snapshots are written and removed.
[[nodiscard]] std::unique_ptr<Ledger> ledger_before(const Snapshots& files, const ChainAt& chain_at,
                                                    const serve::PastPoint& point);

}  // namespace packledger
