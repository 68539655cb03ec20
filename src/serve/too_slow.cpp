#include "serve/too_slow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace packledger::serve {
namespace {

// "10 s", "0.5 s".
std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

Problem too_slow(std::string detail) { return {.code = "too_slow", .detail = std::move(detail)}; }

}  // namespace

std::size_t least_bytes(const Limits& limits, std::chrono::milliseconds time) {
  const auto ms = static_cast<std::size_t>(time.count());
  return std::max<std::size_t>(limits.bytes_per_second_min * ms / 1'000, 1);
}

Problem slow_head(const Limits& limits) {
  return too_slow("the head of a request has to be here " + seconds(limits.header_timeout) +
                  " after its first byte");
}

Problem slow_body(const Limits& limits, bool all_of_it) {
  if (all_of_it)
    return too_slow("the body of a request has to be here within " + seconds(limits.body_timeout));
  return too_slow(
      fmt::format("of the body of a request {} bytes, or all that is left, have to come in each {}",
                  least_bytes(limits, limits.body_pace), seconds(limits.body_pace)));
}

}  // namespace packledger::serve
