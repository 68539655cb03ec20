#include "packledger/engine/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace packledger {
namespace {

Entry entry_of(const Ledger& ledger, Input input, Decision decision, Instant at,
               Sequence caused_by = {}) {
  return Entry{.sequence = next(ledger.last()),
               .recorded_at = at,
               .input = std::move(input),
               .decision = std::move(decision),
               .caused_by = caused_by};
}

// What the ledger itself asks is never refused.
Decision own_decision(const Ledger& ledger, const Input& input, Instant at) {
  auto decision = ledger.decide(input, at);
  ENSURE(decision.has_value(), "what the ledger itself asks is never refused");
  return *std::move(decision);
}

// Decides and applies what follows from the last entry, to the end, and appends it to `entries`.
void follow_up(Ledger& ledger, Instant at, std::vector<Entry>& entries) {
  for (auto inputs = ledger.consequences(); !inputs.empty(); inputs = ledger.consequences()) {
    for (Input& input : inputs) {
      Decision decision = own_decision(ledger, input, at);
      ledger.apply(entries.emplace_back(
          entry_of(ledger, std::move(input), std::move(decision), at, ledger.cause())));
    }
  }
}

void apply_with_consequences(Ledger& ledger, Entry entry, std::vector<Entry>& entries) {
  const Instant at = entry.recorded_at;
  ledger.apply(entries.emplace_back(std::move(entry)));
  follow_up(ledger, at, entries);
}

// What a command would bring about: its entry, what follows from it, and what it makes due at once.
std::vector<Entry> tried(const Ledger& ledger, Entry entry) {
  const Instant at = entry.recorded_at;
  Ledger scratch{Ledger::Over{ledger}};
  std::vector<Entry> entries;
  apply_with_consequences(scratch, std::move(entry), entries);
  while (auto input = scratch.due_input(at)) {
    Decision decision = own_decision(scratch, *input, at);
    apply_with_consequences(scratch, entry_of(scratch, *std::move(input), std::move(decision), at),
                            entries);
  }
  return entries;
}

// A repeat gives the first answer again; it stands with the record of the send.
SendAnswer answer_of(const Ledger& ledger, AccountId account, const SendRecorded& send,
                     const Refusal& refusal, Instant at) {
  SendAnswer answer{.refusal = refusal,
                    .sequence = refusal.first,
                    .account = account,
                    .recorded_at = at,
                    .decision = {},
                    .consequences = {}};
  if (refusal.reject != Reject::duplicate) return answer;
  auto first = ledger.sends().find(account, send.send, at);
  ENSURE(first.has_value(), "a duplicate has a first");
  answer.recorded_at = first->recorded_at;
  answer.decision = std::move(first->decided);
  return answer;
}

SendAnswer recorded(const Entry& entry) {
  return SendAnswer{.refusal = std::nullopt,
                    .sequence = entry.sequence,
                    .account = entry.input.account,
                    .recorded_at = entry.recorded_at,
                    .decision = std::get<SendDecision>(entry.decision),
                    .consequences = {}};
}

// Decides each send and hands what is to be kept to `keep`, which applies it, so that the next one
// is decided on top, and answers.
std::vector<SendAnswer> answer_sends(const Ledger& ledger, const std::vector<SendAsked>& sends,
                                     Instant at, auto&& keep) {
  std::vector<SendAnswer> answers;
  answers.reserve(sends.size());
  for (const SendAsked& asked : sends) {
    const AccountId account = ledger.accounts().find(asked.account).value_or(AccountId{});
    Input input{.account = account, .key = {}, .what = asked.send};
    auto decided = ledger.decide(input, at);
    if (decided) {
      answers.push_back(keep(std::move(input), *std::move(decided)));
    } else {
      answers.push_back(answer_of(ledger, account, asked.send, decided.error(), at));
    }
  }
  return answers;
}

// A price book may take megabytes where other entries take bytes, and a record has its bound: a
// book is the last of its batch.
bool ends_turn(const std::vector<Entry>& batch) {
  return !batch.empty() && std::holds_alternative<PriceBookPublished>(batch.back().input.what);
}

}  // namespace

Engine::Engine(Ledger& ledger, Journal& journal, Inbox& inbox, Outlet& outlet, Clock& clock,
               const EngineLimits& limits)
    : ledger_(ledger),
      journal_(journal),
      inbox_(inbox),
      outlet_(outlet),
      clock_(clock),
      limits_(limits) {}

// One turn: read the clock once, take what is due and what is waiting, decide and apply all of it,
// make it durable with one sync, then tell. Nothing is told before it is durable.
Result<void, EngineStop> Engine::turn() {
  const Instant at = stamp(clock_.now());                 // never goes back
  follow_up(ledger_, at, batch_);                         // of a journal that was cut short
  if (take_due_timers(at)) take_inbox(at);                // what is due comes first (rules §1 R5)
  if (auto durable = commit(); !durable) return durable;  // one append, one sync
  tell();                                                 // Outlet::committed, then the answers
  answer_questions();                                     // readers see only what is durable
  return {};
}

Instant Engine::stamp(Instant now) const { return std::max(now, ledger_.recorded_at()); }

