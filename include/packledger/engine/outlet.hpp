// Outlet: where the engine tells what is durable. Every reader behind it - answers, subscribers,
// notifier, query - hears the same committed batch, in the order of the journal. Engine thread.
#pragma once

#include "packledger/engine/batch.hpp"

#include <functional>
#include <vector>

namespace packledger {

// The reply to a request, with all it tells.
using Answer = std::move_only_function<void()>;

struct Committed {
  SharedBatch batch;              // null where nothing was recorded
  std::vector<Answer> answers{};  // of the requests of this turn, in their order
};

class Outlet {
 public:
  virtual ~Outlet() = default;
  // The entries are durable, and all that the answers tell. Called once per batch, also where there
  // are answers alone; by recovery, too, with what the journal held. Whoever implements this lets
  // the readers hear the batch, then calls each answer once, on the thread of its choice. Must not
  // wait for ever: a slow reader slows the engine.
  virtual void committed(Committed told) = 0;
};

}  // namespace packledger
