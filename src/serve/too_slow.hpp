// How slow a client may be, and what one that is slower is told. Pure functions, any thread.
#pragma once

#include "serve/front.hpp"
#include "serve/problem.hpp"

#include <chrono>
#include <cstddef>

namespace packledger::serve {

// How much must have passed in that time where a client is not to be too slow.
[[nodiscard]] std::size_t least_bytes(const Limits& limits, std::chrono::milliseconds time);

[[nodiscard]] Problem slow_head(const Limits& limits);
// All of its time is over, or it did not come on meanwhile.
[[nodiscard]] Problem slow_body(const Limits& limits, bool all_of_it);

}  // namespace packledger::serve
