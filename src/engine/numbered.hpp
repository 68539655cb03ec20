// Numbered batches in a turn (rules §12 R128 to R130): may the number be taken, what stands in the
// journal of its sends, and what they were answered when the batch came first.
//
// Owner: the engine; engine thread, but for answer_again.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/engine/journal.hpp"

#include <cstddef>
#include <span>

namespace packledger {

// How far the producer is, and whether the number may be taken now.
[[nodiscard]] NumberedAnswer look_at_number(const Ledger& ledger, const SendBatch& batch,
                                            Instant at);

// The input that stands behind the sends of a batch, which made so many entries.
[[nodiscard]] Input batch_input(const NumberedBatch& numbered, std::span<const SendAnswer> answers,
                                std::size_t entries);

// Answers a batch that was taken before as it was answered then; the journal has that. Once the
// first is durable; any thread.
void answer_again(const Journal& journal, SendsAnswered& told);

}  // namespace packledger
