#include "tests/examples/law_facts.hpp"

#include "tests/examples/line.hpp"
#include "tests/examples/notation.hpp"

#include <array>
#include <type_traits>
#include <utility>

namespace packledger::examples {
namespace {

constexpr std::array<Channel, 5> channels = {Channel::sms, Channel::email, Channel::internal,
                                             Channel::webhook, Channel::dingtalk_robot};
constexpr std::array<Topic, 4> topics = {Topic::alarm, Topic::reminder, Topic::renewal,
                                         Topic::account};

std::string text(Units units) { return std::to_string(units.value); }
std::string text(const std::optional<Instant>& t) { return t ? time_text(*t) : "none"; }

std::string package_name(const Account& account, PackageId package) {
  if (package.value == 0) return "";
  // A dry run may have made one that nobody kept.
  if (package.value > account.packages.size()) return "?";
  return account.package(package).terms.name;
}

std::string threshold_text(const AlarmThreshold& threshold) {
  std::vector<std::string> pieces;
  pieces.reserve(threshold.per_package.size() + 1);
  for (const PackageThreshold& one : threshold.per_package)
    pieces.push_back(one.package + ":" + text(one.units));
  if (threshold.units) pieces.push_back(text(*threshold.units));
  if (threshold.percent) pieces.push_back(std::to_string(*threshold.percent) + "%");
  if (threshold.amount) pieces.push_back(money_text(*threshold.amount));
  if (threshold.within) pieces.push_back(duration_text(*threshold.within));
  return joined(pieces);
}

std::string_view kind_word(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::total: return "total";
    case AlarmKind::per_package: return "per_package";
    case AlarmKind::balance: return "balance";
    case AlarmKind::runs_out_within: return "runs_out_within";
  }
  return "";
}

std::string trigger_text(RenewalTrigger trigger) {
  return trigger == RenewalTrigger::threshold ? "threshold" : "pre_expiry";
}

std::string channels_text(Channels set, char between) {
  std::string out;
  for (const Channel channel : channels) {
    if (!set.holds(channel)) continue;
    if (!out.empty()) out += between;
    out += channel_text(channel);
  }
  return out;
}

// The facts of each kind of decision; what does not stand here is asked of nobody.
struct Decided {
  Facts operator()(const FundsDecision& d) const {
    Facts facts{{"balance", money_text(d.balance_after)}};
    if (d.renewal_needs) facts["renewal_needs"] = money_text(*d.renewal_needs);
    return facts;
  }
  Facts operator()(const ExpiryDecision& d) const { return {{"forfeited", text(d.forfeited)}}; }
  Facts operator()(const HoldDecision& d) const { return {{"expires_at", text(d.expires_at)}}; }
  Facts operator()(const AlarmDecision& d) const {
    Facts facts{{"firing", std::to_string(d.firing)},
                {"remaining", text(d.remaining)},
                {"quota", text(d.quota)},
                {"balance", money_text(d.balance)}};
    if (d.runs_out_at) facts["runs_out_at"] = time_text(*d.runs_out_at);
    return facts;
  }
  Facts operator()(const ReminderDecision& d) const {
    Facts facts{{"remaining", text(d.remaining)}};
    if (d.skipped) facts["skipped"] = "true";
    return facts;
  }
  Facts operator()(const PreExpiryDecision& d) const {
    if (!d.skipped) return {};
    return {{"skipped", *d.skipped == RenewalSkip::not_last ? "not_last" : "outstanding"}};
  }
  Facts operator()(const RetryDecision& d) const {
    Facts facts{{"needed", money_text(d.needed)}, {"balance", money_text(d.balance)}};
    if (d.refused) facts["refused"] = reject_text(*d.refused);
    if (d.refused) facts["next_at"] = time_text(d.next_at);
    return facts;
  }
  Facts operator()(const RenewalDecision& d) const {
    return {{"price", money_text(d.price)}, {"balance", money_text(d.balance_after)}};
  }
  Facts operator()(const RenewalFailure& d) const {
    return {{"reason", std::string(reject_text(d.reason))},
            {"needed", money_text(d.needed)},
            {"balance", money_text(d.balance)},
            {"retry_at", time_text(d.retry_at)}};
  }
  Facts operator()(const CapDecision& d) const {
    return {{"max_per_day", std::to_string(d.per_day_max)}};
  }
  Facts operator()(const StandingDecision& d) const {
    Facts facts{{"balance", money_text(d.balance)}};
    if (d.suspends_at) facts["suspends_at"] = time_text(*d.suspends_at);
    return facts;
  }
  template <class Other> Facts operator()(const Other&) const { return {}; }
};

// The package, send, order, alarm, hold or trigger that an entry is about.
struct Subject {
  const Ledger& ledger;
  const Entry& entry;

