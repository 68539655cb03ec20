// Random lives of accounts, as the law is tested with, here through a driver: every answer of what
// stands behind it against the naive model. A failure prints its seed.
#pragma once

#include "tests/examples/driver.hpp"

#include <cstdint>

namespace packledger::examples {

void live(Driver& driver, std::uint64_t seed);

}  // namespace packledger::examples
