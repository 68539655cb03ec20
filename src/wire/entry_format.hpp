// The message of each kind of entry, as proto/packledger/v1/entry.proto tells it: what was asked
// and what was decided, described once for the writer and the reader.
//
// Owner: wire; included by entry_codec.cpp and by what keeps snapshots. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of entry.proto, in rising order (tests/wire proves it).
//  2. Every alternative of What has its EntryKind: its field in Entry and the Decision it needs.
#pragma once

#include "packledger/ledger/hold.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/producers.hpp"
#include "wire/terms_format.hpp"
#include "wire/watch_format.hpp"

namespace packledger {

template <std::uint64_t field_in_entry, class DecidedType> struct EntryKindIs {
  static constexpr std::uint64_t field = field_in_entry;
  using Decided = DecidedType;
};

template <class Asked> struct EntryKind;
template <> struct EntryKind<SendRecorded> : EntryKindIs<4, SendDecision> {};
template <> struct EntryKind<SendReversed> : EntryKindIs<5, ReversalDecision> {};
template <> struct EntryKind<HoldPlaced> : EntryKindIs<6, HoldDecision> {};
template <> struct EntryKind<HoldCaptured> : EntryKindIs<7, HoldEndDecision> {};
template <> struct EntryKind<HoldReleased> : EntryKindIs<8, HoldEndDecision> {};
template <> struct EntryKind<AlarmRaised> : EntryKindIs<9, AlarmDecision> {};
template <> struct EntryKind<AlarmCleared> : EntryKindIs<10, AlarmDecision> {};
template <> struct EntryKind<BatchTaken> : EntryKindIs<11, Done> {};
template <> struct EntryKind<AccountOpened> : EntryKindIs<20, AccountDecision> {};
template <> struct EntryKind<AccountSettingsSet> : EntryKindIs<21, SettingsDecision> {};
template <> struct EntryKind<ServiceModeSet> : EntryKindIs<22, Done> {};
template <> struct EntryKind<FundsCredited> : EntryKindIs<23, FundsDecision> {};
template <> struct EntryKind<FundsAdjusted> : EntryKindIs<24, FundsDecision> {};
template <> struct EntryKind<OrderPlaced> : EntryKindIs<30, OrderDecision> {};
template <> struct EntryKind<OrderPaid> : EntryKindIs<31, PaidDecision> {};
template <> struct EntryKind<OrderCancelled> : EntryKindIs<32, Done> {};
template <> struct EntryKind<OrderTimedOut> : EntryKindIs<33, Done> {};
template <> struct EntryKind<PackageGranted> : EntryKindIs<34, GrantDecision> {};
template <> struct EntryKind<PackageRefunded> : EntryKindIs<35, RefundDecision> {};
template <> struct EntryKind<PriceBookPublished> : EntryKindIs<40, Done> {};
template <> struct EntryKind<PackageActivated> : EntryKindIs<50, Done> {};
template <> struct EntryKind<PackageExpired> : EntryKindIs<51, ExpiryDecision> {};
template <> struct EntryKind<PackageClosed> : EntryKindIs<52, Done> {};
template <> struct EntryKind<GraceEnded> : EntryKindIs<53, Done> {};
template <> struct EntryKind<PackageReleased> : EntryKindIs<54, Done> {};
template <> struct EntryKind<HoldExpired> : EntryKindIs<55, HoldEndDecision> {};
template <> struct EntryKind<AlarmRuleSet> : EntryKindIs<60, AlarmRuleDecision> {};
template <> struct EntryKind<AlarmRuleRemoved> : EntryKindIs<61, Done> {};
template <> struct EntryKind<AlarmCooldownEnded> : EntryKindIs<62, Done> {};
template <> struct EntryKind<ExpiryReminderDue> : EntryKindIs<63, ReminderDecision> {};
template <> struct EntryKind<RunOutForecast> : EntryKindIs<64, Done> {};
template <> struct EntryKind<RenewalRuleSet> : EntryKindIs<70, RenewalRuleDecision> {};
template <> struct EntryKind<RenewalRuleRemoved> : EntryKindIs<71, Done> {};
template <> struct EntryKind<PreExpiryRenewalDue> : EntryKindIs<72, PreExpiryDecision> {};
template <> struct EntryKind<RenewalRetryDue> : EntryKindIs<73, RetryDecision> {};
template <> struct EntryKind<PackageRenewed> : EntryKindIs<74, RenewalDecision> {};
template <> struct EntryKind<RenewalFailed> : EntryKindIs<75, RenewalFailure> {};
template <> struct EntryKind<RenewalCapped> : EntryKindIs<76, CapDecision> {};
template <> struct EntryKind<AccountOverdue> : EntryKindIs<80, StandingDecision> {};
template <> struct EntryKind<SuspensionDue> : EntryKindIs<81, Done> {};
template <> struct EntryKind<AccountSuspended> : EntryKindIs<82, StandingDecision> {};
template <> struct EntryKind<AccountResumed> : EntryKindIs<83, StandingDecision> {};
template <> struct EntryKind<ContactsSet> : EntryKindIs<90, Done> {};
template <> struct EntryKind<InvoiceRequested> : EntryKindIs<91, InvoiceDecision> {};

// ---- sends ----

// The time that the client named, as its distance from the time of recording.
template <class F>
void describe_lag(F& f, std::uint64_t number, Ref<F, std::optional<Instant>> occurred_at,
                  Instant recorded_at) {
  std::optional<Instant> lag;  // in the range of an Instant: both are
  if (occurred_at) lag = Instant{recorded_at.ms - occurred_at->ms};
  f.field(number, lag);
  if constexpr (F::reading) {
    occurred_at.reset();
    if (lag) occurred_at = Instant{recorded_at.ms - lag->ms};
  }
  const bool in_range =
      !occurred_at || (occurred_at->ms >= -stored_ms_max && occurred_at->ms <= stored_ms_max);
  f.check(in_range, "a send occurred out of range");
}

template <class F>
void describe_kind(F& f, Ref<F, SendRecorded> send, Ref<F, SendDecision> decided,
                   Instant recorded_at) {
  describe_name(f, 1, send.send);
  f.field(2, send.units);
  f.check(send.units > Units{}, "a send has no units");
  f.field(3, send.destination);
  f.field(4, send.type);
  describe_lag(f, 5, send.occurred_at, recorded_at);
  bool not_billable = !send.billable;
  f.field(6, not_billable);
  if constexpr (F::reading) send.billable = !not_billable;
  f.packed(7, decided.lines, described);
  f.messages(8, decided.charges, described);
  f.message(9, decided.counter, described);
}

template <class F> void describe(F& f, Ref<F, ReversalLine> line) {
  f.field(1, line.package);
  f.field(2, line.units);
  bool forfeited = !line.restored;
  f.field(3, forfeited);
  if constexpr (F::reading) line.restored = !forfeited;
  f.check(line.package.value != 0, "a line names no package");
  f.check(line.units > Units{}, "a line has no units");
}

template <class F>
void describe_kind(F& f, Ref<F, SendReversed> asked, Ref<F, ReversalDecision> decided, Instant) {
  describe_name(f, 1, asked.send);
  describe_name(f, 2, asked.reversal);
  f.field(3, asked.units);
  f.check(asked.units > Units{}, "a reversal has no units");
  f.message(decided_field, [&](F& in) {
    in.messages(1, decided.charges, described);
    in.messages(2, decided.lines, described);
    in.field(3, decided.counter_units);
    in.field(4, decided.send);
  });
}

template <class F> void describe(F& f, Ref<F, NotRecorded> send) {
  f.field(1, send.index);
  f.field(2, send.why);
  f.field(3, send.field);
  f.field(4, send.first);
}

template <class F> void describe_kind(F& f, Ref<F, BatchTaken> taken, Ref<F, Done>, Instant) {
  constexpr auto is_number = [](std::uint64_t n) { return n >= 1 && n <= producer_number_max; };
  f.text(1, taken.producer);
  f.check(is_producer(taken.producer), "a producer is not named as producers are");
  f.field(2, taken.epoch);
  f.field(3, taken.number);
  f.check(is_number(taken.epoch) && is_number(taken.number), "a batch's number is out of range");
  f.field(4, taken.digest);
  f.field(5, taken.sends);
  f.field(6, taken.entries);
  auto& sends = taken.not_recorded;
  f.messages(7, sends, described);
  const bool rises = std::ranges::adjacent_find(sends, std::ranges::greater_equal{},
                                                &NotRecorded::index) == sends.end();
  f.check(rises && (sends.empty() || sends.back().index < taken.sends),
          "the sends of a batch that were not recorded do not rise, or are too many");
  f.check(taken.entries >= taken.sends - sends.size(), "a batch has too few entries");
}

// ---- holds ----

template <class F>
void describe_kind(F& f, Ref<F, HoldPlaced> asked, Ref<F, HoldDecision> decided,
                   Instant recorded_at) {
  constexpr auto is_ttl = [](Duration d) { return d > Duration{} && d <= hold_ttl_max; };
  describe_name(f, 1, asked.hold);
  f.field(2, asked.units);
  f.check(asked.units > Units{}, "a hold has no units");
  f.field(3, asked.destination);
  f.field(4, asked.type);
  f.field(5, asked.ttl);
  f.check(is_ttl(asked.ttl.value_or(hold_ttl_default)), "a hold lives for too short or too long");
  f.packed(6, decided.lines, described);
  f.check(add_up_to(decided.lines, asked.units), "the lines of a hold are not its units");
  Duration life = decided.expires_at - recorded_at;
  f.field(7, life);
  f.check(is_ttl(life), "a hold expires too early or too late");
  if constexpr (F::reading) decided.expires_at = recorded_at + life;
}

// The lines of a hold that are given back: packed, for they are many and small.
template <class F>
void describe_back(F& f, std::uint64_t number, Ref<F, std::vector<ReversalLine>> lines) {
  f.packed(number, lines, [](F& items, auto& line) {
    items.item(line.package);
    items.check(line.package.value != 0, "a line names no package");
    items.item(line.units);
    items.check(line.units > Units{}, "a line has no units");
    bool forfeited = !line.restored;
    items.item(forfeited);
    if constexpr (F::reading) line.restored = !forfeited;
  });
}

template <class F>
void describe_kind(F& f, Ref<F, HoldCaptured> asked, Ref<F, HoldEndDecision> decided, Instant) {
  describe_name(f, 1, asked.hold);
  f.field(2, asked.units);
  f.check(asked.units > Units{}, "a capture has no units");
  f.packed(3, decided.taken, described);
  f.check(add_up_to(decided.taken, asked.units), "the lines of a capture are not its units");
  describe_back(f, 4, decided.back);
  f.message(5, decided.counter, described);
}

template <class F> void check_nothing_taken(F& f, const HoldEndDecision& decided) {
  f.check(decided.taken.empty() && !decided.counter, "a hold that is given back takes something");
}

template <class F>
void describe_kind(F& f, Ref<F, HoldReleased> asked, Ref<F, HoldEndDecision> decided, Instant) {
  describe_name(f, 1, asked.hold);
  describe_back(f, 2, decided.back);
  f.check(!decided.back.empty(), "a hold gives nothing back");
  check_nothing_taken(f, decided);
}

template <class F>
void describe_kind(F& f, Ref<F, HoldExpired> asked, Ref<F, HoldEndDecision> decided, Instant) {
  describe_name(f, 1, asked.hold);
  f.field(2, asked.due);
  describe_back(f, 3, decided.back);
  f.check(!decided.back.empty(), "a hold gives nothing back");
  check_nothing_taken(f, decided);
}

// ---- accounts and their money ----

template <class F>
void describe_kind(F& f, Ref<F, AccountOpened> asked, Ref<F, AccountDecision> decided, Instant) {
  describe_name(f, 1, asked.name);
  describe_currency(f, 2, asked.currency);
  f.message(3, [&](F& settings) { describe(settings, asked.settings); });
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.account);
    in.check(decided.account.value != 0, "an account has no number");
    in.message(2, [&](F& settings) { describe(settings, decided.settings); });
  });
}

