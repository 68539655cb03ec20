// Values at random, at their limits as often as not: of these, entries at random are made.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "tests/wire/entry_examples.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace packledger::wire_tests {

inline constexpr std::int64_t ms_max = std::int64_t{1} << 53U;

bool coin(Rng& rng);

template <class E> E any_of(Rng& rng, E last) {
  return static_cast<E>(1 + rng() % static_cast<std::uint64_t>(last));
}

template <class Make> auto maybe(Rng& rng, const Make& make) {
  return coin(rng) ? std::nullopt : std::optional{make(rng)};
}

template <class Make> auto some(Rng& rng, const Make& make, std::size_t min = 0) {
  std::vector<decltype(make(rng))> made(min + rng() % 4);
  for (auto& one : made) one = make(rng);
  return made;
}

// A limit, or a number of any length.
std::int64_t number(Rng& rng, std::int64_t min, std::int64_t max);
std::int32_t number32(Rng& rng, std::int32_t min = INT32_MIN, std::int32_t max = INT32_MAX);
std::uint64_t id(Rng& rng);  // at least 1

Units units(Rng& rng);
Units some_units(Rng& rng);  // at least 1
Money money(Rng& rng);
Price price(Rng& rng);
Instant instant(Rng& rng);
Duration duration(Rng& rng);

std::string text(Rng& rng, std::size_t characters_min = 0);
std::string name(Rng& rng);
// Of at most name_bytes_max bytes.
std::string short_name(Rng& rng);
// Names that rise, as many as asked for.
std::vector<std::string> rising_names(Rng& rng, std::size_t count);

Country country(Rng& rng);
Currency currency(Rng& rng);
Scope scope(Rng& rng);
Zone zone(Rng& rng);
Validity validity(Rng& rng);
AccountSettings settings(Rng& rng);
SettingsPatch patch(Rng& rng);
PackageTerms terms(Rng& rng);
PriceBook book(Rng& rng);

PackageLine line(Rng& rng);
ChargeLine charge_line(Rng& rng);
ReversalLine reversal_line(Rng& rng);
CounterMove counter_move(Rng& rng);

// ---- entries ----

template <class Asked> struct As {};
using Made = std::pair<What, Decision>;

// One for every kind that watches over an account; `recorded_at` is not before 1970.
Made make(Rng& rng, Instant recorded_at, As<AlarmRuleSet>);
Made make(Rng& rng, Instant recorded_at, As<AlarmRuleRemoved>);
Made make(Rng& rng, Instant recorded_at, As<AlarmCooldownEnded>);
Made make(Rng& rng, Instant recorded_at, As<RunOutForecast>);
Made make(Rng& rng, Instant recorded_at, As<AlarmRaised>);
Made make(Rng& rng, Instant recorded_at, As<AlarmCleared>);
Made make(Rng& rng, Instant recorded_at, As<ExpiryReminderDue>);
Made make(Rng& rng, Instant recorded_at, As<RenewalRuleSet>);
Made make(Rng& rng, Instant recorded_at, As<RenewalRuleRemoved>);
Made make(Rng& rng, Instant recorded_at, As<PreExpiryRenewalDue>);
Made make(Rng& rng, Instant recorded_at, As<RenewalRetryDue>);
Made make(Rng& rng, Instant recorded_at, As<PackageRenewed>);
Made make(Rng& rng, Instant recorded_at, As<RenewalFailed>);
Made make(Rng& rng, Instant recorded_at, As<RenewalCapped>);
Made make(Rng& rng, Instant recorded_at, As<AccountOverdue>);
Made make(Rng& rng, Instant recorded_at, As<SuspensionDue>);
Made make(Rng& rng, Instant recorded_at, As<AccountSuspended>);
Made make(Rng& rng, Instant recorded_at, As<AccountResumed>);
Made make(Rng& rng, Instant recorded_at, As<ContactsSet>);

}  // namespace packledger::wire_tests
