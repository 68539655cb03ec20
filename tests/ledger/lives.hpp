// Lives: a journal of several accounts that live at random, for tests of what carries a ledger from
// one place to another. The same for the same seed.
//
// Owner: the test; one thread.
#pragma once

#include "packledger/ledger/decision.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace packledger {

struct Lives {
  std::uint64_t seed = 1;
  std::size_t accounts = 3;
  std::size_t steps = 300;  // of all accounts together
};
// Two price books, the accounts, then their lives; some commands carry keys, and some keys come
// again.
[[nodiscard]] std::vector<Entry> entries_of(const Lives& lives);

}  // namespace packledger
