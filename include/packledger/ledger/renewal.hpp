// Automatic renewal: a new package of the mainland pool when little is left or an end is near
// (rules §9 R89 to R104). Rule and state; owned by the Account, changed by Ledger::apply only.
//
//                 trigger, paid: PackageRenewed
//          ┌──────────────────────────────────────┐
//          v                                      │
//        idle ── trigger, not paid: RenewalFailed ──> pending
//          ^                                            │ RenewalRetryDue daily, and each credit
//          └── PackageRenewed, switched off, or the ────┘
//              condition is gone
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace packledger {

inline constexpr Units renewal_quantity_min{1'000};          // R31
inline constexpr Units renewal_quantity_max{1'000'000'000};  // R31
inline constexpr std::int32_t renewals_per_day_max = 10;     // R95
inline constexpr std::string_view renewal_pool = "CN";       // R89

// Stored in the journal: never renumber, never reuse.
enum class RenewalTrigger : std::uint8_t { threshold = 1, pre_expiry = 2 };

struct RenewalRule {
  bool enabled = true;
  std::string pool = "CN";
  std::optional<Units> threshold;  // at or below it (R91)
  bool pre_expiry = false;         // R92
  Units quantity;
  std::string product;                      // empty: that of the price book's terms
  std::optional<std::int32_t> per_day_max;  // 1 to renewals_per_day_max; absent: the book's
  friend bool operator==(const RenewalRule&, const RenewalRule&) = default;
};

// What of the book's terms was agreed when the rule was set.
struct RenewalAgreed {
  std::string product;
  Duration lead = days(10);
  std::int32_t per_day_max = renewals_per_day_max;
  std::int32_t retry_at_minute = 180;  // of the local day (R98)
  friend bool operator==(const RenewalAgreed&, const RenewalAgreed&) = default;
};

// An attempt that could not be paid and is tried again (R97, R98).
struct RenewalPending {
  RenewalTrigger trigger = RenewalTrigger::threshold;
  PackageId package;  // of pre_expiry: the one that ends
  Sequence cause;     // of the first attempt
  Instant retry_at;   // the timer that is set
};

struct Renewal {
  RenewalRule rule;
  RenewalAgreed agreed;
  std::optional<RenewalPending> pending;
};

// The renewals of one day of the billing zone (R95). They belong to the account and outlive the
// rule, so that no rule buys more by being set again.
struct RenewalDay {
  Instant start;
  std::int32_t renewals = 0;
  bool capped = false;  // RenewalCapped has been told

  [[nodiscard]] bool is(Instant day) const { return start == day; }
};

}  // namespace packledger
