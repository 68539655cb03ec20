#include "packledger/ledger/segment.hpp"

#include "packledger/ledger/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace packledger {

namespace {

// A single message has no header, a part of a long one loses seven septets or three code units to
// it (R19, R20, R23).
struct PartLimits {
  std::size_t single_max;
  std::size_t part_max;
};
constexpr PartLimits septets{.single_max = 160, .part_max = 153};
constexpr PartLimits code_units{.single_max = 70, .part_max = 67};

// GSM 03.38, the basic table in its own order: 0x00 to 0x7F. The place of ESC (0x1B) stands for
// itself; it is no character of a text.
constexpr std::u32string_view gsm_basic =
    U"@£$¥èéùìòÇ\nØø\rÅå"
    U"Δ_ΦΓΛΩΠΨΣΘΞ\x1BÆæßÉ"
    U" !\"#¤%&'()*+,-./"
    U"0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNO"
    U"PQRSTUVWXYZÄÖÑÜ§"
    U"¿abcdefghijklmno"
    U"pqrstuvwxyzäöñüà";
static_assert(gsm_basic.size() == 128 && gsm_basic[0x1B] == U'\x1B');

// The extension table: each is sent as ESC and one more septet. The first is the form feed.
constexpr std::u32string_view gsm_extension = U"\f^{}\\[~]|€";

// Septets of every character below this one; the only one above it is €.
constexpr char32_t gsm_table_end = U'Ω' + 1;

constexpr std::array<std::uint8_t, gsm_table_end> gsm_septets = [] {
  std::array<std::uint8_t, gsm_table_end> table{};
  for (const char32_t c : gsm_basic) {
    if (c != U'\x1B') table[c] = 1;
  }
  for (const char32_t c : gsm_extension) {
    if (c != U'€') table[c] = 2;
  }
  return table;
}();

// 0 where the character is in neither table.
constexpr std::uint8_t septets_of(char32_t c) {
  if (c == U'€') return 2;
  return c < gsm_table_end ? gsm_septets[c] : 0;
}

constexpr std::uint8_t code_units_of(char32_t c) { return c < 0x10000 ? 1 : 2; }

// The characters of a message, up to the longest that is allowed.
class Characters {
 public:
  // `utf8` is well-formed. What would go beyond message_length_max is left out and remembered.
  void append(std::string_view utf8) {
    for (std::size_t at = 0; at < utf8.size() && !too_long_;) {
      const Utf8Character character = utf8_character(utf8, at).value();
      append(character.value);
      at += character.bytes;
    }
  }
  void append(char32_t c) {
    too_long_ = too_long_ || code_units_ + code_units_of(c) > message_length_max;
    if (too_long_) return;
    code_units_ += code_units_of(c);
    characters_[count_++] = c;
  }

  [[nodiscard]] bool too_long() const { return too_long_; }
  [[nodiscard]] std::size_t code_units() const { return code_units_; }
  [[nodiscard]] std::span<const char32_t> all() const { return {characters_.data(), count_}; }

 private:
  std::array<char32_t, message_length_max> characters_;  // the first count_ of them
  std::size_t count_ = 0;
  std::size_t code_units_ = 0;
  bool too_long_ = false;
};

bool is_bracketed(std::string_view signature) {
  return (signature.starts_with("【") && signature.ends_with("】")) ||
         (signature.starts_with('[') && signature.ends_with(']'));
}

bool all_gsm(const Characters& characters) {
  return std::ranges::all_of(characters.all(), [](char32_t c) { return septets_of(c) > 0; });
}

// R17, R25.
void append_signature(Characters& message, std::string_view signature, SegmentProfile profile) {
  if (signature.empty()) return;
  if (is_bracketed(signature)) {
    message.append(signature);
    return;
  }
  Characters bare;
  bare.append(signature);
  const bool ascii_brackets = profile == SegmentProfile::intl_auto && all_gsm(bare);
  message.append(ascii_brackets ? U'[' : U'【');
  message.append(signature);
  message.append(ascii_brackets ? U']' : U'】');
  if (ascii_brackets) message.append(U' ');
}

// R22: a character that no longer fits moves whole to the next part, and its place stays empty.
std::int64_t packed(std::span<const char32_t> characters, std::uint8_t (*size_of)(char32_t),
                    PartLimits limits) {
  std::size_t total = 0;
  for (const char32_t c : characters) total += size_of(c);
  if (total <= limits.single_max) return 1;
  std::int64_t parts = 1;
  std::size_t used = 0;
  for (const char32_t c : characters) {
    if (used + size_of(c) > limits.part_max) {
      ++parts;
      used = 0;
    }
    used += size_of(c);
  }
  return parts;
}

// R16: the mainland counts code units and divides; nothing is lost at the end of a part.
std::int64_t divided(std::size_t length) {
  if (length <= code_units.single_max) return 1;
  return static_cast<std::int64_t>((length + code_units.part_max - 1) / code_units.part_max);
}

}  // namespace

Result<Units, SegmentFault> segment_count(const MessageText& text, SegmentProfile profile) {
  if (utf8_valid_bytes(text.signature) != text.signature.size() ||
      utf8_valid_bytes(text.body) != text.body.size()) {
    return std::unexpected{SegmentFault::not_utf8};
  }
  Characters message;
  append_signature(message, text.signature, profile);
  message.append(text.body);
  if (message.too_long()) return std::unexpected{SegmentFault::too_long};

  switch (profile) {
    case SegmentProfile::cn_unicode: return Units{divided(message.code_units())};
    case SegmentProfile::intl_auto: break;
  }
  if (all_gsm(message)) return Units{packed(message.all(), septets_of, septets)};
  return Units{packed(message.all(), code_units_of, code_units)};
}

}  // namespace packledger
