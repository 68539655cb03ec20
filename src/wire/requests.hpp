// Requests: the JSON body of every writing route but sends, read into what may be asked of the
// ledger. Shape only: whether the account exists or the balance suffices is the law's business.
//
// Owner: wire; called by serve on the front thread. Pure functions, any thread: they keep nothing
// of the body.
// Invariants:
//  1. A body is understood whole or refused whole, with the first fault found and its member.
//  2. A member nobody asked for is refused, so that a misspelt option is never silently ignored.
//  3. What comes back is within the bounds named here and in the ledger's headers.
#pragma once

#include "packledger/ledger/input.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

// Why a body was refused, ready for a problem document.
struct RequestFault {
  // invalid_<member> where a member is missing or wrong, unknown_field, invalid_body where the
  // value is no object, invalid_json where the text is no JSON, too_large.
  std::string code;
  std::string field;   // where: "price_bands[2].unit_price"; empty for the body itself
  std::string detail;  // what was expected, with its bounds; never holds the client's values
  friend bool operator==(const RequestFault&, const RequestFault&) = default;
};

// An IANA name with its offsets, "Asia/Bangkok"; nothing where there is no such zone. Fixed offsets
// ("+08:00", "Z") are read without it.
using FindZone = std::function<std::optional<Zone>(std::string_view name)>;

inline constexpr std::size_t reminders_max = 8;          // more in one month would be a nuisance
inline constexpr Duration reminder_max = days(365);      // before the end of a package
inline constexpr Duration order_ttl_max = days(60);      // an unpaid order holds its price so long
inline constexpr Duration overdue_grace_max = days(60);  // credit for longer is a contract
inline constexpr std::int32_t priority_max = 1'000'000;  // 0 to this; smaller pays first
inline constexpr std::size_t zone_name_bytes_max = 64;   // the longest IANA name has 32
inline constexpr std::size_t modes_max = 256;            // pools in one request

// POST /v1/accounts: {account, currency, zone?, order?, late_window?, acceptance_window?,
// reversal_window?, order_ttl?, overdue_grace?, prepaid_strict?, absorb_overage?, reminders?}
[[nodiscard]] Result<What, RequestFault> read_account(std::string_view body,
                                                      const FindZone& find_zone);

// PATCH /v1/accounts/{account}: any settings as above, and modes as "modes": {"CN": "pay_per_use"}
// or "pools": [{"pool": "CN", "mode": "pay_per_use"}]. At least one of the two is set; where both
// are, the settings are asked first.
struct AccountPatch {
  std::optional<AccountSettingsSet> settings;
  std::optional<ServiceModeSet> modes;  // sorted by pool
};
[[nodiscard]] Result<AccountPatch, RequestFault> read_account_patch(std::string_view body,
                                                                    const FindZone& find_zone);

// POST …/funds: {amount, reason?}. FundsCredited, or FundsAdjusted where the amount is negative.
[[nodiscard]] Result<What, RequestFault> read_funds(std::string_view body);

// POST …/orders: {order, product, quota?, copies?, pay, renews?}
[[nodiscard]] Result<What, RequestFault> read_order(std::string_view body);

// POST …/orders/{order}/pay: {payment_reference}. The order's name is the path's: serve has
// checked it with is_name.
[[nodiscard]] Result<What, RequestFault> read_payment(std::string_view order,
                                                      std::string_view body);

// POST …/orders/{order}/cancel: {} or nothing at all.
[[nodiscard]] Result<What, RequestFault> read_cancellation(std::string_view order,
                                                           std::string_view body);

// POST …/packages: {package, quota, destinations, templates?, mode?, priority?, effective_at?,
// expires_at | validity + expiry?, price_paid?, reason?}
[[nodiscard]] Result<What, RequestFault> read_grant(std::string_view body);

// POST …/packages/{package}/refund: {reason?} or nothing at all.
[[nodiscard]] Result<What, RequestFault> read_refund(std::string_view package,
                                                     std::string_view body);

// POST …/sends/{send}/reversals: {reversal, units}. Units that are not positive are the law's to
// refuse.
[[nodiscard]] Result<What, RequestFault> read_reversal(std::string_view send,
                                                       std::string_view body);

// POST …/invoices: {note?} or nothing at all. A note has no control characters.
[[nodiscard]] Result<What, RequestFault> read_invoice_request(std::string_view body);

// POST /v1/clock/advance: {by} or {to}; exactly one is set.
struct ClockAdvance {
  std::optional<Duration> by;  // from 0
  std::optional<Instant> to;
};
[[nodiscard]] Result<ClockAdvance, RequestFault> read_clock_advance(std::string_view body);

}  // namespace packledger
