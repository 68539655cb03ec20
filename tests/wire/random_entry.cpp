// Entries at random, at their limits as often as not.
#include "packledger/ledger/result.hpp"
#include "tests/wire/entry_examples.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr std::int64_t ms_max = std::int64_t{1} << 53U;

bool coin(Rng& rng) { return (rng() & 1U) != 0; }

template <class E> E any_of(Rng& rng, E last) {
  return static_cast<E>(1 + rng() % static_cast<std::uint64_t>(last));
}

// A limit, or a number of any length.
std::int64_t number(Rng& rng, std::int64_t min, std::int64_t max) {
  switch (rng() % 4) {
    case 0: return coin(rng) ? min : max;
    case 1: return std::clamp<std::int64_t>(static_cast<std::int64_t>(rng() % 3), min, max);
    default: break;
  }
  const auto any = static_cast<std::int64_t>(rng() >> rng() % 64);
  return std::clamp(coin(rng) ? any : -any, min, max);
}

std::uint64_t id(Rng& rng) {
  return coin(rng) ? 1 + rng() % 1'000 : std::max<std::uint64_t>(1, rng() >> rng() % 64);
}

Units units(Rng& rng, std::int64_t min = 0) {
  return Units{number(rng, min, std::numeric_limits<std::int64_t>::max())};
}
std::int64_t micros(Rng& rng) {
  return number(rng, std::numeric_limits<std::int64_t>::min(),
                std::numeric_limits<std::int64_t>::max());
}
Money money(Rng& rng) { return Money{micros(rng)}; }
Price price(Rng& rng) { return Price{micros(rng)}; }
Instant instant(Rng& rng) { return Instant{number(rng, -ms_max, ms_max)}; }
Duration duration(Rng& rng) { return Duration{number(rng, 0, ms_max)}; }
std::int32_t number32(Rng& rng, std::int32_t min = std::numeric_limits<std::int32_t>::min()) {
  return static_cast<std::int32_t>(number(rng, min, std::numeric_limits<std::int32_t>::max()));
}

std::string text(Rng& rng, std::size_t min = 0) {
  constexpr std::array<std::string_view, 6> pieces{"a", "Z", "0", "【", "é", "😀"};
  const std::size_t length = coin(rng) ? min + rng() % 20 : min + rng() % 300;
  std::string made;
  for (std::size_t i = 0; i < length; ++i) made += pieces[rng() % pieces.size()];
  return made;
}
std::string name(Rng& rng) { return text(rng, 1); }

Country country(Rng& rng) {
  return {{static_cast<char>('A' + rng() % 26), static_cast<char>('A' + rng() % 26)}};
}

template <class Make> auto maybe(Rng& rng, const Make& make) {
  return coin(rng) ? std::nullopt : std::optional{make(rng)};
}

template <class Make> auto some(Rng& rng, const Make& make) {
  std::vector<decltype(make(rng))> made(rng() % 4);
  for (auto& one : made) one = make(rng);
  return made;
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
  return {zone(rng),
          any_of(rng, DeductionOrder::expiry_first),
          duration(rng),
          duration(rng),
          duration(rng),
          duration(rng),
          duration(rng),
          coin(rng),
          any_of(rng, AbsorbOverage::same_day),
          some(rng, duration)};
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
  return {PackageId{id(rng)},
          name(rng),
          text(rng),
          text(rng),
          units(rng),
          scope(rng),
          any_of(rng, OverageMode::stop_before_excess),
          number32(rng),
          instant(rng),
          instant(rng),
          money(rng),
          any_of(rng, RefundPolicy::prorata_90d)};
}

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

Tier tier(Rng& rng) {
  return {maybe(rng, [](Rng& r) { return units(r); }), price(rng)};
}

Tariff tariff(Rng& rng) {
  Tariff made{scope(rng), any_of(rng, TierMode::volume), coin(rng), some(rng, tier)};
  made.tiers.push_back(tier(rng));
  return made;
}

PriceBook book(Rng& rng) {
  PriceBook made{
      text(rng), instant(rng), currency(rng), some(rng, product), some(rng, tariff), settings(rng),
      {}};
  made.renewal = maybe(rng, [](Rng& r) {
    return RenewalTerms{name(r), duration(r), number32(r), number32(r), number32(r)};
  });
  return made;
}

PackageLine line(Rng& rng) { return {PackageId{id(rng)}, units(rng, 1)}; }
ChargeLine charge_line(Rng& rng) { return {units(rng, 1), price(rng)}; }
ReversalLine reversal_line(Rng& rng) { return {PackageId{id(rng)}, units(rng, 1), coin(rng)}; }

Decision send_decision(Rng& rng) {
  SendDecision made{some(rng, line), some(rng, charge_line), {}};
  made.counter = maybe(rng, [](Rng& r) {
    const auto month =
        static_cast<std::int32_t>(number(r, std::numeric_limits<std::int32_t>::min() + 23'640,
                                         std::numeric_limits<std::int32_t>::max()));
    CounterMove move{Month{month}, units(r), maybe(r, price), money(r)};
    if (move.volume_price) move.volume_from = instant(r);
    return move;
  });
  return made;
}

