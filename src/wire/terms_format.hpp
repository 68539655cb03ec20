// The messages of proto/packledger/v1/entry.proto that several kinds of entry share: scopes, zones,
// settings, terms of packages, lines, price books. Each is described once, for the writer and the
// reader.
//
// Owner: wire; included by entry_format.hpp and watch_format.hpp only. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of entry.proto, in rising order (tests/wire proves it).
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/package.hpp"
#include "packledger/ledger/price_book.hpp"
#include "wire/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {

// F is FieldWriter or FieldReader; what it takes is constant for the one, to be filled for the
// other.
template <class F, class T> using Ref = typename F::template Ref<T>;

// Where what was decided stands in the messages that keep it apart.
inline constexpr std::uint64_t decided_field = 15;

inline constexpr std::int32_t minutes_of_day = 24 * 60;

// For message(), messages() and packed(): what is inside follows from the type.
inline constexpr auto described = [](auto& f, auto& value) { describe(f, value); };
inline constexpr auto one_item = [](auto& f, auto& value) { f.item(value); };

// A name that nothing can do without: a std::string or a Name.
template <class F> void describe_name(F& f, std::uint64_t number, auto& name) {
  f.text(number, name);
  f.check(!name.empty(), "a name is missing");
}

template <class F> void describe_currency(F& f, std::uint64_t number, Ref<F, Currency> currency) {
  constexpr auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string text{currency.text()};
  f.text(number, text);
  const bool valid = text.size() == 3 && std::ranges::all_of(text, is_capital);
  f.check(valid, "a currency is not three capital letters");
  if constexpr (F::reading) {
    if (valid) currency.code = {text[0], text[1], text[2]};
  }
}

template <class F> void describe(F& f, Ref<F, Scope> scope) {
  auto& countries = scope.destinations.countries;
  f.packed(1, countries, one_item);
  f.check(std::ranges::adjacent_find(countries, std::ranges::greater_equal{}) == countries.end(),
          "the countries of a scope do not rise");
  f.field(2, scope.templates);
}

template <class F> void describe(F& f, Ref<F, Zone> zone) {
  constexpr auto is_offset = [](std::int32_t s) { return s >= -86'400 && s <= 86'400; };
  describe_name(f, 1, zone.name);
  f.field(2, zone.offset_s);
  f.check(is_offset(zone.offset_s), "an offset of a zone is more than a day");
  Instant before{};
  bool first = true;
  f.packed(3, zone.transitions, [&](F& items, auto& transition) {
    Instant step{transition.from.ms - before.ms};
    items.item(step);
    if constexpr (F::reading) transition.from = Instant{before.ms + step.ms};
    items.check(first || step.ms > 0, "the transitions of a zone do not rise");
    items.check(transition.from.ms <= stored_ms_max, "a transition of a zone is out of range");
    items.item(transition.offset_s);
    items.check(is_offset(transition.offset_s), "an offset of a zone is more than a day");
    before = transition.from;
    first = false;
  });
}

template <class F> void describe(F& f, Ref<F, Validity> validity) {
  auto months = static_cast<std::uint64_t>(validity.months);
  f.field(1, months);
  f.check(std::in_range<std::int32_t>(months), "the months of a validity are out of range");
  if constexpr (F::reading) validity.months = static_cast<std::int32_t>(months);
  f.field(2, validity.rest);
}

template <class F> void describe(F& f, Ref<F, PoolMode> mode) {
  describe_name(f, 1, mode.pool);
  f.field(2, mode.mode);
}

template <class F> void describe(F& f, Ref<F, AccountSettings> settings) {
  f.message(1, [&](F& zone) { describe(zone, settings.zone); });
  f.field(2, settings.order);
  f.field(3, settings.late_window);
  f.field(4, settings.acceptance_window);
  f.field(5, settings.reversal_window);
  f.field(6, settings.order_ttl);
  f.field(7, settings.overdue_grace);
  f.field(8, settings.prepaid_strict);
  f.field(9, settings.absorb_overage);
  f.packed(10, settings.reminders, one_item);
}

template <class F> void describe(F& f, Ref<F, std::vector<Duration>> durations) {
  f.packed(1, durations, one_item);
}

