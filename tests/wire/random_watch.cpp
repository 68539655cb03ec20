// Entries at random of what watches over an account.
#include "tests/wire/random_values.hpp"
#include "wire/scalar_codec.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr std::array all_channels{Channel::sms, Channel::email, Channel::internal, Channel::webhook,
                                  Channel::dingtalk_robot};

// Not after it was recorded.
Instant happened_at(Rng& rng, Instant recorded_at) {
  return recorded_at - Duration{number(rng, 0, ms_max)};
}

Told told(Rng& rng) { return {name(rng), {static_cast<std::uint8_t>((1 + rng() % 31) << 1U)}}; }

ChannelAddress address(Rng& rng, Channel channel) {
  if (channel == Channel::internal) return {channel, ""};
  std::string made = name(rng);
  if (made.size() > address_bytes_max) made.assign(address_bytes_max, 'a');
  return {channel, std::move(made)};
}

Contact contact(Rng& rng, std::string named) {
  Contact made{std::move(named), {}, {static_cast<std::uint8_t>(rng() % 16 << 1U)}};
  for (const Channel channel : all_channels) {
    if (coin(rng)) made.channels.push_back(address(rng, channel));
  }
  if (made.channels.empty())
    made.channels.push_back(address(rng, any_of(rng, all_channels.back())));
  return made;
}

AlarmThreshold threshold(Rng& rng, AlarmKind kind) {
  AlarmThreshold made;
  if (kind == AlarmKind::balance) {
    made.amount = money(rng);
    return made;
  }
  if (kind == AlarmKind::runs_out_within) {
    made.within = Duration{number(rng, alarm_within_min.ms, alarm_within_max.ms)};
    return made;
  }
  if (kind == AlarmKind::per_package && coin(rng)) {
    for (std::string& package : rising_names(rng, 1 + rng() % 4))
      made.per_package.push_back({std::move(package), units(rng)});
    if (coin(rng)) return made;
  }
  if (coin(rng)) {
    made.units = units(rng);
  } else {
    made.percent = number32(rng, 1, 100);
  }
  return made;
}

AlarmDecision alarm_decision(Rng& rng) {
  return {id(rng), units(rng), units(rng), money(rng), some(rng, told), maybe(rng, instant)};
}

Money debt(Rng& rng) { return Money{number(rng, std::numeric_limits<std::int64_t>::min(), -1)}; }

RenewalTrigger trigger(Rng& rng) { return any_of(rng, RenewalTrigger::pre_expiry); }
Reject reject(Rng& rng) { return any_of(rng, last_of<Reject>); }
std::int32_t per_day_max(Rng& rng) { return number32(rng, 1, renewals_per_day_max); }

}  // namespace

Made make(Rng& rng, Instant, As<AlarmRuleSet>) {
  AlarmRule rule;
  rule.name = name(rng);
  rule.kind = any_of(rng, AlarmKind::runs_out_within);
  rule.pool = rule.kind == AlarmKind::balance ? "" : name(rng);
  rule.threshold = threshold(rng, rule.kind);
  rule.when = any_of(rng, AlarmWhen::at_or_below);
  rule.contacts = some(rng, name);
  rule.cooldown = Duration{number(rng, 0, alarm_cooldown_max.ms)};
  return {AlarmRuleSet{std::move(rule)}, AlarmRuleDecision{coin(rng)}};
}

Made make(Rng& rng, Instant, As<AlarmRuleRemoved>) { return {AlarmRuleRemoved{name(rng)}, Done{}}; }

Made make(Rng& rng, Instant, As<AlarmCooldownEnded>) {
  return {AlarmCooldownEnded{name(rng), instant(rng)}, Done{}};
}

Made make(Rng& rng, Instant, As<RunOutForecast>) {
  return {RunOutForecast{name(rng), maybe(rng, instant), Sequence{id(rng)}}, Done{}};
}

Made make(Rng& rng, Instant recorded_at, As<AlarmRaised>) {
  return {AlarmRaised{name(rng), PackageId{coin(rng) ? 0 : id(rng)}, happened_at(rng, recorded_at)},
          alarm_decision(rng)};
}

