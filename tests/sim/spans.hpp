// Spans of the true time of a World.
#pragma once

#include "tests/sim/agenda.hpp"

namespace packledger::sim {

inline constexpr Ms second = 1'000;
inline constexpr Ms minute = 60 * second;
inline constexpr Ms hour = 60 * minute;
inline constexpr Ms day = 24 * hour;

}  // namespace packledger::sim
