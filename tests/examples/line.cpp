#include "tests/examples/line.hpp"

#include <algorithm>
#include <charconv>

namespace packledger::examples {
namespace {

constexpr std::string_view table_offset = "+08:00";

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&](unsigned shift) { put(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
    return tail(0);
  }
  if (code < 0x10000) {
    put(0xE0U | code >> 12U);
  } else {
    put(0xF0U | code >> 18U);
    tail(12);
  }
  tail(6);
  tail(0);
}

// The number between the braces that open at text[open]; moves `open` behind them.
std::optional<std::uint32_t> braced(std::string_view text, std::size_t& open, int base) {
  const std::size_t close = text.find('}', open);
  if (open >= text.size() || text[open] != '{' || close == std::string_view::npos) return {};
  std::uint32_t value = 0;
  const std::string_view digits = text.substr(open + 1, close - open - 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  open = close + 1;
  return value;
}

// "1_000_000" is 1000000.
std::string ungrouped(std::string_view word) {
  std::string digits{word};
  std::erase(digits, '_');
  return digits;
}

std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view word) {
  const std::string digits = ungrouped(word);
  std::int64_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  return value;
}

std::optional<Instant> parse_time(std::string_view word) {
  constexpr std::size_t to_minutes = 16;  // 2024-05-01T00:00
  constexpr std::size_t to_seconds = 19;
  const std::size_t offset = word.find_first_of("Z+", to_minutes);
  const std::size_t minus = word.find('-', to_minutes);
  const std::size_t end = std::min({offset, minus, word.size()});
  if (end < to_minutes) return std::nullopt;
  std::string full{word.substr(0, end)};
  if (full.size() == to_minutes) full += ":00";
  if (full.size() < to_seconds) return std::nullopt;
  full += end == word.size() ? table_offset : word.substr(end);
  return parse_instant(full);
}

std::optional<std::string> parse_text(std::string_view quoted) {
  if (!quoted.starts_with('"')) return std::nullopt;
  const std::string_view text = quoted.substr(1);
  std::string out;
  std::string last;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '{') {
      const auto times = braced(text, at, 10);
      if (!times || *times == 0 || last.empty()) return std::nullopt;
      for (std::uint32_t i = 1; i < *times; ++i) out += last;
      last.clear();
      continue;
    }
    last.clear();
    if (text.substr(at).starts_with("\\u{")) {
      at += 2;
      const auto code = braced(text, at, 16);
      if (!code) return std::nullopt;
      append_utf8(last, *code);
    } else {
      if (text[at] == '\\') ++at;
      if (at == text.size()) return std::nullopt;
      last = text.substr(at, character_bytes(text[at]));
      at += last.size();
    }
    out += last;
  }
  return out;
}

std::string time_text(Instant t) {
  std::string text = instant_text(t + hours(8));
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

std::string_view Line::peek() const { return ended() ? std::string_view{} : words_[at_]; }

bool Line::take(std::string_view word) {
  if (fault_ || ended() || words_[at_] != word) return false;
  ++at_;
  return true;
}

void Line::wrong(const std::string& detail) {
  if (!fault_) fault_ = detail;
}

std::string Line::word(std::string_view what) {
  if (fault_) return {};
  if (ended()) {
    wrong("the line ends where it should say " + std::string(what));
    return {};
  }
  return words_[at_++];
}

template <class T>
T Line::parsed(std::optional<T> value, std::string_view what, std::string_view word) {
  if (!value && !fault_) wrong(std::string(word) + " is no " + std::string(what));
  return value.value_or(T{});
}

std::int64_t Line::number(std::string_view what) {
  const std::string text = word(what);
  return parsed(parse_number(text), what, text);
}

Units Line::units(std::string_view what) { return Units{number(what)}; }

Money Line::money(std::string_view what) {
  const std::string text = word(what);
  return parsed(parse_money(ungrouped(text)), what, text);
}

Instant Line::time(std::string_view what) {
  const std::string text = word(what);
  return parsed(parse_time(text), what, text);
}

Duration Line::duration(std::string_view what) {
  const std::string text = word(what);
  return parsed(parse_duration(text), what, text);
}

std::pair<std::string, std::string> Line::pair(std::string_view what) {
  const std::string text = word(what);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) wrong(text + " is no " + std::string(what));
  if (fault_) return {};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string Line::text(std::string_view what) {
  const std::string quoted = word(what);
  return parsed(parse_text(quoted), what, quoted);
}

}  // namespace packledger::examples
