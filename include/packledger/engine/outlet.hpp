// Outlet: where the engine tells what is durable. Every reader behind it - answers, subscribers,
// notifier, query - hears the same committed batch, in the order of the journal. Engine thread.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <span>

namespace packledger {

class Ledger;

class Outlet {
 public:
  virtual ~Outlet() = default;
  // The entries are durable and applied. Called once per batch, before its answers; also by
  // recovery, with what the journal held. The ledger is as after the last of them. Must not wait
  // for ever: a slow reader slows the engine.
  virtual void committed(std::span<const Entry> entries, const Ledger& ledger) = 0;
};

}  // namespace packledger
