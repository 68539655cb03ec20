// What a send or a reversal came to, in one line of text. Pure functions, any thread.
#pragma once

#include "wire/json.hpp"

#include <cstdint>
#include <string>

namespace packledger::cli {

// Who paid, as the worked examples write it: "A.1 1 + B.1 2 + 1 per use at 0.132 = 0.132 CNY".
[[nodiscard]] std::string paid_text(const Json& result);

// "3 units recorded: A.1 1 + B.1 2", "rejected: quota_exhausted", …
[[nodiscard]] std::string result_text(const Json& result);

// "7 units given back: A.1 4 forfeited, 3 per use at 0.132 = 0.396 CNY"
[[nodiscard]] std::string reversal_text(const Json& answer);

// "1 unit", "3 units"
[[nodiscard]] std::string units_text(std::int64_t units);

}  // namespace packledger::cli
