#include "query/explanation.hpp"

#include "query/statement_text.hpp"
#include "query/statement_view.hpp"
#include "wire/value_views.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace packledger {
namespace {

Units minus(Units units) { return Units{0} - units; }

// Entries with which the quota of a package comes in; what moves then is nobody's use.
bool brings_quota(const Entry& entry) {
  return std::holds_alternative<OrderPlaced>(entry.input.what) ||
         std::holds_alternative<OrderPaid>(entry.input.what) ||
         std::holds_alternative<PackageGranted>(entry.input.what) ||
         std::holds_alternative<PackageRenewed>(entry.input.what);
}

void write_units(JsonWriter& json, const PackageUnits& units) {
  json.member("remaining", units.remaining.value).member("held", units.held.value);
  json.member("used", units.used.value).member("forfeited", units.forfeited.value);
  json.member("refunded", units.refunded.value);
}

// Those that tell of an alarm, by its name.
struct AlarmOf {
  std::string_view operator()(const AlarmRuleSet& set) const { return set.rule.name; }
  std::string_view operator()(const AlarmRuleRemoved& removed) const { return removed.alarm; }
  std::string_view operator()(const AlarmRaised& raised) const { return raised.alarm; }
  std::string_view operator()(const AlarmCleared& cleared) const { return cleared.alarm; }
  std::string_view operator()(const AlarmCooldownEnded& ended) const { return ended.alarm; }
  std::string_view operator()(const auto&) const { return {}; }
};

struct OfRenewal {
  bool operator()(const RenewalRuleSet&) const { return true; }
  bool operator()(const RenewalRuleRemoved&) const { return true; }
  bool operator()(const PreExpiryRenewalDue&) const { return true; }
  bool operator()(const RenewalRetryDue&) const { return true; }
  bool operator()(const PackageRenewed&) const { return true; }
  bool operator()(const RenewalFailed&) const { return true; }
  bool operator()(const RenewalCapped&) const { return true; }
  bool operator()(const auto&) const { return false; }
};

}  // namespace

PackageUnits& PackageUnits::operator+=(const PackageUnits& other) {
  remaining += other.remaining;
  held += other.held;
  used += other.used;
  forfeited += other.forfeited;
  refunded += other.refunded;
  return *this;
}

LedgerFigures figures_of(const Account& account) {
  LedgerFigures figures{.balance = account.balance, .quotas = {}, .packages = {}};
  for (const Package& package : account.packages) {
    figures.quotas.push_back(package.terms.quota);
    figures.packages.push_back({.remaining = package.remaining,
                                .held = package.held,
                                .used = package.used,
                                .forfeited = package.forfeited,
                                .refunded = package.refunded});
  }
  return figures;
}

Explanation::Explanation(ExplainQuery query, LedgerFigures says)
    : query_{std::move(query)},
      says_{std::move(says)},
      statement_{query_.account},
      packages_(says_.packages.size()) {}

// ---- the walk ----

bool Explanation::take(const Entry& entry) {
  if (entry.sequence > query_.until) return false;
  if (account_of(entry) != query_.account) return true;
  const bool follows = entry.caused_by.value != 0;
  if (!follows) {
    if (!following_.empty()) return false;  // all that followed from it was told
    recent_.clear();
  }
  const bool moves = statement_.take(entry) != nullptr;
  const StatementLine& line = statement_.line();
  if (moves) tally(entry, line);
  if (query_.subject == ExplainSubject::entry) {
    if (take_around(entry)) remember(entry, line);
    return true;
  }
  if (concerns(entry, line)) tell(entry, line);
  remember(entry, line);
  return true;
}

template <class Change>
void Explanation::add(std::vector<Part<Change>>& parts, const Entry& entry, const Change& change) {
  const std::string_view kind = kind_text(entry.input.what);
  auto part = std::ranges::find(parts, kind, &Part<Change>::kind);
  if (part == parts.end())
    part = parts.insert(
        part, {.kind = kind, .entries = 0, .change = {}, .first = entry.sequence, .last = {}});
  ++part->entries;
  part->change += change;
  part->last = entry.sequence;
}

template <class Change> Change Explanation::sum(const std::vector<Part<Change>>& parts) {
  Change sum{};
  for (const Part<Change>& part : parts) sum += part.change;
  return sum;
}

void Explanation::tally(const Entry& entry, const StatementLine& line) {
  if (line.before != line.after) add(balance_, entry, line.after - line.before);
  for (const PackageMove& move : line.moves) {
    const std::size_t index = move.package.value - 1;
    if (index >= packages_.size()) packages_.resize(index + 1);
    add(packages_[index], entry, change_of(entry, move));
  }
}

// Units neither come nor go: what is no longer remaining, held or forfeited was used or refunded.
PackageUnits Explanation::change_of(const Entry& entry, const PackageMove& move) const {
  PackageUnits change;
  change.remaining = move.after - move.before;
  change.held = move.held;
  change.forfeited = move.forfeited;
  const Units gone = minus(change.remaining + change.held + change.forfeited);
  if (std::holds_alternative<PackageRefunded>(entry.input.what)) {
    change.refunded = gone;
  } else if (!brings_quota(entry)) {
    change.used = gone;
  }
  return change;
}

bool Explanation::concerns(const Entry& entry, const StatementLine& line) const {
  switch (query_.subject) {
    case ExplainSubject::balance: return line.before != line.after;
    case ExplainSubject::package:
      return std::ranges::any_of(line.moves, [&](const PackageMove& move) {
        return statement_.package(query_.account, move.package) == query_.name;
      });
    case ExplainSubject::alarm: return std::visit(AlarmOf{}, entry.input.what) == query_.name;
    case ExplainSubject::renewal: return std::visit(OfRenewal{}, entry.input.what);
    case ExplainSubject::figures:
    case ExplainSubject::entry: return false;
  }
  return false;
}

