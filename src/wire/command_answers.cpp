#include "wire/command_answers.hpp"

#include "packledger/ledger/hold.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/entry_views.hpp"
#include "wire/invoice_views.hpp"
#include "wire/json_writer.hpp"
#include "wire/new_names.hpp"
#include "wire/rule_members.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace packledger {

namespace {

// What an answer is made of: the entry and its account's currency.
struct Telling {
  const Entry& entry;
  const Names& names;
  Currency currency;

  template <class Decided> [[nodiscard]] const Decided& decided() const {
    const auto* decision = std::get_if<Decided>(&entry.decision);
    ENSURE(decision != nullptr, "an entry holds the decision of its own kind");
    return *decision;
  }
};

Telling telling_of(const Entry& entry, const Names& names) {
  const auto* opened = std::get_if<AccountOpened>(&entry.input.what);
  const Currency currency =
      opened != nullptr ? opened->currency : names.currency(account_of(entry));
  return {entry, names, currency};
}

// The members between account and position, of each kind of entry that answers a command.
struct AnswerMembers {
  JsonWriter& json;
  const Telling& telling;

  void operator()(const AccountOpened&) const {
    json.member("balance", "0").member("currency", telling.currency.text());
    json.member("status", "active");
    write_instant(json, "opened_at", telling.entry.recorded_at);
    json.key("pools").begin_array().end_array();
    write_settings_with_zone(json, telling.decided<AccountDecision>().settings);
  }
  void operator()(const AccountSettingsSet&) const {
    write_settings_with_zone(json, telling.decided<SettingsDecision>().settings);
  }
  void operator()(const ServiceModeSet& set) const { write_modes(json, set.modes); }
  void operator()(const FundsCredited& funds) const { write_funds(funds.amount, funds.reason); }
  void operator()(const FundsAdjusted& funds) const { write_funds(funds.amount, funds.reason); }
  void operator()(const OrderPlaced& placed) const {
    const auto& decided = telling.decided<OrderDecision>();
    const bool paid = placed.pay == Payment::balance;
    json.member("order", placed.order).member("product", placed.product);
    if (!decided.packages.empty()) json.member("quota", decided.packages.front().quota.value);
    json.member("copies", placed.copies).member("pay", words::word(placed.pay));
    if (!placed.renews.empty()) json.member("renews", placed.renews);
    json.member("status", state_text(paid ? OrderState::paid : OrderState::pending_payment));
    write_money(json, "price", decided.price);
    write_balance(decided.balance_after);
    if (decided.times_out_at) write_instant(json, "times_out_at", *decided.times_out_at);
    json.key("packages").begin_array();
    for (const PackageTerms& terms : decided.packages) {
      json.begin_object();
      write_new_package(terms, paid);
      json.end_object();
    }
    json.end_array();
  }
  void operator()(const OrderPaid& paid) const {
    const auto& decided = telling.decided<PaidDecision>();
    json.member("order", paid.order).member("status", state_text(OrderState::paid));
    json.member("payment_reference", paid.payment_reference);
    write_instant(json, "effective_at", decided.effective_at);
    write_instant(json, "expires_at", decided.expires_at);
  }
  void operator()(const OrderCancelled& cancelled) const {
    json.member("order", cancelled.order).member("status", state_text(OrderState::cancelled));
  }
  void operator()(const PackageGranted& granted) const {
    write_new_package(telling.decided<GrantDecision>().package, true);
    if (!granted.reason.empty()) json.member("reason", granted.reason);
  }
  void operator()(const PackageRefunded& refunded) const {
    const auto& decided = telling.decided<RefundDecision>();
    json.member("package", refunded.package).member("units", decided.units.value);
    write_money(json, "amount", decided.amount);
    write_balance(decided.balance_after);
    if (!refunded.reason.empty()) json.member("reason", refunded.reason);
  }
  void operator()(const SendReversed& reversed) const {
    const auto& decided = telling.decided<ReversalDecision>();
    json.member("send", reversed.send).member("reversal", reversed.reversal);
    json.member("units", reversed.units.value);
    write_reversal_lines(json, decided.lines, telling.names, telling.entry.input.account);
    write_charges(json, decided.charges, telling.currency);
  }
  void operator()(const PriceBookPublished& published) const {
    const PriceBook& book = published.book;
    json.member("version", book.version);
    write_instant(json, "effective_from", book.effective_from);
    json.member("currency", book.currency.text()).member("products", book.products.size());
    json.member("payg", book.tariffs.size());
  }
  void operator()(const HoldPlaced& placed) const {
    const auto& decided = telling.decided<HoldDecision>();
    json.member("hold", placed.hold).member("units", placed.units.value);
    json.member("destination", placed.destination.text());
    json.member("template", template_text(placed.type));
    json.member("state", state_text(HoldState::held));
    write_lines(json, decided.lines, telling.names, telling.entry.input.account);
    write_instant(json, "placed_at", telling.entry.recorded_at);
    write_instant(json, "expires_at", decided.expires_at);
  }
  void operator()(const HoldCaptured& captured) const {
    const auto& decided = telling.decided<HoldEndDecision>();
    json.member("hold", captured.hold).member("state", state_text(HoldState::captured));
    json.member("captured", captured.units.value);
    write_lines(json, decided.taken, telling.names, telling.entry.input.account);
    write_back(decided.back);
  }
  void operator()(const HoldReleased& released) const {
    json.member("hold", released.hold).member("state", state_text(HoldState::released));
    write_back(telling.decided<HoldEndDecision>().back);
  }
  void operator()(const AlarmRuleSet& set) const {
    write_alarm_rule(json, set.rule, telling.currency);
    json.key("warnings").begin_array();
    if (telling.decided<AlarmRuleDecision>().fires_after_every_purchase) {
      write_warning(warning_fires_after_every_purchase,
                    "a new package of the usual size does not end the alarm: it is told again "
                    "after every purchase");
    }
    if (never_fires(set.rule)) {
      write_warning(warning_never_fires,
                    "there are never fewer than 0 units: at_or_below fires "
                    "when all are used");
    }
    json.end_array();
  }
  void operator()(const AlarmRuleRemoved& removed) const {
    json.member("alarm", removed.alarm).member("removed", true);
  }
  void operator()(const RenewalRuleSet& set) const {
    const auto& decided = telling.decided<RenewalRuleDecision>();
    write_renewal_rule(json, set.rule, decided.agreed);
    json.key("warnings").begin_array();
    if (decided.fires_after_every_purchase) {
      write_warning(warning_fires_after_every_purchase,
                    "the quantity is not above the threshold: a renewal alone does not end the "
                    "need of the next");
    }
    if (set.rule.enabled && !set.rule.threshold && !set.rule.pre_expiry) {
      write_warning(warning_never_renews, "neither a threshold nor pre_expiry is set");
    }
    json.end_array();
  }
  void operator()(const RenewalRuleRemoved&) const { json.member("removed", true); }
  void operator()(const ContactsSet& set) const { write_contacts(json, set.contacts); }
  void operator()(const InvoiceRequested&) const {
    write_invoice(json, telling.entry, telling.currency);
  }
  // Sends have answers of their own, timers answer nobody, and what an entry causes is told with
  // it.
  void operator()(const SendRecorded&) const { refuse(); }
  void operator()(const PackageActivated&) const { refuse(); }
  void operator()(const PackageExpired&) const { refuse(); }
  void operator()(const PackageClosed&) const { refuse(); }
  void operator()(const GraceEnded&) const { refuse(); }
  void operator()(const PackageReleased&) const { refuse(); }
  void operator()(const OrderTimedOut&) const { refuse(); }
  void operator()(const ExpiryReminderDue&) const { refuse(); }
  void operator()(const PreExpiryRenewalDue&) const { refuse(); }
  void operator()(const RenewalRetryDue&) const { refuse(); }
  void operator()(const SuspensionDue&) const { refuse(); }
  void operator()(const HoldExpired&) const { refuse(); }
  void operator()(const AlarmCooldownEnded&) const { refuse(); }
  void operator()(const AlarmRaised&) const { refuse(); }
  void operator()(const AlarmCleared&) const { refuse(); }
  void operator()(const PackageRenewed&) const { refuse(); }
  void operator()(const RenewalFailed&) const { refuse(); }
  void operator()(const RenewalCapped&) const { refuse(); }
  void operator()(const AccountOverdue&) const { refuse(); }
  void operator()(const AccountSuspended&) const { refuse(); }
  void operator()(const AccountResumed&) const { refuse(); }
  void operator()(const BatchTaken&) const { refuse(); }
  void operator()(const RunOutForecast&) const { refuse(); }