template <class F>
void describe_kind(F& f, Ref<F, AccountSettingsSet> asked, Ref<F, SettingsDecision> decided,
                   Instant) {
  f.message(1, [&](F& settings) { describe(settings, asked.settings); });
  f.message(decided_field, [&](F& in) {
    in.message(1, [&](F& settings) { describe(settings, decided.settings); });
  });
}

template <class F> void describe_kind(F& f, Ref<F, ServiceModeSet> asked, Ref<F, Done>, Instant) {
  f.messages(1, asked.modes, described);
}

template <class F, class Asked>
void describe_funds(F& f, Asked& asked, Ref<F, FundsDecision> decided) {
  f.field(1, asked.amount);
  f.text(2, asked.reason);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.balance_after);
    in.field(2, decided.renewal_needs);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, FundsCredited> asked, Ref<F, FundsDecision> decided, Instant) {
  describe_funds(f, asked, decided);
  f.check(asked.amount > Money{}, "a credit is not above zero");
}

template <class F>
void describe_kind(F& f, Ref<F, FundsAdjusted> asked, Ref<F, FundsDecision> decided, Instant) {
  describe_funds(f, asked, decided);
  f.check(asked.amount < Money{}, "an adjustment is not below zero");
}

template <class F> void describe(F& f, Ref<F, InvoiceLine> line) {
  f.field(1, line.kind);
  describe_name(f, 2, line.name);
  f.text(3, line.product);
  f.field(4, line.units);
  f.field(5, line.amount);
  f.field(6, line.at);
}

