// The texts of instants, durations, zones and validities: RFC 3339 and ISO 8601.
#include "packledger/ledger/time.hpp"

#include <charconv>
#include <chrono>

namespace packledger {
namespace {

// Reads a text from left to right; each step says whether it found what it wanted.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_any_case(char lower) {
    return take(lower) || take(static_cast<char>(lower - 'a' + 'A'));
  }

  // Exactly `digits` digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // One to twelve digits; the first is there.
  std::optional<std::int64_t> number() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto length = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc{} || length > 12) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }

  // ".5", ".123", ".123000000": milliseconds; nothing where finer than that, or no digits.
  std::optional<int> decimals() {
    int ms = 0;
    int place = 100;
    int count = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count) {
      const int digit = rest_.front() - '0';
      if (count >= 9 || (place == 0 && digit != 0)) return std::nullopt;
      ms += digit * place;
      place /= 10;
      rest_.remove_prefix(1);
    }
    return count > 0 ? std::optional{ms} : std::nullopt;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
};

std::string digits(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

// "Z", "+08:00", "-05:30" in seconds; less than a day either way.
std::optional<std::int32_t> offset(Reader& reader) {
  if (reader.take_any_case('z')) return 0;
  const bool west = reader.peek() == '-';
  if (!reader.take('+') && !reader.take('-')) return std::nullopt;
  const auto hour = reader.number(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  const int value = *hour * 3600 + *minute * 60;
  return west ? -value : value;
}

std::optional<std::int64_t> date_days(Reader& reader) {
  const auto year = reader.number(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::optional<std::int64_t> time_of_day_ms(Reader& reader) {
  const auto hour = reader.number(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2);
  if (!minute || *minute > 59 || !reader.take(':')) return std::nullopt;
  const auto second = reader.number(2);
  if (!second || *second > 59)
    return std::nullopt;  // no leap seconds: UTC in milliseconds has none
  std::optional<int> ms = 0;
  if (reader.take('.')) ms = reader.decimals();
  if (!ms) return std::nullopt;
  return ((std::int64_t{*hour} * 60 + *minute) * 60 + *second) * 1'000 + *ms;
}

struct Span {
  std::int64_t months = 0;
  std::int64_t ms = 0;
};

struct Designator {
  char letter;
  std::int64_t months;
  std::int64_t ms;
};
constexpr Designator date_designators[] = {
    {'Y', 12, 0}, {'M', 1, 0}, {'W', 0, 604'800'000}, {'D', 0, 86'400'000}};
constexpr Designator time_designators[] = {{'H', 0, 3'600'000}, {'M', 0, 60'000}, {'S', 0, 1'000}};

// The numbers of one half of an ISO 8601 duration, each designator at most once and in order.
template <std::size_t N>
std::optional<int> half(Reader& reader, const Designator (&designators)[N], Span& span) {
  int parts = 0;
  std::size_t next = 0;
  while (reader.peek() >= '0' && reader.peek() <= '9') {
    const auto number = reader.number();
    if (!number || *number > 1'000'000'000) return std::nullopt;
    std::optional<int> ms = 0;
    const bool decimal = reader.take('.');
    if (decimal) ms = reader.decimals();
    while (next < N && !reader.take(designators[next].letter)) ++next;
    if (next == N || !ms || (decimal && designators[next].letter != 'S')) return std::nullopt;
    span.months += *number * designators[next].months;
    if (__builtin_add_overflow(span.ms, *number * designators[next].ms + *ms, &span.ms))
      return std::nullopt;
    ++next;
    ++parts;
  }
  return parts;
}

std::optional<Span> parse_span(std::string_view text) {
  Reader reader{text};
  Span span;
  if (!reader.take('P')) return std::nullopt;
  const auto date_parts = half(reader, date_designators, span);
  if (!date_parts) return std::nullopt;
  int time_parts = 0;
  if (reader.take('T')) {
    const auto parts = half(reader, time_designators, span);
    if (!parts || *parts == 0) return std::nullopt;
    time_parts = *parts;
  }
  if (!reader.done() || *date_parts + time_parts == 0) return std::nullopt;
  if (span.ms > duration_max.ms) return std::nullopt;
  return span;
}

// "10DT3H", "T72H", "T0S": what stands behind the P; empty for zero.
std::string span_text(std::int64_t ms) {
  std::string text;
  if (const auto n = ms / 86'400'000; n != 0) text += std::to_string(n) + "D";
  ms %= 86'400'000;
  if (ms == 0) return text;
  text += "T";
  if (const auto n = ms / 3'600'000; n != 0) text += std::to_string(n) + "H";
  if (const auto n = ms / 60'000 % 60; n != 0) text += std::to_string(n) + "M";
  const auto second = ms / 1'000 % 60;
  if (ms % 1'000 != 0) return text + std::to_string(second) + "." + digits(ms % 1'000, 3) + "S";
  return second != 0 ? text + std::to_string(second) + "S" : text;
}

}  // namespace

std::optional<Zone> fixed_zone(std::string_view text) {
  Reader reader{text};
  const auto offset_s = offset(reader);
  if (!offset_s || !reader.done()) return std::nullopt;
  const std::string_view name = text == "z" ? "Z" : text;
  return Zone{.name = std::string{name}, .offset_s = *offset_s, .transitions = {}};
}

std::string month_text(Month month) {
  return digits(month.index / 12, 4) + "-" + digits(month.index % 12 + 1, 2);
}

std::optional<Instant> parse_instant(std::string_view text) {
  Reader reader{text};
  const auto days = date_days(reader);
  if (!days || !(reader.take_any_case('t') || reader.take(' '))) return std::nullopt;
  const auto ms = time_of_day_ms(reader);
  if (!ms) return std::nullopt;
  const auto offset_s = offset(reader);
  if (!offset_s || !reader.done()) return std::nullopt;
  const Instant instant{*days * 86'400'000 + *ms - std::int64_t{*offset_s} * 1'000};
  if (instant < instant_min || instant >= instant_max) return std::nullopt;
  return instant;
}

std::string instant_text(Instant t) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{t.ms}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t ms = (time - day).count();
  return digits(static_cast<int>(date.year()), 4) + "-" +
         digits(static_cast<unsigned>(date.month()), 2) + "-" +
         digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(ms / 3'600'000, 2) + ":" +
         digits(ms / 60'000 % 60, 2) + ":" + digits(ms / 1'000 % 60, 2) + "." +
         digits(ms % 1'000, 3) + "Z";
}

std::optional<Duration> parse_duration(std::string_view text) {
  const auto span = parse_span(text);
  if (!span || span->months != 0) return std::nullopt;
  return Duration{span->ms};
}

std::string duration_text(Duration d) {
  // Whole days below a week read better in hours: PT72H, as every client writes it.
  const bool hours_only = d.ms % 3'600'000 == 0 && d.ms < 7 * 86'400'000;
  if (d.ms == 0) return "PT0S";
  if (hours_only) return "PT" + std::to_string(d.ms / 3'600'000) + "H";
  return "P" + span_text(d.ms);
}

std::optional<Validity> parse_validity(std::string_view text) {
  const auto span = parse_span(text);
  if (!span || span->months > validity_months_max) return std::nullopt;
  if (span->months == 0 && span->ms == 0) return std::nullopt;
  return Validity{.months = static_cast<std::int32_t>(span->months), .rest = Duration{span->ms}};
}

std::string validity_text(const Validity& validity) {
  std::string text = "P";
  if (validity.months != 0) text += std::to_string(validity.months) + "M";
  return text + span_text(validity.rest.ms);
}

}  // namespace packledger
