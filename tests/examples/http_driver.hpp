// HttpDriver: plays tables to a real packledgerd through its HTTP interface, on the test clock. A
// replay is a restart of the daemon over the same data.
//
// Owner: the test; one thread.
#pragma once

#include "tests/examples/driver.hpp"

#include <memory>

namespace packledger::examples {

[[nodiscard]] std::unique_ptr<Driver> make_http_driver();

}  // namespace packledger::examples
