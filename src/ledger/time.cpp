#include "packledger/ledger/time.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <chrono>

namespace packledger {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// Local midnight of a calendar date, on the local clock.
LocalTime midnight(const std::chrono::year_month_day& date) {
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return LocalTime{std::int64_t{days} * day_ms};
}

std::chrono::year_month_day date_of(LocalTime t) {
  const auto days = static_cast<int>(floor_div(t.ms, day_ms));
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{days}}};
}

// The offset in force just before transition `index`.
std::int32_t offset_before(const Zone& zone, std::size_t index) {
  return index == 0 ? zone.offset_s : zone.transitions[index - 1].offset_s;
}

Instant less_offset(LocalTime t, std::int32_t offset_s) {
  return Instant{t.ms - std::int64_t{offset_s} * 1'000};
}

// The same day n months later, clamped to the end of a shorter month (rules §4 R38).
std::chrono::year_month_day months_after(const std::chrono::year_month_day& date, int n) {
  const auto moved = date + std::chrono::months{n};
  if (moved.ok()) return moved;
  return moved.year() / moved.month() / std::chrono::last;
}

}  // namespace

LocalTime local_time(const Zone& zone, Instant t) {
  const auto after = std::ranges::upper_bound(zone.transitions, t, {}, &Zone::Transition::from);
  const auto index = static_cast<std::size_t>(after - zone.transitions.begin());
  return LocalTime{t.ms + std::int64_t{offset_before(zone, index)} * 1'000};
}

Instant instant_of(const Zone& zone, LocalTime t) {
  // Of the offsets in order, the first under which t comes before their end: for a time that exists
  // twice this is the earlier, and one that falls into a gap keeps the offset from before it and so
  // moves forward.
  for (std::size_t i = 0; i < zone.transitions.size(); ++i) {
    const Instant candidate = less_offset(t, offset_before(zone, i));
    if (candidate < zone.transitions[i].from) return candidate;
    const bool gap = less_offset(t, zone.transitions[i].offset_s) < zone.transitions[i].from;
    if (gap) return candidate;
  }
  return less_offset(t, offset_before(zone, zone.transitions.size()));
}

Instant start_of_day(const Zone& zone, Instant t) {
  return instant_of(zone, midnight(date_of(local_time(zone, t))));
}

Month month_of(const Zone& zone, Instant t) {
  const auto date = date_of(local_time(zone, t));
  const auto month = static_cast<int>(static_cast<unsigned>(date.month()));
  return Month{static_cast<int>(date.year()) * 12 + month - 1};
}

Instant start_of_month(const Zone& zone, Month month) {
  const std::chrono::year year{month.index / 12};
  const std::chrono::month of_year{static_cast<unsigned>(month.index % 12 + 1)};
  return instant_of(zone, midnight(year / of_year / 1));
}

Instant next_at_minute(const Zone& zone, Instant after, std::int32_t minute) {
  const auto date = date_of(local_time(zone, after));
  const std::int64_t time_of_day = std::int64_t{minute} * 60'000;
  const Instant today = instant_of(zone, LocalTime{midnight(date).ms + time_of_day});
  if (today > after) return today;
  return instant_of(zone, LocalTime{midnight(date).ms + day_ms + time_of_day});
}

Instant expiry_of(const Zone& zone, Instant effective_at, const Validity& validity,
                  ExpiryPolicy policy) {
  const LocalTime start = local_time(zone, effective_at);
  const auto date = date_of(start);
  const std::int64_t time_of_day = start.ms - midnight(date).ms;
  const auto anniversary = months_after(date, validity.months);
  const Instant exact =
      instant_of(zone, LocalTime{midnight(anniversary).ms + time_of_day}) + validity.rest;
  // The date itself decides, even where the clocks jump over its time of day into the next.
  const bool by_calendar = validity.rest == Duration{};
  const auto last_date = by_calendar ? anniversary : date_of(local_time(zone, exact));
  switch (policy) {
    case ExpiryPolicy::exact: return exact;
    case ExpiryPolicy::start_of_day: return instant_of(zone, midnight(last_date));
    case ExpiryPolicy::end_of_day:
      return instant_of(zone, LocalTime{midnight(last_date).ms + day_ms});
  }
  ENSURE(false, "every expiry policy has its arithmetic");
}

}  // namespace packledger
