// Units: billed parts of messages (rules §2 R26). Counts only, never money; never negative in any
// state of the ledger. Arithmetic that leaves int64 is a broken invariant; where a client's number
// could cause it, use checked_add first and refuse. Values, any thread.
#pragma once

#include "packledger/ledger/result.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace packledger {

struct Units {
  std::int64_t value = 0;
  friend auto operator<=>(Units, Units) = default;
};

[[nodiscard]] inline std::optional<Units> checked_add(Units a, Units b) {
  Units sum;
  if (__builtin_add_overflow(a.value, b.value, &sum.value)) return std::nullopt;
  return sum;
}

[[nodiscard]] inline Units operator+(Units a, Units b) {
  const auto sum = checked_add(a, b);
  ENSURE(sum.has_value(), "units stay within int64");
  return *sum;
}

[[nodiscard]] inline Units operator-(Units a, Units b) {
  Units difference;
  ENSURE(!__builtin_sub_overflow(a.value, b.value, &difference.value), "units stay within int64");
  return difference;
}

inline Units& operator+=(Units& a, Units b) { return a = a + b; }
inline Units& operator-=(Units& a, Units b) { return a = a - b; }

}  // namespace packledger