template <class F>
void describe_kind(F& f, Ref<F, InvoiceRequested> asked, Ref<F, InvoiceDecision> decided, Instant) {
  f.text(1, asked.note);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.number);
    in.check(decided.number != 0, "an invoice has no number");
    in.messages(2, decided.lines, described);
    in.check(!decided.lines.empty(), "an invoice has no line");
    in.check(decided.lines.size() <= invoice_lines_max, "an invoice has too many lines");
    in.field(3, decided.total);
    in.check(decided.total > Money{}, "an invoice is not above zero");
    in.field(4, decided.printed);
    in.field(5, decided.more);
  });
}

// ---- orders and packages ----

template <class F>
void describe_kind(F& f, Ref<F, OrderPlaced> asked, Ref<F, OrderDecision> decided, Instant) {
  describe_name(f, 1, asked.order);
  describe_name(f, 2, asked.product);
  f.field(3, asked.quota);
  f.field(4, asked.copies);
  f.check(asked.copies >= 1, "an order has no copies");
  f.field(5, asked.pay);
  f.text(6, asked.renews);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.price);
    in.field(2, decided.balance_after);
    in.field(3, decided.times_out_at);
    in.message(4, [&](F& validity) { describe(validity, decided.validity); });
    in.field(5, decided.expiry);
    in.field(6, decided.activation_delay);
    in.messages(7, decided.packages, described);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, OrderPaid> asked, Ref<F, PaidDecision> decided, Instant) {
  describe_name(f, 1, asked.order);
  f.text(2, asked.payment_reference);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.effective_at);
    in.field(2, decided.expires_at);
  });
}

