// The rules: one function for each input, each of the same shape - refusals in the order of the
// enum, then a decision. They read the ledger and change nothing; Ledger::decide has already looked
// up the account and answered repeats by key and by name. Pure, engine thread.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger {

using Decided = Result<Decision, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(Reject reject, std::string_view field = {},
                                                     Sequence first = {}) {
  return std::unexpected{Refusal{.reject = reject, .field = field, .first = first}};
}

[[nodiscard]] inline Refusal too_little_money(Money needed, Money balance) {
  return Refusal{.reject = Reject::insufficient_balance,
                 .field = {},
                 .first = {},
                 .shortfall = Shortfall{.needed = needed, .balance = balance}};
}

// What the lines charge together on top of `from`; nothing where that leaves int64 (R9).
[[nodiscard]] std::optional<Money> sum_of(std::span<const ChargeLine> lines, Money from = {});
// All that a send costs, its volume adjustment included.
[[nodiscard]] std::optional<Money> cost_of(const SendDecision& decision);

// The units of lines of any kind.
[[nodiscard]] Units units_of(const auto& lines) {
  Units sum;
  for (const auto& line : lines) sum += line.units;
  return sum;
}

// An Idempotency-Key is remembered for the acceptance window of its account, and at least so long
// (R4, R12).
inline constexpr Duration key_memory_min = days(7);
// After a send can no longer come or be reversed its record stays so long, to say so clearly.
inline constexpr Duration send_memory_rest = days(1);
// How far ahead of the journal's time a client's clock may be (R4).
inline constexpr Duration client_clock_ahead_max = minutes(5);
// The window of prorata refunds (R43a).
inline constexpr Duration prorata_refund_window = days(90);

// The identity that a command has by itself, beside its key: "order:o1"; empty where it has none.
[[nodiscard]] std::string natural_identity(const What& what);

// rules_account
[[nodiscard]] Decided decide_open(const Ledger& ledger, const AccountOpened& asked, Instant at);
[[nodiscard]] Decided decide_settings(const Account& account, const AccountSettingsSet& asked);
[[nodiscard]] Decided decide_modes(const Account& account);
[[nodiscard]] Decided decide_funds(const Account& account, Money amount);

// rules_order
[[nodiscard]] Decided decide_order(const Ledger& ledger, const Account& account,
                                   const OrderPlaced& asked, Instant at);
[[nodiscard]] Decided decide_pay(const Account& account, const OrderPaid& asked, Instant at);
[[nodiscard]] Decided decide_cancel(const Account& account, const OrderCancelled& asked);

// rules_package
[[nodiscard]] Decided decide_grant(const Account& account, const PackageGranted& asked, Instant at);
[[nodiscard]] Decided decide_refund(const Account& account, const PackageRefunded& asked,
                                    Instant at);
[[nodiscard]] Decided decide_expiry(const Account& account, const PackageExpired& due);

// rules_send
[[nodiscard]] Decided decide_send(const Ledger& ledger, const Account& account,
                                  const SendRecorded& send, Instant at);

// rules_reversal
[[nodiscard]] Decided decide_reversal(const Ledger& ledger, const Account& account,
                                      const SendReversed& asked, Instant at);

}  // namespace packledger
