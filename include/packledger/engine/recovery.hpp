// Recovery is just running: the journal is passed through the same apply and the same outlet.
// Called once, before the first turn, on the thread that will be the engine's.
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/engine/journal.hpp"
#include "packledger/engine/outlet.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"

#include <functional>

namespace packledger {

// Passes the entries of a journal from `from` on to `take`, on the thread that calls, in portions
// of at least one entry, in order, until the end or until `take` returns false.
using TakePortion = std::function<bool(const SharedBatch& portion)>;
using ReadPortions = std::function<Result<void, Fault>(Sequence from, const TakePortion& take)>;

// Told in portions, so that a reader's costs per call do not count per entry.
inline constexpr std::size_t portion_entries_max = 4'096;

// On this thread alone. The journal outlives what is returned.
[[nodiscard]] ReadPortions portions_of(const Journal& journal);

// Applies every entry after ledger.last(), and tells the outlet those after `heard`, which is not
// beyond ledger.last(), and maybe some before it: a reader passes over what it has heard. On a
// fault the ledger must be thrown away.
[[nodiscard]] Result<void, Fault> recover(Ledger& ledger, const ReadPortions& read, Outlet& outlet,
                                          Sequence heard);
// From the start.
[[nodiscard]] inline Result<void, Fault> recover(Ledger& ledger, const Journal& journal,
                                                 Outlet& outlet) {
  return recover(ledger, portions_of(journal), outlet, ledger.last());
}

}  // namespace packledger
