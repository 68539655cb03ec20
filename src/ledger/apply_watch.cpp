// Bookkeeping of what watches over an account: alarms, renewal, standing.
#include "ledger/bookkeeping.hpp"
#include "ledger/rules.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

bool changes_packages(const What& what) {
  return std::holds_alternative<OrderPlaced>(what) || std::holds_alternative<OrderPaid>(what) ||
         std::holds_alternative<PackageGranted>(what) ||
         std::holds_alternative<PackageRefunded>(what);
}

}  // namespace

// ---- alarms ----

void Bookkeeping::operator()(const AlarmRuleSet& asked) const {
  Account& of = account();
  const auto [place, created] = of.alarms.change().try_emplace(asked.rule.name);
  Alarm& alarm = place->second;
  if (!created && alarm.rule == asked.rule) return;
  if (created) alarm.number = entry.sequence.value;
  cancel_cooldown(alarm);
  const bool same_subject =
      alarm.rule.kind == asked.rule.kind && alarm.rule.pool == asked.rule.pool;
  if (!same_subject) {
    alarm.fired_at.reset();
    alarm.fired = false;
    alarm.fired_of.clear();
  }
  alarm.rule = asked.rule;
  if (!same_subject || alarm.rule.kind != AlarmKind::runs_out_within) alarm.run_out.reset();
  if (alarm.rule.kind == AlarmKind::runs_out_within) {
    if (!alarm.run_out) alarm.run_out.emplace();
    alarm.run_out->known = entry.sequence;
    alarm.run_out->eased = true;
  }
  std::erase_if(alarm.fired_of,
                [&](PackageId id) { return !applies_to(alarm.rule, of.package(id).terms.name); });
  if (alarm.fired_at && *alarm.fired_at + alarm.rule.cooldown > at)
    set_timer(TimerKind::alarm_cooldown, alarm.number, *alarm.fired_at + alarm.rule.cooldown);
  aftermath().alarm = asked.rule.name;
  aftermath().rule_changed = true;
}

void Bookkeeping::operator()(const AlarmRuleRemoved& asked) const {
  Account& of = account();
  auto& alarms = of.alarms.change();
  const auto place = alarms.find(asked.alarm);
  ENSURE(place != alarms.end(), "an alarm is set before it is removed");
  const Alarm& alarm = place->second;
  cancel_cooldown(alarm);
  alarms.erase(place);
}

void Bookkeeping::operator()(const AlarmCooldownEnded& due) const {
  const Alarm* alarm = account().find_alarm(due.alarm);
  ENSURE(alarm != nullptr, "an alarm that cools is set");
  fire(TimerKind::alarm_cooldown, alarm->number, due.due);
  aftermath().alarm = due.alarm;
}

void Bookkeeping::operator()(const RunOutForecast& told) const {
  for (auto& [name, alarm] : account().alarms.change()) {
    if (!believes(alarm, told.pool, told.position)) continue;
    alarm.run_out->known = told.position;
    alarm.run_out->runs_out_at = told.runs_out_at;
    alarm.run_out->told = entry.sequence;
  }
}

void Bookkeeping::operator()(const AlarmRaised& raised) const {
  Alarm& alarm = account().alarms.change().at(raised.alarm);
  alarm.firings = decided<AlarmDecision>().firing;
  alarm.fired_at = at;
  if (raised.package.value == 0) {
    alarm.fired = true;
    if (alarm.run_out) alarm.run_out->eased = false;
  } else {
    alarm.fired_of.insert(raised.package);
  }
  if (alarm.rule.cooldown > Duration{})
    set_timer(TimerKind::alarm_cooldown, alarm.number, at + alarm.rule.cooldown);
}

void Bookkeeping::operator()(const AlarmCleared& cleared) const {
  Alarm& alarm = account().alarms.change().at(cleared.alarm);
  if (cleared.package.value == 0) {
    alarm.fired = false;
  } else {
    alarm.fired_of.erase(cleared.package);
  }
}

void Bookkeeping::cancel_cooldown(const Alarm& alarm) const {
  if (alarm.fired_at)
    cancel_timer(TimerKind::alarm_cooldown, alarm.number, *alarm.fired_at + alarm.rule.cooldown);
}

// Its alarms may be armed again (R82): at once, or by the next forecast that knows of it.
void Bookkeeping::quota_came(Account& of, const Package& package) const {
  aftermath().pool_rose = package.pool;
  if (of.alarms->empty()) return;
  for (auto& [name, alarm] : of.alarms.change()) {
    if (!alarm.run_out || alarm.rule.pool != of.pools[package.pool].name) continue;
    alarm.run_out->known = entry.sequence;
    alarm.run_out->eased = true;
  }
}

// A package that has ended is nobody's alarm any more.
void Bookkeeping::leave_alarms(Account& of, PackageId id) const {
  if (of.alarms->empty()) return;
  for (auto& [name, alarm] : of.alarms.change()) alarm.fired_of.erase(id);
}

// ---- renewal ----

Renewal& Bookkeeping::renewal(Account& of) const {
  ENSURE(of.renewal.has_value(), "a renewal has its rule");
  return *of.renewal;
}

void Bookkeeping::operator()(const RenewalRuleSet& asked) const {
  Account& of = account();
  const RenewalAgreed& agreed = decided<RenewalRuleDecision>().agreed;
  if (of.renewal && of.renewal->rule == asked.rule && of.renewal->agreed == agreed) return;
  stop_renewal(of);
  if (!of.renewal) of.renewal.emplace();
  of.renewal->rule = asked.rule;
  of.renewal->agreed = agreed;
  if (!asked.rule.enabled) return;
  for (const PackageId id : of.open) set_pre_expiry(of, of.package(id));
  aftermath().renewal_set = true;
}