 private:
  static void refuse() { ENSURE(false, "only commands are answered by an entry"); }

  // Fewer than nothing is asked for, and no single package has a threshold of its own.
  static bool never_fires(const AlarmRule& rule) {
    return rule.when == AlarmWhen::below && rule.threshold.units == Units{0} &&
           rule.threshold.per_package.empty();
  }
  void write_warning(std::string_view code, std::string_view detail) const {
    json.begin_object().member("code", code).member("detail", detail).end_object();
  }
  void write_back(std::span<const ReversalLine> back) const {
    write_given_back(json, back, telling.names, telling.entry.input.account);
  }

  void write_balance(Money balance) const {
    write_money(json, "balance", balance);
    json.member("currency", telling.currency.text());
  }
  void write_funds(Money amount, std::string_view reason) const {
    write_money(json, "amount", amount);
    write_balance(telling.decided<FundsDecision>().balance_after);
    if (!reason.empty()) json.member("reason", reason);
  }
  // A package as it is right behind the entry that made it: nothing used, nothing lost.
  void write_new_package(const PackageTerms& terms, bool paid) const {
    write_package_head(json, terms);
    json.member("remaining", paid ? terms.quota.value : 0).member("held", 0);
    json.member("used", 0).member("forfeited", 0).member("refunded", 0);
    write_package_times(json, terms);
    const bool now = terms.effective_at <= telling.entry.recorded_at;
    const PackageState state = !paid ? PackageState::pending_payment
                               : now ? PackageState::active
                                     : PackageState::scheduled;
    json.member("state", state_text(state));
    write_package_terms(json, terms, telling.currency);
  }
};

void write_account(JsonWriter& json, const Telling& telling) {
  const What& what = telling.entry.input.what;
  if (std::holds_alternative<PriceBookPublished>(what)) return;
  const auto* opened = std::get_if<AccountOpened>(&what);
  json.member("account", opened != nullptr ? std::string_view{opened->name}
                                           : telling.names.account(telling.entry.input.account));
}

void write_members(JsonWriter& json, const Telling& telling) {
  std::visit(AnswerMembers{json, telling}, telling.entry.input.what);
}

void write_stand(JsonWriter& json, Sequence position, Instant recorded_at) {
  json.member("position", position.value);
  write_instant(json, "recorded_at", recorded_at);
}

// The first of the entries answers, and the modes of a PATCH of settings and modes; what follows
// either are consequences.
std::vector<const Entry*> answering(std::span<const Entry> entries) {
  ENSURE(!entries.empty(), "an answer has an entry");
  std::vector<const Entry*> found{&entries.front()};
  if (!std::holds_alternative<AccountSettingsSet>(entries.front().input.what)) return found;
  for (const Entry& entry : entries.subspan(1)) {
    if (std::holds_alternative<ServiceModeSet>(entry.input.what)) found.push_back(&entry);
  }
  return found;
}

void write_answer(JsonWriter& json, std::span<const Entry* const> answering, const Names& names) {
  write_account(json, telling_of(*answering.front(), names));
  for (const Entry* entry : answering) write_members(json, telling_of(*entry, names));
}

}  // namespace

std::string command_answer(std::span<const Entry> entries, const Names& names) {
  const std::vector<const Entry*> telling = answering(entries);
  const NewNames all_names{names, entries};
  std::string out;
  JsonWriter json{out};
  json.begin_object();
  write_answer(json, telling, all_names);
  write_stand(json, telling.back()->sequence, telling.back()->recorded_at);
  write_consequences(json, entries, all_names);
  json.end_object();
  return out;
}

std::string dry_run_answer(std::span<const Entry> entries, const Names& names) {
  const NewNames all_names{names, entries};
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("dry_run", true);
  write_answer(json, answering(entries), all_names);
  const Sequence first = entries.front().sequence;
  write_stand(json, Sequence{first.value == 0 ? 0 : first.value - 1}, entries.front().recorded_at);
  json.key("entries").begin_array();
  for (const Entry& entry : entries) write_journal_line(json, entry, all_names);
  json.end_array().end_object();
  return out;
}

}  // namespace packledger
