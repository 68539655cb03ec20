// What a table of wrong requests is made of: the route, the body, and what the answer names. The
// tables are the contract with clients: a row may be added, an old one may not change. One thread.
//
// In bodies, <65> stands for 65 letters, <257> for 257 bytes, <deep> for 40
// opening brackets, <nul> for a zero byte and <ff> for a byte that is not UTF-8.
#pragma once

#include "wire/requests.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger::wire_tests {

enum class Route : std::uint8_t {
  account,
  patch,
  funds,
  order,
  pay,
  cancel,
  grant,
  refund,
  reversal,
  clock,
  send,
  alarm,
  renewal,
  contacts,
  hold,
  capture,
  release,
  invoice,
};

struct BadRequest {
  Route route;
  std::string_view body;
  std::string_view code;
  std::string_view field;
};

// The body that such a pattern stands for.
[[nodiscard]] std::string body_of(std::string_view pattern);

// Why the body was refused; nothing where it was understood.
[[nodiscard]] std::optional<RequestFault> fault_of(Route route, std::string_view body);

// Fails for every row whose answer is another.
void check(std::span<const BadRequest> table);

}  // namespace packledger::wire_tests
