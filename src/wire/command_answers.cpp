#include "wire/command_answers.hpp"

#include "packledger/ledger/result.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"
#include "wire/value_views.hpp"
#include "wire/words.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <variant>

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
  // Sends have answers of their own, timers answer nobody.
  void operator()(const SendRecorded&) const { refuse(); }
  void operator()(const PackageActivated&) const { refuse(); }
  void operator()(const PackageExpired&) const { refuse(); }
  void operator()(const PackageClosed&) const { refuse(); }
  void operator()(const GraceEnded&) const { refuse(); }
  void operator()(const PackageReleased&) const { refuse(); }
  void operator()(const OrderTimedOut&) const { refuse(); }

 private:
  static void refuse() { ENSURE(false, "only commands are answered by an entry"); }

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

// The names that are known, and those that these entries would bring in.
class NamesWith final : public Names {
 public:
  NamesWith(const Names& known, std::span<const Entry> entries) : known_(known) {
    for (const Entry& entry : entries) learn(entry);
  }
  std::string_view account(AccountId account) const override {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? known_.account(account) : found->second.name;
  }
  Currency currency(AccountId account) const override {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? known_.currency(account) : found->second.currency;
  }
  std::string_view package(AccountId account, PackageId package) const override {
    const auto found = packages_.find({account, package});
    return found == packages_.end() ? known_.package(account, package) : found->second;
  }

 private:
  struct NewAccount {
    std::string_view name;
    Currency currency;
  };

  void learn(const Entry& entry) {
    const AccountId account = account_of(entry);
    if (const auto* opened = std::get_if<AccountOpened>(&entry.input.what)) {
      accounts_[account] = {opened->name, opened->currency};
    }
    if (const auto* order = std::get_if<OrderDecision>(&entry.decision)) {
      for (const PackageTerms& terms : order->packages) packages_[{account, terms.id}] = terms.name;
    }
    if (const auto* grant = std::get_if<GrantDecision>(&entry.decision)) {
      packages_[{account, grant->package.id}] = grant->package.name;
    }
  }

  const Names& known_;
  std::map<AccountId, NewAccount> accounts_;
  std::map<std::pair<AccountId, PackageId>, std::string_view> packages_;
};

// Of a PATCH both of its entries speak; otherwise the first alone, what follows are consequences.
bool both_answer(std::span<const Entry> entries) {
  return entries.size() > 1 && std::holds_alternative<AccountSettingsSet>(entries[0].input.what) &&
         std::holds_alternative<ServiceModeSet>(entries[1].input.what);
}

}  // namespace

std::string command_answer(const Entry& entry, const Names& names) {
  return patch_answer({&entry, 1}, names);
}

std::string patch_answer(std::span<const Entry> entries, const Names& names) {
  ENSURE(!entries.empty(), "an answer has an entry");
  std::string out;
  JsonWriter json{out};
  json.begin_object();
  write_account(json, telling_of(entries.front(), names));
  for (const Entry& entry : entries) write_members(json, telling_of(entry, names));
  write_stand(json, entries.back().sequence, entries.back().recorded_at);
  json.end_object();
  return out;
}

std::string dry_run_answer(std::span<const Entry> entries, const Names& names) {
  ENSURE(!entries.empty(), "an answer has an entry");
  const NamesWith all_names{names, entries};
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("dry_run", true);
  write_account(json, telling_of(entries.front(), all_names));
  write_members(json, telling_of(entries.front(), all_names));
  if (both_answer(entries)) write_members(json, telling_of(entries[1], all_names));
  const Sequence first = entries.front().sequence;
  write_stand(json, Sequence{first.value == 0 ? 0 : first.value - 1}, entries.front().recorded_at);
  json.key("entries").begin_array();
  for (const Entry& entry : entries) write_journal_line(json, entry, all_names);
  json.end_array().end_object();
  return out;
}

}  // namespace packledger
