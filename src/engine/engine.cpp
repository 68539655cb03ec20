#include "packledger/engine/engine.hpp"

#include "engine/following.hpp"
#include "engine/numbered.hpp"
#include "packledger/engine/each_fetched.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

namespace packledger {
namespace {

// Decides and applies what follows from the last entry, to the end, and appends it to `entries`.
void follow_up(Ledger& ledger, Instant at, std::vector<Entry>& entries) {
  follow_up(ledger, at,
            [&](Entry&& entry) { ledger.apply(entries.emplace_back(std::move(entry))); });
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
  auto told = std::make_unique<Unrecorded>(refusal, at);
  if (refusal.reject == Reject::duplicate) {
    auto first = ledger.sends().find(account, send.send, at);
    ENSURE(first.has_value(), "a duplicate has a first");
    told->recorded_at = first->recorded_at;
    told->decision = std::move(first->decided);
  }
  return {.sequence = refusal.first, .account = account, .unrecorded = std::move(told)};
}

SendAnswer answer_of(const Entry& recorded) {
  return {.sequence = recorded.sequence, .account = recorded.input.account, .unrecorded = nullptr};
}

// Of a dry run: the entry of the send, then what would follow.
SendAnswer answer_of(std::vector<Entry> tried) {
  SendAnswer answer = answer_of(tried.front());
  answer.unrecorded =
      std::make_unique<Unrecorded>(std::nullopt, tried.front().recorded_at,
                                   std::get<SendDecision>(std::move(tried.front().decision)));
  answer.unrecorded->consequences.assign(std::make_move_iterator(std::next(tried.begin())),
                                         std::make_move_iterator(tried.end()));
  return answer;
}

// Decides each send and hands what is to be kept to `keep`, which applies it, so that the next one
// is decided on top, and answers.
std::vector<SendAnswer> answer_sends(const Ledger& ledger, std::span<const SendAsked> sends,
                                     Instant at, auto&& keep) {
  std::vector<SendAnswer> answers;
  answers.reserve(sends.size());
  each_fetched(ledger, sends, [&](const SendAsked& asked) {
    const AccountId account = ledger.accounts().find(asked.account).value_or(AccountId{});
    auto decided = ledger.decide(account, asked.send, at);
    answers.push_back(decided ? keep(account, asked.send, *std::move(decided))
                              : answer_of(ledger, account, asked.send, decided.error(), at));
  });
  return answers;
}

// The entry of a send, made where it stays.
const Entry& add_send(Ledger& ledger, AccountId account, const SendRecorded& send,
                      SendDecision decision, Instant at, std::vector<Entry>& entries) {
  const Entry& entry = entries.emplace_back(
      next(ledger.last()), at,
      Input{.account = account, .key = {}, .what = What{std::in_place_type<SendRecorded>, send}},
      Decision{std::in_place_type<SendDecision>, std::move(decision)}, Sequence{});
  ledger.apply(entry);
  return entry;
}

// A price book may take megabytes where other entries take bytes, and a record has its bound: a
// book is the last of its batch.
bool ends_turn(const std::vector<Entry>& batch) {
  return !batch.empty() && std::holds_alternative<PriceBookPublished>(batch.back().input.what);
}

// A repeat is answered with its first entry and what followed, a conflict with the member that
// differs from it; the journal has both. A journal that cannot be read any more ends the process,
// as one that cannot be written does.
CommandAnswer answer_of(const Journal& journal, const Input& input, const Refusal& refusal) {
  Refused refused{.refusal = refusal, .field = std::string{refusal.field}};
  const bool has_first = refusal.first.value != 0;
  if (!has_first) return std::unexpected{std::move(refused)};
  // What followed from an entry stands right behind it.
  std::vector<Entry> entries;
  const auto read = journal.read(refusal.first, [&](const Entry& entry) {
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

}  // namespace

Engine::Engine(const EngineParts& parts, const EngineLimits& limits)
    : ledger_(parts.ledger),
      journal_(parts.journal),
      committer_(parts.committer),
      inbox_(parts.inbox),
      outlet_(parts.outlet),
      clock_(parts.clock),
      limits_(limits) {}

// One turn: tell what has become durable, read the clock once, take what is due and what is
// waiting, decide and apply all of it, and have it made durable with one sync. While that is in
// flight the next turns decide on top of it, into the next batch. Nothing is told, answered or
// shown before its own sync.
Result<void, EngineStop> Engine::turn() {
  if (auto landed = land(); !landed) return landed;  // Outlet::committed, with the answers
  answer_questions();                                // readers see only what is durable
  if (questions_.empty()) {                          // else they wait for a moment of rest
    const Instant at = stamp(clock_.now());          // never goes back
    follow_up_journal(at);                           // one that was cut short
    if (take_due_timers(at)) take_inbox(at);         // what is due comes first (rules §1 R5)
  }
  if (!depart()) return {};                          // one append, one sync, one at a time
  if (auto landed = land(); !landed) return landed;  // where that was done at once
  answer_questions();
  return {};
}

Sequence Engine::in_flight() const {
  return flying_.batch == nullptr ? Sequence{} : flying_.batch->entries.back().sequence;
}

bool Engine::has_room() const { return may_take() && timers_taken_ < limits_.timers_per_turn_max; }

// Once somebody reads, nothing more is decided on top of what is in flight.
bool Engine::may_take() const {
  const Batch& batch = *deciding_.batch;
  return batch.entries.size() < limits_.batch_entries_max && asked_ < limits_.batch_entries_max &&
         batch.bytes < limits_.batch_bytes_max && !ends_turn(batch.entries) &&
         (questions_.empty() || flying_.batch == nullptr);
}

Result<void, EngineStop> Engine::land() {
  if (flying_.batch == nullptr) return {};
  auto ended = committer_.ended();
  if (!ended) return {};
  if (!*ended) return std::unexpected{EngineStop{std::move(ended->error().detail)}};
  tell(std::exchange(flying_, {}));
  return {};
}

// The entries of a batch are recorded at one instant: that of its first turn.
Instant Engine::stamp(Instant now) const {
  if (!deciding_.batch->entries.empty()) return ledger_.recorded_at();
  return std::max(now, ledger_.recorded_at());
}

void Engine::follow_up_journal(Instant at) {
  std::vector<Entry>& entries = deciding_.batch->entries;
  const std::size_t first = entries.size();
  follow_up(ledger_, at, entries);
  deciding_.batch->note(first);
}

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
  while (may_take()) {
    auto request = inbox_.take();
    if (!request) return;
    std::visit([&](auto&& asked) { take(std::move(asked), at); }, *std::move(request));
    // What was just kept may be due already, such as the end of a package granted for the past.
    if (!take_due_timers(at)) return;
  }
}

void Engine::take(Command command, Instant at) {
  ++asked_;
  Input& input = command.input;
  if (!command.account.empty())
    input.account = ledger_.accounts().find(command.account).value_or(AccountId{});
  auto decided = ledger_.decide(input, at);
  if (!decided) {
    // The first entry of a repeat may still wait for its sync: it is read when the answer is told.
    deciding_.answers.emplace_back([&journal = journal_, refusal = decided.error(),
                                    input = std::move(input),
                                    reply = std::move(command.reply)]() mutable {
      reply(answer_of(journal, input, refusal));
    });
    return;
  }
  std::vector<Entry> entries;
  if (command.dry_run) {
    entries = tried(ledger_, entry_of(ledger_, std::move(input), *std::move(decided), at));
  } else {
    const auto kept = keep(std::move(input), *std::move(decided), at);
    entries.assign(kept.begin(), kept.end());
  }
  deciding_.answers.emplace_back(
      [entries = std::move(entries), reply = std::move(command.reply)]() mutable {
        reply(Answered{.entries = std::move(entries), .replayed = false});
      });
}

void Engine::take(SendBatch batch, Instant at) {
  ENSURE(batch.sends.size() <= sends_per_batch_max, "the front bounds its batches");
  asked_ += std::max<std::size_t>(batch.sends.size(), 1);
  std::optional<NumberedAnswer> numbered;
  if (batch.numbered) {
    numbered = look_at_number(ledger_, batch, at);
    if (numbered->asks || numbered->refusal)
      return answer_number(std::move(batch), *std::move(numbered));
  }
  std::vector<SendAnswer> answers;
  SharedBatch entries;  // of those that are recorded
  if (batch.dry_run) {
    Ledger scratch{Ledger::Over{ledger_}};
    const auto keep = [&](AccountId account, const SendRecorded& send, SendDecision decision) {
      std::vector<Entry> tried;
      add_send(scratch, account, send, std::move(decision), at, tried);
      follow_up(scratch, at, tried);
      return answer_of(std::move(tried));
    };
    answers = answer_sends(scratch, batch.sends, at, keep);
  } else {
    std::vector<Entry>& made = deciding_.batch->entries;
    const std::size_t first = made.size();
    const auto keep_send = [&](AccountId account, const SendRecorded& send, SendDecision decision) {
      SendAnswer answer =
          answer_of(add_send(ledger_, account, send, std::move(decision), at, made));
      follow_up(ledger_, at, made);
      return answer;
    };
    answers = answer_sends(ledger_, batch.sends, at, keep_send);
    deciding_.batch->note(first);
    // Right behind its sends, and in the same append: both are durable, or neither is.
    if (numbered) keep(batch_input(*batch.numbered, answers, made.size() - first), Done{}, at);
    if (made.size() > first) entries = deciding_.batch;
  }
  deciding_.answers.emplace_back([answers = std::move(answers), sends = std::move(batch.sends),
                                  entries = std::move(entries), numbered = std::move(numbered),
                                  reply = std::move(batch.reply)]() mutable {
    reply({.sends = std::move(sends),
           .answers = std::move(answers),
           .batch = std::move(entries),
           .numbered = std::move(numbered)});
  });
}

// One of which no send is decided. What was answered the first time may still wait for its sync: it
// is read when the answer is told.
void Engine::answer_number(SendBatch batch, NumberedAnswer numbered) {
  deciding_.answers.emplace_back([&journal = journal_, sends = std::move(batch.sends),
                                  numbered = std::move(numbered),
                                  reply = std::move(batch.reply)]() mutable {
    SendsAnswered told{.sends = std::move(sends),
                       .answers = {},
                       .batch = nullptr,
                       .numbered = std::move(numbered)};
    if (told.numbered->repeats()) answer_again(journal, told);
    reply(std::move(told));
  });
}

void Engine::take(Question question, Instant) { questions_.push_back(std::move(question)); }

// Applies what was decided and what follows from it, and puts all of it into the batch that waits
// for the sync.
std::span<const Entry> Engine::keep(Input input, Decision decision, Instant at) {
  std::vector<Entry>& entries = deciding_.batch->entries;
  const std::size_t first = entries.size();
  apply_with_consequences(ledger_, entry_of(ledger_, std::move(input), std::move(decision), at),
                          entries);
  deciding_.batch->note(first);
  return std::span<const Entry>{entries}.subspan(first);
}

// Hands over what was decided, once nothing is in flight: then nothing is left behind undone.
// Answers alone, such as those to repeats, need no sync of their own: all that they stand on is
// durable by now. False where something else is in flight, which may end at any time.
bool Engine::depart() {
  if (flying_.batch != nullptr) return false;
  timers_taken_ = 0;
  asked_ = 0;
  if (deciding_.batch->entries.empty()) {
    if (!deciding_.answers.empty()) tell({nullptr, std::exchange(deciding_.answers, {})});
    return true;
  }
  flying_ = std::exchange(deciding_, {spare_.take(), {}});
  committer_.start(flying_.batch);
  return true;
}

void Engine::tell(Round round) {
  outlet_.committed({.batch = round.batch, .answers = std::move(round.answers)});
  if (round.batch != nullptr) spare_.give(std::move(round.batch));
}

void Engine::answer_questions() {
  if (flying_.batch != nullptr || !deciding_.batch->entries.empty()) return;
  for (Question& question : questions_) question.ask(ledger_);
  questions_.clear();
}

}  // namespace packledger
