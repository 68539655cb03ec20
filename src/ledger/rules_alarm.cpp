// Alarms: rules for them, and what they say (rules §8 R77 to R88).
#include "ledger/rules.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

namespace packledger {
namespace {

using Wide = __int128;

// What an alarm of units judges: a pool or a package.
struct Figures {
  Units remaining;
  Units quota;
};

Figures figures_of(const Account& account, const AlarmRule& rule, PackageId package, Instant at) {
  if (package.value != 0) {
    const Package& judged = account.package(package);
    return Figures{.remaining = judged.remaining, .quota = judged.terms.quota};
  }
  const Pool* pool = account.find_pool(rule.pool);
  if (pool == nullptr) return Figures{};
  return Figures{.remaining = pool->total_at(at), .quota = pool->quota_at(at)};
}

// The threshold in hundredths of a unit, so that percentages and units can be compared (R84).
Wide hundredths(const AlarmRule& rule, Units quota, std::string_view package) {
  const auto& own = rule.threshold.per_package;
  const auto exception = std::ranges::find(own, package, &PackageThreshold::package);
  if (exception != own.end()) return Wide{exception->units.value} * 100;
  if (rule.threshold.units) return Wide{rule.threshold.units->value} * 100;
  return Wide{rule.threshold.percent.value_or(0)} * quota.value;
}

// One alarm that has something to say.
struct Speaker {
  bool cleared = false;
  AlarmKind kind = AlarmKind::total;
  Wide threshold = 0;
  std::string_view alarm;
  PackageId package;

  // Raised before cleared, units before money before time, the highest threshold first.
  [[nodiscard]] auto order() const {
    const AlarmKind counts_in = kind == AlarmKind::per_package ? AlarmKind::total : kind;
    return std::tuple{cleared, counts_in, -threshold, alarm, package};
  }
};

struct Round {
  const Account& account;
  const Aftermath& after;
  std::vector<Speaker> speakers;

  void judge(const Alarm& alarm) {
    switch (alarm.rule.kind) {
      case AlarmKind::balance: judge_balance(alarm); return;
      case AlarmKind::total: judge_total(alarm); return;
      case AlarmKind::per_package: judge_packages(alarm); return;
      case AlarmKind::runs_out_within: judge_run_out(alarm); return;
    }
  }

 private:
  [[nodiscard]] bool rule_changed(const Alarm& alarm) const {
    return after.rule_changed && after.alarm == alarm.rule.name;
  }
  // Whether quota has come to where the alarm looks, so that it may re-arm (R82).
  [[nodiscard]] bool may_clear(const Alarm& alarm) const {
    const bool rose = after.pool_rose && account.pools[*after.pool_rose].name == alarm.rule.pool;
    return rose || rule_changed(alarm);
  }

  void speak(const Alarm& alarm, bool cleared, Wide threshold, PackageId package = {}) {
    if (!cleared && alarm.cooling(after.at)) return;
    speakers.push_back(Speaker{.cleared = cleared,
                               .kind = alarm.rule.kind,
                               .threshold = threshold,
                               .alarm = alarm.rule.name,
                               .package = package});
  }

  void judge_balance(const Alarm& alarm) {
    const bool low = holds(alarm.rule, account.balance);
    const Wide threshold = alarm.rule.threshold.amount.value_or(Money{}).micros;
    if (low && !alarm.fired) speak(alarm, false, threshold);
    const bool may = after.credited || rule_changed(alarm);
    if (!low && alarm.fired && may) speak(alarm, true, threshold);
  }

  // A pool that never had a package has nothing to be low on.
  void judge_total(const Alarm& alarm) {
    if (account.find_pool(alarm.rule.pool) == nullptr) return;
    const Figures now = figures_of(account, alarm.rule, {}, after.at);
    const bool low = holds(alarm.rule, now.remaining, now.quota, {});
    const Wide threshold = hundredths(alarm.rule, now.quota, {});
    if (low && !alarm.fired) speak(alarm, false, threshold);
    if (!low && alarm.fired && may_clear(alarm)) speak(alarm, true, threshold);
  }

  // Only where this very entry is the forecast: whether an older one still holds nobody knows.
  void judge_run_out(const Alarm& alarm) {
    const RunOut& forecast = *alarm.run_out;
    if (forecast.told != after.cause) return;
    const bool low = holds(alarm.rule, forecast.runs_out_at, after.at);
    const Wide threshold = alarm.rule.threshold.within.value_or(Duration{}).ms;
    if (low && !alarm.fired) speak(alarm, false, threshold);
    if (!low && alarm.fired && forecast.eased) speak(alarm, true, threshold);
  }

  void judge_packages(const Alarm& alarm) {
    if (after.alarm == alarm.rule.name) {
      for (const PackageId id : account.open) raise_package(alarm, id);
    } else {
      for (const PackageId id : after.touched) raise_package(alarm, id);
    }
    if (!may_clear(alarm)) return;
    for (const PackageId id : alarm.fired_of) {
      const Package& package = account.package(id);
      if (!low_on(alarm, package)) speak(alarm, true, threshold_for(alarm, package), id);
    }
  }

