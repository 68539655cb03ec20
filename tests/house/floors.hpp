// Which room may see which: the floors of the rooms, the owners of the vendors, and what may not
// be named below the purity line.
#pragma once

#include "tests/house/finding.hpp"
#include "tests/house/source.hpp"

#include <optional>
#include <string_view>

namespace packledger::house {

struct Room {
  std::string_view name;
  int floor = 0;
};

// Rooms on floors 1 and 2 lie below the purity line: standard library only, no I/O.
inline constexpr int purity_floor_max = 2;

// The room that a file of include/packledger or src belongs to; nothing for tests and bench.
std::optional<Room> room_of(std::string_view path);

// Includes of our own headers: only of lower floors, and named from the room on.
Findings check_floors(const Source& source);

// Includes of everything else: only in the room, and the kind of file, that owns the vendor.
Findings check_vendors(const Source& source);

// Clocks and randomness live in one file; floating point nowhere below the line.
Findings check_purity(const Source& source);

}  // namespace packledger::house
