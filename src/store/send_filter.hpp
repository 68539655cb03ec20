// SendFilter: says of a hash that it is not among many, or that it may be: of a thousand that are
// not about one. Sixteen bits for each of them, all that are asked for in one line of memory.
//
// One thread adds at a time; others may ask meanwhile, and hear of what was added before they were
// told that it is complete.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace packledger {

class SendFilter {
 public:
  SendFilter() = default;
  explicit SendFilter(std::size_t hashes);  // at most so many are to be added
  void add(std::uint64_t hash);
  [[nodiscard]] bool may_hold(std::uint64_t hash) const;
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&lines_[line_of(hash)]); }
  [[nodiscard]] std::size_t memory() const { return lines_.size() * sizeof(Line); }  // bytes

 private:
  struct alignas(64) Line {
    std::array<std::atomic<std::uint64_t>, 8> words{};
  };
  [[nodiscard]] std::size_t line_of(std::uint64_t hash) const;

  std::vector<Line> lines_;
};

}  // namespace packledger
