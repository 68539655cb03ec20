#include "tests/wire/random_values.hpp"

#include "packledger/ledger/utf8.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>

namespace packledger::wire_tests {

bool coin(Rng& rng) { return (rng() & 1U) != 0; }

std::int64_t number(Rng& rng, std::int64_t min, std::int64_t max) {
  switch (rng() % 4) {
    case 0: return coin(rng) ? min : max;
    case 1: return std::clamp<std::int64_t>(static_cast<std::int64_t>(rng() % 3), min, max);
    default: break;
  }
  const auto any = static_cast<std::int64_t>(rng() >> rng() % 64);
  return std::clamp(coin(rng) ? any : -any, min, max);
}

std::int32_t number32(Rng& rng, std::int32_t min, std::int32_t max) {
  return static_cast<std::int32_t>(number(rng, min, max));
}

std::uint64_t id(Rng& rng) {
  return coin(rng) ? 1 + rng() % 1'000 : std::max<std::uint64_t>(1, rng() >> rng() % 64);
}

namespace {

std::int64_t micros(Rng& rng) {
  return number(rng, std::numeric_limits<std::int64_t>::min(),
                std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Units units(Rng& rng) { return Units{number(rng, 0, std::numeric_limits<std::int64_t>::max())}; }
Units some_units(Rng& rng) {
  return Units{number(rng, 1, std::numeric_limits<std::int64_t>::max())};
}
Money money(Rng& rng) { return Money{micros(rng)}; }
Price price(Rng& rng) { return Price{micros(rng)}; }
Instant instant(Rng& rng) { return Instant{number(rng, -ms_max, ms_max)}; }
Duration duration(Rng& rng) { return Duration{number(rng, 0, ms_max)}; }

std::string text(Rng& rng, std::size_t characters_min) {
  constexpr std::array<std::string_view, 6> pieces{"a", "Z", "0", "【", "é", "😀"};
  const std::size_t length = characters_min + rng() % (coin(rng) ? 20 : 300);
  std::string made;
  for (std::size_t i = 0; i < length; ++i) made += pieces[rng() % pieces.size()];
  return made;
}

std::string name(Rng& rng) { return text(rng, 1); }

std::string short_name(Rng& rng) {
  std::string made = text(rng, 1);
  while (made.size() > name_bytes_max || utf8_valid_bytes(made) != made.size()) made.pop_back();
  return made;
}

std::vector<std::string> rising_names(Rng& rng, std::size_t count) {
  std::set<std::string> names;
  while (names.size() < count) names.insert(name(rng));
  return {names.begin(), names.end()};
}

Country country(Rng& rng) {
  return {{static_cast<char>('A' + rng() % 26), static_cast<char>('A' + rng() % 26)}};
}

Currency currency(Rng& rng) {
  return {{static_cast<char>('A' + rng() % 26), 'N', static_cast<char>('A' + rng() % 26)}};
}

Scope scope(Rng& rng) {
  Scope made;
  made.destinations.countries = some(rng, country);
  std::ranges::sort(made.destinations.countries);
  const auto repeats = std::ranges::unique(made.destinations.countries);
  made.destinations.countries.erase(repeats.begin(), repeats.end());
  made.templates.bits = static_cast<std::uint8_t>((1 + rng() % 7) << 1U);
  return made;
}

Zone zone(Rng& rng) {
  const auto offset = [&] { return static_cast<std::int32_t>(number(rng, -86'400, 86'400)); };
  Zone made{name(rng), offset(), {}};
  Instant at{number(rng, -ms_max / 2, ms_max / 2)};
  const std::size_t count = coin(rng) ? 0 : rng() % 250;
  for (std::size_t i = 0; i < count; ++i) {
    made.transitions.push_back({at, offset()});
    at = at + Duration{1 + static_cast<std::int64_t>(rng() % 20'000'000'000)};
  }
  return made;
}

Validity validity(Rng& rng) { return {number32(rng, 0), duration(rng)}; }

AccountSettings settings(Rng& rng) {
  return {.late_window = duration(rng),
          .acceptance_window = duration(rng),
          .reversal_window = duration(rng),
          .prepaid_strict = coin(rng),
          .order = any_of(rng, DeductionOrder::expiry_first),
          .absorb_overage = any_of(rng, AbsorbOverage::same_day),
          .order_ttl = duration(rng),
          .overdue_grace = duration(rng),
          .zone = zone(rng),
          .reminders = some(rng, duration)};
}

SettingsPatch patch(Rng& rng) {
  return {maybe(rng, zone),
          maybe(rng, [](Rng& r) { return any_of(r, DeductionOrder::expiry_first); }),
          maybe(rng, duration),
          maybe(rng, duration),
          maybe(rng, duration),
          maybe(rng, duration),
          maybe(rng, duration),
          maybe(rng, coin),
          maybe(rng, [](Rng& r) { return any_of(r, AbsorbOverage::same_day); }),
          maybe(rng, [](Rng& r) { return some(r, duration); })};
}

PackageTerms terms(Rng& rng) {
  return {.id = PackageId{id(rng)},
          .quota = units(rng),
          .effective_at = instant(rng),
          .expires_at = instant(rng),
          .scope = scope(rng),
          .mode = any_of(rng, OverageMode::stop_before_excess),
          .priority = number32(rng),
          .price_paid = money(rng),
          .refund = any_of(rng, RefundPolicy::prorata_90d),
          .name = name(rng),
          .order = text(rng),
          .product = text(rng)};
}

namespace {

Product product(Rng& rng) {
  return {name(rng),
          scope(rng),
          units(rng),
          units(rng),
          money(rng),
          some(rng, [](Rng& r) { return PriceBand{units(r), price(r)}; }),
          validity(rng),
          any_of(rng, ExpiryPolicy::end_of_day),
          any_of(rng, OverageMode::stop_before_excess),
          any_of(rng, ChargeTrigger::on_delivery),
          any_of(rng, RefundPolicy::prorata_90d),
          number32(rng),
          duration(rng),
          coin(rng)};
}

Tier tier(Rng& rng) { return {maybe(rng, units), price(rng)}; }

Tariff tariff(Rng& rng) {
  return {scope(rng), any_of(rng, TierMode::volume), coin(rng), some(rng, tier, 1)};
}

}  // namespace

PriceBook book(Rng& rng) {
  PriceBook made{
      text(rng), instant(rng), currency(rng), some(rng, product), some(rng, tariff), settings(rng),
      {}};
  made.renewal = maybe(rng, [](Rng& r) {
    return RenewalTerms{name(r), duration(r), number32(r), number32(r), number32(r)};
  });
  return made;
}

PackageLine line(Rng& rng) { return {PackageId{id(rng)}, some_units(rng)}; }
ChargeLine charge_line(Rng& rng) { return {some_units(rng), price(rng)}; }
ReversalLine reversal_line(Rng& rng) { return {PackageId{id(rng)}, some_units(rng), coin(rng)}; }

CounterMove counter_move(Rng& rng) {
  constexpr std::int32_t january_1970 = 1970 * 12;
  const Month month{number32(rng, std::numeric_limits<std::int32_t>::min() + january_1970)};
  CounterMove move{month, units(rng), maybe(rng, price), money(rng)};
  if (move.volume_price) move.volume_from = instant(rng);
  return move;
}

}  // namespace packledger::wire_tests
