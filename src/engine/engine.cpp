#include "packledger/engine/engine.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

Entry entry_of(const Ledger& ledger, Input input, Decision decision, Instant at) {
  return Entry{.sequence = next(ledger.last()),
               .recorded_at = at,
               .input = std::move(input),
               .decision = std::move(decision),
               .caused_by = {}};
}

// A repeat gives the first answer again; it stands with the record of the send.
SendAnswer answer_of(const Ledger& ledger, AccountId account, const SendRecorded& send,
                     const Refusal& refusal, Instant at) {
  SendAnswer answer{.refusal = refusal,
                    .sequence = refusal.first,
                    .account = account,
                    .recorded_at = at,
                    .decision = {}};
  if (refusal.reject != Reject::duplicate) return answer;
  const SendRecord* first = ledger.sends().find(account, send.send, at);
  ENSURE(first != nullptr, "a duplicate has a first");
  answer.recorded_at = first->recorded_at;
  answer.decision = first->decided;
  return answer;
}

SendAnswer answer_of(const Entry& entry) {
  return SendAnswer{.refusal = std::nullopt,
                    .sequence = entry.sequence,
                    .account = entry.input.account,
                    .recorded_at = entry.recorded_at,
                    .decision = std::get<SendDecision>(entry.decision)};
}

// Decides each send and hands what is to be kept to `keep`, which applies it: the next one is
// decided on top.
std::vector<SendAnswer> answer_sends(const Ledger& ledger, const std::vector<SendAsked>& sends,
                                     Instant at, auto&& keep) {
  std::vector<SendAnswer> answers;
  answers.reserve(sends.size());
  for (const SendAsked& asked : sends) {
    const AccountId account = ledger.accounts().find(asked.account).value_or(AccountId{});
    Input input{.account = account, .key = {}, .what = asked.send};
    auto decided = ledger.decide(input, at);
    if (decided) {
      answers.push_back(answer_of(keep(std::move(input), *std::move(decided))));
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
    auto decision = ledger_.decide(*input, at);
    ENSURE(decision.has_value(), "a timer that is due is never refused");
    keep(*std::move(input), *std::move(decision), at);
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
  Entry entry = command.dry_run ? entry_of(ledger_, std::move(input), *std::move(decided), at)
                                : keep(std::move(input), *std::move(decided), at);
  answers_.emplace_back([entry = std::move(entry), reply = std::move(command.reply)]() mutable {
    reply(Answered{.entries = {std::move(entry)}, .replayed = false});
  });
}

void Engine::take(SendBatch batch, Instant at) {
  ENSURE(batch.sends.size() <= sends_per_batch_max, "the front bounds its batches");
  std::vector<SendAnswer> answers;
  if (batch.dry_run) {
    Ledger scratch{Ledger::Over{ledger_}};
    Entry entry;
    answers = answer_sends(scratch, batch.sends, at, [&](Input input, Decision decision) -> Entry& {
      entry = entry_of(scratch, std::move(input), std::move(decision), at);
      scratch.apply(entry);
      return entry;
    });
  } else {
    answers =
        answer_sends(ledger_, batch.sends, at, [&](Input input, Decision decision) -> const Entry& {
          return keep(std::move(input), std::move(decision), at);
        });
  }
  answers_.emplace_back(
      [answers = std::move(answers), sends = std::move(batch.sends),
       reply = std::move(batch.reply)]() mutable { reply(std::move(sends), std::move(answers)); });
}

void Engine::take(Question question, Instant) { questions_.push_back(std::move(question)); }

// Applies what was decided and puts it into the batch that waits for the sync.
const Entry& Engine::keep(Input input, Decision decision, Instant at) {
  batch_.push_back(entry_of(ledger_, std::move(input), std::move(decision), at));
  ledger_.apply(batch_.back());
  return batch_.back();
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

// A repeat is answered with its first entry, a conflict with the member that differs from it; the
// journal has both. A journal that cannot be read any more ends the process, as one that cannot be
// written does.
CommandAnswer Engine::answer_of(const Input& input, const Refusal& refusal) const {
  Refused refused{.refusal = refusal, .field = std::string{refusal.field}};
  const bool has_first = refusal.first.value != 0;
  if (!has_first) return std::unexpected{std::move(refused)};
  std::optional<Entry> first;
  const auto read = journal_.read(refusal.first, [&first](const Entry& entry) {
    first = entry;
    return false;
  });
  ENSURE(read.has_value() && first.has_value(), "what the ledger remembers is in the journal");
  if (refusal.reject == Reject::duplicate)
    return Answered{.entries = {*std::move(first)}, .replayed = true};
  if (refused.field.empty()) refused.field = differing_field(first->input.what, input.what);
  return std::unexpected{std::move(refused)};
}

}  // namespace packledger
