// What the tables ask, as requests of the HTTP interface: written here by hand from the contract,
// not by the daemon's own code. Pure functions.
#pragma once

#include "tests/examples/driver.hpp"

#include <string>

namespace packledger::examples {

struct HttpAsk {
  std::string method;
  std::string target;
  std::string body;
};

[[nodiscard]] HttpAsk http_ask(const CommandAsk& ask);
[[nodiscard]] HttpAsk http_ask(const SendAsk& ask);

}  // namespace packledger::examples