using Made = std::pair<What, Decision>;

PackageGranted grant(Rng& rng) {
  PackageGranted made{name(rng),
                      units(rng),
                      scope(rng),
                      any_of(rng, OverageMode::stop_before_excess),
                      number32(rng),
                      maybe(rng, instant),
                      {},
                      {},
                      any_of(rng, ExpiryPolicy::end_of_day),
                      money(rng),
                      text(rng)};
  if (coin(rng)) {
    made.expires_at = instant(rng);
  } else {
    made.validity = validity(rng);
  }
  return made;
}

Made account_kind(Rng& rng, std::size_t kind) {
  switch (kind) {
    case 0:
      return {AccountOpened{name(rng), currency(rng), patch(rng)},
              AccountDecision{AccountId{id(rng)}, settings(rng)}};
    case 1: return {AccountSettingsSet{patch(rng)}, SettingsDecision{settings(rng)}};
    case 2:
      return {ServiceModeSet{some(rng,
                                  [](Rng& r) {
                                    return PoolMode{name(r),
                                                    any_of(r, OverageMode::stop_before_excess)};
                                  })},
              Done{}};
    case 3:
      return {
          FundsCredited{Money{number(rng, 1, std::numeric_limits<std::int64_t>::max())}, text(rng)},
          FundsDecision{money(rng)}};
    default:
      return {FundsAdjusted{Money{number(rng, std::numeric_limits<std::int64_t>::min(), -1)},
                            text(rng)},
              FundsDecision{money(rng)}};
  }
}

Made order_kind(Rng& rng, std::size_t kind) {
  switch (kind) {
    case 5:
      return {
          OrderPlaced{name(rng), name(rng), maybe(rng, [](Rng& r) { return units(r); }),
                      number32(rng, 1), any_of(rng, Payment::external)},
          OrderDecision{money(rng), money(rng), maybe(rng, instant), validity(rng),
                        any_of(rng, ExpiryPolicy::end_of_day), duration(rng), some(rng, terms)}};
    case 6: return {OrderPaid{name(rng), text(rng)}, PaidDecision{instant(rng), instant(rng)}};
    case 7: return {OrderCancelled{name(rng)}, Done{}};
    case 8: return {grant(rng), GrantDecision{terms(rng)}};
    default:
      return {PackageRefunded{name(rng), text(rng)},
              RefundDecision{PackageId{id(rng)}, units(rng), money(rng), money(rng)}};
  }
}

Made other_kind(Rng& rng, std::size_t kind) {
  const PackageId package{id(rng)};
  switch (kind) {
    case 10:
      return {SendRecorded{name(rng), units(rng, 1), maybe(rng, instant), country(rng),
                           any_of(rng, TemplateType::promotion), coin(rng)},
              send_decision(rng)};
    case 11:
      return {SendReversed{name(rng), name(rng), units(rng, 1)},
              ReversalDecision{some(rng, charge_line), some(rng, reversal_line), units(rng)}};
    case 12: return {PriceBookPublished{book(rng)}, Done{}};
    case 13: return {PackageActivated{package, instant(rng)}, Done{}};
    case 14:
      return {PackageExpired{package, instant(rng)}, ExpiryDecision{units(rng), instant(rng)}};
    case 15: return {PackageClosed{package, instant(rng)}, Done{}};
    case 16: return {GraceEnded{package, instant(rng)}, Done{}};
    case 17: return {PackageReleased{package, instant(rng)}, Done{}};
    default: return {OrderTimedOut{name(rng), instant(rng)}, Done{}};
  }
}

}  // namespace

Entry random_entry(Rng& rng) {
  const std::size_t kind = rng() % std::variant_size_v<What>;
  auto [what, decision] = kind < 5    ? account_kind(rng, kind)
                          : kind < 10 ? order_kind(rng, kind)
                                      : other_kind(rng, kind);
  ENSURE(what.index() == kind, "every kind of input is made");
  Entry entry;
  entry.sequence = Sequence{id(rng)};
  // Halfway, so that no lag between two instants leaves the range of one.
  entry.recorded_at = Instant{number(rng, 0, ms_max)};
  if (auto* send = std::get_if<SendRecorded>(&what); send != nullptr && send->occurred_at)
    send->occurred_at = Instant{number(rng, 0, ms_max)};
  entry.input = {AccountId{kind == 0 || kind == 12 ? 0 : id(rng)}, coin(rng) ? "" : text(rng),
                 what};
  entry.input.key.resize(std::min(entry.input.key.size(), key_bytes_max));
  entry.decision = std::move(decision);
  if (coin(rng) && entry.sequence.value > 1)
    entry.caused_by = Sequence{1 + rng() % (entry.sequence.value - 1)};
  return entry;
}

}  // namespace packledger::wire_tests