void Bookkeeping::operator()(const RenewalRuleRemoved&) const {
  Account& of = account();
  stop_renewal(of);
  of.renewal.reset();
}

void Bookkeeping::stop_renewal(Account& of) const {
  if (!of.renewal) return;
  if (of.renewal->pending) {
    const PackageId asked_for = of.renewal->pending->package;
    if (asked_for.value != 0) of.package(asked_for).asked_to_renew = false;
    drop_pending(of);
  }
  for (const PackageId id : of.open) cancel_pre_expiry(of.package(id));
}

// When the end of the package is near enough: not before it has started, nor in the past (R92).
void Bookkeeping::set_pre_expiry(Account& of, Package& package) const {
  const Renewal& by = renewal(of);
  const bool wanted = by.rule.enabled && by.rule.pre_expiry && !package.asked_to_renew &&
                      !package.expired() && of.pools[package.pool].name == by.rule.pool;
  if (!wanted) return;
  const PackageTerms& terms = package.terms;
  const Instant due = std::max({terms.expires_at - by.agreed.lead, terms.effective_at, at});
  if (due >= terms.expires_at) return;
  package.renewal_due = due;
  set_timer(TimerKind::pre_expiry, terms.id.value, due);
}

void Bookkeeping::cancel_pre_expiry(Package& package) const {
  if (!package.renewal_due) return;
  cancel_timer(TimerKind::pre_expiry, package.terms.id.value, *package.renewal_due);
  package.renewal_due.reset();
}

void Bookkeeping::operator()(const PreExpiryRenewalDue& due) const {
  fire(TimerKind::pre_expiry, due.package.value, due.due);
  Package& package = account().package(due.package);
  package.asked_to_renew = true;
  package.renewal_due.reset();
  if (!decided<PreExpiryDecision>().skipped) aftermath().ending = due.package;
}

void Bookkeeping::operator()(const RenewalRetryDue& due) const {
  fire(TimerKind::renewal_retry, 0, due.due);
  Account& of = account();
  ENSURE(renewal(of).pending.has_value(), "what is tried again is pending");
  const Instant next_at = decided<RetryDecision>().next_at;
  of.renewal->pending->retry_at = next_at;
  set_timer(TimerKind::renewal_retry, 0, next_at);
  aftermath().retry = true;
}

void Bookkeeping::operator()(const PackageRenewed&) const {
  Account& of = account();
  const auto& decision = decided<RenewalDecision>();
  drop_pending(of);
  const Instant today = start_of_day(of.settings->zone, at);
  if (!of.renewal_day.is(today))
    of.renewal_day = RenewalDay{.start = today, .renewals = 0, .capped = false};
  ++of.renewal_day.renewals;
  purchase(of, decision.price, decision.balance_after);
  add_package(of, decision.package);
  start_package(of, decision.package.id);
  of.invoicing.change().paid.push_back(InvoiceLine{.kind = InvoiceLineKind::renewal,
                                                   .name = decision.package.name,
                                                   .product = decision.package.product,
                                                   .units = decision.package.quota,
                                                   .amount = decision.price,
                                                   .at = at});
}

void Bookkeeping::operator()(const RenewalFailed& failed) const {
  Account& of = account();
  const Instant retry_at = decided<RenewalFailure>().retry_at;
  const bool by_end = failed.trigger == RenewalTrigger::pre_expiry;
  renewal(of).pending = RenewalPending{.trigger = failed.trigger,
                                       .package = by_end ? aftermath().ending : PackageId{},
                                       .cause = aftermath().cause,
                                       .retry_at = retry_at};
  set_timer(TimerKind::renewal_retry, 0, retry_at);
}

void Bookkeeping::operator()(const RenewalCapped&) const {
  Account& of = account();
  of.renewal_day.capped = true;
}

void Bookkeeping::drop_pending(Account& of) const {
  Renewal& by = renewal(of);
  if (!by.pending) return;
  cancel_timer(TimerKind::renewal_retry, 0, by.pending->retry_at);
  by.pending.reset();
}

// The condition of a pending renewal may no longer hold (R98). Whether a package ends later than
// another changes with packages only, and is long to find out.
void Bookkeeping::drop_pending_if_gone(Account& of) const {
  const bool by_end = renewal(of).pending->trigger == RenewalTrigger::pre_expiry;
  if (by_end && !changes_packages(entry.input.what)) return;
  if (!renewal_still_wanted(of, at)) drop_pending(of);
}

// ---- standing ----

void Bookkeeping::operator()(const SuspensionDue& due) const {
  fire(TimerKind::suspend, 0, due.due);
  aftermath().grace_over = true;
}

void Bookkeeping::operator()(const AccountOverdue&) const {
  Account& of = account();
  const auto suspends_at = decided<StandingDecision>().suspends_at;
  ENSURE(suspends_at.has_value(), "an overdue account knows when it is suspended");
  of.standing = Standing{.status = AccountStatus::overdue,
                         .overdue_at = at,
                         .suspends_at = suspends_at,
                         .suspended_at = {}};
  if (*suspends_at > at) set_timer(TimerKind::suspend, 0, *suspends_at);
}

void Bookkeeping::operator()(const AccountSuspended&) const {
  Standing& standing = account().standing.change();
  standing.status = AccountStatus::suspended;
  standing.suspends_at.reset();
  standing.suspended_at = at;
}

void Bookkeeping::operator()(const AccountResumed&) const {
  Account& of = account();
  if (of.standing->suspends_at) cancel_timer(TimerKind::suspend, 0, *of.standing->suspends_at);
  of.standing.reset();
}

}  // namespace packledger
