// One entry of each kind, with every member set, and entries at random: what the codec must keep.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace packledger::wire_tests {

// In the order of What. Their bytes stand in tests/wire/golden/<kind>.hex for ever.
std::vector<Entry> entry_examples();

// The commonest entry: 16 bytes of name, a package and a charge, a counter that moves.
Entry common_send();
// The most that is still common: account and package numbers of a large store, two packages, an
// old send, a large charge.
Entry common_send_at_its_largest();

using Rng = std::mt19937_64;
// Any kind; members are ordinary, at a limit, or absent.
Entry random_entry(Rng& rng);

}  // namespace packledger::wire_tests