Made make(Rng& rng, Instant recorded_at, As<AlarmCleared>) {
  return {
      AlarmCleared{name(rng), PackageId{coin(rng) ? 0 : id(rng)}, happened_at(rng, recorded_at)},
      alarm_decision(rng)};
}

Made make(Rng& rng, Instant, As<ExpiryReminderDue>) {
  ReminderDecision decided{.skipped = coin(rng), .remaining = {}, .told = {}};
  if (!decided.skipped) decided = {false, units(rng), some(rng, told)};
  return {ExpiryReminderDue{PackageId{id(rng)}, duration(rng), instant(rng)}, std::move(decided)};
}

Made make(Rng& rng, Instant, As<RenewalRuleSet>) {
  RenewalRule rule;
  rule.enabled = coin(rng);
  rule.threshold = maybe(rng, units);
  rule.pre_expiry = coin(rng);
  rule.quantity = Units{number(rng, renewal_quantity_min.value, renewal_quantity_max.value)};
  rule.product = text(rng);
  rule.per_day_max = maybe(rng, per_day_max);
  return {RenewalRuleSet{std::move(rule)},
          RenewalRuleDecision{{name(rng), duration(rng), per_day_max(rng), number32(rng, 0, 1'439)},
                              coin(rng)}};
}

Made make(Rng&, Instant, As<RenewalRuleRemoved>) { return {RenewalRuleRemoved{}, Done{}}; }

Made make(Rng& rng, Instant, As<PreExpiryRenewalDue>) {
  const auto skip = [](Rng& r) { return any_of(r, RenewalSkip::outstanding); };
  return {PreExpiryRenewalDue{PackageId{id(rng)}, instant(rng)},
          PreExpiryDecision{maybe(rng, skip)}};
}

Made make(Rng& rng, Instant, As<RenewalRetryDue>) {
  return {RenewalRetryDue{instant(rng)},
          RetryDecision{maybe(rng, reject), money(rng), money(rng), instant(rng)}};
}

Made make(Rng& rng, Instant recorded_at, As<PackageRenewed>) {
  return {PackageRenewed{trigger(rng), Sequence{id(rng)}, happened_at(rng, recorded_at)},
          RenewalDecision{terms(rng), money(rng), money(rng), some(rng, told)}};
}

Made make(Rng& rng, Instant recorded_at, As<RenewalFailed>) {
  return {RenewalFailed{trigger(rng), happened_at(rng, recorded_at)},
          RenewalFailure{reject(rng), money(rng), money(rng), instant(rng), some(rng, told)}};
}

Made make(Rng& rng, Instant recorded_at, As<RenewalCapped>) {
  return {RenewalCapped{trigger(rng), happened_at(rng, recorded_at)},
          CapDecision{per_day_max(rng), some(rng, told)}};
}

Made make(Rng& rng, Instant recorded_at, As<AccountOverdue>) {
  return {AccountOverdue{happened_at(rng, recorded_at)},
          StandingDecision{debt(rng), maybe(rng, instant), some(rng, told)}};
}

Made make(Rng& rng, Instant, As<SuspensionDue>) { return {SuspensionDue{instant(rng)}, Done{}}; }

Made make(Rng& rng, Instant recorded_at, As<AccountSuspended>) {
  return {AccountSuspended{happened_at(rng, recorded_at)},
          StandingDecision{debt(rng), {}, some(rng, told)}};
}

Made make(Rng& rng, Instant recorded_at, As<AccountResumed>) {
  const Money balance{number(rng, 0, std::numeric_limits<std::int64_t>::max())};
  return {AccountResumed{happened_at(rng, recorded_at)},
          StandingDecision{balance, {}, some(rng, told)}};
}

Made make(Rng& rng, Instant, As<ContactsSet>) {
  ContactsSet made;
  for (std::string& named : rising_names(rng, rng() % (contacts_per_account_max + 1)))
    made.contacts.push_back(contact(rng, std::move(named)));
  return {std::move(made), Done{}};
}

}  // namespace packledger::wire_tests
