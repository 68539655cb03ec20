#include "store/send_filter.hpp"

namespace packledger {
namespace {

// Seven times nine bits: which of the 512 bits of a line.
constexpr int bits_per_hash = 7;
constexpr unsigned bit_bits = 9;
std::uint64_t bits_of(std::uint64_t hash) { return hash * 0x9e37'79b9'7f4a'7c15ULL; }

}  // namespace

SendFilter::SendFilter(std::size_t hashes) : lines_(hashes / 32 + 1) {}

std::size_t SendFilter::line_of(std::uint64_t hash) const {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>(Wide{hash} * lines_.size() >> 64U);
}

void SendFilter::add(std::uint64_t hash) {
  Line& line = lines_[line_of(hash)];
  std::uint64_t bits = bits_of(hash);
  for (int i = 0; i < bits_per_hash; ++i, bits >>= bit_bits) {
    std::atomic<std::uint64_t>& word = line.words[bits >> 6U & 7U];
    const std::uint64_t bit = std::uint64_t{1} << (bits & 63U);
    word.store(word.load(std::memory_order_relaxed) | bit, std::memory_order_relaxed);
  }
}

bool SendFilter::may_hold(std::uint64_t hash) const {
  if (lines_.empty()) return false;
  const Line& line = lines_[line_of(hash)];
  std::uint64_t bits = bits_of(hash);
  std::uint64_t all = 1;
  for (int i = 0; i < bits_per_hash; ++i, bits >>= bit_bits)
    all &= line.words[bits >> 6U & 7U].load(std::memory_order_relaxed) >> (bits & 63U);
  return (all & 1U) != 0;
}

}  // namespace packledger
