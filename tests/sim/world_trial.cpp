#include "tests/sim/world_trial.hpp"

#include "tests/ledger/both.hpp"
#include "tests/sim/model_ask.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_behind.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

// A ledger and a model behind the beginning of the journal, on which something is tried out.
class Rehearsal {
 public:
  Rehearsal(World& world, const Taken& taken)
      : world_(world), at_(taken.at), behind_(beginning(world, taken.after)) {
    world.invariants.check(Promise::timers, !model_.is_due(at_.ms),
                           [&] { return asked() + ": something was due before it"; });
  }

  // What the model says of it; the lines of what follows are kept.
  std::string ask(AccountId account, const What& what) {
    const std::string wanted = ask_model(model_.account(account.value - 1), at_.ms, what);
    const auto lines = model_.take_lines();
    expected_.assign(lines.begin(), lines.end());
    return wanted;
  }
  // The entry that is answered.
  void judge(const Entry& entry, const std::string& wanted) {
    add(entry);
    const Account& row = ledger_.accounts().at(entry.input.account);
    const std::string answer = told(entry.decision, row);
    world_.invariants.check(Promise::rules, answer == wanted && !expected_.empty(), [&] {
      return asked() + ", " + row.name + ": " + answer + "; the model: " + wanted;
    });
    expected_.pop_front();
  }
  // Of a price book, which nothing follows.
  void judge_of_nobody(std::span<const Entry> entries) {
    add(entries.front());
    world_.invariants.check(Promise::rules,
                            entries.size() == 1 && entries.front().decision == Decision{Done{}} &&
                                !model_.is_due(at_.ms),
                            [&] { return asked() + ", of no account, something else follows"; });
  }
  void judge(const std::string& code, const std::string& wanted) {
    world_.invariants.check(Promise::rules, code == wanted && expected_.empty(), [&] {
      return asked() + ": refused, " + code + "; the model: " + wanted;
    });
  }
  void follow(const Entry& entry) {
    add(entry);
    const std::string line = line_of(entry, ledger_.accounts().at(entry.input.account));
    const std::string wanted = expected_.empty() ? "nothing" : expected_.front();
    world_.invariants.check(Promise::rules, line == wanted, [&] {
      return asked() + ": behind it " + line + "; the model: " + wanted;
    });
    expected_.pop_front();
    world_.probes.reach("a dry run with consequences");
  }
  // What comes next is a timer, if anything does.
  void let_time_come() {
    if (!expected_.empty() || !model_.pass_one(at_.ms)) return;
    const auto lines = model_.take_lines();
    expected_.assign(lines.begin(), lines.end());
    world_.probes.reach("a dry run made something due");
  }
  void end() {
    world_.invariants.check(Promise::rules, expected_.empty(), [&] {
      return asked() + ": behind it the model wants " + expected_.front();
    });
  }
  [[nodiscard]] AccountId account(std::string_view name) const {
    return ledger_.accounts().find(name).value_or(AccountId{});
  }

 private:
  static std::span<const Entry> beginning(World& world, Sequence after) {
    const auto entries = world.judge.entries();
    world.invariants.check(Promise::ack_order, after.value <= entries.size(), [&] {
      return "a dry run stands on entry " + text(after) + ", durable are " +
             text(world.judge.last());
    });
    return entries.first(after.value);
  }
  static std::string text(Sequence sequence) { return std::to_string(sequence.value); }
  [[nodiscard]] std::string asked() const {
    return "a dry run behind entry " + text(ledger_.last()) + " at " + instant_text(at_);
  }
  void add(const Entry& entry) {
    const bool fits = entry.sequence == next(ledger_.last()) && entry.recorded_at == at_;
    world_.invariants.check(Promise::rules, fits, [&] {
      return asked() + ": entry " + text(entry.sequence) + ", recorded at " +
             instant_text(entry.recorded_at);
    });
    ledger_.apply(entry);
  }

  World& world_;
  Instant at_;
  Behind behind_;
  Ledger& ledger_ = behind_.ledger;
  model::World& model_ = behind_.model;
  std::deque<std::string> expected_;
};

// The same may have come in earnest right behind it: then it was decided so, too.
void compare_with_next(World& world, const Entry& tried) {
  if (world.judge.last() < tried.sequence) return;
  const Entry& entry = world.judge.entry(tried.sequence);
  const bool same = entry.input.what == tried.input.what &&
                    entry.input.account == tried.input.account &&
                    entry.recorded_at == tried.recorded_at;
  if (!same) return;
  world.probes.reach("a dry run, and the very same behind it");
  world.invariants.check(Promise::rules, entry.decision == tried.decision, [&] {
    return "entry " + std::to_string(entry.sequence.value) +
           " is decided otherwise than its dry run";
  });
}

// The entry that an answer of a dry run tells.
Entry entry_of(const SendAsked& asked, const SendAnswer& answer) {
  return Entry{.sequence = answer.sequence,
               .recorded_at = answer.unrecorded->recorded_at,
               .input = {.account = answer.account, .key = {}, .what = asked.send},
               .decision = answer.unrecorded->decision,
               .caused_by = {}};
}

}  // namespace

void judge_tried(World& world, const Taken& taken, const CommandAsked& asked,
                 std::span<const Entry> entries) {
  Rehearsal rehearsal(world, taken);
  const AccountId account = rehearsal.account(asked.account);
  const Entry& first = entries.front();
  const bool right = first.input == Input{account, asked.input.key, asked.input.what};
  world.invariants.check(Promise::rules, right, [&] {
    return "a dry run of " + std::string(kind_text(asked.input.what)) + " tells another entry, " +
           std::string(kind_text(first.input.what));
  });
  if (account == AccountId{}) return rehearsal.judge_of_nobody(entries);
  const std::string wanted = rehearsal.ask(account, asked.input.what);
  rehearsal.judge(first, wanted);
  for (const Entry& entry : entries.subspan(1)) {
    rehearsal.let_time_come();
    rehearsal.follow(entry);
  }
  rehearsal.let_time_come();
  rehearsal.end();
  compare_with_next(world, first);
}

// Sends are decided in one go, each on top of those before it.
void judge_tried(World& world, const Taken& taken, const SendsAnswered& answered) {
  Rehearsal rehearsal(world, taken);
  std::map<Sequence, Entry> tried;
  for (std::size_t i = 0; i < answered.answers.size(); ++i) {
    const SendAnswer& answer = answered.answers[i];
    const SendAsked& asked = answered.sends[i];
    const AccountId account = rehearsal.account(asked.account);
    if (account == AccountId{}) continue;
    const std::string wanted = rehearsal.ask(account, asked.send);
    if (const Refusal* const refusal = answer.refusal()) {
      rehearsal.judge(std::string(reject_text(refusal->reject)), wanted);
      if (!answer.repeats()) continue;
      const auto own = tried.find(refusal->first);
      if (own != tried.end()) world.probes.reach("a dry run of a send that it has itself");
      judge_repeat(world, asked,
                   own != tried.end() ? own->second : world.judge.entry(refusal->first));
      continue;
    }
    const Entry entry = entry_of(asked, answer);
    rehearsal.judge(entry, wanted);
    for (const Entry& behind : answer.unrecorded->consequences) rehearsal.follow(behind);
    rehearsal.end();
    if (tried.empty() && i == 0) compare_with_next(world, entry);
    tried.emplace(entry.sequence, entry);
  }
}

}  // namespace packledger::sim
