// The standing rule of a time zone: how its clocks change year after year, beyond the last change
// that the database lists. Written at the end of each zone's file in the form of POSIX TZ, as
// extended by RFC 8536: "EST5EDT,M3.2.0,M11.1.0". Pure functions, any thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace packledger {

// A change on the n-th such weekday of a month; the fifth is the last one.
struct YearlyChange {
  unsigned month = 1;        // 1 to 12
  unsigned week = 1;         // 1 to 5
  unsigned weekday = 0;      // 0 is Sunday
  std::int32_t at_s = 7200;  // seconds after that day's midnight, by the clock before the change;
                             // may be negative or beyond the day
};

struct StandingRule {
  std::int32_t standard_s = 0;  // seconds east of UTC
  struct Summer {
    std::int32_t offset_s = 0;
    YearlyChange begins;
    YearlyChange ends;
  };
  std::optional<Summer> summer;  // absent: the clocks do not change
};

// Nothing where the text is not of that form. Days counted from the new year, which the database
// does not use, are not understood either.
[[nodiscard]] std::optional<StandingRule> parse_standing_rule(std::string_view text);

// The changes of these years, the last included, in rising order.
[[nodiscard]] std::vector<Zone::Transition> changes_of(const StandingRule& rule, int year_first,
                                                       int year_last);

}  // namespace packledger
