// The message of each kind of entry, as proto/packledger/v1/entry.proto tells it: what was asked
// and what was decided, described once for the writer and the reader.
//
// Owner: wire; included by entry_codec.cpp only. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of entry.proto, in rising order (tests/wire proves it).
//  2. Every alternative of What has its EntryKind: its field in Entry and the Decision it needs.
#pragma once

#include "wire/terms_format.hpp"

namespace packledger {

// Where what was decided stands in the messages that keep it apart.
inline constexpr std::uint64_t decided_field = 15;

template <std::uint64_t field_in_entry, class DecidedType> struct EntryKindIs {
  static constexpr std::uint64_t field = field_in_entry;
  using Decided = DecidedType;
};

template <class Asked> struct EntryKind;
template <> struct EntryKind<SendRecorded> : EntryKindIs<4, SendDecision> {};
template <> struct EntryKind<SendReversed> : EntryKindIs<5, ReversalDecision> {};
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

// ---- sends ----

template <class F> void describe(F& f, Ref<F, PackageLine> line) {
  f.item(line.package);
  f.item(line.units);
  f.check(line.package.value != 0, "a line names no package");
  f.check(line.units > Units{}, "a line has no units");
}

template <class F> void describe(F& f, Ref<F, ChargeLine> line) {
  f.field(1, line.units);
  f.field(2, line.unit_price);
  f.check(line.units > Units{}, "a charge has no units");
}

template <class F> void describe(F& f, Ref<F, CounterMove> move) {
  f.field(1, move.month);
  f.field(2, move.units);
  f.field(3, move.volume_price);
  f.field(4, move.adjustment);
  f.field(5, move.volume_from);
  const bool by_volume = move.volume_price.has_value();
  f.check(by_volume || move.volume_from == Instant{}, "a price book without a volume price");
}

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
  });
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
  f.message(decided_field, [&](F& in) { in.field(1, decided.balance_after); });
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

// ---- orders and packages ----

template <class F>
void describe_kind(F& f, Ref<F, OrderPlaced> asked, Ref<F, OrderDecision> decided, Instant) {
  describe_name(f, 1, asked.order);
  describe_name(f, 2, asked.product);
  f.field(3, asked.quota);
  f.field(4, asked.copies);
  f.check(asked.copies >= 1, "an order has no copies");
  f.field(5, asked.pay);
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

template <class F, class Asked> void describe_timer(F& f, Asked& asked) {
  f.field(1, asked.package);
  f.check(asked.package.value != 0, "a timer names no package");
  f.field(2, asked.due);
}

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
