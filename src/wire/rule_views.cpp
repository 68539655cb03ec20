#include "wire/rule_views.hpp"

#include "packledger/ledger/package.hpp"
#include "packledger/ledger/renewal.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/json_writer.hpp"
#include "wire/rule_members.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <optional>

namespace packledger {

namespace {

// ---- alarms ----

void write_alarm(JsonWriter& json, const Account& account, const Alarm& alarm) {
  write_alarm_rule(json, alarm.rule, account.currency);
  const bool single = alarm.rule.kind == AlarmKind::per_package;
  const bool fired = single ? !alarm.fired_of.empty() : alarm.fired;
  json.member("state", fired ? "fired" : "armed").member("firings", alarm.firings);
  if (single) {
    json.key("fired_packages").begin_array();
    for (const PackageId package : alarm.fired_of) json.value(account.package(package).terms.name);
    json.end_array();
  }
  if (alarm.fired_at) write_instant(json, "fired_at", *alarm.fired_at);
  if (alarm.run_out && alarm.run_out->runs_out_at)
    write_instant(json, "runs_out_at", *alarm.run_out->runs_out_at);
}

}  // namespace

std::string alarm_view(const Account& account, const Alarm& alarm, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_alarm(json, account, alarm);
  json.member("position", position.value).end_object();
  return out;
}

std::string alarms_view(const Account& account, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name).key("alarms").begin_array();
  for (const auto& [name, alarm] : *account.alarms) {
    json.begin_object();
    write_alarm(json, account, alarm);
    json.end_object();
  }
  json.end_array().member("position", position.value).end_object();
  return out;
}

// ---- renewal ----

namespace {

void write_pending(JsonWriter& json, const Account& account, const RenewalPending& pending) {
  json.key("pending").begin_object().member("trigger", words::word(pending.trigger));
  if (pending.package != PackageId{}) {
    json.member("package", account.package(pending.package).terms.name);
  }
  json.member("cause", pending.cause.value);
  write_instant(json, "retry_at", pending.retry_at);
  json.end_object();
}

// The package of the pool that ends last; of several the one that was bought first, whose turn to
// ask comes first.
const Package* last_to_end(const Account& account, std::string_view pool) {
  const Package* last = nullptr;
  for (const PackageId id : account.open) {
    const Package& package = account.package(id);
    const bool lives = package.state == PackageState::scheduled || package.in_force();
    if (!lives || pool_name(package.terms.scope.destinations) != pool) continue;
    const bool later = last == nullptr || package.terms.expires_at > last->terms.expires_at;
    const bool before = last != nullptr && package.terms.expires_at == last->terms.expires_at &&
                        package.terms.id < last->terms.id;
    if (later || before) last = &package;
  }
  return last;
}

// When the end of the last package will ask for a renewal (R92).
void write_next(JsonWriter& json, const Account& account, const Renewal& renewal, Instant now) {
  if (!renewal.rule.enabled || !renewal.rule.pre_expiry) return;
  const Package* last = last_to_end(account, renewal.rule.pool);
  if (last == nullptr || last->asked_to_renew) return;
  const Instant lead_before = last->terms.expires_at - renewal.agreed.lead;
  const Instant at = std::max(lead_before, last->terms.effective_at);
  if (at <= now) return;
  json.key("next").begin_object().member("package", last->terms.name);
  write_instant(json, "at", at);
  json.end_object();
}

}  // namespace

std::string renewal_view(const Account& account, const Ledger& ledger) {
  ENSURE(account.renewal.has_value(), "serve looks first whether a renewal rule is set");
  const Renewal& renewal = *account.renewal;
  const Instant now = ledger.recorded_at();
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_renewal_rule(json, renewal.rule, renewal.agreed);
  json.key("price");
  if (const auto price = renewal_price(ledger, account)) {
    json.value(money_text(*price));
  } else {
    json.null();
  }
  json.member("currency", account.currency.text());
  write_money(json, "balance", account.balance);
  const Pool* pool = account.find_pool(renewal.rule.pool);
  json.member("total", pool == nullptr ? 0 : pool->remaining.value);
  json.member("state", renewal.pending ? "pending" : "idle");
  if (renewal.pending) write_pending(json, account, *renewal.pending);
  const bool today = account.renewal_day.is(start_of_day(account.settings->zone, now));
  json.member("renewed_today", today ? account.renewal_day.renewals : 0);
  write_next(json, account, renewal, now);
  json.member("position", ledger.last().value).end_object();
  return out;
}

// ---- contacts ----

std::string contacts_view(const Account& account, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name);
  write_contacts(json, *account.contacts);
  json.member("position", position.value).end_object();
  return out;
}

}  // namespace packledger
