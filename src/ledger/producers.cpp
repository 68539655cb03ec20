#include "packledger/ledger/producers.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <utility>

namespace packledger {

bool is_producer(std::string_view text) {
  return is_name(text) && text.size() <= producer_bytes_max && !text.contains(numbered_name_mark);
}

std::optional<TakenBatch> Producer::batch(std::uint64_t number) const {
  ENSURE(number >= 1 && number <= last, "a batch that was taken is looked up");
  if (last - number >= producer_batches_max) return std::nullopt;
  return batches[(number - 1) % producer_batches_max];
}

const Producer* Producers::find(std::string_view name, Instant at) const {
  const auto found = producers_.find(name);
  if (found == producers_.end()) return beneath_ == nullptr ? nullptr : beneath_->find(name, at);
  return found->second.forgotten(at) ? nullptr : &found->second;
}

bool Producers::full(Instant at) const {
  const Producers& whole = beneath_ == nullptr ? *this : *beneath_;
  if (whole.producers_.size() < producers_max) return false;
  const auto known = std::ranges::count_if(
      whole.producers_, [at](const auto& each) { return !each.second.forgotten(at); });
  return std::cmp_greater_equal(known, producers_max);
}

Producer& Producers::change(const std::string& name, Instant at) {
  const auto found = producers_.find(name);
  if (found != producers_.end() && !found->second.forgotten(at)) return found->second;
  const Producer* before = beneath_ == nullptr ? nullptr : beneath_->find(name, at);
  if (before != nullptr) return producers_.emplace(name, *before).first->second;
  std::erase_if(producers_, [at](const auto& each) { return each.second.forgotten(at); });
  ENSURE(producers_.size() < producers_max, "decide refuses more producers than there is room for");
  return producers_[name];
}

void Producers::take(const std::string& name, BatchNumber number, TakenBatch batch, Instant at) {
  Producer& producer = change(name, at);
  if (number.epoch > producer.epoch) {
    producer.epoch = number.epoch;
    producer.last = 0;
    producer.batches.clear();
  }
  ENSURE(number.epoch == producer.epoch && number.number == producer.last + 1,
         "batches are taken in order, each once");
  producer.last = number.number;
  producer.last_at = at;
  if (producer.batches.size() < producer_batches_max) {
    producer.batches.push_back(batch);
  } else {
    producer.batches[(number.number - 1) % producer_batches_max] = batch;
  }
}

bool Producers::restore(const std::string& name, Producer producer) {
  const bool rises = producers_.empty() || producers_.rbegin()->first < name;
  if (rises) producers_.emplace_hint(producers_.end(), name, std::move(producer));
  return rises;
}

}  // namespace packledger
