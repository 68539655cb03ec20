// Entries at random of every kind; those that watch over an account are in random_watch.cpp.
#include "packledger/ledger/hold.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/producers.hpp"
#include "tests/wire/random_values.hpp"
#include "wire/scalar_codec.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

// ---- accounts and their money ----

Made make(Rng& rng, Instant, As<AccountOpened>) {
  return {AccountOpened{name(rng), currency(rng), patch(rng)},
          AccountDecision{AccountId{id(rng)}, settings(rng)}};
}

Made make(Rng& rng, Instant, As<AccountSettingsSet>) {
  return {AccountSettingsSet{patch(rng)}, SettingsDecision{settings(rng)}};
}

PoolMode pool_mode(Rng& rng) { return {name(rng), any_of(rng, OverageMode::stop_before_excess)}; }

Made make(Rng& rng, Instant, As<ServiceModeSet>) {
  return {ServiceModeSet{some(rng, pool_mode)}, Done{}};
}

Made make(Rng& rng, Instant, As<FundsCredited>) {
  return {FundsCredited{Money{number(rng, 1, int64_max)}, text(rng)},
          FundsDecision{money(rng), maybe(rng, money)}};
}

Made make(Rng& rng, Instant, As<FundsAdjusted>) {
  return {FundsAdjusted{Money{number(rng, int64_min, -1)}, text(rng)},
          FundsDecision{money(rng), maybe(rng, money)}};
}

InvoiceLine invoice_line(Rng& rng) {
  return {any_of(rng, InvoiceLineKind::payg),
          name(rng),
          text(rng),
          units(rng),
          money(rng),
          instant(rng)};
}

Made make(Rng& rng, Instant, As<InvoiceRequested>) {
  return {InvoiceRequested{text(rng)},
          InvoiceDecision{id(rng), some(rng, invoice_line, 1), Money{number(rng, 1, int64_max)},
                          money(rng), coin(rng)}};
}

// ---- orders and packages ----

Made make(Rng& rng, Instant, As<OrderPlaced>) {
  return {OrderPlaced{name(rng), name(rng), maybe(rng, units), number32(rng, 1),
                      any_of(rng, Payment::external), coin(rng) ? name(rng) : std::string{}},
          OrderDecision{money(rng), money(rng), maybe(rng, instant), validity(rng),
                        any_of(rng, ExpiryPolicy::end_of_day), duration(rng), some(rng, terms)}};
}

Made make(Rng& rng, Instant, As<OrderPaid>) {
  return {OrderPaid{name(rng), text(rng)}, PaidDecision{instant(rng), instant(rng)}};
}

Made make(Rng& rng, Instant, As<OrderCancelled>) { return {OrderCancelled{name(rng)}, Done{}}; }

Made make(Rng& rng, Instant, As<PackageGranted>) {
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
  return {std::move(made), GrantDecision{terms(rng)}};
}

Made make(Rng& rng, Instant, As<PackageRefunded>) {
  return {PackageRefunded{name(rng), text(rng)},
          RefundDecision{PackageId{id(rng)}, units(rng), money(rng), money(rng)}};
}

// ---- sends and holds ----

Made make(Rng& rng, Instant, As<SendRecorded>) {
  // Halfway, as recorded_at, so that no lag between two instants leaves the range of one.
  const auto halfway = [](Rng& r) { return Instant{number(r, 0, ms_max)}; };
  return {SendRecorded{Name{short_name(rng)}, some_units(rng), maybe(rng, halfway), country(rng),
                       any_of(rng, TemplateType::promotion), coin(rng)},
          SendDecision{some(rng, line), some(rng, charge_line), maybe(rng, counter_move)}};
}

Made make(Rng& rng, Instant, As<SendReversed>) {
  return {SendReversed{name(rng), name(rng), some_units(rng)},
          ReversalDecision{some(rng, charge_line), some(rng, reversal_line), units(rng),
                           Sequence{coin(rng) ? rng() >> 1U : 0}}};
}

std::uint64_t batch_number(Rng& rng) { return 1 + rng() % producer_number_max; }