  void raise_package(const Alarm& alarm, PackageId id) {
    const Package& package = account.package(id);
    const bool judged = package.in_force() && account.pools[package.pool].name == alarm.rule.pool &&
                        applies_to(alarm.rule, package.terms.name);
    if (!judged || alarm.fired_of.contains(id) || !low_on(alarm, package)) return;
    speak(alarm, false, threshold_for(alarm, package), id);
  }

  [[nodiscard]] static bool low_on(const Alarm& alarm, const Package& package) {
    return holds(alarm.rule, package.remaining, package.terms.quota, package.terms.name);
  }
  [[nodiscard]] static Wide threshold_for(const Alarm& alarm, const Package& package) {
    return hundredths(alarm.rule, package.terms.quota, package.terms.name);
  }
};

AlarmDecision figures_for(const Account& account, const Alarm& alarm, PackageId package,
                          Instant at) {
  AlarmDecision decision;
  decision.balance = account.balance;
  if (alarm.rule.kind != AlarmKind::balance) {
    const Figures figures = figures_of(account, alarm.rule, package, at);
    decision.remaining = figures.remaining;
    decision.quota = figures.quota;
  }
  decision.told = told_to(account, Topic::alarm, alarm.rule.contacts);
  if (alarm.run_out) decision.runs_out_at = alarm.run_out->runs_out_at;
  return decision;
}

// What a purchase brings at least: what renewal buys, else the largest package so far.
std::optional<Units> usual_purchase(const Account& account, const std::string& pool) {
  if (account.renewal && account.renewal->rule.enabled && pool == renewal_pool)
    return account.renewal->rule.quantity;
  std::optional<Units> largest;
  for (const Package& package : account.packages) {
    if (package.paid() && pool_name(package.terms.scope.destinations) == pool)
      largest = std::max(largest.value_or(Units{}), package.terms.quota);
  }
  return largest;
}

// Whether a whole new package would not even lift what is left above the threshold.
bool fires_after_every_purchase(const Account& account, const AlarmRule& rule) {
  if (rule.kind == AlarmKind::balance) return false;
  if (rule.threshold.percent == 100) return true;
  if (!rule.threshold.units) return false;
  const auto bought = usual_purchase(account, rule.pool);
  return bought && holds(rule, *bought, *bought, {});
}

}  // namespace

Decided decide_alarm(const Account& account, const AlarmRuleSet& asked) {
  for (const std::string& contact : asked.rule.contacts) {
    const bool known =
        std::ranges::find(*account.contacts, contact, &Contact::name) != account.contacts->end();
    if (!known) return refuse(Reject::unknown_contact, "contacts");
  }
  const bool added = account.find_alarm(asked.rule.name) == nullptr;
  if (added && account.alarms->size() >= alarms_per_account_max)
    return refuse(Reject::alarms_max_reached);
  return AlarmRuleDecision{fires_after_every_purchase(account, asked.rule)};
}

Decided decide_alarm_removal(const Account& account, const AlarmRuleRemoved& asked) {
  if (account.find_alarm(asked.alarm) == nullptr) return refuse(Reject::unknown_alarm, "alarm");
  return Done{};
}

// Forecasts come every hour; only those that make an alarm speak are worth an entry.
Decided decide_run_out(const Ledger& ledger, const Account& account, const RunOutForecast& asked,
                       Instant at) {
  const auto speaks = [&](const Alarm& alarm) {
    if (!believes(alarm, asked.pool, asked.position)) return false;
    if (!holds(alarm.rule, asked.runs_out_at, at)) return alarm.fired && alarm.run_out->eased;
    return !alarm.fired && !alarm.cooling(at);
  };
  const bool known = asked.position <= ledger.last() && account.find_pool(asked.pool) != nullptr;
  const bool told = known && std::ranges::any_of(std::views::values(*account.alarms), speaks);
  if (!told) return refuse(Reject::nothing_to_tell);
  return Done{};
}

Decided decide_raised(const Account& account, const AlarmRaised& raised) {
  const Alarm* alarm = account.find_alarm(raised.alarm);
  ENSURE(alarm != nullptr, "an alarm that is raised is set");
  AlarmDecision decision = figures_for(account, *alarm, raised.package, raised.at);
  decision.firing = alarm->firings + 1;
  return decision;
}

Decided decide_cleared(const Account& account, const AlarmCleared& cleared) {
  const Alarm* alarm = account.find_alarm(cleared.alarm);
  ENSURE(alarm != nullptr, "an alarm that is cleared is set");
  AlarmDecision decision = figures_for(account, *alarm, cleared.package, cleared.at);
  decision.firing = alarm->firings;
  return decision;
}

std::vector<What> due_alarms(const Account& account, const Aftermath& after) {
  Round round{.account = account, .after = after, .speakers = {}};
  for (const auto& [name, alarm] : *account.alarms) round.judge(alarm);
  std::ranges::sort(round.speakers, {}, &Speaker::order);
  std::vector<What> said;
  for (const Speaker& speaker : round.speakers) {
    std::string alarm{speaker.alarm};
    if (speaker.cleared) {
      said.emplace_back(AlarmCleared{std::move(alarm), speaker.package, after.at});
    } else {
      said.emplace_back(AlarmRaised{std::move(alarm), speaker.package, after.at});
    }
  }
  return said;
}

}  // namespace packledger
