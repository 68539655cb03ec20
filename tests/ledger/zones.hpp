// Zones built by hand for the tests of the calendar: the kinds of change that clocks really make.
#pragma once

#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"

#include <string_view>

namespace packledger {

// What a test writes as a text must be right: 2024-05-01T00:00:00Z.
inline Instant instant(std::string_view text) {
  const auto t = parse_instant(text);
  ENSURE(t.has_value(), "the test writes its instants well");
  return *t;
}

// New York in 2024: an hour forward on 10 March, back on 3 November.
inline Zone new_york() {
  return {
      "America/New_York",
      -5 * 3600,
      {{instant("2024-03-10T07:00:00Z"), -4 * 3600}, {instant("2024-11-03T06:00:00Z"), -5 * 3600}}};
}

// Lord Howe: half an hour. Forward on 6 October 2024, back on 6 April 2025.
inline Zone lord_howe() {
  return {"Australia/Lord_Howe",
          37'800,
          {{instant("2024-10-05T15:30:00Z"), 39'600}, {instant("2025-04-05T15:00:00Z"), 37'800}}};
}

// Samoa left out 30 December 2011: from -10:00 to +14:00 at midnight.
inline Zone samoa() {
  return {"Pacific/Apia", -36'000, {{instant("2011-12-30T10:00:00Z"), 50'400}}};
}

// Santiago in 2024: forward at midnight, so that 8 September starts at one o'clock.
inline Zone santiago() {
  return {"America/Santiago", -4 * 3600, {{instant("2024-09-08T04:00:00Z"), -3 * 3600}}};
}

// A clock that goes back at midnight: the last hour of a day comes twice.
inline Zone back_at_midnight() {
  return {"Test/Back", 3600, {{instant("2024-09-30T23:00:00Z"), 0}}};
}

}  // namespace packledger
