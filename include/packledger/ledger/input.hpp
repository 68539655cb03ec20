// Input: what may be asked of the ledger, a command or a timer that is due (rules §12). An Input
// holds what the client said, not what follows from it. Stored in the journal. Values, any thread.
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/name.hpp"
#include "packledger/ledger/price_book.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/scope.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace packledger {

// The client's changes to its settings: what is absent stays.
struct SettingsPatch {
  std::optional<Zone> zone;
  std::optional<DeductionOrder> order;
  std::optional<Duration> late_window;
  std::optional<Duration> acceptance_window;
  std::optional<Duration> reversal_window;
  std::optional<Duration> order_ttl;
  std::optional<Duration> overdue_grace;
  std::optional<bool> prepaid_strict;
  std::optional<AbsorbOverage> absorb_overage;
  std::optional<std::vector<Duration>> reminders;
  friend bool operator==(const SettingsPatch&, const SettingsPatch&) = default;
};

// ---- external inputs ----

struct AccountOpened {
  std::string name;
  Currency currency;
  SettingsPatch settings;  // over the defaults of the book in force
  friend bool operator==(const AccountOpened&, const AccountOpened&) = default;
};

struct AccountSettingsSet {
  SettingsPatch settings;
  friend bool operator==(const AccountSettingsSet&, const AccountSettingsSet&) = default;
};

struct PoolMode {
  std::string pool;
  OverageMode mode = OverageMode::pay_per_use;
  friend bool operator==(const PoolMode&, const PoolMode&) = default;
};

struct ServiceModeSet {
  std::vector<PoolMode> modes;  // R55
  friend bool operator==(const ServiceModeSet&, const ServiceModeSet&) = default;
};

struct FundsCredited {
  Money amount;  // > 0
  std::string reason;
  friend bool operator==(const FundsCredited&, const FundsCredited&) = default;
};

struct FundsAdjusted {
  Money amount;  // < 0: a correction downward; may leave the balance below zero
  std::string reason;
  friend bool operator==(const FundsAdjusted&, const FundsAdjusted&) = default;
};

// Stored in the journal: never renumber, never reuse.
enum class Payment : std::uint8_t { balance = 1, external = 2 };

struct OrderPlaced {
  std::string order;
  std::string product;
  std::optional<Units> quota;  // of a custom product; may repeat that of a fixed one
  std::int32_t copies = 1;     // 1 to order_copies_max
  Payment pay = Payment::balance;
  std::string renews{};  // R42: the ended package that this one follows; may be empty
  friend bool operator==(const OrderPlaced&, const OrderPlaced&) = default;
};
inline constexpr std::int32_t order_copies_max = 100;  // an order of more is a mistake, or a grant

struct OrderPaid {
  std::string order;
  std::string payment_reference;
  friend bool operator==(const OrderPaid&, const OrderPaid&) = default;
};

struct OrderCancelled {
  std::string order;
  friend bool operator==(const OrderCancelled&, const OrderCancelled&) = default;
};

struct PackageGranted {
  std::string package;
  Units quota;
  Scope scope;
  OverageMode mode = OverageMode::pay_per_use;
  std::int32_t priority = 100;
  std::optional<Instant> effective_at;  // absent: at once
  std::optional<Instant> expires_at;    // exactly one of this and validity
  std::optional<Validity> validity;
  ExpiryPolicy expiry = ExpiryPolicy::exact;  // of the validity
  Money price_paid;
  std::string reason;
  friend bool operator==(const PackageGranted&, const PackageGranted&) = default;
};

struct PackageRefunded {
  std::string package;
  std::string reason;
  friend bool operator==(const PackageRefunded&, const PackageRefunded&) = default;
};

struct SendRecorded {
  Name send;
  Units units;                         // as the client said: decide refuses what is not positive
  std::optional<Instant> occurred_at;  // absent: when it is recorded
  Country destination;
  TemplateType type = TemplateType::verification;
  bool billable = true;  // R70
  friend bool operator==(const SendRecorded&, const SendRecorded&) = default;
};

struct SendReversed {
  std::string send;
  std::string reversal;
  Units units;
  friend bool operator==(const SendReversed&, const SendReversed&) = default;
};

// R124. Identified by its name: the same hold again is answered as before.
struct HoldPlaced {
  std::string hold;
  Units units;  // as the client said: decide refuses what is not positive
  Country destination;
  TemplateType type = TemplateType::verification;
  std::optional<Duration> ttl;  // absent: hold_ttl_default; at most hold_ttl_max
  friend bool operator==(const HoldPlaced&, const HoldPlaced&) = default;
};

