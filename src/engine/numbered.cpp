#include "engine/numbered.hpp"

#include "packledger/ledger/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace packledger {
namespace {

BatchTaken taken_of(const NumberedBatch& numbered, std::size_t sends) {
  return {.producer = numbered.producer.string(),
          .epoch = numbered.at.epoch,
          .number = numbered.at.number,
          .digest = numbered.digest,
          .sends = sends,
          .entries = 0,
          .not_recorded = {}};
}

SendAnswer recorded_before(Sequence sequence) {
  return {.sequence = sequence, .account = {}, .unrecorded = std::make_unique<Unrecorded>()};
}

SendAnswer refused_before(const NotRecorded& send) {
  SendAnswer answer = recorded_before(send.first);
  const auto field = send.field ? member_text(*send.field) : std::string_view{};
  answer.unrecorded->refusal = Refusal{.reject = send.why, .field = field, .first = send.first};
  return answer;
}

// Those of a batch that was taken: its sends, recorded where they stand in the journal.
std::vector<SendAnswer> answers_of(const BatchTaken& taken, std::span<const Sequence> recorded) {
  ENSURE(taken.sends == recorded.size() + taken.not_recorded.size(),
         "each send of a batch was recorded, or is told not to be");
  std::vector<SendAnswer> answers;
  answers.reserve(taken.sends);
  auto refused = taken.not_recorded.begin();
  for (std::uint64_t index = 0; index < taken.sends; ++index) {
    if (refused != taken.not_recorded.end() && refused->index == index) {
      answers.push_back(refused_before(*refused++));
    } else {
      answers.push_back(recorded_before(recorded.front()));
      recorded = recorded.subspan(1);
    }
  }
  return answers;
}

}  // namespace

NumberedAnswer look_at_number(const Ledger& ledger, const SendBatch& batch, Instant at) {
  const NumberedBatch& numbered = *batch.numbered;
  NumberedAnswer answer;
  if (const Producer* known = ledger.producers().find(numbered.producer.view(), at))
    answer.producer = {.epoch = known->epoch, .number = known->last};
  if (numbered.at.number == 0) {
    ENSURE(batch.sends.empty(), "the front refuses sends without a number");
    answer.asks = true;
    return answer;
  }
  const Input input{.account = {}, .key = {}, .what = taken_of(numbered, batch.sends.size())};
  if (const auto decided = ledger.decide(input, at); !decided) answer.refusal = decided.error();
  return answer;
}

Input batch_input(const NumberedBatch& numbered, std::span<const SendAnswer> answers,
                  std::size_t entries) {
  BatchTaken taken = taken_of(numbered, answers.size());
  taken.entries = entries;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Refusal* refusal = answers[i].refusal();
    if (refusal == nullptr) continue;
    const auto field = send_member(refusal->field);
    ENSURE(refusal->field.empty() || field, "a send is refused for a member that it has");
    taken.not_recorded.push_back(
        {.index = i, .why = refusal->reject, .field = field, .first = refusal->first});
  }
  return {.account = {}, .key = {}, .what = std::move(taken)};
}

void answer_again(const Journal& journal, SendsAnswered& told) {
  NumberedAnswer& numbered = *told.numbered;
  std::optional<BatchTaken> taken;
  std::vector<Sequence> recorded;
  const auto read = journal.read(numbered.refusal->first, [&](const Entry& entry) {
    if (const auto* batch = std::get_if<BatchTaken>(&entry.input.what)) taken = *batch;
    if (std::holds_alternative<SendRecorded>(entry.input.what)) recorded.push_back(entry.sequence);
    return !taken;
  });
  ENSURE(read.has_value() && taken, "what the ledger remembers is in the journal");
  // Which sends are malformed follows from the bytes, but a later release may see it otherwise.
  if (taken->sends != told.sends.size()) {
    numbered.refusal->reject = Reject::conflict;
    numbered.refusal->field = "sends";
    return;
  }
  told.answers = answers_of(*taken, recorded);
}

}  // namespace packledger
