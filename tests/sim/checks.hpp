// Checks: the promises of docs/proof.md that can be looked at in a ledger or in the entries of a
// journal, by their numbers there. Each answers with the empty text where the promise is kept, and
// with what is wrong else; none aborts, so that a campaign can tell how to play it again.
//
// Owner: campaigns. Pure functions, any thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace packledger::sim {

// 1. Units of each package, and the money of each account.
[[nodiscard]] std::string conservation_broken(const Ledger& ledger);
// 2. Nothing below zero or above its quota; the sums of pools are those of their packages.
[[nodiscard]] std::string totals_broken(const Ledger& ledger);
// 3. All that was acknowledged is there as it was.
[[nodiscard]] std::string acknowledged_lost(std::span<const Entry> recovered,
                                            std::span<const Entry> acknowledged);
// 4. What is there is the beginning of what was submitted. `ends`: behind how many entries a batch
// ended; what is there ends with one.
[[nodiscard]] std::string no_prefix(std::span<const Entry> recovered,
                                    std::span<const Entry> submitted,
                                    std::span<const std::size_t> ends);
// 5. No identity has two effects: sends, reversals, orders, grants, holds, accounts, keys, numbers
// of batches. Of entries that span less than what is remembered of them.
[[nodiscard]] std::string told_twice(std::span<const Entry> entries);
// 7. and 8. Each timer and each consequence stands where today's law asks for it, and none is left
// out. From the first entry of a journal to the end of a batch; `ledger` is empty, and has them all
// then.
[[nodiscard]] std::string out_of_turn(std::span<const Entry> entries, Ledger& ledger);
// 7. Each timer once, not before it is due.
[[nodiscard]] std::string timers_wrong(std::span<const Entry> entries);
// 8. Alarms, renewals and the standing of accounts: what, for whom, when; in order.
[[nodiscard]] std::vector<std::string> notices_of(std::span<const Entry> entries);

}  // namespace packledger::sim
