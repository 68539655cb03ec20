// What the law says, in the words of the model.
#include "tests/ledger/both.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace packledger {
namespace {

std::string number(std::int64_t n) { return std::to_string(n); }
std::string number(std::uint64_t n) { return std::to_string(n); }
std::string number(Units units) { return std::to_string(units.value); }
std::string number(Instant t) { return std::to_string(t.ms); }

std::string trigger_text(RenewalTrigger trigger) {
  return trigger == RenewalTrigger::threshold ? "threshold" : "pre_expiry";
}

std::string told_text(const std::vector<Told>& told) {
  std::string text = " told";
  for (const Told& one : told) {
    text += " " + one.contact + "(";
    for (int channel = 1; channel <= 5; ++channel)
      if (one.channels.holds(static_cast<Channel>(channel))) text += std::to_string(channel);
    text += ")";
  }
  return text;
}

// Pieces of an answer, with "+" between them.
struct Pieces {
  std::string text;

  void add(const ChargeLine& line) {
    add("P");
    text += number(line.units);
    text += '@';
    text += money_text(line.unit_price);
  }
  void add(std::string_view piece) {
    if (!text.empty()) text += '+';
    text += piece;
  }
};

// The answer to a command.
struct Answer {
  const Account& account;

  void add(Pieces& pieces, PackageId package, Units units) const {
    pieces.add(account.package(package).terms.name);
    pieces.text += ':';
    pieces.text += number(units);
  }
  void add(Pieces& pieces, std::span<const PackageLine> all) const {
    for (const PackageLine& one : all) add(pieces, one.package, one.units);
  }
  void add(Pieces& pieces, std::span<const ReversalLine> all) const {
    for (const ReversalLine& one : all) {
      add(pieces, one.package, one.units);
      if (!one.restored) pieces.text += "(forfeited)";
    }
  }
  std::string lines(const auto& all) const {
    Pieces pieces;
    add(pieces, all);
    return std::move(pieces.text);
  }
  static std::string adjusted(const std::optional<CounterMove>& counter) {
    if (!counter || counter->adjustment == Money{}) return {};
    return " adjusted " + money_text(counter->adjustment);
  }

  std::string operator()(const SendDecision& decision) const {
    Pieces pieces;
    add(pieces, decision.lines);
    for (const ChargeLine& one : decision.charges) pieces.add(one);
    if (pieces.text.empty()) pieces.text = "nothing";
    return std::move(pieces.text) + adjusted(decision.counter);
  }
  std::string operator()(const ReversalDecision& decision) const {
    Pieces pieces;
    for (const ChargeLine& one : decision.charges) pieces.add(one);
    add(pieces, decision.lines);
    return std::move(pieces.text);
  }
  std::string operator()(const OrderDecision& decision) const {
    return "price " + money_text(decision.price);
  }
  std::string operator()(const RefundDecision& decision) const {
    return "refund " + money_text(decision.amount);
  }
  std::string operator()(const FundsDecision& decision) const {
    return decision.renewal_needs ? "done needs " + money_text(*decision.renewal_needs) : "done";
  }
  std::string operator()(const HoldDecision& decision) const {
    return lines(decision.lines) + " until " + number(decision.expires_at);
  }
  std::string operator()(const HoldEndDecision& decision) const {
    return "took " + lines(decision.taken) + " back " + lines(decision.back) +
           adjusted(decision.counter);
  }
  std::string operator()(const AlarmRuleDecision& decision) const {
    return decision.fires_after_every_purchase ? "done warned" : "done";
  }
  std::string operator()(const RenewalRuleDecision& decision) const {
    const RenewalAgreed& agreed = decision.agreed;
    return "agreed " + agreed.product + " " + number(agreed.lead.ms) + " " +
           std::to_string(agreed.per_day_max) + " " + std::to_string(agreed.retry_at_minute) +
           (decision.fires_after_every_purchase ? " warned" : "");
  }
  std::string operator()(const InvoiceDecision& decision) const {
    std::string text = "invoice " + number(decision.number);
    for (const InvoiceLine& one : decision.lines) {
      text += " [" + std::string(invoice_line_text(one.kind)) + " " + one.name + " " + one.product +
              " " + number(one.units) + " " + money_text(one.amount) + " " + number(one.at) + "]";
    }
    return text + " total " + money_text(decision.total) + " printed " +
           money_text(decision.printed) + (decision.more ? " more" : "");
  }
  template <class Other> std::string operator()(const Other&) const { return "done"; }
};

// The line of an entry that is no command.
struct Line {
  const Entry& entry;
  const Account& account;

