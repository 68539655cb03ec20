// The message Account of proto/packledger/v1/snapshot.proto and what is in it, described once for
// the writer and the reader.
//
// Owner: wire; included by snapshot_format.hpp only. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of snapshot.proto, in rising order (tests/wire proves it).
//  2. What follows from the rest of an account, such as the look-up of its packages by name, is not
//     written; it is made again when the account is read.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/ledger_image.hpp"
#include "wire/entry_format.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

template <> inline constexpr OrderState last_of<OrderState> = OrderState::timed_out;
template <> inline constexpr PackageState last_of<PackageState> = PackageState::refunded;
template <> inline constexpr AccountStatus last_of<AccountStatus> = AccountStatus::suspended;
template <> inline constexpr HoldState last_of<HoldState> = HoldState::expired;

inline constexpr std::uint64_t pools_max = std::numeric_limits<std::uint32_t>::max();

// An instant as its distance from another one, before or after it.
template <class F>
void describe_since(F& f, std::uint64_t number, Instant from, Ref<F, Instant> instant) {
  Instant distance{instant.ms - from.ms};
  f.field(number, distance);
  if constexpr (F::reading) instant = Instant{from.ms + distance.ms};
}

// A map as messages in rising order of its keys; `each` describes a key and its value.
template <class F, class Map, class Each>
void describe_map(F& f, std::uint64_t number, Map& map, const Each& each) {
  using Pair = std::pair<typename Map::key_type, typename Map::mapped_type>;
  if constexpr (F::reading) {
    std::vector<Pair> pairs;
    f.messages(number, pairs, [&](F& in, Pair& pair) { each(in, pair.first, pair.second); });
    for (Pair& pair : pairs) {
      f.check(map.empty() || map.rbegin()->first < pair.first, "the keys of a map do not rise");
      map.emplace_hint(map.end(), std::move(pair.first), std::move(pair.second));
    }
  } else {
    for (const auto& [key, value] : map) f.message(number, [&](F& in) { each(in, key, value); });
  }
}

// What most accounts have none of; `each` describes it as if it were there.
template <class F, class T, class Each>
void describe_mostly(F&, const MostlyDefault<T>& value, const Each& each) {
  each(*value);
}
template <class F, class T, class Each>
void describe_mostly(F&, MostlyDefault<T>& value, const Each& each) {
  T read;
  each(read);
  if (!read.empty()) value = std::move(read);
}

// What many accounts have alike.
template <class F, class T, class Each>
void describe_shared(F&, const Shared<T>& value, const Each& each) {
  each(*value);
}
template <class F, class T, class Each>
void describe_shared(F&, Shared<T>& value, const Each& each) {
  T read;
  each(read);
  value = std::move(read);
}

// ---- packages and orders ----

template <class F> void describe(F& f, Ref<F, Package> package) {
  f.message(1, [&](F& terms) { describe(terms, package.terms); });
  f.field(2, package.state);
  f.field(3, package.remaining);
  f.field(4, package.held);
  f.field(5, package.used);
  f.field(6, package.forfeited);
  f.field(7, package.refunded);
  f.field(8, package.closed);
  f.field(9, package.asked_to_renew);
  f.field(10, package.renewal_due);
  std::uint64_t pool = package.pool;
  f.field(11, pool);
  f.check(pool <= pools_max, "a pool is out of range");
  if constexpr (F::reading) package.pool = static_cast<std::uint32_t>(pool);
}

template <class F> void describe(F& f, Ref<F, Order> order) {
  describe_name(f, 1, order.name);
  describe_name(f, 2, order.product);
  f.field(3, order.pay);
  f.field(4, order.state);
  f.field(5, order.price);
  f.field(6, order.quota);
  f.field(7, order.placed_at);
  f.field(8, order.times_out_at);
  f.field(9, order.paid_at);
  f.text(10, order.payment_reference);
  f.message(11, [&](F& validity) { describe(validity, order.validity); });
  f.field(12, order.expiry);
  f.field(13, order.activation_delay);
  f.field(14, order.package_first);
  f.field(15, order.copies);
  f.field(16, order.renews);
}

template <class F> void describe(F& f, Ref<F, Pool> pool) {
  describe_name(f, 1, pool.name);
  f.field(2, pool.remaining);
  f.field(3, pool.held);
  f.field(4, pool.quota);
  describe_mostly(f, pool.starting, [&](auto& starting) {
    describe_map(f, 5, starting, [](F& in, auto& start, auto& units) {
      in.field(1, start);
      in.field(2, units);
    });
  });
}

// ---- money ----

