// A package: N prepaid units with a scope and an end (rules §3, §4). Packages belong to one
// account, are never transferred and never deleted. Owned by their Account; changed by
// Ledger::apply only.
//
//   external order placed                       paid from the balance, or granted
//        │                                               │
//        v                                               v
//   pending_payment ──OrderPaid──> scheduled ──PackageActivated──> active
//        │                         (straight to active where it starts now)
//        │ OrderCancelled, OrderTimedOut
//        v
//    cancelled
//
//   active ──SendRecorded or HoldCaptured takes the last unit──> used_up ──SendReversed──> active
//   active, scheduled ──PackageRefunded──> refunded
//   scheduled, active, used_up ──PackageExpired──> expired_grace ──GraceEnded──>
//       expired_retention ──PackageReleased──> released
//
// Invariant, for every package that was paid or granted, after every entry (R56):
//   quota = remaining + held + used + forfeited + refunded, and none of them is negative.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

inline constexpr Units grant_quota_max{
    1'000'000'000'000};                             // far above R31, so that a sum of quotas fits
inline constexpr Duration grace_period = days(15);  // R42
inline constexpr Duration retention_period = days(15);  // R42

enum class PackageState : std::uint8_t {
  pending_payment = 1,
  scheduled = 2,
  active = 3,
  used_up = 4,
  expired_grace = 5,
  expired_retention = 6,
  released = 7,
  cancelled = 8,
  refunded = 9,
};
[[nodiscard]] std::string_view state_text(PackageState state);

// What is agreed when a package is bought or granted; it never changes afterwards, except that an
// external order sets the two instants when it is paid.
struct PackageTerms {
  PackageId id;
  Units quota;
  Instant effective_at;  // first instant at which it pays; 0 while the order is unpaid
  Instant expires_at;    // first instant at which it no longer pays; 0 while the order is unpaid
  Scope scope;
  OverageMode mode = OverageMode::pay_per_use;
  std::int32_t priority = 100;
  Money price_paid;
  RefundPolicy refund = RefundPolicy::none;
  std::string name;     // "o1.1" for a copy of an order, or the client's name for a grant
  std::string order;    // empty for a grant
  std::string product;  // empty for a grant
  friend bool operator==(const PackageTerms&, const PackageTerms&) = default;
};

// What every send looks at comes first, so that it lies in two cache lines.
struct alignas(64) Package {
  PackageState state = PackageState::pending_payment;
  bool closed = false;          // the late window has ended, what is forfeited is final
  bool asked_to_renew = false;  // its PreExpiryRenewalDue has fired: once per package (R92)
  std::uint32_t pool = 0;       // index into Account::pools, once paid or granted
  Units remaining;
  Units held;       // set aside by holds (rules §12 R124), never counted as remaining
  Units used;       // allocated less reversed
  Units forfeited;  // until `closed` a late send may still draw from it (R51)
  Units refunded;
  PackageTerms terms;
  std::optional<Instant> renewal_due;  // the PreExpiryRenewalDue that is set

  [[nodiscard]] bool paid() const;     // has or had a quota: neither pending nor cancelled
  [[nodiscard]] bool expired() const;  // its PackageExpired has been applied
  // Started, not ended, not refunded: counts in the totals of its pool.
  [[nodiscard]] bool in_force() const {
    return state == PackageState::active || state == PackageState::used_up;
  }
  // What a send that this package covers may take now.
  [[nodiscard]] Units available() const { return expired() ? forfeited : remaining; }
};

// The order of use (rules §5 R46): priority, a country before everywhere, then by OC2 the start
// before the end or the end before the start, then the order of purchase. A total order within one
// account.
[[nodiscard]] bool burns_before(const PackageTerms& a, const PackageTerms& b, DeductionOrder order);

// Aborts where the invariant above does not hold.
void ensure_conserved(const Package& package);

}  // namespace packledger
