// What an entry of the journal says, in words for people: one short clause for each kind. Pure
// functions, any thread.
#pragma once

#include "wire/json.hpp"

#include <string>

namespace packledger::cli {

// "m-1: 3 units to TH, verification: A.1 3"; of a kind that is not known here, its members.
[[nodiscard]] std::string entry_words(const Json& entry);

// A value on one line, short: {a=1 b=[x y]}. What a person reads, not what a program does.
[[nodiscard]] std::string short_text(const Json& value);

// "below 1,000 units", "at or below 10 %; P1 100", "within 3 days": when an alarm of this rule
// fires.
[[nodiscard]] std::string condition_text(const Json& alarm);
// "10,000 units of cn-10k, when 1,000 or fewer are left, or before the last package ends"
[[nodiscard]] std::string renewal_text(const Json& renewal);
// "A.1 3, B.1 2 forfeited": lines of packages.
[[nodiscard]] std::string lines_text(const Json& lines);
// "ops (sms, email)"; "nobody" where there is none.
[[nodiscard]] std::string told_text(const Json& told);

}  // namespace packledger::cli