  template <class D> const D& decided() const { return std::get<D>(entry.decision); }
  std::string name(PackageId id) const { return account.package(id).terms.name; }
  static std::string at(Instant t) { return " at " + number(t); }
  std::string by() const { return " by " + number(entry.caused_by.value); }

  std::string operator()(const PackageExpired& due) const {
    return "expired " + number(decided<ExpiryDecision>().forfeited) + " of " + name(due.package) +
           at(due.due);
  }
  std::string operator()(const PackageActivated& due) const {
    return "started " + name(due.package) + at(due.due);
  }
  std::string operator()(const PackageClosed& due) const {
    return "closed " + name(due.package) + at(due.due);
  }
  std::string operator()(const GraceEnded& due) const {
    return "grace ended " + name(due.package) + at(due.due);
  }
  std::string operator()(const PackageReleased& due) const {
    return "released " + name(due.package) + at(due.due);
  }
  std::string operator()(const OrderTimedOut& due) const {
    return "timed out " + due.order + at(due.due);
  }
  std::string operator()(const ExpiryReminderDue& due) const {
    const auto& decision = decided<ReminderDecision>();
    return "reminder " + number(due.before.ms) + " before, left " + number(decision.remaining) +
           (decision.skipped ? " skipped " : " ") + name(due.package) + at(due.due) +
           (decision.skipped ? "" : told_text(decision.told));
  }
  std::string operator()(const PreExpiryRenewalDue& due) const {
    const auto& skipped = decided<PreExpiryDecision>().skipped;
    const std::string verdict = !skipped                            ? "asks "
                                : *skipped == RenewalSkip::not_last ? "not last "
                                                                    : "outstanding ";
    return verdict + name(due.package) + at(due.due);
  }
  std::string operator()(const RenewalRetryDue& due) const {
    const auto& decision = decided<RetryDecision>();
    return "retry " +
           (decision.refused ? std::string(reject_text(*decision.refused)) : std::string()) +
           " needs " + money_text(decision.needed) + " has " + money_text(decision.balance) +
           " next " + number(decision.next_at) + at(due.due);
  }
  std::string operator()(const SuspensionDue& due) const { return "suspension" + at(due.due); }
  std::string operator()(const HoldExpired& due) const {
    return "hold " + due.hold + " over " + Answer{account}(decided<HoldEndDecision>()) +
           at(due.due);
  }
  std::string operator()(const AlarmCooldownEnded& due) const {
    return "cooldown " + due.alarm + at(due.due);
  }

