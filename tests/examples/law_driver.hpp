// LawDriver: plays tables to the engine and the ledger themselves, over a journal in memory and a
// clock that is set by hand. No socket, no thread, no file.
//
// Owner: the test; one thread.
#pragma once

#include "tests/examples/driver.hpp"

#include <memory>

namespace packledger::examples {

[[nodiscard]] std::unique_ptr<Driver> make_law_driver();

}  // namespace packledger::examples