struct HoldCaptured {
  std::string hold;
  Units units;  // at most what is held; the rest is given back
  friend bool operator==(const HoldCaptured&, const HoldCaptured&) = default;
};

struct HoldReleased {
  std::string hold;
  friend bool operator==(const HoldReleased&, const HoldReleased&) = default;
};

struct AlarmRuleSet {
  AlarmRule rule;
  friend bool operator==(const AlarmRuleSet&, const AlarmRuleSet&) = default;
};

struct AlarmRuleRemoved {
  std::string alarm;
  friend bool operator==(const AlarmRuleRemoved&, const AlarmRuleRemoved&) = default;
};

struct RenewalRuleSet {
  RenewalRule rule;
  friend bool operator==(const RenewalRuleSet&, const RenewalRuleSet&) = default;
};

struct RenewalRuleRemoved {
  friend bool operator==(const RenewalRuleRemoved&, const RenewalRuleRemoved&) = default;
};

struct ContactsSet {
  std::vector<Contact> contacts;  // all of them, from now on; sorted by name
  friend bool operator==(const ContactsSet&, const ContactsSet&) = default;
};

struct InvoiceRequested {
  std::string note;  // printed on it; may be empty
  friend bool operator==(const InvoiceRequested&, const InvoiceRequested&) = default;
};

struct PriceBookPublished {
  PriceBook book;
  friend bool operator==(const PriceBookPublished&, const PriceBookPublished&) = default;
};

// When a pool runs out at the rate of the last weeks. No client says so but the daemon itself, from
// usage: the ledger knows no rate (R132).
struct RunOutForecast {
  std::string pool;
  std::optional<Instant> runs_out_at;  // nothing: not in sight
  Sequence position;                   // the forecast knows the journal up to here
  friend bool operator==(const RunOutForecast&, const RunOutForecast&) = default;
};

// What an answer to a send may name. Stored in the journal: never renumber, never reuse.
enum class SendMember : std::uint8_t {
  send = 1,
  units = 2,
  occurred_at = 3,
  destination = 4,
  type = 5,
  billable = 6,
};
[[nodiscard]] std::string_view member_text(SendMember member);  // "template"
[[nodiscard]] std::optional<SendMember> send_member(std::string_view text);

// A send of a numbered batch that made no entry, and how it was answered.
struct NotRecorded {
  std::uint64_t index = 0;  // among the sends of the batch that the law was asked about, from 0
  Reject why = Reject::duplicate;
  std::optional<SendMember> field;
  Sequence first;  // of a duplicate or a conflict
  friend bool operator==(const NotRecorded&, const NotRecorded&) = default;
};

// R128. A numbered batch: stands right behind the entries of its sends, and is durable with them.
// What it says of them is what they were answered.
struct BatchTaken {
  std::string producer;       // is_producer
  std::uint64_t epoch = 0;    // 1 to producer_number_max
  std::uint64_t number = 0;   // 1 to producer_number_max
  std::uint64_t digest = 0;   // of what the client asked for
  std::uint64_t sends = 0;    // how many the law was asked about
  std::uint64_t entries = 0;  // how many stand directly before this one: recorded, consequences
  std::vector<NotRecorded> not_recorded;  // rising index; each other send was recorded
  friend bool operator==(const BatchTaken&, const BatchTaken&) = default;
};

// ---- timer inputs: made by the ledger itself, `due` is when they occurred (R5) ----

struct PackageActivated {
  PackageId package;
  Instant due;
  friend bool operator==(const PackageActivated&, const PackageActivated&) = default;
};
struct PackageExpired {
  PackageId package;
  Instant due;
  friend bool operator==(const PackageExpired&, const PackageExpired&) = default;
};
// The late window has ended: what is forfeited is final (R51).
struct PackageClosed {
  PackageId package;
  Instant due;
  friend bool operator==(const PackageClosed&, const PackageClosed&) = default;
};
struct GraceEnded {
  PackageId package;
  Instant due;
  friend bool operator==(const GraceEnded&, const GraceEnded&) = default;
};
struct PackageReleased {
  PackageId package;
  Instant due;
  friend bool operator==(const PackageReleased&, const PackageReleased&) = default;
};
struct OrderTimedOut {
  std::string order;
  Instant due;
  friend bool operator==(const OrderTimedOut&, const OrderTimedOut&) = default;
};