  std::string alarm(const std::string& what, const std::string& alarm_name, PackageId package,
                    Instant when) const {
    const auto& decision = decided<AlarmDecision>();
    const Alarm* const alarm = account.find_alarm(alarm_name);
    std::string text = what + alarm_name;
    if (package != PackageId{}) text += "/" + name(package);
    text += " #" + number(decision.firing);
    if (alarm != nullptr && alarm->rule.kind == AlarmKind::balance) {
      text += " has " + money_text(decision.balance);
    } else {
      text += " left " + number(decision.remaining) + " of " + number(decision.quota);
    }
    if (alarm != nullptr && alarm->rule.kind == AlarmKind::runs_out_within)
      text += decision.runs_out_at ? " until " + number(*decision.runs_out_at) : " for ever";
    return text + at(when) + told_text(decision.told) + by();
  }
  std::string operator()(const AlarmRaised& it) const {
    return alarm("raised ", it.alarm, it.package, it.at);
  }
  std::string operator()(const AlarmCleared& it) const {
    return alarm("cleared ", it.alarm, it.package, it.at);
  }
  std::string operator()(const PackageRenewed& it) const {
    const auto& decision = decided<RenewalDecision>();
    const PackageTerms& terms = decision.package;
    return "renewed " + terms.name + " " + trigger_text(it.trigger) + " of " + terms.product +
           " quota " + number(terms.quota) + " price " + money_text(decision.price) + " leaves " +
           money_text(decision.balance_after) + " until " + number(terms.expires_at) +
           at(terms.effective_at) + told_text(decision.told) + by();
  }
  std::string operator()(const RenewalFailed& it) const {
    const auto& decision = decided<RenewalFailure>();
    return "failed " + trigger_text(it.trigger) + " " + std::string(reject_text(decision.reason)) +
           " needs " + money_text(decision.needed) + " has " + money_text(decision.balance) +
           " retry " + number(decision.retry_at) + at(it.at) + told_text(decision.told) + by();
  }
  std::string operator()(const RenewalCapped& it) const {
    const auto& decision = decided<CapDecision>();
    return "capped " + trigger_text(it.trigger) + " " + std::to_string(decision.per_day_max) +
           at(it.at) + told_text(decision.told) + by();
  }
  std::string standing(const std::string& what, Instant when) const {
    const auto& decision = decided<StandingDecision>();
    return what + money_text(decision.balance) +
           (decision.suspends_at ? " until " + number(*decision.suspends_at) : "") + at(when) +
           told_text(decision.told) + by();
  }
  std::string operator()(const AccountOverdue& it) const { return standing("overdue ", it.at); }
  std::string operator()(const AccountSuspended& it) const { return standing("suspended ", it.at); }
  std::string operator()(const AccountResumed& it) const { return standing("resumed ", it.at); }
  template <class Command> std::string operator()(const Command&) const { return "ask"; }
};

model::State state_of(PackageState state) {
  switch (state) {
    case PackageState::pending_payment: return model::State::pending_payment;
    case PackageState::scheduled: return model::State::scheduled;
    case PackageState::active: return model::State::active;
    case PackageState::used_up: return model::State::used_up;
    case PackageState::expired_grace: return model::State::expired_grace;
    case PackageState::expired_retention: return model::State::expired_retention;
    case PackageState::released: return model::State::released;
    case PackageState::cancelled: return model::State::cancelled;
    case PackageState::refunded: return model::State::refunded;
  }
  ENSURE(false, "every state has its name");
}

model::Look look_of(const Package& p) {
  return {state_of(p.state), p.remaining.value, p.held.value,
          p.used.value,      p.forfeited.value, p.refunded.value};
}

std::string package_difference(const Account& account, const model::Model& model, std::size_t i,
                               model::Ms now) {
  const Package& p = account.packages[i];
  const model::Package& m = model.packages()[i];
  const bool finished = m.released && p.state == PackageState::released;
  if (finished && p.used.value == m.used && p.held.value == m.held && p.forfeited.value == m.left())
    return {};
  const model::Look wanted = model.look(now, i);
  if (look_of(p) == wanted) return {};
  return p.terms.name + ": law " + model::text_of(look_of(p)) + ", model " + model::text_of(wanted);
}

std::string package_difference(const Account& account, const model::Model& model, model::Ms now) {
  if (account.packages.size() != model.packages().size()) return "number of packages";
  for (std::size_t i = 0; i < account.packages.size(); ++i)
    if (std::string found = package_difference(account, model, i, now); !found.empty())
      return found;
  return {};
}

std::string balance_difference(const Account& account, const model::Model& model) {
  if (account.balance.micros == model.balance()) return {};
  return "balance: law " + money_text(account.balance) + ", model " + model::money(model.balance());
}

std::string pool_difference(const Account& account, const model::Model& model, model::Ms now) {
  if (account.pools.size() != model.pools()) return "number of pools";
  const std::vector<model::Total>& totals = model.totals(now);
  const Instant at{now};
  for (const Pool& pool : account.pools) {
    const std::size_t known = model.pool_number(pool.name);
    if (!model.has_pool(known)) return "no pool " + pool.name;
    const model::Total& total = totals[known];
    if (pool.total_at(at).value != total.remaining || pool.quota_at(at).value != total.quota) {
      return "pool " + pool.name + ": law " + number(pool.total_at(at)) + " of " +
             number(pool.quota_at(at)) + ", model " + number(total.remaining) + " of " +
             number(total.quota);
    }
  }
  return {};
}

std::string alarm_difference(const Account& account, const model::Model& model) {
  if (account.alarms->size() != model.alarms().size()) return "number of alarms";
  for (const auto& [name, wanted] : model.alarms()) {
    const Alarm* const alarm = account.find_alarm(name);
    if (alarm == nullptr) return "no alarm " + name;
    if (alarm->fired != wanted.fired) return "state of " + name;
    if (static_cast<model::Count>(alarm->firings) != wanted.firings) return "firings of " + name;
    const bool same_packages = alarm->fired_of.size() == wanted.fired_of.size() &&
                               std::ranges::all_of(alarm->fired_of, [&](PackageId id) {
                                 return wanted.fired_of.contains(std::size_t{id.value} - 1);
                               });
    if (!same_packages) return "packages of " + name;
    if (alarm->run_out.has_value() != (wanted.rule.watch == model::Watch::time))
      return "kind of " + name;
    if (!alarm->run_out) continue;
    if (static_cast<model::Count>(alarm->run_out->known.value) != wanted.known)
      return "what " + name + " knows";
    if (alarm->run_out->eased != wanted.eased) return "whether quota came to " + name;
  }
  return {};
}

std::string standing_difference(const Account& account, const model::Model& model) {
  if (status_text(account.standing->status) != model.standing()) return "status";
  const model::Renewal& wanted = model.renewal();
  if (account.renewal.has_value() != wanted.set) return "renewal rule";
  if (!account.renewal) return {};
  const auto& pending = account.renewal->pending;
  if (pending.has_value() != wanted.pending) return pending ? "pending in the law" : "not pending";
  if (pending && pending->retry_at.ms != wanted.retry_at) return "time of the retry";
  return {};
}

std::string hold_difference(const Account& account, const model::Model& model) {
  std::size_t open = 0;
  for (const model::Hold* const one : model.open_holds()) {
    const model::Hold& hold = *one;
    if (!hold.over.empty()) continue;
    ++open;
    const Hold* const law = account.holds->find(Sequence{static_cast<std::uint64_t>(hold.number)});
    if (law == nullptr || law->state != HoldState::held) return "hold " + hold.name;
    bool same = law->lines.size() == hold.lines.size();
    for (std::size_t i = 0; same && i < hold.lines.size(); ++i) {
      same = law->lines[i].package.value == hold.lines[i].first + 1 &&
             law->lines[i].units.value == hold.lines[i].second;
    }
    if (!same) return "lines of hold " + hold.name;
  }
  return open == account.holds->open() ? "" : "number of holds";
}

std::string counter_difference(const Account& account, const model::Model& model) {
  std::string key;
  for (const auto& [group, law] : *account.counters) {
    key.assign(group_text(group.first)).append(1, ' ').append(month_text(group.second));
    const auto wanted = model.counters().find(key);
    if (wanted == model.counters().end()) return "a counter too many, " + key;
    if (wanted->second.position != law.position.value) return "counter " + key;
  }
  return account.counters->size() == model.counters().size() ? "" : "number of counters";
}

}  // namespace