void Explanation::tell(const Entry& entry, const StatementLine& line) {
  found_ = true;
  if (entry.sequence <= query_.after) return;
  more_ = count_ == query_.limit;
  if (more_) return;
  JsonWriter json{lines_};
  if (count_++ > 0) lines_ += ',';
  write_line_with_cause(json, entry, line);
  last_ = entry.sequence;
}

// Tells the entry that was asked for, with its causes, and what followed from it. Whether it may be
// the cause of something that is told.
bool Explanation::take_around(const Entry& entry) {
  const auto told = [&] {
    JsonWriter json{lines_};
    if (count_++ > 0) lines_ += ',';
    write_line_with_cause(json, entry, statement_.line());
    following_.push_back(entry.sequence);
  };
  if (entry.sequence == query_.entry) {
    found_ = true;
    for (Sequence at = entry.caused_by; const Recent* cause = recent(at);
         at = cause->entry.caused_by) {
      JsonWriter json{because_};
      if (!because_.empty()) because_ += ',';
      write_cause(json, *cause);
    }
    told();
  } else if (std::ranges::find(following_, entry.caused_by) != following_.end()) {
    told();
  }
  return entry.sequence <= query_.entry || !following_.empty();
}

void Explanation::remember(const Entry& entry, const StatementLine& line) {
  recent_.push_back({.entry = entry,
                     .line = line,
                     .text = line.notice ? line_text(entry, line, statement_) : std::string{}});
}

const Explanation::Recent* Explanation::recent(Sequence sequence) const {
  const auto found =
      std::ranges::find(recent_, sequence, [](const Recent& one) { return one.entry.sequence; });
  return found == recent_.end() ? nullptr : &*found;
}

std::string Explanation::text_of(const Recent& recent) const {
  return recent.line.notice ? recent.text : line_text(recent.entry, recent.line, statement_);
}

void Explanation::write_cause(JsonWriter& json, const Recent& cause) const {
  json.begin_object().member("position", cause.entry.sequence.value);
  json.member("kind", kind_text(cause.entry.input.what));
  json.member("text", text_of(cause)).end_object();
}

void Explanation::write_line_with_cause(JsonWriter& json, const Entry& entry,
                                        const StatementLine& line) const {
  json.begin_object();
  write_line(json, entry, line, statement_);
  if (const Recent* cause = recent(entry.caused_by)) write_cause(json.key("because"), *cause);
  json.end_object();
}

// ---- the answer ----

bool Explanation::package_agrees(std::size_t index) const {
  return index < says_.packages.size() && sum(packages_[index]) == says_.packages[index];
}

bool Explanation::all_agrees() const {
  if (!balance_agrees()) return false;
  for (std::size_t i = 0; i < packages_.size(); ++i) {
    if (!package_agrees(i)) return false;
  }
  return true;
}

void Explanation::write_balance(JsonWriter& json) const {
  json.key("balance").begin_object();
  write_money(json, "amount", sum(balance_));
  write_money(json, "ledger", says_.balance);
  json.member("agrees", balance_agrees()).key("made_of").begin_array();
  for (const Part<Money>& part : balance_) {
    json.begin_object().member("kind", part.kind).member("entries", part.entries);
    write_money(json, "amount", part.change);
    json.member("first_position", part.first.value).member("last_position", part.last.value);
    json.end_object();
  }
  json.end_array().end_object();
}

void Explanation::write_package(JsonWriter& json, std::size_t index) const {
  json.begin_object();
  json.member("package", statement_.package(query_.account, PackageId{index + 1}));
  if (index < says_.quotas.size()) json.member("quota", says_.quotas[index].value);
  write_units(json, sum(packages_[index]));
  json.member("agrees", package_agrees(index)).key("made_of").begin_array();
  for (const Part<PackageUnits>& part : packages_[index]) {
    json.begin_object().member("kind", part.kind).member("entries", part.entries);
    write_units(json, part.change);
    json.member("first_position", part.first.value).member("last_position", part.last.value);
    json.end_object();
  }
  json.end_array().end_object();
}

void Explanation::write_packages(JsonWriter& json) const {
  json.key("packages").begin_array();
  const std::size_t from = query_.after.value;
  const std::size_t end = std::min(packages_.size(), from + query_.limit);
  for (std::size_t i = from; i < end; ++i) write_package(json, i);
  json.end_array();
  if (end < packages_.size()) json.member("next_cursor", std::to_string(end));
}

void Explanation::write_subject(JsonWriter& json) const {
  switch (query_.subject) {
    case ExplainSubject::figures:
      write_balance(json);
      write_packages(json);
      return;
    case ExplainSubject::balance: write_balance(json); break;
    case ExplainSubject::package:
      for (std::size_t i = 0; i < packages_.size(); ++i) {
        if (statement_.package(query_.account, PackageId{i + 1}) != query_.name) continue;
        json.key("package");
        write_package(json, i);
      }
      break;
    case ExplainSubject::alarm: json.member("alarm", query_.name); break;
    case ExplainSubject::renewal: json.member("renewal", true); break;
    case ExplainSubject::entry: json.key("because").raw("[" + because_ + "]"); break;
  }
  json.key("lines").raw("[" + lines_ + "]");
  if (more_) json.member("next_cursor", std::to_string(last_.value));
}

std::string Explanation::body() const {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", statement_.account(query_.account));
  json.member("currency", statement_.currency().text());
  write_subject(json);
  // One entry is told without walking to the end.
  if (query_.subject != ExplainSubject::entry) json.member("agrees", all_agrees());
  json.member("position", query_.until.value).end_object();
  return out;
}

}  // namespace packledger