struct ExpiryReminderDue {  // R86
  PackageId package;
  Duration before;  // the offset: due = the end - before
  Instant due;
  friend bool operator==(const ExpiryReminderDue&, const ExpiryReminderDue&) = default;
};
struct PreExpiryRenewalDue {  // R92
  PackageId package;
  Instant due;
  friend bool operator==(const PreExpiryRenewalDue&, const PreExpiryRenewalDue&) = default;
};
struct RenewalRetryDue {  // R98
  Instant due;
  friend bool operator==(const RenewalRetryDue&, const RenewalRetryDue&) = default;
};
struct SuspensionDue {  // the end of overdue_grace (R107)
  Instant due;
  friend bool operator==(const SuspensionDue&, const SuspensionDue&) = default;
};
struct HoldExpired {  // R125
  std::string hold;
  Instant due;
  friend bool operator==(const HoldExpired&, const HoldExpired&) = default;
};
// An alarm may speak again: what holds now is told now.
struct AlarmCooldownEnded {
  std::string alarm;
  Instant due;
  friend bool operator==(const AlarmCooldownEnded&, const AlarmCooldownEnded&) = default;
};

// ---- consequences: made by the ledger right behind the entry that caused them; `at` is when they
// happened: the due instant of a timer that caused them, else when the cause was recorded ----

struct AlarmRaised {
  std::string alarm;
  PackageId package;  // of a per_package alarm; 0 otherwise
  Instant at;
  friend bool operator==(const AlarmRaised&, const AlarmRaised&) = default;
};
struct AlarmCleared {  // re-armed, because the condition has ended (R82)
  std::string alarm;
  PackageId package;
  Instant at;
  friend bool operator==(const AlarmCleared&, const AlarmCleared&) = default;
};
struct PackageRenewed {  // R93
  RenewalTrigger trigger = RenewalTrigger::threshold;
  Sequence cause;  // with account and pool the key of the renewal (R96)
  Instant at;
  friend bool operator==(const PackageRenewed&, const PackageRenewed&) = default;
};
struct RenewalFailed {  // R97, R99
  RenewalTrigger trigger = RenewalTrigger::threshold;
  Instant at;
  friend bool operator==(const RenewalFailed&, const RenewalFailed&) = default;
};
struct RenewalCapped {  // R95
  RenewalTrigger trigger = RenewalTrigger::threshold;
  Instant at;
  friend bool operator==(const RenewalCapped&, const RenewalCapped&) = default;
};
struct AccountOverdue {  // R105
  Instant at;
  friend bool operator==(const AccountOverdue&, const AccountOverdue&) = default;
};
struct AccountSuspended {  // R105
  Instant at;
  friend bool operator==(const AccountSuspended&, const AccountSuspended&) = default;
};
struct AccountResumed {  // R105
  Instant at;
  friend bool operator==(const AccountResumed&, const AccountResumed&) = default;
};

using What = std::variant<
    AccountOpened, AccountSettingsSet, ServiceModeSet, FundsCredited, FundsAdjusted, OrderPlaced,
    OrderPaid, OrderCancelled, PackageGranted, PackageRefunded, SendRecorded, SendReversed,
    HoldPlaced, HoldCaptured, HoldReleased, AlarmRuleSet, AlarmRuleRemoved, RenewalRuleSet,
    RenewalRuleRemoved, ContactsSet, InvoiceRequested, PriceBookPublished, PackageActivated,
    PackageExpired, PackageClosed, GraceEnded, PackageReleased, OrderTimedOut, ExpiryReminderDue,
    PreExpiryRenewalDue, RenewalRetryDue, SuspensionDue, HoldExpired, AlarmCooldownEnded,
    AlarmRaised, AlarmCleared, PackageRenewed, RenewalFailed, RenewalCapped, AccountOverdue,
    AccountSuspended, AccountResumed, BatchTaken, RunOutForecast>;

struct Input {
  AccountId account;  // 0 where about_no_account
  std::string key;    // the Idempotency-Key, empty where none was given; at most key_bytes_max
  What what;
  friend bool operator==(const Input&, const Input&) = default;
};
inline constexpr std::size_t key_bytes_max = 255;     // the common bound of such headers
inline constexpr std::size_t reason_bytes_max = 256;  // a sentence; also of payment references

// AccountOpened, PriceBookPublished and BatchTaken.
[[nodiscard]] bool about_no_account(const What& what);

// "send_recorded", "package_expired": the name of an input's kind in the contract.
[[nodiscard]] std::string_view kind_text(const What& what);

// The first member, in the order of the contract, in which two inputs of one identity differ; empty
// where they ask for the same thing. Keys and accounts are not compared. "kind" where they are of
// two kinds.
[[nodiscard]] std::string_view differing_field(const What& first, const What& again);

}  // namespace packledger
