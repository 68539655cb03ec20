#include "wire/cursor.hpp"

#include <charconv>

namespace packledger {

std::string cursor_text(CursorOf list, std::uint64_t number) {
  return static_cast<char>(list) + std::to_string(number);
}

std::optional<std::uint64_t> parse_cursor(CursorOf list, std::string_view cursor,
                                          std::uint64_t max) {
  if (!cursor.starts_with(static_cast<char>(list))) return std::nullopt;
  cursor.remove_prefix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  const bool whole = error == std::errc{} && end == cursor.data() + cursor.size();
  return whole && number >= 1 && number <= max ? std::optional{number} : std::nullopt;
}

}  // namespace packledger