bool Engine::take_due_timers(Instant at) {
  while (auto input = ledger_.due_input(at)) {
    if (timers_taken_ == limits_.timers_per_turn_max) return false;
    ++timers_taken_;
    Decision decision = own_decision(ledger_, *input, at);
    keep(*std::move(input), std::move(decision), at);
  }
  return true;
}

void Engine::take_inbox(Instant at) {
  while (batch_.size() < limits_.batch_entries_max) {
    auto request = inbox_.take();
    if (!request) return;
    std::visit([&](auto&& asked) { take(std::move(asked), at); }, *std::move(request));
    // What was just kept may be due already, such as the end of a package granted for the past.
    if (!take_due_timers(at)) return;
    if (ends_turn(batch_)) return;
  }
}

void Engine::take(Command command, Instant at) {
  Input& input = command.input;
  if (!command.account.empty())
    input.account = ledger_.accounts().find(command.account).value_or(AccountId{});
  auto decided = ledger_.decide(input, at);
  if (!decided) {
    // The first entry of a repeat may still wait for its sync: it is read when the answer is told.
    answers_.emplace_back(
        [this, refusal = decided.error(), input = std::move(input),
         reply = std::move(command.reply)]() mutable { reply(answer_of(input, refusal)); });
    return;
  }
  std::vector<Entry> entries;
  if (command.dry_run) {
    entries = tried(ledger_, entry_of(ledger_, std::move(input), *std::move(decided), at));
  } else {
    const auto kept = keep(std::move(input), *std::move(decided), at);
    entries.assign(kept.begin(), kept.end());
  }
  answers_.emplace_back([entries = std::move(entries), reply = std::move(command.reply)]() mutable {
    reply(Answered{.entries = std::move(entries), .replayed = false});
  });
}

void Engine::take(SendBatch batch, Instant at) {
  ENSURE(batch.sends.size() <= sends_per_batch_max, "the front bounds its batches");
  std::vector<SendAnswer> answers;
  if (batch.dry_run) {
    Ledger scratch{Ledger::Over{ledger_}};
    std::vector<Entry> entries;
    answers = answer_sends(scratch, batch.sends, at, [&](Input input, Decision decision) {
      entries.clear();
      apply_with_consequences(scratch, entry_of(scratch, std::move(input), std::move(decision), at),
                              entries);
      SendAnswer answer = recorded(entries.front());
      answer.consequences.assign(std::next(entries.begin()), entries.end());
      return answer;
    });
  } else {
    answers = answer_sends(ledger_, batch.sends, at, [&](Input input, Decision decision) {
      return recorded(keep(std::move(input), std::move(decision), at).front());
    });
  }
  answers_.emplace_back(
      [answers = std::move(answers), sends = std::move(batch.sends),
       reply = std::move(batch.reply)]() mutable { reply(std::move(sends), std::move(answers)); });
}

void Engine::take(Question question, Instant) { questions_.push_back(std::move(question)); }

// Applies what was decided and what follows from it, and puts all of it into the batch that waits
// for the sync.
std::span<const Entry> Engine::keep(Input input, Decision decision, Instant at) {
  const std::size_t first = batch_.size();
  apply_with_consequences(ledger_, entry_of(ledger_, std::move(input), std::move(decision), at),
                          batch_);
  return std::span<const Entry>{batch_}.subspan(first);
}

Result<void, EngineStop> Engine::commit() {
  if (batch_.empty()) return {};
  const Sequence after{batch_.front().sequence.value - 1};
  auto durable = journal_.append(after, batch_);
  if (!durable) return std::unexpected{EngineStop{durable.error().detail}};
  return {};
}

void Engine::tell() {
  if (!batch_.empty()) outlet_.committed(batch_, ledger_);
  for (auto& answer : answers_) answer();
  answers_.clear();
  batch_.clear();
  timers_taken_ = 0;
}

void Engine::answer_questions() {
  for (Question& question : questions_) question.ask(ledger_);
  questions_.clear();
}

// A repeat is answered with its first entry and what followed, a conflict with the member that
// differs from it; the journal has both. A journal that cannot be read any more ends the process,
// as one that cannot be written does.
CommandAnswer Engine::answer_of(const Input& input, const Refusal& refusal) const {
  Refused refused{.refusal = refusal, .field = std::string{refusal.field}};
  const bool has_first = refusal.first.value != 0;
  if (!has_first) return std::unexpected{std::move(refused)};
  // What followed from an entry stands right behind it.
  std::vector<Entry> entries;
  const auto read = journal_.read(refusal.first, [&](const Entry& entry) {
    const bool belongs = entries.empty() || entry.caused_by >= refusal.first;
    if (belongs) entries.push_back(entry);
    return belongs;
  });
  ENSURE(read.has_value() && !entries.empty(), "what the ledger remembers is in the journal");
  if (refusal.reject == Reject::duplicate)
    return Answered{.entries = std::move(entries), .replayed = true};
  if (refused.field.empty())
    refused.field = differing_field(entries.front().input.what, input.what);
  return std::unexpected{std::move(refused)};
}

}  // namespace packledger