template <class F> void describe(F& f, Ref<F, Counter> counter) {
  f.field(4, counter.position);
  describe_map(f, 5, counter.volume, [](F& in, auto& book, auto& volume) {
    in.field(1, book);
    in.field(2, volume.payg);
    in.field(3, volume.price);
  });
}

template <class F, class Counters> void describe_counters(F& f, Counters& counters) {
  describe_map(f, 19, counters, [](F& in, auto& key, auto& counter) {
    in.field(1, key.first.country);
    in.field(2, key.first.promotion);
    in.field(3, key.second);
    describe(in, counter);
  });
}

template <class F> void describe(F& f, Ref<F, Standing> standing) {
  f.field(1, standing.status);
  f.field(2, standing.overdue_at);
  f.field(3, standing.suspends_at);
  f.field(4, standing.suspended_at);
}

template <class F> void describe(F& f, Ref<F, Invoicing> invoicing) {
  f.messages(1, invoicing.paid, described);
  describe_map(f, 2, invoicing.payg, [](F& in, auto& month, auto& money) {
    in.field(1, month);
    in.field(2, money);
  });
  f.field(3, invoicing.number);
}

template <class F> void describe(F& f, Ref<F, InvoiceMade> made) {
  f.item(made.number);
  f.item(made.sequence);
}

// ---- what watches ----

template <class F> void describe(F& f, Ref<F, RunOut> forecast) {
  f.field(1, forecast.known);
  f.field(2, forecast.eased);
  f.field(3, forecast.runs_out_at);
  f.field(4, forecast.told);
}

template <class F> void describe(F& f, Ref<F, Alarm> alarm) {
  f.message(1, [&](F& rule) { describe(rule, alarm.rule); });
  f.field(2, alarm.number);
  f.field(3, alarm.firings);
  f.field(4, alarm.fired);
  std::vector<PackageId> fired_of{alarm.fired_of.begin(), alarm.fired_of.end()};
  f.packed(5, fired_of, one_item);
  if constexpr (F::reading) alarm.fired_of = {fired_of.begin(), fired_of.end()};
  f.field(6, alarm.fired_at);
  f.message(7, alarm.run_out, described);
  f.check(alarm.run_out.has_value() == (alarm.rule.kind == AlarmKind::runs_out_within),
          "what an alarm knows of forecasts is missing or too much");
}

template <class F, class Alarms> void describe_alarms(F& f, Alarms& alarms) {
  std::vector<Alarm> all;
  if constexpr (!F::reading)
    for (const auto& [name, alarm] : alarms) all.push_back(alarm);
  f.messages(22, all, described);
  if constexpr (F::reading) {
    for (Alarm& alarm : all) {
      f.check(alarms.empty() || alarms.rbegin()->first < alarm.rule.name, "alarms do not rise");
      const std::string name = alarm.rule.name;
      alarms.emplace_hint(alarms.end(), name, std::move(alarm));
    }
  }
}

template <class F> void describe(F& f, Ref<F, RenewalPending> pending) {
  f.field(1, pending.trigger);
  f.field(2, pending.package);
  f.field(3, pending.cause);
  f.field(4, pending.retry_at);
}

template <class F> void describe(F& f, Ref<F, Renewal> renewal) {
  f.message(1, [&](F& rule) { describe(rule, renewal.rule); });
  f.message(2, [&](F& agreed) { describe(agreed, renewal.agreed); });
  f.message(3, renewal.pending, described);
}

template <class F> void describe(F& f, Ref<F, RenewalDay> day) {
  f.field(1, day.start);
  auto renewals = static_cast<std::int64_t>(day.renewals);
  f.field(2, renewals);
  f.check(std::in_range<std::int32_t>(renewals), "the renewals of a day are out of range");
  if constexpr (F::reading) day.renewals = static_cast<std::int32_t>(renewals);
  f.field(3, day.capped);
}

// ---- holds ----

template <class F> void describe(F& f, Ref<F, LedgerImage::KeptHold> kept) {
  auto& hold = kept.hold;
  describe_name(f, 1, hold.asked.hold);
  f.field(2, hold.asked.units);
  f.field(3, hold.asked.destination);
  f.field(4, hold.asked.type);
  f.field(5, hold.asked.ttl);
  f.field(6, hold.sequence);
  f.field(7, hold.placed_at);
  f.field(8, hold.expires_at);
  f.packed(9, hold.lines, described);
  f.field(10, hold.state);
  f.field(11, hold.captured);
  f.field(12, hold.ended_at);
  f.field(13, kept.named);
}

inline constexpr auto one_passing = [](auto& f, auto& passing) {
  f.item(passing.first);
  f.item(passing.second);
};

