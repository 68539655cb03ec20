// The view of one send: what paid for it, what was given back, and why not the other packages.
//
// Owner: wire; called by serve inside a Question. Pure, any thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/seen_sends.hpp"

#include <cstddef>
#include <string>

namespace packledger {

inline constexpr std::size_t not_paid_max = 100;  // packages explained in one answer

// {account, send, result: "recorded", units, destination, template, billable, occurred_at,
// recorded_at, recorded_position, lines, payg, adjustment?, reversed, reversals: [{reversal, units,
// position}], reversible_until, not_paid: [{package, why}], position}. One line of JSON without a
// newline.
//
// not_paid tells of the packages that paid nothing the first of these that holds: unpaid, refunded,
// destination, template, not_yet_effective, expired, mode (as the mode is today), used_up,
// not_needed. Absent where the send was not billable; at most not_paid_max, in the order of
// purchase.
[[nodiscard]] std::string send_view(const Account& account, const SendRecord& send,
                                    Sequence position);

}  // namespace packledger
