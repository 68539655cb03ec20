// The messages of proto/packledger/v1/entry.proto for what watches over an account: contacts,
// alarms, reminders, automatic renewal and the standing of the account. Each is described once, for
// the writer and the reader.
//
// Owner: wire; included by entry_format.hpp only. Pure functions, any thread.
// Invariants:
//  1. Field numbers and types are those of entry.proto, in rising order (tests/wire proves it).
#pragma once

#include "packledger/ledger/alarm.hpp"
#include "packledger/ledger/contact.hpp"
#include "packledger/ledger/renewal.hpp"
#include "wire/terms_format.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace packledger {

// ---- contacts ----

template <class F> void describe(F& f, Ref<F, ChannelAddress> address) {
  f.field(1, address.channel);
  f.text(2, address.address);
  f.check(address.address.empty() == (address.channel == Channel::internal),
          "a channel's address is missing or too much");
  f.check(address.address.size() <= address_bytes_max, "a channel's address is too long");
}

template <class F> void describe(F& f, Ref<F, Contact> contact) {
  describe_name(f, 1, contact.name);
  f.messages(2, contact.channels, described);
  f.check(!contact.channels.empty(), "a contact has no channel");
  f.check(std::ranges::adjacent_find(contact.channels, std::ranges::greater_equal{},
                                     &ChannelAddress::channel) == contact.channels.end(),
          "the channels of a contact do not rise");
  f.field(3, contact.topics);
}

template <class F> void describe_kind(F& f, Ref<F, ContactsSet> asked, Ref<F, Done>, Instant) {
  f.messages(1, asked.contacts, described);
  f.check(asked.contacts.size() <= contacts_per_account_max, "there are too many contacts");
  f.check(std::ranges::adjacent_find(asked.contacts, std::ranges::greater_equal{},
                                     &Contact::name) == asked.contacts.end(),
          "the names of contacts do not rise");
}

template <class F> void describe(F& f, Ref<F, Told> told) {
  describe_name(f, 1, told.contact);
  f.field(2, told.channels);
}

// ---- alarms and reminders ----

template <class F> void describe(F& f, Ref<F, PackageThreshold> threshold) {
  describe_name(f, 1, threshold.package);
  f.field(2, threshold.units);
}

template <class F> void describe(F& f, Ref<F, AlarmThreshold> threshold) {
  f.field(1, threshold.units);
  f.field(2, threshold.percent);
  const std::int32_t percent = threshold.percent.value_or(1);
  f.check(percent >= 1 && percent <= 100, "a percentage is out of range");
  f.field(3, threshold.amount);
  auto& exceptions = threshold.per_package;
  f.messages(4, exceptions, described);
  f.check(exceptions.size() <= package_thresholds_max, "an alarm has too many exceptions");
  f.check(std::ranges::adjacent_find(exceptions, std::ranges::greater_equal{},
                                     &PackageThreshold::package) == exceptions.end(),
          "the exceptions of an alarm do not rise");
  f.field(5, threshold.within);
  const Duration within = threshold.within.value_or(alarm_within_min);
  f.check(within >= alarm_within_min && within <= alarm_within_max,
          "the time of an alarm is out of range");
}

[[nodiscard]] inline bool threshold_fits(AlarmKind kind, const AlarmThreshold& threshold) {
  const bool by_share = threshold.percent.has_value();
  const bool by_units = threshold.units.has_value();
  const bool by_package = !threshold.per_package.empty();
  const bool by_time = threshold.within.has_value();
  if (by_time != (kind == AlarmKind::runs_out_within)) return false;
  switch (kind) {
    case AlarmKind::total: return by_share != by_units && !by_package && !threshold.amount;
    case AlarmKind::per_package:
      return !(by_share && by_units) && (by_share || by_units || by_package) && !threshold.amount;
    case AlarmKind::balance: return threshold.amount && !by_share && !by_units && !by_package;
    case AlarmKind::runs_out_within:
      return !by_share && !by_units && !by_package && !threshold.amount;
  }
  return false;
}

