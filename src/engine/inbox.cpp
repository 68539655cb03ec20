#include "packledger/engine/inbox.hpp"

#include <variant>

namespace packledger {

const Refusal* SendAnswer::refusal() const {
  return unrecorded != nullptr && unrecorded->refusal ? &*unrecorded->refusal : nullptr;
}

bool SendAnswer::repeats() const {
  return refusal() != nullptr && refusal()->reject == Reject::duplicate;
}

SendDecided decided_of(const SendAnswer& answer, const Batch* batch) {
  if (answer.unrecorded != nullptr)
    return {answer.unrecorded->recorded_at, answer.unrecorded->decision};
  ENSURE(batch != nullptr, "what is recorded is recorded in a batch");
  const std::uint64_t at = answer.sequence.value - batch->entries.front().sequence.value;
  ENSURE(at < batch->entries.size(), "what is recorded is in its batch");
  const Entry& entry = batch->entries[at];
  return {entry.recorded_at, std::get<SendDecision>(entry.decision)};
}

}  // namespace packledger
