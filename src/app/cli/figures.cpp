#include "app/cli/figures.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace packledger::cli {
namespace {

// Eighths of a column, from one to seven.
constexpr std::array<std::string_view, 7> eighths{"▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::string_view full_block = "█";
constexpr std::string_view empty_block = "░";

// left x steps / whole without leaving 64 bits; never at an end that is not reached.
std::int64_t steps_left(std::int64_t left, std::int64_t whole, std::int64_t steps) {
  if (whole <= 0 || left <= 0) return 0;
  if (left >= whole) return steps;
  const auto exact = static_cast<std::int64_t>(static_cast<__int128>(left) * steps / whole);
  return std::clamp<std::int64_t>(exact, 1, steps - 1);
}

std::string digits_grouped(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string repeated(std::string_view text, std::int64_t count) {
  std::string out;
  for (std::int64_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string_view code_of(Color color) {
  switch (color) {
    case Color::none: return "";
    case Color::green: return "\x1b[32m";
    case Color::yellow: return "\x1b[33m";
    case Color::red: return "\x1b[31m";
    case Color::dim: return "\x1b[2m";
    case Color::bold: return "\x1b[1m";
  }
  return "";
}

}  // namespace

std::string colored(std::string_view text, Color color, Look look) {
  if (!look.color || color == Color::none) return std::string(text);
  return std::string(code_of(color)) + std::string(text) + "\x1b[0m";
}

std::string grouped(std::int64_t number) { return grouped(std::to_string(number)); }

std::string grouped(std::string_view decimal) {
  std::string out;
  if (decimal.starts_with('-')) {
    out = "-";
    decimal.remove_prefix(1);
  }
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  out += digits_grouped(decimal.substr(0, point));
  out += decimal.substr(point);
  return out;
}

std::string bar(std::int64_t left, std::int64_t whole, std::size_t width, Look look) {
  const auto columns = static_cast<std::int64_t>(width);
  if (!look.blocks) {
    const std::int64_t full = steps_left(left, whole, columns);
    return repeated("#", full) + repeated(".", columns - full);
  }
  const std::int64_t parts = steps_left(left, whole, columns * 8);
  std::string out = repeated(full_block, parts / 8);
  const std::int64_t rest = parts % 8;
  if (rest != 0) out += eighths.at(static_cast<std::size_t>(rest) - 1);
  return out + repeated(empty_block, columns - parts / 8 - (rest != 0 ? 1 : 0));
}

Color color_of(std::int64_t left, std::int64_t whole) {
  const auto times = [left](std::int64_t n) { return static_cast<__int128>(left) * n; };
  if (times(20) <= whole) return Color::red;
  if (times(5) <= whole) return Color::yellow;
  return Color::green;
}

std::string local_text_exact(Instant t, const Zone& zone) {
  // Counted as if the local clock were UTC, so the text of that instant is the local one.
  std::string text = instant_text(Instant{local_time(zone, t).ms});
  std::ranges::replace(text, 'T', ' ');
  text.pop_back();
  return text;
}

std::string local_text(Instant t, const Zone& zone) {
  std::string text = local_text_exact(t, zone);
  for (const std::string_view zeros : {".000", ":00"}) {
    if (!text.ends_with(zeros)) break;
    text.resize(text.size() - zeros.size());
  }
  return text;
}

std::optional<Duration> parse_period(std::string_view text) {
  if (text.starts_with('P')) return parse_duration(text);
  std::int64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec != std::errc{} || count < 0 || count > 1'000'000) return std::nullopt;
  if (read.ptr + 1 != text.data() + text.size()) return std::nullopt;
  switch (*read.ptr) {
    case 's': return seconds(count);
    case 'm': return minutes(count);
    case 'h': return hours(count);
    case 'd': return days(count);
    case 'w': return days(7 * count);
    default: return std::nullopt;
  }
}

std::string long_text(Duration duration) {
  const std::int64_t minutes_in_all = duration.ms / minutes(1).ms;
  if (minutes_in_all == 0) return std::to_string(duration.ms / seconds(1).ms) + " s";
  const std::int64_t whole_days = minutes_in_all / (24 * 60);
  const std::int64_t whole_hours = minutes_in_all / 60 % 24;
  const std::int64_t rest = minutes_in_all % 60;
  std::vector<std::string> parts;
  if (whole_days != 0) parts.push_back(grouped(whole_days) + (whole_days == 1 ? " day" : " days"));
  if (whole_hours != 0) parts.push_back(std::to_string(whole_hours) + " h");
  if (rest != 0) parts.push_back(std::to_string(rest) + " min");
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace packledger::cli
