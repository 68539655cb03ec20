#include "wire/entry_views.hpp"

#include "packledger/ledger/result.hpp"
#include "wire/price_book_view.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

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

 private:
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
  void operator()(const FundsDecision& decided) const { write_balance(decided.balance_after); }
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
  }
  void operator()(const ExpiryDecision& decided) const {
    json.member("forfeited", decided.forfeited.value);
    write_instant(json, "closes_at", decided.closes_at);
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
  // The group follows from the send that moves it.
  void write_counter(const CounterMove& move) const {
    const auto* send = std::get_if<SendRecorded>(&subject.entry.input.what);
    ENSURE(send != nullptr, "only a send moves a counter by a decision of its own");
    json.key("counter").begin_object();
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
  if (!entry.input.key.empty()) json.member("key", entry.input.key);
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

}  // namespace packledger
