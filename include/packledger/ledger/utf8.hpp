// Reading UTF-8 one character at a time: the one place that knows what well-formed means.
//
// Owner: ledger; used wherever a text is counted, checked or escaped. Pure functions, any thread.
// Invariants:
//  1. Only the shortest form is well-formed; halves of surrogate pairs and values above U+10FFFF
//     are not (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace packledger {

struct Utf8Character {
  char32_t value = 0;
  std::size_t bytes = 0;  // 1 to 4
};

// The character whose first byte is text[at]; nothing where the bytes there are not well-formed.
// `at` must be inside the text.
[[nodiscard]] constexpr std::optional<Utf8Character> utf8_character(std::string_view text,
                                                                    std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  if (first < 0x80) return Utf8Character{first, 1};
  // The first byte tells the length; 0xC0, 0xC1 and all from 0xF5 on begin nothing.
  const std::size_t bytes = first < 0xC2   ? 0
                            : first < 0xE0 ? 2
                            : first < 0xF0 ? 3
                            : first < 0xF5 ? 4
                                           : 0;
  if (bytes == 0 || text.size() - at < bytes) return std::nullopt;
  char32_t value = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return std::nullopt;
    value = value << 6U | (byte(at + i) & 0x3FU);
  }
  const bool longer_than_needed = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (longer_than_needed || surrogate || value > 0x10FFFF) return std::nullopt;
  return Utf8Character{value, bytes};
}

// How many bytes from the start are well-formed: text.size() where all of it is.
[[nodiscard]] constexpr std::size_t utf8_valid_bytes(std::string_view text) {
  constexpr std::string_view::size_type block = 16;
  std::size_t at = 0;
  while (at < text.size()) {
    while (text.size() - at >= block) {  // most text is ASCII: a block that is needs no closer look
      std::uint8_t together = 0;
      for (std::size_t i = 0; i < block; ++i) together |= static_cast<std::uint8_t>(text[at + i]);
      if (together >= 0x80) break;
      at += block;
    }
    if (at == text.size()) break;
    const std::optional<Utf8Character> character = utf8_character(text, at);
    if (!character) break;
    at += character->bytes;
  }
  return at;
}

}  // namespace packledger