template <class F> void describe(F& f, Ref<F, AlarmRule> rule) {
  describe_name(f, 1, rule.name);
  f.text(2, rule.pool);
  f.field(3, rule.kind);
  f.check(rule.pool.empty() == (rule.kind == AlarmKind::balance),
          "an alarm's pool is missing or too much");
  f.message(4, [&](F& threshold) { describe(threshold, rule.threshold); });
  f.check(threshold_fits(rule.kind, rule.threshold), "a threshold is not of its alarm's kind");
  f.field(5, rule.when);
  f.texts(6, rule.contacts);
  f.field(7, rule.cooldown);
  f.check(rule.cooldown <= alarm_cooldown_max, "a cooldown is too long");
}

template <class F>
void describe_kind(F& f, Ref<F, AlarmRuleSet> asked, Ref<F, AlarmRuleDecision> decided, Instant) {
  describe(f, asked.rule);
  f.message(decided_field, [&](F& in) { in.field(1, decided.fires_after_every_purchase); });
}

template <class F> void describe_kind(F& f, Ref<F, AlarmRuleRemoved> asked, Ref<F, Done>, Instant) {
  describe_name(f, 1, asked.alarm);
}

template <class F>
void describe_kind(F& f, Ref<F, AlarmCooldownEnded> asked, Ref<F, Done>, Instant) {
  describe_name(f, 1, asked.alarm);
  f.field(2, asked.due);
}

template <class F> void describe_kind(F& f, Ref<F, RunOutForecast> asked, Ref<F, Done>, Instant) {
  describe_name(f, 1, asked.pool);
  f.field(2, asked.runs_out_at);
  f.field(3, asked.position);
  f.check(asked.position.value != 0, "a forecast knows no entry");
}

// Asked and decided in one message, for alarms are frequent.
template <class F, class Asked>
void describe_alarm(F& f, Asked& asked, Ref<F, AlarmDecision> decided, Instant recorded_at) {
  describe_name(f, 1, asked.alarm);
  f.field(2, asked.package);
  describe_at(f, 3, asked.at, recorded_at);
  f.field(4, decided.firing);
  f.check(decided.firing != 0, "an alarm has no firing");
  f.field(5, decided.remaining);
  f.field(6, decided.quota);
  f.field(7, decided.balance);
  f.messages(8, decided.told, described);
  f.field(9, decided.runs_out_at);
}

template <class F>
void describe_kind(F& f, Ref<F, AlarmRaised> asked, Ref<F, AlarmDecision> decided,
                   Instant recorded_at) {
  describe_alarm(f, asked, decided, recorded_at);
}

template <class F>
void describe_kind(F& f, Ref<F, AlarmCleared> asked, Ref<F, AlarmDecision> decided,
                   Instant recorded_at) {
  describe_alarm(f, asked, decided, recorded_at);
}

template <class F>
void describe_kind(F& f, Ref<F, ExpiryReminderDue> asked, Ref<F, ReminderDecision> decided,
                   Instant) {
  describe_timer(f, asked);
  f.field(3, asked.before);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.skipped);
    in.field(2, decided.remaining);
    in.messages(3, decided.told, described);
    in.check(!decided.skipped || (decided.remaining == Units{} && decided.told.empty()),
             "a skipped reminder tells something");
  });
}

// ---- automatic renewal ----

template <class F> void check_per_day_max(F& f, std::int32_t per_day_max) {
  f.check(per_day_max >= 1 && per_day_max <= renewals_per_day_max,
          "the renewals of a day are out of range");
}

template <class F> void describe(F& f, Ref<F, RenewalRule> rule) {
  f.field(1, rule.enabled);
  describe_name(f, 2, rule.pool);
  f.check(rule.pool == renewal_pool, "a pool is not one that can be renewed");
  f.field(3, rule.threshold);
  f.field(4, rule.pre_expiry);
  f.field(5, rule.quantity);
  f.check(rule.quantity >= renewal_quantity_min && rule.quantity <= renewal_quantity_max,
          "the quantity of a renewal is out of range");
  f.text(6, rule.product);
  f.field(7, rule.per_day_max);
  check_per_day_max(f, rule.per_day_max.value_or(1));
}

