// The process that writes a snapshot: made by fork, so that it has the memory of the daemon as it
// was, and none of its threads.
//
// Owner: Snapshotter. Invariants:
//  1. It holds nothing open of what the daemon has open, and takes none of its signals.
//  2. It uses no lock that another thread may have held at the fork: no log, no store, no socket;
//     memory only, which the C library makes safe.
//  3. It ends with the daemon, and gives way to it.
#pragma once

#include <functional>

namespace packledger {

// In the new process calls `work` and ends with what it returns, 0 to 125. Returns the new process
// to the one that called, or -1 with errno.
[[nodiscard]] int fork_aside(const std::function<int()>& work);

}  // namespace packledger
