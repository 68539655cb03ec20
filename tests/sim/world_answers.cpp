#include "tests/sim/world_answers.hpp"

#include "tests/sim/world.hpp"
#include "tests/sim/world_trial.hpp"

#include <utility>
#include <variant>

namespace packledger::sim {
namespace {

std::string number(Sequence sequence) { return std::to_string(sequence.value); }

AccountId account_of(const World& world, std::string_view name) {
  return world.judge.ledger().accounts().find(name).value_or(AccountId{});
}

// Of what is told, nothing may be lost with the power that instant.
void look_at_disk(World& world, Sequence told) {
  world.invariants.check(Promise::ack_order, told <= world.server->journal().last(), [&] {
    return "entry " + number(told) + " is told, the journal ends with " +
           number(world.server->journal().last());
  });
  const Server& server = *world.server;
  // What a later append has left behind that failed is not told.
  const bool is_last = told == server.handed_over() && told > server.began_behind();
  if (!is_last || !world.draws.rarely(4)) return;
  // The log that is written now is the last; one of a process before may have failed.
  const auto logs = world.machine.files_with(".log");
  for (const std::string& path : world.machine.disk->unsynced()) {
    world.invariants.check(Promise::ack_order, logs.empty() || path != logs.back(), [&] {
      return path + " is not synced, entry " + number(told) + " is told";
    });
  }
}

// The first answer again: all entries from the first on that it caused.
void judge_recorded(World& world, const Input& input, const Answered& answered) {
  const Entry& first = answered.entries.front();
  look_at_disk(world, answered.entries.back().sequence);
  for (std::size_t i = 0; i < answered.entries.size(); ++i) {
    const Sequence place{first.sequence.value + i};
    world.invariants.check(
        Promise::durable,
        place <= world.judge.last() && world.judge.entry(place) == answered.entries[i],
        [&] { return "entry " + number(place) + " is told, but is another one"; });
  }
  world.invariants.check(Promise::once, first.input.what == input.what,
                         [&] { return "the answer " + number(first.sequence) + " is of another"; });
}

}  // namespace

void judge_answer(World& world, const Taken& taken, const CommandAsked& asked,
                  const CommandAnswer& answer) {
  const Input& input = asked.input;
  if (answer && !answer->replayed && asked.run == Run::dry)
    return judge_tried(world, taken, asked, answer->entries);
  RefusedAsk ask{.after = taken.after,
                 .order = taken.order,
                 .at = taken.at,
                 .account = account_of(world, asked.account),
                 .what = input.what,
                 .code = {}};
  if (answer) {
    judge_recorded(world, input, *answer);
    if (!answer->replayed) return;
    world.probes.reach("an answer given again");
    if (!input.key.empty() && answer->entries.front().input.key == input.key) return;
    // By its name, not by its key. Of grants and orders the model knows no repeats.
    if (std::holds_alternative<PackageGranted>(input.what) ||
        std::holds_alternative<OrderPlaced>(input.what))
      return;
    ask.code = "duplicate";
  } else {
    const Refusal& refusal = answer.error().refusal;
    const bool by_key = !input.key.empty() && refusal.first != Sequence{} &&
                        world.judge.entry(refusal.first).input.key == input.key;
    world.invariants.check(Promise::once, !by_key, [&] {
      return "key " + input.key + " of entry " + number(refusal.first) +
             " is refused: " + std::string(reject_text(refusal.reject));
    });
    ask.code = reject_text(refusal.reject);
  }
  world.judge.refused(std::move(ask));
}

void judge_repeat(World& world, const SendAsked& asked, const Entry& first) {
  const auto* const send = std::get_if<SendRecorded>(&first.input.what);
  const bool same = send != nullptr && *send == asked.send &&
                    first.input.account == account_of(world, asked.account);
  world.invariants.check(Promise::once, same, [&] {
    return asked.send.send.string() + " is told to be entry " + number(first.sequence);
  });
}

namespace {

void judge_repeat(World& world, const SendAsked& asked, const Refusal& refusal) {
  judge_repeat(world, asked, world.judge.entry(refusal.first));
}

// One that was recorded stands in the journal as it was asked for.
void judge_entry(World& world, const SendAsked& asked, Sequence sequence) {
  look_at_disk(world, sequence);
  const bool there = sequence >= Sequence{1} && sequence <= world.judge.last();
  const auto* const send =
      there ? std::get_if<SendRecorded>(&world.judge.entry(sequence).input.what) : nullptr;
  world.invariants.check(Promise::durable, send != nullptr && *send == asked.send, [&] {
    return asked.send.send.string() + " is told to be entry " + number(sequence);
  });
}

// A number that was taken: as it was answered the first time.
void judge_number_again(World& world, const SendsAnswered& answered) {
  world.probes.reach("a numbered batch answered from the journal");
  for (std::size_t i = 0; i < answered.answers.size(); ++i) {
    const SendAnswer& answer = answered.answers[i];
    if (answer.refusal() == nullptr) judge_entry(world, answered.sends[i], answer.sequence);
    if (answer.repeats()) judge_repeat(world, answered.sends[i], *answer.refusal());
  }
}

void judge_number_refused(World& world, const Taken& taken, const NumberedBatch& numbered,
                          const Refusal& refusal) {
  BatchTaken batch;
  batch.producer = numbered.producer.string();
  batch.epoch = numbered.at.epoch;
  batch.number = numbered.at.number;
  world.judge.refused({.after = taken.after,
                       .order = taken.order,
                       .at = taken.at,
                       .account = {},
                       .what = std::move(batch),
                       .code = std::string(reject_text(refusal.reject)),
                       .of_a_batch = true});
}

}  // namespace

void judge_answer(World& world, const Taken& taken, const std::optional<NumberedBatch>& numbered,
                  const SendsAnswered& answered) {
  if (numbered && answered.numbered->asks) return;
  if (numbered && answered.numbered->refusal) {
    judge_number_refused(world, taken, *numbered, *answered.numbered->refusal);
    if (answered.numbered->repeats()) judge_number_again(world, answered);
    return;
  }
  Sequence after = taken.after;
  for (std::size_t i = 0; i < answered.answers.size(); ++i) {
    const SendAnswer& answer = answered.answers[i];
    const SendAsked& asked = answered.sends[i];
    const Refusal* const refusal = answer.refusal();
    if (refusal == nullptr) {
      judge_entry(world, asked, answer.sequence);
      after = answer.sequence;
      continue;
    }
    if (answer.repeats()) judge_repeat(world, asked, *refusal);
    world.judge.refused({.after = after,
                         .order = taken.order,
                         .at = taken.at,
                         .account = account_of(world, asked.account),
                         .what = asked.send,
                         .code = std::string(reject_text(refusal->reject)),
                         .of_a_batch = true});
  }
}

}  // namespace packledger::sim
