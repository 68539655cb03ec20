// Hashes of sends: fast, well spread, the same in every build; no defence against somebody who
// searches for names that collide, which costs time and never a wrong answer. Pure functions, any
// thread.
#pragma once

#include "packledger/ledger/send_sums.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace packledger {

// The halves of a product of 128 bits, folded.
[[nodiscard]] inline std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

template <class Word> [[nodiscard]] std::uint64_t word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Sixteen bytes a step, the last ones read over those before where they are fewer.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view bytes, std::uint64_t seed) {
  constexpr std::uint64_t odd_a = 0x9e37'79b9'7f4a'7c15ULL;
  constexpr std::uint64_t odd_b = 0xc2b2'ae3d'27d4'eb4fULL;
  std::uint64_t hash = folded(seed ^ odd_a, odd_b);
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left > 16; left -= 16, at += 16)
    hash = folded(word_at<std::uint64_t>(at) ^ odd_a, word_at<std::uint64_t>(at + 8) ^ hash);
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (left >= 8) {
    first = word_at<std::uint64_t>(at);
    last = word_at<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    first = word_at<std::uint32_t>(at);
    last = word_at<std::uint32_t>(at + left - 4);
  } else {
    for (std::size_t i = 0; i < left; ++i) first = first << 8U | word_at<std::uint8_t>(at + i);
  }
  hash = folded(first ^ odd_b, last ^ hash);
  return folded(hash ^ odd_a, bytes.size() ^ odd_b);
}

[[nodiscard]] inline SendPrint print_of(std::string_view bytes, std::uint64_t seed = 0) {
  return {.low = hash_of(bytes, seed ^ 0x243f'6a88'85a3'08d3ULL),
          .high = hash_of(bytes, seed ^ 0x1319'8a2e'0370'7344ULL)};
}

}  // namespace packledger
