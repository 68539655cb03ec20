// Behind: a ledger and a naive model that have heard the beginning of the journal, apart from those
// of the judge, so that something can be tried out on them, or read as it was there.
//
// Owner: who makes it; one thread.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "tests/ledger/model.hpp"

#include <span>

namespace packledger::sim {

struct Behind {
  explicit Behind(std::span<const Entry> entries);

  Ledger ledger;
  model::World model{0};
};

}  // namespace packledger::sim
