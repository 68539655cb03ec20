#include "wire/entry_views.hpp"

#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/invoice_views.hpp"
#include "wire/price_book_view.hpp"
#include "wire/rule_members.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace packledger {

namespace {

// What a line is about, found out once.
struct Subject {
  const Entry& entry;
  const Names& names;
  AccountId account;  // 0: none
  Currency currency;
};

Subject subject_of(const Entry& entry, const Names& names) {
  const AccountId account = account_of(entry);
  const auto* opened = std::get_if<AccountOpened>(&entry.input.what);
  return {entry, names, account, opened != nullptr ? opened->currency : names.currency(account)};
}

void write_reason(JsonWriter& json, std::string_view reason) {
  if (!reason.empty()) json.member("reason", reason);
}

// Numbers beyond 2^53 are no business of JSON.
std::string hex_text(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[value >> shift & 0xfU];
  return text;
}

// The members of each input, in the words of the request that made it.
struct InputMembers {
  JsonWriter& json;
  const Subject& subject;

  void operator()(const AccountOpened& opened) const {
    json.member("account", opened.name).member("currency", opened.currency.text());
    write_patch(json, opened.settings);
  }
  void operator()(const AccountSettingsSet& set) const { write_patch(json, set.settings); }
  void operator()(const ServiceModeSet& set) const { write_modes(json, set.modes); }
  void operator()(const FundsCredited& funds) const { write_funds(funds.amount, funds.reason); }
  void operator()(const FundsAdjusted& funds) const { write_funds(funds.amount, funds.reason); }
  void operator()(const OrderPlaced& placed) const {
    json.member("order", placed.order).member("product", placed.product);
    if (placed.quota) json.member("quota", placed.quota->value);
    json.member("copies", placed.copies).member("pay", words::word(placed.pay));
    if (!placed.renews.empty()) json.member("renews", placed.renews);
  }
  void operator()(const OrderPaid& paid) const {
    json.member("order", paid.order).member("payment_reference", paid.payment_reference);
  }
  void operator()(const OrderCancelled& cancelled) const { json.member("order", cancelled.order); }
  void operator()(const PackageGranted& granted) const {
    json.member("package", granted.package).member("quota", granted.quota.value);
    write_destinations(json, granted.scope.destinations);
    write_templates(json, granted.scope.templates);
    json.member("mode", words::word(granted.mode)).member("priority", granted.priority);
    if (granted.effective_at) write_instant(json, "effective_at", *granted.effective_at);
    if (granted.expires_at) write_instant(json, "expires_at", *granted.expires_at);
    if (granted.validity) {
      json.member("validity", validity_text(*granted.validity));
      json.member("expiry", words::word(granted.expiry));
    }
    write_money(json, "price_paid", granted.price_paid);
    json.member("currency", subject.currency.text());
    write_reason(json, granted.reason);
  }
  void operator()(const PackageRefunded& refunded) const {
    json.member("package", refunded.package);
    write_reason(json, refunded.reason);
  }
  void operator()(const SendRecorded& send) const {
    json.member("send", send.send).member("units", send.units.value);
    if (send.occurred_at) write_instant(json, "occurred_at", *send.occurred_at);
    json.member("destination", send.destination.text());
    json.member("template", template_text(send.type)).member("billable", send.billable);
  }
  void operator()(const SendReversed& reversed) const {
    json.member("send", reversed.send).member("reversal", reversed.reversal);
    json.member("units", reversed.units.value);
  }
  void operator()(const HoldPlaced& hold) const {
    json.member("hold", hold.hold).member("units", hold.units.value);
    json.member("destination", hold.destination.text());
    json.member("template", template_text(hold.type));
    if (hold.ttl) write_duration(json, "ttl", *hold.ttl);
  }
  void operator()(const HoldCaptured& captured) const {
    json.member("hold", captured.hold).member("units", captured.units.value);
  }
  void operator()(const HoldReleased& released) const { json.member("hold", released.hold); }
  void operator()(const AlarmRuleSet& set) const {
    write_alarm_rule(json, set.rule, subject.currency);
  }
  void operator()(const AlarmRuleRemoved& removed) const { json.member("alarm", removed.alarm); }
  void operator()(const RenewalRuleSet& set) const {
    json.member("enabled", set.rule.enabled).member("pool", set.rule.pool).key("threshold");
    if (set.rule.threshold) {
      json.value(set.rule.threshold->value);
    } else {
      json.null();
    }
    json.member("pre_expiry", set.rule.pre_expiry).member("quantity", set.rule.quantity.value);
    if (!set.rule.product.empty()) json.member("product", set.rule.product);
    if (set.rule.per_day_max) json.member("max_per_day", *set.rule.per_day_max);
  }
  void operator()(const RenewalRuleRemoved&) const {}
  void operator()(const ContactsSet& set) const { write_contacts(json, set.contacts); }
  void operator()(const InvoiceRequested& requested) const {
    if (!requested.note.empty()) json.member("note", requested.note);
  }
  void operator()(const PriceBookPublished& published) const {
    json.key("price_book");
    write_price_book(json, published.book);
  }
  void operator()(const PackageActivated& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const PackageExpired& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const PackageClosed& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const GraceEnded& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const PackageReleased& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const OrderTimedOut& timer) const {
    json.member("order", timer.order);
    write_instant(json, "due", timer.due);
  }
  void operator()(const ExpiryReminderDue& timer) const {
    write_timer(timer.package, timer.due);
    write_duration(json, "before", timer.before);
  }
  void operator()(const PreExpiryRenewalDue& timer) const { write_timer(timer.package, timer.due); }
  void operator()(const RenewalRetryDue& timer) const { write_instant(json, "due", timer.due); }
  void operator()(const SuspensionDue& timer) const { write_instant(json, "due", timer.due); }
  void operator()(const HoldExpired& timer) const {
    json.member("hold", timer.hold);
    write_instant(json, "due", timer.due);
  }
  void operator()(const AlarmCooldownEnded& timer) const {
    json.member("alarm", timer.alarm);
    write_instant(json, "due", timer.due);
  }
  void operator()(const RunOutForecast& forecast) const {
    json.member("pool", forecast.pool);
    if (forecast.runs_out_at) write_instant(json, "runs_out_at", *forecast.runs_out_at);
    json.member("position", forecast.position.value);
  }
  void operator()(const AlarmRaised& raised) const {
    write_alarm(raised.alarm, raised.package, raised.at);
  }
  void operator()(const AlarmCleared& cleared) const {
    write_alarm(cleared.alarm, cleared.package, cleared.at);
  }
  void operator()(const PackageRenewed& renewed) const {
    json.member("trigger", words::word(renewed.trigger)).member("cause", renewed.cause.value);
    write_instant(json, "at", renewed.at);
  }
  void operator()(const RenewalFailed& failed) const { write_trigger(failed.trigger, failed.at); }
  void operator()(const RenewalCapped& capped) const { write_trigger(capped.trigger, capped.at); }
  void operator()(const AccountOverdue& overdue) const { write_instant(json, "at", overdue.at); }
  void operator()(const AccountSuspended& suspended) const {
    write_instant(json, "at", suspended.at);
  }
  void operator()(const AccountResumed& resumed) const { write_instant(json, "at", resumed.at); }
  void operator()(const BatchTaken& taken) const {
    json.member("producer", taken.producer).member("epoch", taken.epoch);
    json.member("number", taken.number).member("digest", hex_text(taken.digest));
    json.member("sends", taken.sends).member("entries", taken.entries);
    json.key("not_recorded").begin_array();
    for (const NotRecorded& send : taken.not_recorded) {
      json.begin_object().member("index", send.index).member("code", reject_text(send.why));
      if (send.field) json.member("field", member_text(*send.field));
      if (send.first != Sequence{}) json.member("first_position", send.first.value);
      json.end_object();
    }
    json.end_array();
  }

