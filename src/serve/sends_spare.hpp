// SendsSpare: vectors of sends that were answered, kept to be filled again, so that a batch costs
// no allocation.
//
// Owner: Service. Front thread.
// Invariants:
//  1. Never keeps more than sends_max sends in all; what is beyond is freed.
#pragma once

#include "packledger/engine/inbox.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace packledger::serve {

class SendsSpare {
 public:
  static constexpr std::size_t sends_max = 65'536;  // about 10 MiB; 64 batches of 1,000

  // One that was given, with whatever sends are still in it, or an empty one.
  [[nodiscard]] std::vector<SendAsked> take() {
    if (kept_.empty()) return {};
    std::vector<SendAsked> sends = std::move(kept_.back());
    kept_.pop_back();
    sends_ -= sends.size();
    return sends;
  }
  void give(std::vector<SendAsked> sends) {
    if (sends.empty() || sends_ + sends.size() > sends_max) return;
    sends_ += sends.size();
    kept_.push_back(std::move(sends));
  }

 private:
  std::vector<std::vector<SendAsked>> kept_;
  std::size_t sends_ = 0;  // in all of kept_
};

}  // namespace packledger::serve