template <class F> void describe_kind(F& f, Ref<F, OrderCancelled> asked, Ref<F, Done>, Instant) {
  describe_name(f, 1, asked.order);
}

template <class F> void describe_kind(F& f, Ref<F, OrderTimedOut> asked, Ref<F, Done>, Instant) {
  describe_name(f, 1, asked.order);
  f.field(2, asked.due);
}

template <class F>
void describe_kind(F& f, Ref<F, PackageGranted> asked, Ref<F, GrantDecision> decided, Instant) {
  describe_name(f, 1, asked.package);
  f.field(2, asked.quota);
  f.message(3, [&](F& scope) { describe(scope, asked.scope); });
  f.field(4, asked.mode);
  f.field(5, asked.priority);
  f.field(6, asked.effective_at);
  f.field(7, asked.expires_at);
  f.message(8, asked.validity, described);
  f.check(asked.expires_at.has_value() != asked.validity.has_value(),
          "a grant needs either an end or a validity");
  f.field(9, asked.expiry);
  f.field(10, asked.price_paid);
  f.text(11, asked.reason);
  f.message(decided_field,
            [&](F& in) { in.message(1, [&](F& terms) { describe(terms, decided.package); }); });
}

template <class F>
void describe_kind(F& f, Ref<F, PackageRefunded> asked, Ref<F, RefundDecision> decided, Instant) {
  describe_name(f, 1, asked.package);
  f.text(2, asked.reason);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.package);
    in.check(decided.package.value != 0, "a refund names no package");
    in.field(2, decided.units);
    in.field(3, decided.amount);
    in.field(4, decided.balance_after);
  });
}

// ---- timers ----

template <class F> void describe_kind(F& f, Ref<F, PackageActivated> asked, Ref<F, Done>, Instant) {
  describe_timer(f, asked);
}

template <class F>
void describe_kind(F& f, Ref<F, PackageExpired> asked, Ref<F, ExpiryDecision> decided, Instant) {
  describe_timer(f, asked);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.forfeited);
    in.field(2, decided.closes_at);
  });
}

template <class F> void describe_kind(F& f, Ref<F, PackageClosed> asked, Ref<F, Done>, Instant) {
  describe_timer(f, asked);
}

template <class F> void describe_kind(F& f, Ref<F, GraceEnded> asked, Ref<F, Done>, Instant) {
  describe_timer(f, asked);
}

template <class F> void describe_kind(F& f, Ref<F, PackageReleased> asked, Ref<F, Done>, Instant) {
  describe_timer(f, asked);
}

// ---- prices ----

template <class F>
void describe_kind(F& f, Ref<F, PriceBookPublished> asked, Ref<F, Done>, Instant) {
  describe(f, asked.book);
}

}  // namespace packledger