 private:
  void write_alarm(std::string_view alarm, PackageId package, Instant at) const {
    json.member("alarm", alarm);
    if (package != PackageId{})
      json.member("package", subject.names.package(subject.account, package));
    write_instant(json, "at", at);
  }
  void write_trigger(RenewalTrigger trigger, Instant at) const {
    json.member("trigger", words::word(trigger));
    write_instant(json, "at", at);
  }
  void write_funds(Money amount, std::string_view reason) const {
    write_money(json, "amount", amount);
    json.member("currency", subject.currency.text());
    write_reason(json, reason);
  }
  void write_timer(PackageId package, Instant due) const {
    json.member("package", subject.names.package(subject.account, package));
    write_instant(json, "due", due);
  }
};

// The members of each decision.
struct DecisionMembers {
  JsonWriter& json;
  const Subject& subject;

  void operator()(const Done&) const {}
  void operator()(const AccountDecision& decided) const {
    write_settings_with_zone(json, decided.settings);
  }
  void operator()(const SettingsDecision& decided) const {
    write_settings_with_zone(json, decided.settings);
  }
  void operator()(const FundsDecision& decided) const {
    write_balance(decided.balance_after);
    if (decided.renewal_needs) write_money(json, "renewal_needs", *decided.renewal_needs);
  }
  void operator()(const OrderDecision& decided) const {
    write_money(json, "price", decided.price);
    write_balance(decided.balance_after);
    if (decided.times_out_at) write_instant(json, "times_out_at", *decided.times_out_at);
    json.key("packages").begin_array();
    for (const PackageTerms& terms : decided.packages) write_terms(terms);
    json.end_array();
    json.member("validity", validity_text(decided.validity));
    json.member("expiry", words::word(decided.expiry));
    write_duration(json, "activation_delay", decided.activation_delay);
  }
  void operator()(const PaidDecision& decided) const {
    write_instant(json, "effective_at", decided.effective_at);
    write_instant(json, "expires_at", decided.expires_at);
  }
  void operator()(const GrantDecision& decided) const {
    json.key("package");
    write_terms(decided.package);
  }
  void operator()(const RefundDecision& decided) const {
    json.member("package", subject.names.package(subject.account, decided.package));
    json.member("units", decided.units.value);
    write_money(json, "amount", decided.amount);
    write_balance(decided.balance_after);
  }
  void operator()(const SendDecision& decided) const {
    write_lines(json, decided.lines, subject.names, subject.account);
    write_charges(json, decided.charges, subject.currency);
    if (decided.counter) write_counter(*decided.counter);
  }
  void operator()(const ReversalDecision& decided) const {
    write_reversal_lines(json, decided.lines, subject.names, subject.account);
    write_charges(json, decided.charges, subject.currency);
    json.member("counter_units", decided.counter_units.value);
    if (decided.send.value != 0) json.member("send_position", decided.send.value);
  }
  void operator()(const ExpiryDecision& decided) const {
    json.member("forfeited", decided.forfeited.value);
    write_instant(json, "closes_at", decided.closes_at);
  }
  void operator()(const HoldDecision& decided) const {
    write_lines(json, decided.lines, subject.names, subject.account);
    write_instant(json, "expires_at", decided.expires_at);
  }
  void operator()(const HoldEndDecision& decided) const {
    if (!decided.taken.empty()) write_lines(json, decided.taken, subject.names, subject.account);
    write_given_back(json, decided.back, subject.names, subject.account);
    if (decided.counter) write_counter(*decided.counter);
  }
  void operator()(const AlarmRuleDecision& decided) const {
    json.member("fires_after_every_purchase", decided.fires_after_every_purchase);
  }
  void operator()(const RenewalRuleDecision& decided) const {
    json.member("product", decided.agreed.product);
    json.member("max_per_day", decided.agreed.per_day_max);
    write_duration(json, "lead", decided.agreed.lead);
    write_minute_of_day(json, "retry_at", decided.agreed.retry_at_minute);
    json.member("fires_after_every_purchase", decided.fires_after_every_purchase);
  }
  void operator()(const InvoiceDecision& decided) const {
    json.member("invoice", decided.number).member("currency", subject.currency.text());
    write_invoice_lines(json, decided.lines);
    write_money(json, "total", decided.total);
    json.member("printed_total", printed_text(decided.printed)).member("more", decided.more);
  }
  void operator()(const AlarmDecision& decided) const {
    json.member("firing", decided.firing).member("remaining", decided.remaining.value);
    json.member("quota", decided.quota.value);
    write_balance(decided.balance);
    if (decided.runs_out_at) write_instant(json, "runs_out_at", *decided.runs_out_at);
    write_told(json, decided.told);
  }
  void operator()(const ReminderDecision& decided) const {
    json.member("skipped", decided.skipped).member("remaining", decided.remaining.value);
    write_told(json, decided.told);
  }
  void operator()(const PreExpiryDecision& decided) const {
    if (decided.skipped) json.member("skipped", words::word(*decided.skipped));
  }
  void operator()(const RetryDecision& decided) const {
    if (decided.refused) json.member("refused", reject_text(*decided.refused));
    write_money(json, "needed", decided.needed);
    write_balance(decided.balance);
    write_instant(json, "next_at", decided.next_at);
  }
  void operator()(const RenewalDecision& decided) const {
    json.key("package");
    write_terms(decided.package);
    write_money(json, "price", decided.price);
    write_balance(decided.balance_after);
    write_told(json, decided.told);
  }
  void operator()(const RenewalFailure& decided) const {
    json.member("reason", reject_text(decided.reason));
    write_money(json, "needed", decided.needed);
    write_balance(decided.balance);
    write_instant(json, "retry_at", decided.retry_at);
    write_told(json, decided.told);
  }
  void operator()(const CapDecision& decided) const {
    json.member("max_per_day", decided.per_day_max);
    write_told(json, decided.told);
  }
  void operator()(const StandingDecision& decided) const {
    write_balance(decided.balance);
    if (decided.suspends_at) write_instant(json, "suspends_at", *decided.suspends_at);
    write_told(json, decided.told);
  }

