// What the tables ask, as requests of the HTTP interface: written here by hand from the contract,
// not by the daemon's own code. Pure functions.
#pragma once

#include "tests/examples/driver.hpp"

#include <cstdint>
#include <string>

namespace packledger::examples {

// One send can be asked in several shapes, which must all come to the same.
enum class Shape : std::uint8_t { object, array, lines };

struct HttpAsk {
  std::string method;
  std::string target;
  std::string body;
  std::string media = {};  // empty: application/json
};

[[nodiscard]] HttpAsk http_ask(const CommandAsk& ask);
[[nodiscard]] HttpAsk http_ask(const SendAsk& ask, Shape shape);

}  // namespace packledger::examples
