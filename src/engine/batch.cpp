#include "packledger/engine/batch.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace packledger {
namespace {

// True where nobody else holds it any more. use_count alone orders nothing: taking part once more
// puts all that the last reader did before what we do next.
bool let_go(const std::shared_ptr<Batch>& batch) {
  return batch.use_count() == 1 && std::weak_ptr<Batch>{batch}.lock() != nullptr;
}

}  // namespace

void Batch::note_others(std::size_t from) {
  for (std::size_t at = from; at < entries.size(); ++at) {
    if (!std::holds_alternative<SendRecorded>(entries[at].input.what))
      others.push_back(static_cast<std::uint32_t>(at));
  }
}

std::shared_ptr<Batch> SpareBatches::take() {
  const auto spare = std::ranges::find_if(told_, let_go);
  if (spare == told_.end()) return std::make_shared<Batch>();
  std::shared_ptr<Batch> batch = std::move(*spare);
  told_.erase(spare);
  batch->entries.clear();
  batch->others.clear();
  return batch;
}

void SpareBatches::give(std::shared_ptr<Batch> batch) {
  if (told_.size() == kept_max) told_.erase(told_.begin());
  told_.push_back(std::move(batch));
}

}  // namespace packledger
