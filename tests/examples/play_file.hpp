// Plays every scenario of a table by a driver of its own; each miss is told with file and line.
#pragma once

#include "tests/examples/driver.hpp"

#include <memory>
#include <string>

namespace packledger::examples {

using MakeDriver = std::unique_ptr<Driver> (*)();

void play_file(const std::string& file, MakeDriver make_driver);

}  // namespace packledger::examples
