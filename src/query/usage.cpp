#include "query/usage.hpp"

#include "ledger/rules.hpp"
#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace packledger {
namespace {

// Sends that are reversed and stand so near to each other are read in one go: a full record.
constexpr std::uint64_t near_entries_max = 4'096;

const Entry* entry_at(std::span<const Entry> portion, Sequence sequence) {
  const auto found = std::ranges::lower_bound(portion, sequence, {}, &Entry::sequence);
  return found != portion.end() && found->sequence == sequence ? &*found : nullptr;
}

// The name of the hold that an entry is about; nothing where it is about none.
const std::string* hold_of(const What& what) {
  if (const auto* placed = std::get_if<HoldPlaced>(&what)) return &placed->hold;
  if (const auto* captured = std::get_if<HoldCaptured>(&what)) return &captured->hold;
  if (const auto* released = std::get_if<HoldReleased>(&what)) return &released->hold;
  if (const auto* expired = std::get_if<HoldExpired>(&what)) return &expired->hold;
  return nullptr;
}

UsageHoldKey hold_key(const Entry& entry) {
  const std::string* name = hold_of(entry.input.what);
  ENSURE(name != nullptr, "the entry is about a hold");
  return {.account = entry.input.account, .name = *name};
}

// What one entry adds; one function for each kind.
struct UsageFold {
  std::span<const Entry> portion;
  const UsageBefore& before;
  UsageChanges& changes;
  const Entry& entry;

  void operator()(const SendRecorded&) const {
    const auto& decided = std::get<SendDecision>(entry.decision);
    const UsageSubject subject = usage_subject(entry);
    UsageFigures payg{.sends = decided.charges.empty() ? 0 : 1,
                      .units = units_of(decided.charges).value,
                      .amount = amount_of(decided.charges).micros};
    if (decided.counter) payg += {.amount = decided.counter->adjustment.micros};
    UsageFigures all = payg;
    all.sends = 1;
    all += {.units = units_of(decided.lines).value};
    add(subject, UsagePayer::all, {}, all);
    add(subject, UsagePayer::payg, {}, payg);
    for (const PackageLine& line : decided.lines)
      add(subject, UsagePayer::package, line.package, {.sends = 1, .units = line.units.value});
  }

  void operator()(const SendReversed&) const {
    const auto& decided = std::get<ReversalDecision>(entry.decision);
    const UsageSubject subject = reversed_subject(decided.send);
    const UsageFigures payg =
        given_back(units_of(decided.charges).value, amount_of(decided.charges).micros);
    UsageFigures all = payg;
    all += given_back(units_of(decided.lines).value, 0);
    add(subject, UsagePayer::all, {}, all);
    add(subject, UsagePayer::payg, {}, payg);
    for (const ReversalLine& line : decided.lines)
      add(subject, UsagePayer::package, line.package, given_back(line.units.value, 0));
  }

  void operator()(const HoldPlaced& asked) const {
    changes.holds[hold_key(entry)] =
        UsageSubject{.at = {}, .destination = asked.destination, .type = asked.type};
  }

  void operator()(const HoldCaptured&) const {
    const auto& decided = std::get<HoldEndDecision>(entry.decision);
    UsageSubject subject = held_subject();
    subject.at = entry.recorded_at;
    UsageFigures payg;
    if (decided.counter) payg.amount = decided.counter->adjustment.micros;
    UsageFigures all = payg;
    all += {.sends = 1, .units = units_of(decided.taken).value};
    add(subject, UsagePayer::all, {}, all);
    add(subject, UsagePayer::payg, {}, payg);
    for (const PackageLine& line : decided.taken)
      add(subject, UsagePayer::package, line.package, {.sends = 1, .units = line.units.value});
    changes.holds[hold_key(entry)] = std::nullopt;
  }

  void operator()(const HoldReleased&) const { changes.holds[hold_key(entry)] = std::nullopt; }
  void operator()(const HoldExpired&) const { changes.holds[hold_key(entry)] = std::nullopt; }
  // The others are no usage.
  void operator()(const auto&) const {}

 private:
  static UsageFigures given_back(std::int64_t units, std::int64_t amount) {
    return {.sends = 0, .units = -units, .reversed = units, .amount = -amount};
  }

  // Entries of before it was kept do not say which send it was: then it counts when it came.
  [[nodiscard]] UsageSubject reversed_subject(Sequence send) const {
    if (const Entry* here = entry_at(portion, send)) return usage_subject(*here);
    const auto found = before.sends.find(send);
    return found != before.sends.end() ? found->second : UsageSubject{.at = entry.recorded_at};
  }

  [[nodiscard]] UsageSubject held_subject() const {
    const UsageHoldKey key = hold_key(entry);
    if (const auto here = changes.holds.find(key); here != changes.holds.end() && here->second)
      return *here->second;
    const auto found = before.holds.find(key);
    return found != before.holds.end() ? found->second : UsageSubject{};
  }

  void add(const UsageSubject& subject, UsagePayer payer, PackageId package,
           const UsageFigures& more) const {
    if (more == UsageFigures{}) return;
    const UsageKey key{.account = entry.input.account,
                       .hour = usage_hour(subject.at),
                       .payer = payer,
                       .package = package,
                       .destination = subject.destination,
                       .type = subject.type};
    changes.rows[key].at(usage_quarter_of(subject.at)) += more;
  }
};

}  // namespace

bool tells_of_usage(const Entry& entry) {
  const What& what = entry.input.what;
  return std::holds_alternative<SendRecorded>(what) || std::holds_alternative<SendReversed>(what) ||
         hold_of(what) != nullptr;
}

UsageWanted usage_wanted(std::span<const Entry> portion) {
  UsageWanted wanted;
  std::set<UsageHoldKey> placed;
  for (const Entry& entry : portion) {
    const What& what = entry.input.what;
    if (const auto* reversal = std::get_if<ReversalDecision>(&entry.decision)) {
      const bool before = reversal->send < portion.front().sequence;
      if (reversal->send.value != 0 && before) wanted.sends.insert(reversal->send);
    } else if (std::holds_alternative<HoldPlaced>(what)) {
      placed.insert(hold_key(entry));
    } else if (std::holds_alternative<HoldCaptured>(what)) {
      if (UsageHoldKey key = hold_key(entry); !placed.contains(key))
        wanted.holds.insert(std::move(key));
    }
  }
  return wanted;
}

Result<void, Fault> find_reversed(const Journal& journal, const std::set<Sequence>& wanted,
                                  std::map<Sequence, UsageSubject>& sends) {
  for (auto at = wanted.begin(); at != wanted.end();) {
    const auto read = journal.read(*at, [&](const Entry& entry) {
      if (entry.sequence == *at) {
        if (std::holds_alternative<SendRecorded>(entry.input.what))
          sends.emplace(entry.sequence, usage_subject(entry));
        ++at;
      }
      return at != wanted.end() && at->value - entry.sequence.value <= near_entries_max;
    });
    if (!read) return read;
  }
  return {};
}

UsageSubject usage_subject(const Entry& send) {
  const auto& asked = std::get<SendRecorded>(send.input.what);
  return {.at = occurred_at(asked, send.recorded_at),
          .destination = asked.destination,
          .type = asked.type};
}

UsageChanges fold_usage(std::span<const Entry> portion, const UsageBefore& before) {
  UsageChanges changes;
  for (const Entry& entry : portion) {
    std::visit(UsageFold{.portion = portion, .before = before, .changes = changes, .entry = entry},
               entry.input.what);
  }
  return changes;
}

}  // namespace packledger