 private:
  void write_balance(Money balance) const {
    write_money(json, "balance", balance);
    json.member("currency", subject.currency.text());
  }
  void write_terms(const PackageTerms& terms) const {
    json.begin_object();
    write_package_head(json, terms);
    write_package_times(json, terms);
    write_package_terms(json, terms, subject.currency);
    json.member("refund", words::word(terms.refund)).end_object();
  }
  // The group follows from the send that moves it, or from the hold that is captured: that stands
  // in an entry of its own.
  void write_counter(const CounterMove& move) const {
    const auto* send = std::get_if<SendRecorded>(&subject.entry.input.what);
    json.key("counter").begin_object();
    if (send != nullptr)
      json.member("group", group_text(rating_group(send->destination, send->type)));
    json.member("month", month_text(move.month)).member("units", move.units.value);
    if (move.volume_price) {
      json.member("volume_price", money_text(*move.volume_price));
      write_money(json, "adjustment", move.adjustment);
      json.member("currency", subject.currency.text());
    }
    json.end_object();
  }
};

void write_asked_and_decided(JsonWriter& json, const Subject& subject) {
  json.key("input").begin_object();
  std::visit(InputMembers{json, subject}, subject.entry.input.what);
  json.end_object().key("decision").begin_object();
  std::visit(DecisionMembers{json, subject}, subject.entry.decision);
  json.end_object();
}

// What told the renewal apart from all others (R96).
std::string renewal_key(const Subject& subject, const PackageRenewed& renewed) {
  const auto* decided = std::get_if<RenewalDecision>(&subject.entry.decision);
  ENSURE(decided != nullptr, "a renewal has the decision of its kind");
  return "renew/" + std::string(subject.names.account(subject.account)) + "/" +
         pool_name(decided->package.scope.destinations) + "/" + std::to_string(renewed.cause.value);
}

void write_key(JsonWriter& json, const Subject& subject) {
  const Input& input = subject.entry.input;
  if (const auto* renewed = std::get_if<PackageRenewed>(&input.what)) {
    json.member("key", renewal_key(subject, *renewed));
  } else if (!input.key.empty()) {
    json.member("key", input.key);
  }
}

void write_line_members(JsonWriter& json, const Entry& entry, const Names& names) {
  const Subject subject = subject_of(entry, names);
  json.member("position", entry.sequence.value);
  write_instant(json, "recorded_at", entry.recorded_at);
  write_instant(json, "occurred_at", occurred_at(entry));
  json.member("kind", kind_text(entry.input.what));
  const auto* opened = std::get_if<AccountOpened>(&entry.input.what);
  if (opened != nullptr) {
    json.member("account", opened->name);
  } else if (subject.account != AccountId{}) {
    json.member("account", names.account(subject.account));
  } else {
    json.key("account").null();
  }
  write_key(json, subject);
  write_asked_and_decided(json, subject);
  if (entry.caused_by != Sequence{}) json.member("caused_by", entry.caused_by.value);
}

}  // namespace

void write_journal_line(JsonWriter& json, const Entry& entry, const Names& names) {
  json.begin_object();
  write_line_members(json, entry, names);
  json.end_object();
}

void write_input_and_decision(JsonWriter& json, const Entry& entry, const Names& names) {
  write_asked_and_decided(json, subject_of(entry, names));
}

void append_journal_line(std::string& out, const Entry& entry, const Names& names) {
  JsonWriter json{out};
  write_journal_line(json, entry, names);
}

std::string journal_line(const Entry& entry, const Names& names) {
  std::string out;
  append_journal_line(out, entry, names);
  return out;
}

std::string entry_message(const Entry& entry, const Names& names) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("type", "entry");
  write_line_members(json, entry, names);
  json.end_object();
  return out;
}

void write_consequences(JsonWriter& json, std::span<const Entry> entries, const Names& names) {
  const auto is_consequence = [](const Entry& entry) { return entry.caused_by != Sequence{}; };
  if (std::ranges::none_of(entries, is_consequence)) return;
  json.key("consequences").begin_array();
  for (const Entry& entry : entries) {
    if (is_consequence(entry)) write_journal_line(json, entry, names);
  }
  json.end_array();
}

}  // namespace packledger