  std::string operator()(const OrderPlaced& what) const { return what.order; }
  std::string operator()(const OrderPaid& what) const { return what.order; }
  std::string operator()(const OrderCancelled& what) const { return what.order; }
  std::string operator()(const OrderTimedOut& what) const { return what.order; }
  std::string operator()(const PackageGranted& what) const { return what.package; }
  std::string operator()(const PackageRefunded& what) const { return what.package; }
  std::string operator()(const SendRecorded& what) const { return what.send.string(); }
  std::string operator()(const SendReversed& what) const { return what.reversal; }
  std::string operator()(const HoldPlaced& what) const { return what.hold; }
  std::string operator()(const HoldCaptured& what) const { return what.hold; }
  std::string operator()(const HoldReleased& what) const { return what.hold; }
  std::string operator()(const HoldExpired& what) const { return what.hold; }
  std::string operator()(const RunOutForecast& what) const { return what.pool; }
  std::string operator()(const AlarmRuleSet& what) const { return what.rule.name; }
  std::string operator()(const AlarmRuleRemoved& what) const { return what.alarm; }
  std::string operator()(const AlarmCooldownEnded& what) const { return what.alarm; }
  std::string operator()(const AlarmRaised& what) const { return alarm(what.alarm, what.package); }
  std::string operator()(const AlarmCleared& what) const { return alarm(what.alarm, what.package); }
  std::string operator()(const InvoiceRequested&) const {
    return std::to_string(std::get<InvoiceDecision>(entry.decision).number);
  }
  std::string operator()(const PackageRenewed&) const {
    return std::get<RenewalDecision>(entry.decision).package.name;
  }
  std::string operator()(const RenewalFailed& what) const { return trigger_text(what.trigger); }
  std::string operator()(const RenewalCapped& what) const { return trigger_text(what.trigger); }
  template <class Timer>
    requires std::is_same_v<decltype(Timer::package), PackageId>
  std::string operator()(const Timer& what) const {
    return package_name(account(), what.package);
  }
  template <class Other> std::string operator()(const Other&) const { return {}; }

 private:
  const Account& account() const { return ledger.accounts().at(account_of(entry)); }
  std::string alarm(const std::string& name, PackageId package) const {
    return package.value == 0 ? name : name + ":" + package_name(account(), package);
  }
};

struct Books {
  Money balance;
  std::vector<StatementLine::Change> packages;  // remaining, by PackageId - 1
};

Books books_of(const Ledger& ledger, const std::string& name) {
  const auto id = ledger.accounts().find(name);
  if (!id) return {};
  const Account& account = ledger.accounts().at(*id);
  Books books{account.balance, {}};
  books.packages.reserve(account.packages.size());
  for (const Package& package : account.packages)
    books.packages.push_back({package.terms.name, 0, package.remaining.value});
  return books;
}

}  // namespace

Facts facts_of(const Alarm& alarm, const Account& account) {
  std::vector<std::string> fired;
  fired.reserve(alarm.fired_of.size());
  for (const PackageId package : alarm.fired_of) fired.push_back(package_name(account, package));
  std::string contacts;
  for (const std::string& contact : alarm.rule.contacts)
    contacts += (contacts.empty() ? "" : "+") + contact;
  return {{"kind", std::string(kind_word(alarm.rule.kind))},
          {"pool", alarm.rule.pool.empty() ? "none" : alarm.rule.pool},
          {"threshold", threshold_text(alarm.rule.threshold)},
          {"when", alarm.rule.when == AlarmWhen::below ? "below" : "at_or_below"},
          {"contacts", contacts.empty() ? "all" : contacts},
          {"cooldown", alarm.rule.cooldown.ms == 0 ? "none" : duration_text(alarm.rule.cooldown)},
          {"state", alarm.fired || !fired.empty() ? "fired" : "armed"},
          {"fired", joined(fired)},
          {"firings", std::to_string(alarm.firings)},
          {"fired_at", text(alarm.fired_at)}};
}

