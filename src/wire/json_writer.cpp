#include "wire/json_writer.hpp"

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/utf8.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace packledger {

namespace {

constexpr unsigned depth_max = 64;  // one bit of objects_ each

constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F &&
         c != '"' && c != '\\';
}

// Characters that are shown as something else than they are: C1 controls, which some terminals
// obey, line separators, and the marks that turn the direction of what follows.
constexpr bool is_misleading(char32_t c) {
  return (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

// Below U+10000.
void append_escaped(std::string& out, char32_t c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case U'"': out += R"(\")"; return;
    case U'\\': out += R"(\\)"; return;
    case U'\n': out += R"(\n)"; return;
    case U'\r': out += R"(\r)"; return;
    case U'\t': out += R"(\t)"; return;
    default: break;
  }
  out += R"(\u)";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += hex[c >> shift & 0xFU];
}

template <class Integer> void append_integer(std::string& out, Integer value) {
  std::array<char, 20> digits;  // -9223372036854775808, 18446744073709551615
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t from = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out += text.substr(from, at - from);
    if (at == text.size()) break;
    const std::optional<Utf8Character> character = utf8_character(text, at);
    const std::size_t bytes = character ? character->bytes : 1;
    if (!character) {
      out += "\uFFFD";
    } else if (bytes == 1 || is_misleading(character->value)) {
      append_escaped(out, character->value);
    } else {
      out += text.substr(at, bytes);
    }
    at += bytes;
  }
  out += '"';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  ENSURE(depth_ > 0 && (objects_ & 1U) == 1U, "a key stands in an object");
  ENSURE(!after_key_, "a key is followed by a value");
  if (after_value_) out_ += ',';
  append_json_text(out_, name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

void JsonWriter::before_value() {
  ENSURE(depth_ == 0 ? !after_value_ : after_key_ == ((objects_ & 1U) == 1U),
         "in an object every value has a key, elsewhere none, and there is one root");
  if (after_value_ && !after_key_) out_ += ',';
  after_key_ = false;
  after_value_ = true;
}

JsonWriter& JsonWriter::begin(char bracket, std::uint64_t is_object) {
  before_value();
  ENSURE(depth_ < depth_max, "our own answers are never nested so deeply");
  out_ += bracket;
  objects_ = objects_ << 1U | is_object;
  ++depth_;
  after_value_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket, std::uint64_t is_object) {
  ENSURE(depth_ > 0 && (objects_ & 1U) == is_object && !after_key_, "brackets match");
  out_ += bracket;
  objects_ >>= 1U;
  --depth_;
  after_value_ = true;
  return *this;
}

JsonWriter& JsonWriter::word(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view text) {
  before_value();
  append_json_text(out_, text);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  before_value();
  append_integer(out_, value);
  return *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t value) {
  before_value();
  append_integer(out_, value);
  return *this;
}

}  // namespace packledger
