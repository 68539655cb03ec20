// Recovery is just running: the journal is passed through the same apply and the same outlet.
// Called once, before the first turn, on the thread that will be the engine's.
#pragma once

#include "packledger/engine/journal.hpp"
#include "packledger/engine/outlet.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"

namespace packledger {

// Applies every entry after ledger.last(). On a fault the ledger must be thrown away.
[[nodiscard]] Result<void, Fault> recover(Ledger& ledger, const Journal& journal, Outlet& outlet);

}  // namespace packledger
