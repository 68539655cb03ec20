// Time: instants in milliseconds UTC, zones as plain data, and the calendar arithmetic that turns a
// validity into an expiry (rules §1 R2 R6 R8 R11 R13, §4 R38 R39 R40). Nothing here reads a clock
// or a time zone database: a Zone carries its own offsets. Values, any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// Milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t ms = 0;
  friend auto operator<=>(Instant, Instant) = default;
};

// Milliseconds.
struct Duration {
  std::int64_t ms = 0;
  friend auto operator<=>(Duration, Duration) = default;
};

// Every instant that a client may name lies in [instant_min, instant_max), so that sums of an
// instant and a duration below duration_max stay far inside int64.
inline constexpr Instant instant_min{0};                    // 1970-01-01T00:00:00Z
inline constexpr Instant instant_max{253'402'300'800'000};  // 10000-01-01T00:00:00Z
inline constexpr Duration duration_max{3'153'600'000'000};  // 100 years of 365 days

[[nodiscard]] constexpr Instant operator+(Instant t, Duration d) { return Instant{t.ms + d.ms}; }
[[nodiscard]] constexpr Instant operator-(Instant t, Duration d) { return Instant{t.ms - d.ms}; }
[[nodiscard]] constexpr Duration operator-(Instant a, Instant b) { return Duration{a.ms - b.ms}; }
[[nodiscard]] constexpr Duration operator+(Duration a, Duration b) { return Duration{a.ms + b.ms}; }

[[nodiscard]] constexpr Duration seconds(std::int64_t n) { return Duration{n * 1'000}; }
[[nodiscard]] constexpr Duration minutes(std::int64_t n) { return Duration{n * 60'000}; }
[[nodiscard]] constexpr Duration hours(std::int64_t n) { return Duration{n * 3'600'000}; }
// A day of 24 hours; calendar days are a Zone's business (rules §1 R13).
[[nodiscard]] constexpr Duration days(std::int64_t n) { return Duration{n * 86'400'000}; }

// A billing zone with everything that is needed to use it: the offset before the first transition,
// and each later change. It is journalled with the account, so a new time zone database can never
// change a replay (R8). `name` is "+08:00" or an IANA name.
struct Zone {
  struct Transition {
    Instant from;               // the first instant of the new offset
    std::int32_t offset_s = 0;  // seconds east of UTC from then on
    friend bool operator==(const Transition&, const Transition&) = default;
  };
  std::string name = "+08:00";  // R11
  std::int32_t offset_s = 8 * 3600;
  std::vector<Transition> transitions;  // rising `from`
  friend bool operator==(const Zone&, const Zone&) = default;
};

// "+08:00", "-05:30", "Z" as a fixed zone; nothing for any other text (an IANA name needs a
// database).
[[nodiscard]] std::optional<Zone> fixed_zone(std::string_view text);

// Milliseconds on the local clock of some zone, counted as if that clock were UTC.
struct LocalTime {
  std::int64_t ms = 0;
  friend auto operator<=>(LocalTime, LocalTime) = default;
};

[[nodiscard]] LocalTime local_time(const Zone& zone, Instant t);
// A local time that does not exist moves forward by the gap; one that exists twice is the earlier
// (R40).
[[nodiscard]] Instant instant_of(const Zone& zone, LocalTime t);
// The first instant of the local day that holds t.
[[nodiscard]] Instant start_of_day(const Zone& zone, Instant t);

// A calendar month of a zone: year x 12 + (month - 1).
struct Month {
  std::int32_t index = 0;
  friend auto operator<=>(Month, Month) = default;
};
[[nodiscard]] Month month_of(const Zone& zone, Instant t);
[[nodiscard]] std::string month_text(Month month);  // "2024-05"

// The first instant of a month.
[[nodiscard]] Instant start_of_month(const Zone& zone, Month month);
// The first instant after `after` at which the local clock shows this minute of a day, 0 to 1,439.
[[nodiscard]] Instant next_at_minute(const Zone& zone, Instant after, std::int32_t minute);

// How long a package lives: calendar months, then an absolute duration (R13).
struct Validity {
  std::int32_t months = 0;
  Duration rest;
  friend bool operator==(const Validity&, const Validity&) = default;
};
inline constexpr std::int32_t validity_months_max = 1'200;  // 100 years

enum class ExpiryPolicy : std::uint8_t { exact = 1, start_of_day = 2, end_of_day = 3 };  // R39

// The first instant at which a package that starts at `effective_at` can no longer be used. The day
// is clamped to the end of a shorter month and always counted from the anchor itself (R38).
[[nodiscard]] Instant expiry_of(const Zone& zone, Instant effective_at, const Validity& validity,
                                ExpiryPolicy policy);

// RFC 3339. Reading accepts any offset and up to nine decimals of a second, of which what is finer
// than a millisecond must be zero; writing gives milliseconds and Z.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);
[[nodiscard]] std::string instant_text(Instant t);

// ISO 8601: "PT72H", "P10D", "P1W", "PT0.5S". No years or months: those are a Validity.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
[[nodiscard]] std::string duration_text(Duration d);
// "P24M", "P1Y", "P180D", "P1M10D".
[[nodiscard]] std::optional<Validity> parse_validity(std::string_view text);
[[nodiscard]] std::string validity_text(const Validity& validity);

}  // namespace packledger