Made make(Rng& rng, Instant, As<BatchTaken>) {
  BatchTaken taken{.producer = "gateway-" + std::to_string(rng() % 1'000),
                   .epoch = batch_number(rng),
                   .number = batch_number(rng),
                   .digest = id(rng),
                   .sends = rng() % 100,
                   .entries = 0,
                   .not_recorded = {}};
  for (std::uint64_t index = 0; index < taken.sends; ++index) {
    if (!coin(rng)) continue;
    taken.not_recorded.push_back({index, any_of(rng, last_of<Reject>),
                                  maybe(rng, [](Rng& r) { return any_of(r, last_of<SendMember>); }),
                                  Sequence{id(rng)}});
  }
  taken.entries = taken.sends - taken.not_recorded.size() + rng() % 3;
  return {std::move(taken), Done{}};
}

Duration ttl(Rng& rng) { return Duration{number(rng, 1, hold_ttl_max.ms)}; }

// At most four lines, and what they come to.
PackageLine part(Rng& rng) { return {PackageId{id(rng)}, Units{number(rng, 1, int64_max / 4)}}; }
std::pair<std::vector<PackageLine>, Units> parts(Rng& rng) {
  std::pair<std::vector<PackageLine>, Units> made{some(rng, part, 1), {}};
  for (const PackageLine& one : made.first) made.second += one.units;
  return made;
}

Made make(Rng& rng, Instant recorded_at, As<HoldPlaced>) {
  auto [held, sum] = parts(rng);
  return {HoldPlaced{name(rng), sum, country(rng), any_of(rng, TemplateType::promotion),
                     maybe(rng, ttl)},
          HoldDecision{std::move(held), recorded_at + ttl(rng)}};
}

Made make(Rng& rng, Instant, As<HoldCaptured>) {
  auto [taken, sum] = parts(rng);
  return {HoldCaptured{name(rng), sum},
          HoldEndDecision{std::move(taken), some(rng, reversal_line), maybe(rng, counter_move)}};
}

Made make(Rng& rng, Instant, As<HoldReleased>) {
  return {HoldReleased{name(rng)}, HoldEndDecision{{}, some(rng, reversal_line, 1), {}}};
}

Made make(Rng& rng, Instant, As<HoldExpired>) {
  return {HoldExpired{name(rng), instant(rng)},
          HoldEndDecision{{}, some(rng, reversal_line, 1), {}}};
}

// ---- prices and timers ----

Made make(Rng& rng, Instant, As<PriceBookPublished>) {
  return {PriceBookPublished{book(rng)}, Done{}};
}

Made make(Rng& rng, Instant, As<PackageExpired>) {
  return {PackageExpired{PackageId{id(rng)}, instant(rng)},
          ExpiryDecision{units(rng), instant(rng)}};
}

Made make(Rng& rng, Instant, As<OrderTimedOut>) {
  return {OrderTimedOut{name(rng), instant(rng)}, Done{}};
}

// The timers of packages that decide nothing.
template <class Timer> Made make(Rng& rng, Instant, As<Timer>) {
  return {Timer{PackageId{id(rng)}, instant(rng)}, Done{}};
}

// ---- all of them ----

template <std::size_t... kinds>
Made make_kind(Rng& rng, Instant recorded_at, std::size_t kind, std::index_sequence<kinds...>) {
  using Make = Made (*)(Rng&, Instant);
  constexpr std::array<Make, sizeof...(kinds)> makes{[](Rng& r, Instant at) -> Made {
    return make(r, at, As<std::variant_alternative_t<kinds, What>>{});
  }...};
  return makes[kind](rng, recorded_at);
}

}  // namespace

Entry random_entry(Rng& rng) { return random_entry(rng, Instant{number(rng, 0, ms_max)}); }

Entry random_entry(Rng& rng, Instant recorded_at) {
  constexpr std::size_t kinds = std::variant_size_v<What>;
  const std::size_t kind = rng() % kinds;
  Entry entry;
  entry.sequence = Sequence{id(rng)};
  entry.recorded_at = recorded_at;
  auto [what, decision] =
      make_kind(rng, entry.recorded_at, kind, std::make_index_sequence<kinds>{});
  entry.input = {AccountId{about_no_account(what) ? 0 : id(rng)}, coin(rng) ? "" : text(rng),
                 std::move(what)};
  entry.input.key.resize(std::min(entry.input.key.size(), key_bytes_max));
  entry.decision = std::move(decision);
  if (coin(rng) && entry.sequence.value > 1)
    entry.caused_by = Sequence{1 + rng() % (entry.sequence.value - 1)};
  return entry;
}

}  // namespace packledger::wire_tests
