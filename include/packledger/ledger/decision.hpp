// Decision: what the law answered to one Input; Entry: one line of the journal, input and decision
// together (rules §12). Replay applies decisions and asks the law nothing, so everything that apply
// needs and that does not follow from the input alone stands here. Stored in the journal. Values,
// any thread.
#pragma once

#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/few.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/reject.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace packledger {

struct AccountDecision {  // AccountOpened
  AccountId account;
  AccountSettings settings;
  friend bool operator==(const AccountDecision&, const AccountDecision&) = default;
};

struct SettingsDecision {  // AccountSettingsSet: all settings as they are from now on
  AccountSettings settings;
  friend bool operator==(const SettingsDecision&, const SettingsDecision&) = default;
};

struct FundsDecision {  // FundsCredited, FundsAdjusted
  Money balance_after;
  std::optional<Money> renewal_needs;  // a pending renewal was tried again and needs so much (R98)
  friend bool operator==(const FundsDecision&, const FundsDecision&) = default;
};

struct OrderDecision {  // OrderPlaced
  Money price;          // of the whole order
  Money balance_after;
  std::optional<Instant> times_out_at;  // set where the payment is awaited
  Validity validity;                    // what OrderPaid will need, as agreed now
  ExpiryPolicy expiry = ExpiryPolicy::exact;
  Duration activation_delay;
  std::vector<PackageTerms> packages;
  friend bool operator==(const OrderDecision&, const OrderDecision&) = default;
};

struct PaidDecision {  // OrderPaid: when the packages of the order start and end
  Instant effective_at;
  Instant expires_at;
  friend bool operator==(const PaidDecision&, const PaidDecision&) = default;
};

struct GrantDecision {  // PackageGranted
  PackageTerms package;
  friend bool operator==(const GrantDecision&, const GrantDecision&) = default;
};

struct RefundDecision {  // PackageRefunded
  PackageId package;
  Units units;
  Money amount;
  Money balance_after;
  friend bool operator==(const RefundDecision&, const RefundDecision&) = default;
};

struct PackageLine {  // units that one package pays, or gets back
  PackageId package;
  Units units;
  friend bool operator==(const PackageLine&, const PackageLine&) = default;
};

struct ChargeLine {  // units at one price
  Units units;
  Price unit_price;
  friend bool operator==(const ChargeLine&, const ChargeLine&) = default;
};

// How a send moves the counter of its rating group in the month of its occurrence (R62, R63).
struct CounterMove {
  Month month;
  Units units;                        // by which the position advances
  std::optional<Price> volume_price;  // R61: at which all charged units of the month now stand
  Money adjustment;          // R61: the change of price of what was charged before in the month
  Instant volume_from = {};  // R66: effective_from of the book whose volume tariff this is
  friend bool operator==(const CounterMove&, const CounterMove&) = default;
};

struct SendDecision {          // SendRecorded; when it occurred follows from the input (R4)
  Few<PackageLine, 2> lines;   // in the order of use
  Few<ChargeLine, 1> charges;  // in rising position
  std::optional<CounterMove> counter;
  friend bool operator==(const SendDecision&, const SendDecision&) = default;
};

struct ReversalLine {
  PackageId package;
  Units units;
  bool restored = true;  // false: the package has ended, the units are forfeited (R73)
  friend bool operator==(const ReversalLine&, const ReversalLine&) = default;
};

struct ReversalDecision {  // SendReversed: charges first, the last first, then packages backwards
                           // (R72)
  std::vector<ChargeLine> charges;
  std::vector<ReversalLine> lines;
  Units counter_units;  // by which the send's counter goes back (R74)
  Sequence send;        // the entry of the send; 0 in entries of before it was kept
  friend bool operator==(const ReversalDecision&, const ReversalDecision&) = default;
};

struct ExpiryDecision {  // PackageExpired
  Units forfeited;       // what was left of it
  Instant closes_at;     // the end of the late window
  friend bool operator==(const ExpiryDecision&, const ExpiryDecision&) = default;
};

struct HoldDecision {              // HoldPlaced
  std::vector<PackageLine> lines;  // in the order of use
  Instant expires_at;
  friend bool operator==(const HoldDecision&, const HoldDecision&) = default;
};

// HoldCaptured, and HoldReleased and HoldExpired, which take nothing.
struct HoldEndDecision {
  std::vector<PackageLine> taken;      // the first lines first
  std::vector<ReversalLine> back;      // to remaining, or forfeited where the package has ended
  std::optional<CounterMove> counter;  // captured units count for the tiers (R63)
  friend bool operator==(const HoldEndDecision&, const HoldEndDecision&) = default;
};

struct AlarmRuleDecision {                  // AlarmRuleSet
  bool fires_after_every_purchase = false;  // a warning, no refusal
  friend bool operator==(const AlarmRuleDecision&, const AlarmRuleDecision&) = default;
};