Facts facts_of(const Renewal& renewal, const Account& account) {
  const RenewalRule& rule = renewal.rule;
  Facts facts{{"enabled", rule.enabled ? "true" : "false"},
              {"pool", rule.pool},
              {"threshold", rule.threshold ? text(*rule.threshold) : "none"},
              {"pre_expiry", rule.pre_expiry ? "true" : "false"},
              {"quantity", text(rule.quantity)},
              {"product", renewal.agreed.product},
              {"max_per_day", std::to_string(renewal.agreed.per_day_max)},
              {"lead", duration_text(renewal.agreed.lead)},
              {"state", renewal.pending ? "pending" : "idle"}};
  if (!renewal.pending) return facts;
  facts["trigger"] = trigger_text(renewal.pending->trigger);
  facts["retry_at"] = time_text(renewal.pending->retry_at);
  if (renewal.pending->package.value != 0)
    facts["package"] = package_name(account, renewal.pending->package);
  return facts;
}

Facts facts_of(const Hold& hold, const Account& account) {
  return {{"state", std::string(state_text(hold.state))},
          {"units", text(hold.asked.units)},
          {"destination", std::string(hold.asked.destination.text())},
          {"template", std::string(template_text(hold.asked.type))},
          {"lines", lines_text(account, hold.lines)},
          {"captured", text(hold.captured)},
          {"placed", time_text(hold.placed_at)},
          {"expires", time_text(hold.expires_at)}};
}

Facts facts_of(const InvoiceDecision& invoice, Instant issued_at) {
  std::string lines;
  for (const InvoiceLine& line : invoice.lines) {
    lines += lines.empty() ? "" : " ";
    lines += std::string(invoice_line_text(line.kind)) + ":" + line.name + ":";
    lines += money_text(line.amount);
  }
  return {{"lines", lines},
          {"total", money_text(invoice.total)},
          {"printed", money_text(invoice.printed)},
          {"more", invoice.more ? "true" : "false"},
          {"at", time_text(issued_at)}};
}

Facts facts_of(const std::vector<Contact>& contacts) {
  Facts facts;
  for (const Contact& contact : contacts) {
    Channels set;
    for (const ChannelAddress& address : contact.channels) set.add(address.channel);
    std::string about;
    for (const Topic topic : topics) {
      if (contact.topics.holds(topic))
        about += (about.empty() ? "" : "+") + std::string(topic_text(topic));
    }
    facts[contact.name] = channels_text(set, '+') + "/" + about;
  }
  return facts;
}

Facts facts_of(const Entry& entry) {
  Facts facts = std::visit(Decided{}, entry.decision);
  if (const auto* reminder = std::get_if<ExpiryReminderDue>(&entry.input.what))
    facts["before"] = duration_text(reminder->before);
  if (const auto* renewed = std::get_if<PackageRenewed>(&entry.input.what))
    facts["trigger"] = trigger_text(renewed->trigger);
  return facts;
}

std::string subject_of(const Entry& entry, const Ledger& ledger) {
  return std::visit(Subject{ledger, entry}, entry.input.what);
}

std::string lines_text(const Account& account, std::span<const PackageLine> lines) {
  std::vector<std::string> pieces;
  for (const PackageLine& line : lines)
    pieces.push_back(line_text(package_name(account, line.package), line.units.value));
  return joined(pieces);
}

std::string lines_text(const Account& account, std::span<const ReversalLine> lines) {
  std::vector<std::string> pieces;
  for (const ReversalLine& line : lines) {
    pieces.push_back(line_text(package_name(account, line.package), line.units.value) +
                     (line.restored ? "" : "(forfeited)"));
  }
  return joined(pieces);
}

std::string who_text(const std::vector<Told>& told) {
  std::string out;
  for (const Told& one : told) {
    out += (out.empty() ? "" : "+") + one.contact;
    out += "(" + channels_text(one.channels, ',') + ")";
  }
  return out.empty() ? "nobody" : out;
}

std::vector<StatementLine> statement_of(std::span<const Entry> entries,
                                        const std::string& account) {
  std::vector<StatementLine> all;
  Ledger ledger;
  for (const Entry& entry : entries) {
    const Books before = books_of(ledger, account);
    ledger.apply(entry);
    const Books after = books_of(ledger, account);
    StatementLine line{entry.sequence.value,
                       std::string(kind_text(entry.input.what)),
                       before.balance,
                       after.balance,
                       {}};
    for (std::size_t i = 0; i < after.packages.size(); ++i) {
      StatementLine::Change change = after.packages[i];
      if (i < before.packages.size()) change.before = before.packages[i].after;
      if (change.before != change.after) line.packages.push_back(std::move(change));
    }
    if (line.before != line.after || !line.packages.empty()) all.push_back(std::move(line));
  }
  return all;
}

}  // namespace packledger::examples
