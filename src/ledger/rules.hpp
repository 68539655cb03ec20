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
#include <vector>

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
// The same of what was decided, which has a sum.
[[nodiscard]] Money amount_of(std::span<const ChargeLine> lines);
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

// Why an account that owes money may not buy (R110).
[[nodiscard]] std::optional<Reject> standing_against(const Account& account);
// Who hears of such a matter: these contacts, or all where none is named (R115).
[[nodiscard]] std::vector<Told> told_to(const Account& account, Topic topic,
                                        const std::vector<std::string>& contacts = {});

// rules_account
[[nodiscard]] Decided decide_open(const Ledger& ledger, const AccountOpened& asked, Instant at);
[[nodiscard]] Decided decide_settings(const Account& account, const AccountSettingsSet& asked);
[[nodiscard]] Decided decide_modes(const Account& account);
[[nodiscard]] Decided decide_funds(const Ledger& ledger, const Account& account, Money amount,
                                   Instant at);
[[nodiscard]] Decided decide_overdue(const Account& account, Instant at);
[[nodiscard]] Decided decide_standing(const Account& account);

// rules_order
[[nodiscard]] Decided decide_order(const Ledger& ledger, const Account& account,
                                   const OrderPlaced& asked, Instant at);
[[nodiscard]] Decided decide_pay(const Account& account, const OrderPaid& asked, Instant at);
[[nodiscard]] Decided decide_cancel(const Account& account, const OrderCancelled& asked);

// From when until when packages that are paid at `at` may be used (R37 to R39, OC23).
struct Period {
  Instant effective_at;
  Instant expires_at;
  // Some minutes that end with the day they started on are over before they began.
  [[nodiscard]] bool valid() const { return effective_at < expires_at && expires_at < instant_max; }
};

// rules_package
[[nodiscard]] Decided decide_grant(const Account& account, const PackageGranted& asked, Instant at);
[[nodiscard]] Decided decide_refund(const Account& account, const PackageRefunded& asked,
                                    Instant at);
[[nodiscard]] Decided decide_expiry(const Account& account, const PackageExpired& due);

[[nodiscard]] Decided decide_reminder(const Account& account, const ExpiryReminderDue& due);

// rules_send
struct Allocation {
  Few<PackageLine, 2> lines;
  Units missing;  // what no package pays
};
// Takes from the packages in the order of use until the send is paid or they are used up (R46,
// R47).
[[nodiscard]] Allocation allocate(const Account& account, const SendRecorded& send,
                                  OverageMode mode, Instant at);
// Prices what no package pays and moves the counter of the month (R59 to R67).
[[nodiscard]] std::optional<Refusal> rate(const Ledger& ledger, const Account& account,
                                          const SendRecorded& send, Units missing, Instant at,
                                          SendDecision& decision);
// Whether the cost can be counted at all (R9).
[[nodiscard]] bool fits(const Account& account, std::optional<Money> cost);
[[nodiscard]] Result<SendDecision, Refusal> decide_send(const Ledger& ledger,
                                                        const Account& account,
                                                        const SendRecorded& send, Instant at);

// rules_producer
// Whether the number of a batch may be taken; of its sends only the digest counts.
[[nodiscard]] Decided decide_batch(const Ledger& ledger, const BatchTaken& asked, Instant at);

// rules_hold
[[nodiscard]] Decided decide_hold(const Account& account, const HoldPlaced& asked, Instant at);
[[nodiscard]] Decided decide_capture(const Ledger& ledger, const Account& account,
                                     const HoldCaptured& asked, Instant at);
[[nodiscard]] Decided decide_release(const Account& account, const std::string& hold, Instant at);

// rules_alarm
[[nodiscard]] Decided decide_alarm(const Account& account, const AlarmRuleSet& asked);
[[nodiscard]] Decided decide_alarm_removal(const Account& account, const AlarmRuleRemoved& asked);
[[nodiscard]] Decided decide_run_out(const Ledger& ledger, const Account& account,
                                     const RunOutForecast& asked, Instant at);
[[nodiscard]] Decided decide_raised(const Account& account, const AlarmRaised& raised);
[[nodiscard]] Decided decide_cleared(const Account& account, const AlarmCleared& cleared);
// What alarms say to the aftermath: raised, highest threshold first, then cleared (R82 to R85).
[[nodiscard]] std::vector<What> due_alarms(const Account& account, const Aftermath& after);

// rules_renewal
[[nodiscard]] Decided decide_renewal_rule(const Ledger& ledger, const Account& account,
                                          const RenewalRuleSet& asked, Instant at);
[[nodiscard]] Decided decide_renewal_removal(const Account& account);
[[nodiscard]] Decided decide_pre_expiry(const Account& account, const PreExpiryRenewalDue& due);
[[nodiscard]] Decided decide_retry(const Ledger& ledger, const Account& account, Instant due);
[[nodiscard]] Decided decide_renewed(const Ledger& ledger, const Account& account,
                                     const PackageRenewed& renewed);
[[nodiscard]] Decided decide_failed(const Ledger& ledger, const Account& account,
                                    const RenewalFailed& failed);
[[nodiscard]] Decided decide_capped(const Account& account);
// What renewal says to the aftermath: at most one thing (R91, R92, R95, R98).
[[nodiscard]] std::optional<What> due_renewal(const Ledger& ledger, const Account& account,
                                              const Aftermath& after);
// Whether what a pending renewal waits for is still so (R98).
[[nodiscard]] bool renewal_still_wanted(const Account& account, Instant at);
// What a pending renewal still needs once the balance is `balance`; nothing where none is pending,
// or nothing stands against it.
[[nodiscard]] std::optional<Money> renewal_needs(const Ledger& ledger, const Account& account,
                                                 Money balance, Instant at);

// rules_invoice
[[nodiscard]] Decided decide_invoice(const Account& account, Instant at);

// rules_reversal
// Units of a package go back to it, or are forfeited once it has ended or was refunded (R73).
[[nodiscard]] bool restored(const Account& account, PackageId id, Instant at);
[[nodiscard]] Decided decide_reversal(const Ledger& ledger, const Account& account,
                                      const SendReversed& asked, Instant at);

}  // namespace packledger