std::string told(const Result<Decision, Refusal>& decided, const Account& account) {
  return decided ? told(*decided, account) : told(decided.error());
}

std::string told(const Decision& decision, const Account& account) {
  return std::visit(Answer{account}, decision);
}

std::string told(const Refusal& refusal) { return std::string(reject_text(refusal.reject)); }

std::string line_of(const Entry& entry, const Account& account) {
  std::string line = account.name + ": ";
  return line += std::visit(Line{entry, account}, entry.input.what);
}

std::string difference(const Account& account, const model::Model& model, model::Ms now) {
  std::string found = balance_difference(account, model);
  if (found.empty()) found = package_difference(account, model, now);
  if (found.empty()) found = pool_difference(account, model, now);
  if (found.empty()) found = alarm_difference(account, model);
  if (found.empty()) found = standing_difference(account, model);
  if (found.empty()) found = hold_difference(account, model);
  return found.empty() ? counter_difference(account, model) : found;
}

std::string difference_of_living(const Account& account, const model::Model& model, model::Ms now) {
  if (std::string found = balance_difference(account, model); !found.empty()) return found;
  if (account.packages.size() != model.packages().size()) return "number of packages";
  for (const std::size_t i : model.living())
    if (std::string found = package_difference(account, model, i, now); !found.empty())
      return found;
  if (std::string found = pool_difference(account, model, now); !found.empty()) return found;
  return standing_difference(account, model);
}

std::string difference_of_watched(const Account& account, const model::Model& model) {
  std::string found = alarm_difference(account, model);
  return found.empty() ? hold_difference(account, model) : found;
}

}  // namespace packledger