template <class F> void describe_holds(F& f, Ref<F, Holds> holds) {
  std::vector<LedgerImage::KeptHold> kept;
  LedgerImage::Forgettable forgettable;
  if constexpr (!F::reading) {
    for (const auto& [number, hold] : holds.all())
      kept.push_back({hold, LedgerImage::is_named(holds, hold)});
    forgettable = LedgerImage::forgettable(holds);
  }
  f.messages(26, kept, described);
  f.packed(27, forgettable, one_passing);
  if constexpr (F::reading) {
    const bool restored = LedgerImage::restore(holds, std::move(kept), forgettable);
    f.check(restored, "the holds of an account do not fit together");
  }
}

// ---- the account ----

// Settings that many accounts share stand once in a block: at the first account that has them.
class SharedSettings {
 public:
  // From 1; 0 where they are new.
  [[nodiscard]] std::uint64_t find(const AccountSettings& settings) const {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (seen_[i] == settings) return i + 1;
    }
    return 0;
  }
  [[nodiscard]] const AccountSettings* at(std::uint64_t number) const {
    return number >= 1 && number <= seen_.size() ? &seen_[number - 1] : nullptr;
  }
  void add(const AccountSettings& settings) {
    if (seen_.size() < different_max) seen_.push_back(settings);
  }

 private:
  // More are rare, and each account would be compared with all of them.
  static constexpr std::size_t different_max = 32;
  std::vector<AccountSettings> seen_;
};

template <class F>
void describe_settings(F& f, Ref<F, Shared<AccountSettings>> settings, SharedSettings& shared) {
  std::uint64_t number = 0;
  std::optional<AccountSettings> own;
  if constexpr (!F::reading) {
    number = shared.find(*settings);
    if (number == 0) own = *settings;
  }
  f.field(6, number);
  f.message(7, own, described);
  const AccountSettings* known = own ? &*own : shared.at(number);
  f.check(known != nullptr && own.has_value() == (number == 0), "settings are told nowhere");
  if (!f.good()) return;
  if constexpr (F::reading) settings = *known;
  if (own) shared.add(*own);
}

// The look-ups by name, and that what refers to something in the account finds it.
template <class F> void complete(F& f, Ref<F, Account> account) {
  const auto is_package = [&](PackageId id) {
    return id.value >= 1 && id.value <= account.packages.size();
  };
  for (std::size_t i = 0; i < account.packages.size(); ++i) {
    const Package& package = account.packages[i];
    f.check(package.terms.id.value == i + 1, "packages are not numbered without gaps");
    f.check(package.pool == 0 || package.pool < account.pools.size(), "a package is in no pool");
  }
  for (const PackageId id : account.open) f.check(is_package(id), "an open package is not there");
  if constexpr (F::reading) account.know_names();
}

template <class F> void describe_account(F& f, Ref<F, Account> account, SharedSettings& shared) {
  f.field(1, account.id);
  describe_name(f, 2, account.name);
  describe_currency(f, 3, account.currency);
  f.field(4, account.opened_at);
  f.field(5, account.reckoned_at);
  describe_settings(f, account.settings, shared);
  f.field(8, account.widened_at);
  f.field(9, account.window_before);
  describe_shared(f, account.modes, [&](auto& modes) { f.messages(10, modes, described); });
  f.field(11, account.balance);
  f.field(12, account.credited);
  f.field(13, account.refunded);
  f.field(14, account.purchased);
  f.field(15, account.charged);
  f.messages(16, account.packages, described);
  f.packed(17, account.open, one_item);
  describe_mostly(f, account.orders, [&](auto& of) { f.messages(18, of.all, described); });
  describe_mostly(f, account.counters, [&](auto& counters) { describe_counters(f, counters); });
  describe_mostly(f, account.standing,
                  [&](auto& standing) { f.message(20, [&](F& in) { describe(in, standing); }); });
  f.messages(21, account.pools, described);
  describe_mostly(f, account.alarms, [&](auto& alarms) { describe_alarms(f, alarms); });
  f.message(23, account.renewal, described);
  f.message(24, [&](F& in) { describe(in, account.renewal_day); });
  describe_mostly(f, account.contacts, [&](auto& all) { f.messages(25, all, described); });
  describe_mostly(f, account.holds, [&](auto& holds) { describe_holds(f, holds); });
  describe_mostly(f, account.invoicing,
                  [&](auto& invoicing) { f.message(28, [&](F& in) { describe(in, invoicing); }); });
  describe_mostly(f, account.invoices, [&](auto& all) { f.packed(29, all, described); });
  complete(f, account);
}

}  // namespace packledger
