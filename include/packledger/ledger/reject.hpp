// Reject: every business "no" of the law. A Reject is answered and counted, never journalled, and
// changes nothing. Values, any thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace packledger {

// Part of the contract with clients by name, and stored by number where a renewal was refused:
// never rename, never renumber, never reuse.
// In order of precedence: the first that holds is the one reported.
enum class Reject : std::uint8_t {
  unknown_account = 1,
  duplicate = 2,            // not a refusal: the first answer is given again, without effect (R12)
  conflict = 3,             // the same identity with another content (R12)
  invalid_units = 4,        // R68
  timestamp_in_future = 5,  // R4
  too_old = 6,              // R4; a reversal after its window (R75)
  account_suspended = 7,    // R108
  account_overdue = 8,      // R110: an overdue account does not buy
  unknown_product = 9,
  invalid_quota = 10,       // R31
  invalid_expires_at = 11,  // a package must end after it starts
  unknown_order = 12,
  order_not_pending = 13,  // pay or cancel of an order that is paid, cancelled or timed out
  unknown_package = 14,
  not_refundable = 15,        // R43a
  unknown_send = 16,          // R75
  over_reversal = 17,         // R75
  quota_exhausted = 18,       // R54
  no_tariff = 19,             // R67
  amount_overflow = 20,       // R9
  insufficient_balance = 21,  // R97, R106
  packages_max_reached = 22,  // packages_per_account_max
  reserved_name = 23,         // "renewal-<number>" names what a renewal makes
  unknown_alarm = 24,
  unknown_contact = 25,     // an alarm names a contact that the account does not have
  alarms_max_reached = 26,  // alarms_per_account_max
  unknown_renewal = 27,     // no renewal rule is set
  invalid_pool = 28,        // R89: renewal is for the mainland only
  invalid_quantity = 29,    // R31
  invalid_lead = 30,        // R101: the validity is not longer than the lead
  unknown_hold = 31,        // R126, as the four that follow
  hold_captured = 32,
  hold_released = 33,
  hold_expired = 34,
  over_capture = 35,           // more than is held (R125)
  holds_max_reached = 36,      // holds_per_account_max
  nothing_to_invoice = 37,     // R113
  not_renewable = 38,          // R42: no product for it, or not in its grace or retention
  stale_epoch = 39,            // R128: the producer has begun a higher one
  gap = 40,                    // R128: batches before this one were not taken
  producers_max_reached = 41,  // producers_max
  nothing_to_tell = 42,        // R132: the forecast neither raises nor clears an alarm
};

[[nodiscard]] std::string_view reject_text(Reject reject);  // "quota_exhausted"

// What a request takes in money, and what there is.
struct Shortfall {
  Money needed;
  Money balance;
};

// A Reject with what its answer needs.
struct Refusal {
  Reject reject;
  std::string_view field;  // the member that is wrong or differs; static text, may be empty
  Sequence first;          // duplicate, conflict: the entry that came first
  std::optional<Shortfall> shortfall = std::nullopt;  // insufficient_balance
};

}  // namespace packledger
