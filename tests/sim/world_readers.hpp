// Readers of a World: watchers, who follow entries from a position; readers, who ask questions and
// read what they wrote; visitors, who read by HTTP; and the fold of usage, which goes on from its
// cursor.
//
// Owner: the World; one thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "query/usage.hpp"
#include "tests/sim/world_clients.hpp"

#include <cstdint>
#include <map>
#include <span>

namespace packledger::sim {

void make_readers(World& world);

// The rows of usage as they are after some portions of a journal.
struct UsageSoFar {
  std::map<UsageKey, UsageHour> rows;
  std::map<UsageHoldKey, UsageSubject> holds;
  std::uint64_t folded = 0;  // entries
  friend bool operator==(const UsageSoFar&, const UsageSoFar&) = default;

  // The journal up to `until`.
  void fold(std::span<const Entry> journal, std::uint64_t until);
};

}  // namespace packledger::sim
