// Wording: numbers as they stand in a sentence for people: thousands apart, one unit without its
// plural, times on the local clock of the account. Pure functions, any thread.
#pragma once

#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstdint>
#include <string>

namespace packledger {

[[nodiscard]] std::string count_words(std::int64_t count);               // "10,000"
[[nodiscard]] std::string units_words(Units units);                      // "1 unit", "10,000 units"
[[nodiscard]] std::string money_words(Money amount, Currency currency);  // "-1,234.5 CNY"
// "2024-06-01 00:00 (UTC+08:00)"; seconds only where there are some.
[[nodiscard]] std::string instant_words(const Zone& zone, Instant t);
[[nodiscard]] std::string duration_words(Duration d);  // "7 days", "1 hour", "PT1M30S"

}  // namespace packledger