template <class F> void describe(F& f, Ref<F, SettingsPatch> patch) {
  f.message(1, patch.zone, described);
  f.field(2, patch.order);
  f.field(3, patch.late_window);
  f.field(4, patch.acceptance_window);
  f.field(5, patch.reversal_window);
  f.field(6, patch.order_ttl);
  f.field(7, patch.overdue_grace);
  f.field(8, patch.prepaid_strict);
  f.field(9, patch.absorb_overage);
  f.message(10, patch.reminders, described);
}

template <class F> void describe(F& f, Ref<F, PackageTerms> terms) {
  f.field(1, terms.id);
  f.check(terms.id.value != 0, "a package has no number");
  describe_name(f, 2, terms.name);
  f.text(3, terms.order);
  f.text(4, terms.product);
  f.field(5, terms.quota);
  f.message(6, [&](F& scope) { describe(scope, terms.scope); });
  f.field(7, terms.mode);
  f.field(8, terms.priority);
  f.field(9, terms.effective_at);
  f.field(10, terms.expires_at);
  f.field(11, terms.price_paid);
  f.field(12, terms.refund);
}

// ---- lines ----

template <class F> void describe(F& f, Ref<F, PackageLine> line) {
  f.item(line.package);
  f.item(line.units);
  f.check(line.package.value != 0, "a line names no package");
  f.check(line.units > Units{}, "a line has no units");
}

// Whether the units of some lines are so many together.
[[nodiscard]] inline bool add_up_to(const std::vector<PackageLine>& lines, Units units) {
  std::optional<Units> sum = Units{};
  for (const PackageLine& line : lines) {
    if (sum) sum = checked_add(*sum, line.units);
  }
  return sum == units;
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

// ---- instants ----

template <class F, class Asked> void describe_timer(F& f, Asked& asked) {
  f.field(1, asked.package);
  f.check(asked.package.value != 0, "a timer names no package");
  f.field(2, asked.due);
}

// When a consequence happened, as its distance from the time of recording: none for most.
template <class F>
void describe_at(F& f, std::uint64_t number, Ref<F, Instant> at, Instant recorded_at) {
  Duration lag = recorded_at - at;
  f.field(number, lag);
  if constexpr (F::reading) at = recorded_at - lag;
  f.check(at.ms >= -stored_ms_max, "a consequence happened out of range");
}

// ---- price books ----

template <class F> void describe(F& f, Ref<F, PriceBand> band) {
  f.field(1, band.from);
  f.field(2, band.unit_price);
}

template <class F> void describe(F& f, Ref<F, Product> product) {
  describe_name(f, 1, product.name);
  f.message(2, [&](F& scope) { describe(scope, product.scope); });
  f.field(3, product.quota_min);
  f.field(4, product.quota_max);
  f.field(5, product.price);
  f.messages(6, product.bands, described);
  f.message(7, [&](F& validity) { describe(validity, product.validity); });
  f.field(8, product.expiry);
  f.field(9, product.mode);
  f.field(10, product.charge);
  f.field(11, product.refund);
  f.field(12, product.priority);
  f.field(13, product.activation_delay);
  f.field(14, product.renewable);
}

template <class F> void describe(F& f, Ref<F, Tier> tier) {
  f.field(1, tier.up_to);
  f.field(2, tier.price);
}

template <class F> void describe(F& f, Ref<F, Tariff> tariff) {
  f.message(1, [&](F& scope) { describe(scope, tariff.scope); });
  f.field(2, tariff.mode);
  f.field(3, tariff.counts_packages);
  f.messages(4, tariff.tiers, described);
  f.check(!tariff.tiers.empty(), "a tariff has no tier");
}

template <class F> void describe(F& f, Ref<F, RenewalTerms> terms) {
  describe_name(f, 1, terms.product);
  f.field(2, terms.lead);
  f.field(3, terms.discount_bp);
  f.field(4, terms.per_day_max);
  f.field(5, terms.retry_at_minute);
}

template <class F> void describe(F& f, Ref<F, PriceBook> book) {
  f.text(1, book.version);
  f.field(2, book.effective_from);
  describe_currency(f, 3, book.currency);
  f.messages(4, book.products, described);
  f.messages(5, book.tariffs, described);
  f.message(6, [&](F& defaults) { describe(defaults, book.defaults); });
  f.message(7, book.renewal, described);
}

}  // namespace packledger
