#include "packledger/engine/engine.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <span>
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

// Visits sends in their order, each with what is known of it, while memory fetches what the next
// ones will look at: so all wait side by side, not one after the other.
void each_fetched(const Ledger& ledger, std::span<const SendAsked> sends, auto&& visit) {
  constexpr std::size_t lead = 12;  // of each step of fetching: as many as memory answers at once
  constexpr std::size_t ring = 64;  // more than three leads
  std::array<SendAhead, ring> ahead;
  for (std::size_t i = 0; i < sends.size() + 3 * lead; ++i) {
    if (i < sends.size()) ahead[i % ring] = ledger.fetch(sends[i].account);
    if (const std::size_t at = i - lead; at < sends.size())
      ledger.fetch_row(ahead[at % ring], sends[at].send.send);
    if (const std::size_t at = i - 2 * lead; at < sends.size())
      ledger.fetch_parts(ahead[at % ring]);
    if (const std::size_t at = i - 3 * lead; at < sends.size()) visit(sends[at], ahead[at % ring]);
  }
}

// Decides each send and hands what is to be kept to `keep`, which applies it, so that the next one
// is decided on top, and answers.
std::vector<SendAnswer> answer_sends(const Ledger& ledger, std::span<const SendAsked> sends,
                                     Instant at, auto&& keep) {
  std::vector<SendAnswer> answers;
  answers.reserve(sends.size());
  each_fetched(ledger, sends, [&](const SendAsked& asked, const SendAhead& ahead) {
    const AccountId account =
        ledger.accounts().find(asked.account, ahead.account_hash).value_or(AccountId{});
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
  follow_up_journal(at);                                  // one that was cut short
  if (take_due_timers(at)) take_inbox(at);                // what is due comes first (rules §1 R5)
  if (auto durable = commit(); !durable) return durable;  // one append, one sync
  tell();                                                 // Outlet::committed, then the answers
  answer_questions();                                     // readers see only what is durable
  return {};
}

void Engine::follow_up_journal(Instant at) {
  const std::size_t first = batch_->entries.size();
  follow_up(ledger_, at, batch_->entries);
  batch_->note_others(first);
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
  while (batch_->entries.size() < limits_.batch_entries_max) {
    auto request = inbox_.take();
    if (!request) return;
    std::visit([&](auto&& asked) { take(std::move(asked), at); }, *std::move(request));
    // What was just kept may be due already, such as the end of a package granted for the past.
    if (!take_due_timers(at)) return;
    if (ends_turn(batch_->entries)) return;
  }
}

void Engine::take(Command command, Instant at) {
  Input& input = command.input;
  if (!command.account.empty())
    input.account = ledger_.accounts().find(command.account).value_or(AccountId{});
  auto decided = ledger_.decide(input, at);
  if (!decided) {
    // The first entry of a repeat may still wait for its sync: it is read when the answer is told.
    answers_.emplace_back([&journal = journal_, refusal = decided.error(), input = std::move(input),
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
  answers_.emplace_back([entries = std::move(entries), reply = std::move(command.reply)]() mutable {
    reply(Answered{.entries = std::move(entries), .replayed = false});
  });
}

void Engine::take(SendBatch batch, Instant at) {
  ENSURE(batch.sends.size() <= sends_per_batch_max, "the front bounds its batches");
  std::vector<SendAnswer> answers;
  if (batch.dry_run) {
    Ledger scratch{Ledger::Over{ledger_}};
    const auto keep = [&](AccountId account, const SendRecorded& send, SendDecision decision) {
      std::vector<Entry> entries;
      add_send(scratch, account, send, std::move(decision), at, entries);
      follow_up(scratch, at, entries);
      return answer_of(std::move(entries));
    };
    answers = answer_sends(scratch, batch.sends, at, keep);
  } else {
    std::vector<Entry>& entries = batch_->entries;
    const std::size_t first = entries.size();
    const auto keep = [&](AccountId account, const SendRecorded& send, SendDecision decision) {
      SendAnswer answer =
          answer_of(add_send(ledger_, account, send, std::move(decision), at, entries));
      follow_up(ledger_, at, entries);
      return answer;
    };
    answers = answer_sends(ledger_, batch.sends, at, keep);
    batch_->note_others(first);
  }
  answers_.emplace_back([answers = std::move(answers), sends = std::move(batch.sends),
                         entries = SharedBatch{batch_}, reply = std::move(batch.reply)]() mutable {
    reply({.sends = std::move(sends), .answers = std::move(answers), .batch = std::move(entries)});
  });
}

void Engine::take(Question question, Instant) { questions_.push_back(std::move(question)); }

// Applies what was decided and what follows from it, and puts all of it into the batch that waits
// for the sync.
std::span<const Entry> Engine::keep(Input input, Decision decision, Instant at) {
  std::vector<Entry>& entries = batch_->entries;
  const std::size_t first = entries.size();
  apply_with_consequences(ledger_, entry_of(ledger_, std::move(input), std::move(decision), at),
                          entries);
  batch_->note_others(first);
  return std::span<const Entry>{entries}.subspan(first);
}

Result<void, EngineStop> Engine::commit() {
  const std::vector<Entry>& entries = batch_->entries;
  if (entries.empty()) return {};
  const Sequence after{entries.front().sequence.value - 1};
  auto durable = journal_.append(after, entries);
  if (!durable) return std::unexpected{EngineStop{durable.error().detail}};
  return {};
}

void Engine::tell() {
  timers_taken_ = 0;
  if (batch_->entries.empty() && answers_.empty()) return;
  Committed told{.batch = nullptr, .answers = std::exchange(answers_, {})};
  if (!batch_->entries.empty()) {
    told.batch = batch_;
    spare_.give(std::exchange(batch_, nullptr));
    batch_ = spare_.take();
  }
  outlet_.committed(std::move(told));
}

void Engine::answer_questions() {
  for (Question& question : questions_) question.ask(ledger_);
  questions_.clear();
}

}  // namespace packledger
