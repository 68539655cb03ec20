// One entry of each kind, with every member set, and entries at random: what the codec must keep.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::wire_tests {

// In the order of What. Their bytes stand in tests/wire/golden/<kind>.hex for ever.
std::vector<Entry> entry_examples();
// The one of this kind, by its name in the contract.
Entry entry_example(std::string_view kind);

// What examples are made of: an entry of sequence 1,000 and account 7, recorded at noon.
inline constexpr Instant noon{1'717'214'400'000};  // 2024-06-01T12:00:00+08:00
Entry entry_of(What what, Decision decision);
PackageTerms example_terms();

// The commonest entry: 16 bytes of name, a package and a charge, a counter that moves.
Entry common_send();
// The most that is still common: account and package numbers of a large store, two packages, an
// old send, a large charge.
Entry common_send_at_its_largest();

using Rng = std::mt19937_64;
// Any kind; members are ordinary, at a limit, or absent. Times that are stored as distances belong
// to recorded_at, which is not before 1970.
Entry random_entry(Rng& rng, Instant recorded_at);
Entry random_entry(Rng& rng);

}  // namespace packledger::wire_tests
