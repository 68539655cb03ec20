#include "query/wording.hpp"

#include <array>
#include <string_view>

namespace packledger {
namespace {

// "10000" to "10,000"; digits only.
std::string apart(std::string_view digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string two_digits(std::int64_t n) {
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

// "+08:00"
std::string offset_words(std::int64_t offset_ms) {
  const std::int64_t minutes = (offset_ms < 0 ? -offset_ms : offset_ms) / 60'000;
  return (offset_ms < 0 ? "-" : "+") + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

}  // namespace

std::string count_words(std::int64_t count) {
  const std::string text = std::to_string(count);
  return count < 0 ? "-" + apart(std::string_view{text}.substr(1)) : apart(text);
}

std::string units_words(Units units) {
  return count_words(units.value) + (units == Units{1} ? " unit" : " units");
}

std::string money_words(Money amount, Currency currency) {
  const std::string text = money_text(amount);
  std::string_view rest = text;
  std::string words;
  if (rest.starts_with('-')) {
    words += '-';
    rest.remove_prefix(1);
  }
  const std::string_view whole = rest.substr(0, rest.find('.'));
  words += apart(whole);
  words += rest.substr(whole.size());
  return words + " " + std::string(currency.text());
}

std::string instant_words(const Zone& zone, Instant t) {
  const LocalTime local = local_time(zone, t);
  // "2024-06-01T00:00:00.000Z"
  const std::string text = instant_text(Instant{local.ms});
  constexpr std::size_t date_bytes = 10;
  constexpr std::size_t minute_bytes = 5;
  std::string words = text.substr(0, date_bytes) + " " + text.substr(date_bytes + 1, minute_bytes);
  const std::string rest = text.substr(date_bytes + 1 + minute_bytes, 7);
  if (rest != ":00.000") words += rest.ends_with(".000") ? rest.substr(0, 3) : rest;
  return words + " (UTC" + offset_words(local.ms - t.ms) + ")";
}

std::string duration_words(Duration d) {
  struct Step {
    std::int64_t ms;
    std::string_view name;
  };
  constexpr std::array steps{Step{days(1).ms, "day"}, Step{hours(1).ms, "hour"},
                             Step{minutes(1).ms, "minute"}};
  for (const Step& step : steps) {
    if (d.ms == 0 || d.ms % step.ms != 0) continue;
    const std::int64_t count = d.ms / step.ms;
    return count_words(count) + " " + std::string(step.name) + (count == 1 ? "" : "s");
  }
  return duration_text(d);
}

}  // namespace packledger
