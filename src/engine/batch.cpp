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

// A send without its name, with some lines.
constexpr std::size_t send_bytes = 48;

// What may stand many times in an entry; the rest of it is small beside.
std::size_t bytes_of_other(const Entry& entry) {
  constexpr std::size_t rest = 512;
  constexpr std::size_t package = 128;
  constexpr std::size_t line = 64;
  if (const auto* order = std::get_if<OrderDecision>(&entry.decision))
    return rest + order->packages.size() * package;
  if (const auto* invoice = std::get_if<InvoiceDecision>(&entry.decision))
    return rest + invoice->lines.size() * line;
  if (const auto* taken = std::get_if<BatchTaken>(&entry.input.what))
    return rest + taken->not_recorded.size() * line;
  return rest;
}

}  // namespace

void Batch::note(std::size_t from) {
  for (std::size_t at = from; at < entries.size(); ++at) {
    const Entry& entry = entries[at];
    if (const auto* send = std::get_if<SendRecorded>(&entry.input.what)) {
      bytes += send_bytes + send->send.size();
      continue;
    }
    others.push_back(static_cast<std::uint32_t>(at));
    bytes += bytes_of_other(entry);
  }
}

std::shared_ptr<Batch> SpareBatches::take() {
  const auto spare = std::ranges::find_if(told_, let_go);
  if (spare == told_.end()) return std::make_shared<Batch>();
  std::shared_ptr<Batch> batch = std::move(*spare);
  told_.erase(spare);
  batch->entries.clear();
  batch->others.clear();
  batch->bytes = 0;
  return batch;
}

void SpareBatches::give(std::shared_ptr<Batch> batch) {
  if (told_.size() == kept_max) told_.erase(told_.begin());
  told_.push_back(std::move(batch));
}

}  // namespace packledger
