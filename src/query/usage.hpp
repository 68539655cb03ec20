// Usage: what entries add to the rows of usage. A send counts in the hour in which it occurred, and
// what is given back leaves the hour, the payer, the destination and the template of its send; a
// captured hold counts when it is captured, where the hold was to go.
//
// Pure functions, any thread.
#pragma once

#include "packledger/engine/journal.hpp"
#include "packledger/ledger/decision.hpp"
#include "store/usage_row.hpp"
#include "store/usage_table.hpp"

#include <map>
#include <set>
#include <span>

namespace packledger {

// Whether an entry adds to usage, or is needed for one that does.
[[nodiscard]] bool tells_of_usage(const Entry& entry);

// What a portion of the journal needs of what came before it.
struct UsageWanted {
  std::set<Sequence> sends;      // whose reversals are in it
  std::set<UsageHoldKey> holds;  // that are captured in it
};
[[nodiscard]] UsageWanted usage_wanted(std::span<const Entry> portion);

struct UsageBefore {
  std::map<Sequence, UsageSubject> sends;
  std::map<UsageHoldKey, UsageSubject> holds;
};

// Finds those sends in the journal.
[[nodiscard]] Result<void, Fault> find_reversed(const Journal& journal,
                                                const std::set<Sequence>& wanted,
                                                std::map<Sequence, UsageSubject>& sends);

// Of a SendRecorded.
[[nodiscard]] UsageSubject usage_subject(const Entry& send);

// What the portion adds: entries in order, those that tell_of_usage are enough. Cut the journal
// where you like, the sums are the same.
[[nodiscard]] UsageChanges fold_usage(std::span<const Entry> portion, const UsageBefore& before);

}  // namespace packledger