struct RenewalRuleDecision {  // RenewalRuleSet
  RenewalAgreed agreed;
  bool fires_after_every_purchase = false;  // a warning, no refusal (R95)
  friend bool operator==(const RenewalRuleDecision&, const RenewalRuleDecision&) = default;
};

struct InvoiceDecision {  // InvoiceRequested
  std::uint64_t number = 0;
  std::vector<InvoiceLine> lines;
  Money total;        // exact
  Money printed;      // rounded to hundredths (R10)
  bool more = false;  // lines were left for the next invoice
  friend bool operator==(const InvoiceDecision&, const InvoiceDecision&) = default;
};

struct AlarmDecision {       // AlarmRaised, AlarmCleared: the figures that made it so
  std::uint64_t firing = 0;  // the how-manieth firing this is, or ends
  Units remaining;           // of the pool or the package
  Units quota;
  Money balance;
  std::vector<Told> told;
  std::optional<Instant> runs_out_at{};  // of runs_out_within; nothing: not in sight
  friend bool operator==(const AlarmDecision&, const AlarmDecision&) = default;
};

struct ReminderDecision {  // ExpiryReminderDue
  bool skipped = false;    // nothing is left of it: nobody is told (R86)
  Units remaining;
  std::vector<Told> told;
  friend bool operator==(const ReminderDecision&, const ReminderDecision&) = default;
};

// Why the end of a package renews nothing. Stored in the journal: never renumber, never reuse.
enum class RenewalSkip : std::uint8_t {
  not_last = 1,     // another package of the pool ends later (R92)
  outstanding = 2,  // an attempt is pending already (R95)
};

struct PreExpiryDecision {  // PreExpiryRenewalDue; where nothing is skipped an attempt follows
  std::optional<RenewalSkip> skipped;
  friend bool operator==(const PreExpiryDecision&, const PreExpiryDecision&) = default;
};

struct RetryDecision {  // RenewalRetryDue; where nothing stands against it, PackageRenewed
                        // follows
  std::optional<Reject> refused;  // why it could still not be done
  Money needed;
  Money balance;
  Instant next_at;  // the next try
  friend bool operator==(const RetryDecision&, const RetryDecision&) = default;
};

struct RenewalDecision {  // PackageRenewed
  PackageTerms package;
  Money price;
  Money balance_after;
  std::vector<Told> told;
  friend bool operator==(const RenewalDecision&, const RenewalDecision&) = default;
};

struct RenewalFailure {  // RenewalFailed
  Reject reason = Reject::insufficient_balance;
  Money needed;
  Money balance;
  Instant retry_at;
  std::vector<Told> told;
  friend bool operator==(const RenewalFailure&, const RenewalFailure&) = default;
};

struct CapDecision {  // RenewalCapped
  std::int32_t per_day_max = 0;
  std::vector<Told> told;
  friend bool operator==(const CapDecision&, const CapDecision&) = default;
};

struct StandingDecision {  // AccountOverdue, AccountSuspended, AccountResumed
  Money balance;
  std::optional<Instant> suspends_at;  // of AccountOverdue
  std::vector<Told> told;
  friend bool operator==(const StandingDecision&, const StandingDecision&) = default;
};

struct Done {  // inputs whose effect follows from themselves
  friend bool operator==(Done, Done) = default;
};

using Decision = std::variant<Done, AccountDecision, SettingsDecision, FundsDecision, OrderDecision,
                              PaidDecision, GrantDecision, RefundDecision, SendDecision,
                              ReversalDecision, ExpiryDecision, HoldDecision, HoldEndDecision,
                              AlarmRuleDecision, RenewalRuleDecision, InvoiceDecision,
                              AlarmDecision, ReminderDecision, PreExpiryDecision, RetryDecision,
                              RenewalDecision, RenewalFailure, CapDecision, StandingDecision>;

struct Entry {
  Sequence sequence;
  Instant recorded_at;  // the journal's time: never goes back (R3)
  Input input;
  Decision decision;
  Sequence caused_by;  // of a consequence: the entry that caused it; 0 otherwise
  friend bool operator==(const Entry&, const Entry&) = default;
};

// When a send really counts as sent: what the client said, but never after it was recorded (R4).
[[nodiscard]] Instant occurred_at(const SendRecorded& send, Instant recorded_at);
// The business time of any entry: a send's occurrence, a timer's due instant, when a consequence
// happened, else recorded_at.
[[nodiscard]] Instant occurred_at(const Entry& entry);
// From when an entry counts for what follows from it: a timer's due instant, when a consequence
// happened, else recorded_at, also of a send. So a pause of the daemon changes nothing.
[[nodiscard]] Instant effect_at(const Entry& entry);
// The receivers of an entry that is a notice; nothing where it is none. A skipped reminder is none.
[[nodiscard]] const std::vector<Told>* told_by(const Entry& entry);
// The account that an entry is about; 0 where there is none. For AccountOpened the new one.
[[nodiscard]] AccountId account_of(const Entry& entry);

}  // namespace packledger