template <class F> void describe(F& f, Ref<F, RenewalAgreed> agreed) {
  describe_name(f, 1, agreed.product);
  f.field(2, agreed.lead);
  f.field(3, agreed.per_day_max);
  check_per_day_max(f, agreed.per_day_max);
  f.field(4, agreed.retry_at_minute);
  f.check(agreed.retry_at_minute >= 0 && agreed.retry_at_minute < minutes_of_day,
          "a minute of the day is out of range");
}

template <class F>
void describe_kind(F& f, Ref<F, RenewalRuleSet> asked, Ref<F, RenewalRuleDecision> decided,
                   Instant) {
  describe(f, asked.rule);
  f.message(decided_field, [&](F& in) {
    describe(in, decided.agreed);
    in.field(5, decided.fires_after_every_purchase);
  });
}

template <class F> void describe_kind(F&, Ref<F, RenewalRuleRemoved>, Ref<F, Done>, Instant) {}

template <class F>
void describe_kind(F& f, Ref<F, PreExpiryRenewalDue> asked, Ref<F, PreExpiryDecision> decided,
                   Instant) {
  describe_timer(f, asked);
  f.message(decided_field, [&](F& in) { in.field(1, decided.skipped); });
}

template <class F>
void describe_kind(F& f, Ref<F, RenewalRetryDue> asked, Ref<F, RetryDecision> decided, Instant) {
  f.field(1, asked.due);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.refused);
    in.field(2, decided.needed);
    in.field(3, decided.balance);
    in.field(4, decided.next_at);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, PackageRenewed> asked, Ref<F, RenewalDecision> decided,
                   Instant recorded_at) {
  f.field(1, asked.trigger);
  f.field(2, asked.cause);
  f.check(asked.cause.value != 0, "a renewal has no cause");
  describe_at(f, 3, asked.at, recorded_at);
  f.message(decided_field, [&](F& in) {
    in.message(1, [&](F& terms) { describe(terms, decided.package); });
    in.field(2, decided.price);
    in.field(3, decided.balance_after);
    in.messages(4, decided.told, described);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, RenewalFailed> asked, Ref<F, RenewalFailure> decided,
                   Instant recorded_at) {
  f.field(1, asked.trigger);
  describe_at(f, 2, asked.at, recorded_at);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.reason);
    in.field(2, decided.needed);
    in.field(3, decided.balance);
    in.field(4, decided.retry_at);
    in.messages(5, decided.told, described);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, RenewalCapped> asked, Ref<F, CapDecision> decided,
                   Instant recorded_at) {
  f.field(1, asked.trigger);
  describe_at(f, 2, asked.at, recorded_at);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.per_day_max);
    check_per_day_max(in, decided.per_day_max);
    in.messages(2, decided.told, described);
  });
}

// ---- standing of the account ----

template <class F, class Asked>
void describe_standing(F& f, Asked& asked, Ref<F, StandingDecision> decided, Instant recorded_at) {
  describe_at(f, 1, asked.at, recorded_at);
  f.message(decided_field, [&](F& in) {
    in.field(1, decided.balance);
    in.field(2, decided.suspends_at);
    in.messages(3, decided.told, described);
  });
}

template <class F>
void describe_kind(F& f, Ref<F, AccountOverdue> asked, Ref<F, StandingDecision> decided,
                   Instant recorded_at) {
  describe_standing(f, asked, decided, recorded_at);
  f.check(decided.balance < Money{}, "an account is overdue without a debt");
}

template <class F> void describe_kind(F& f, Ref<F, SuspensionDue> asked, Ref<F, Done>, Instant) {
  f.field(1, asked.due);
}

template <class F>
void describe_kind(F& f, Ref<F, AccountSuspended> asked, Ref<F, StandingDecision> decided,
                   Instant recorded_at) {
  describe_standing(f, asked, decided, recorded_at);
  f.check(decided.balance < Money{}, "an account is suspended without a debt");
  f.check(!decided.suspends_at, "an account that is suspended is to be suspended later");
}

template <class F>
void describe_kind(F& f, Ref<F, AccountResumed> asked, Ref<F, StandingDecision> decided,
                   Instant recorded_at) {
  describe_standing(f, asked, decided, recorded_at);
  f.check(decided.balance >= Money{}, "an account is resumed with a debt");
  f.check(!decided.suspends_at, "an account that is resumed is to be suspended");
}

}  // namespace packledger
