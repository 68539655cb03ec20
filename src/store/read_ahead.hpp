// Read ahead: a journal is read and decoded on a thread of its own, some portions ahead of the
// thread that takes them.
//
// Owner: whoever recovers. The lock inside lives as long as one reading.
// Invariants:
//  1. Portions are taken in order, on the thread that asked for them, whole.
//  2. No more than a few portions are ahead.
//  3. When the reading returns its thread has ended.
#pragma once

#include "packledger/engine/recovery.hpp"

namespace packledger {

// The journal outlives what is returned.
[[nodiscard]] ReadPortions read_ahead(const Journal& journal);

}  // namespace packledger
