// Figures for people: numbers with separators, bars, local times, the periods they type. Pure
// functions, any thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger::cli {

// How a text may look where it is going.
struct Look {
  bool blocks = false;  // UTF-8 block characters, else plain ASCII
  bool color = false;
  bool bars = false;  // the error stream is a terminal: progress may be drawn over itself
};

enum class Color : std::uint8_t { none, green, yellow, red, dim, bold };

// The text in that color, where the look has colors.
[[nodiscard]] std::string colored(std::string_view text, Color color, Look look);

// "1,234,567"
[[nodiscard]] std::string grouped(std::int64_t number);
// "6,850.132": the whole part of a decimal text with separators, the rest as it is.
[[nodiscard]] std::string grouped(std::string_view decimal);

// How much of `whole` is left, `width` columns wide. Something left is never shown as nothing, and
// something gone never as all: only a full bar means untouched.
[[nodiscard]] std::string bar(std::int64_t left, std::int64_t whole, std::size_t width, Look look);
// Green, from a fifth downward yellow, from a twentieth downward red.
[[nodiscard]] Color color_of(std::int64_t left, std::int64_t whole);

// "2024-05-01 00:00", with seconds and milliseconds only where there are any.
[[nodiscard]] std::string local_text(Instant t, const Zone& zone);
// The same with all its digits: "2024-05-09 23:59:59.999".
[[nodiscard]] std::string local_text_exact(Instant t, const Zone& zone);

// "7d", "36h", "90m", "45s", "2w", or ISO 8601: "P7D".
[[nodiscard]] std::optional<Duration> parse_period(std::string_view text);

// "3 days, 2 h and 5 min": the two or three largest parts, down to minutes; "12 s" below a minute.
[[nodiscard]] std::string long_text(Duration duration);

// In columns of a terminal: code points, as every character that we print is one column wide.
[[nodiscard]] std::size_t columns_of(std::string_view text);

}  // namespace packledger::cli
