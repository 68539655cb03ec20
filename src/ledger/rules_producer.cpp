// Batches that their producer numbers (rules §12 R128 to R131).
#include "ledger/rules.hpp"
#include "packledger/ledger/result.hpp"

namespace packledger {
namespace {

// Of a batch whose number was taken in this epoch.
Refusal known(const Producer& producer, const BatchTaken& asked) {
  const auto taken = producer.batch(asked.number);
  if (!taken) return Refusal{Reject::too_old, "number", {}};
  if (taken->digest != asked.digest) return Refusal{Reject::conflict, "sends", taken->first};
  return Refusal{Reject::duplicate, {}, taken->first};
}

}  // namespace

Decided decide_batch(const Ledger& ledger, const BatchTaken& asked, Instant at) {
  ENSURE(is_producer(asked.producer) && asked.epoch >= 1 && asked.epoch <= producer_number_max &&
             asked.number >= 1 && asked.number <= producer_number_max,
         "the front bounds what producers say");
  const Producer* producer = ledger.producers().find(asked.producer, at);
  const std::uint64_t epoch = producer == nullptr ? 0 : producer->epoch;
  const bool same_epoch = asked.epoch == epoch;
  if (same_epoch && asked.number <= producer->last) return std::unexpected{known(*producer, asked)};
  if (asked.epoch < epoch) return refuse(Reject::stale_epoch, "epoch");
  const std::uint64_t expected = same_epoch ? producer->last + 1 : 1;
  if (asked.number != expected) return refuse(Reject::gap, "number");
  if (producer == nullptr && ledger.producers().full(at))
    return refuse(Reject::producers_max_reached, "producer");
  return Done{};
}

}  // namespace packledger
