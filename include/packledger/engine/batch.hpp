// Batch: the entries that become durable together. The engine fills one, commits it and tells it;
// from then on nobody changes it, and every reader hears the same one, without a copy.
//
// SpareBatches: those that every reader has let go, to be filled again. A batch is some megabytes;
// taken from the system anew each time, every page of it would have to be cleared first. Engine
// thread; a batch itself is read on any.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace packledger {

struct Batch {
  std::vector<Entry> entries;         // in the order of the journal; at least one once told
  std::vector<std::uint32_t> others;  // the places of those that are no sends, rising
  std::size_t bytes = 0;              // about so many in the journal

  // Counts what stands from this place on, and was not counted yet, into `others` and `bytes`.
  void note(std::size_t from);
};

// Shared, because its readers are on threads of their own and none knows who is the last.
using SharedBatch = std::shared_ptr<const Batch>;

class SpareBatches {
 public:
  static constexpr std::size_t kept_max = 6;  // one filled, one in flight, the others being read

  // An empty one.
  [[nodiscard]] std::shared_ptr<Batch> take();
  // One that is told, and may still be read.
  void give(std::shared_ptr<Batch> batch);

 private:
  std::vector<std::shared_ptr<Batch>> told_;
};

}  // namespace packledger
