// Bulk: a journal that is filled from another one, as a backup is, on a disk that loses power. It
// waits for the disk only where it settles; what was settled must stay, and a copy that was cut
// short goes on from what is there.
//
// Owner: the campaign. One thread.
#pragma once

#include "tests/sim/examine.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace packledger::sim {

struct BulkPoint {
  std::shared_ptr<const Disk> disk;
  Step step;                 // that would be next; number 0 at the end
  std::size_t appended = 0;  // entries
  std::size_t settled = 0;   // of them
};

// Copies the entries of a history, batch by batch.
[[nodiscard]] std::vector<BulkPoint> record_bulk(const History& source, Looks& looks);
// Loses power at the point, goes on to the end, and opens the copy as a journal.
void examine_bulk(const History& source, const BulkPoint& point, const Crash& crash, Looks& looks);

}  // namespace packledger::sim
