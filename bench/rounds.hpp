// What all measurements share: the time, medians, dice, the machine. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace packledger::bench {

using Clock = std::chrono::steady_clock;

[[nodiscard]] double seconds_since(Clock::time_point start);

// Of the values in order; the lower of the two in the middle. At least one value.
[[nodiscard]] double median(std::vector<double> values);
// The value that `part` of all do not exceed: 0.99.
[[nodiscard]] double quantile(std::vector<double> values, double part);

// xorshift64*: the same numbers on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_{seed * 2 + 1} {}
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

// "2 x AMD EPYC 9R14, Linux 6.1.0"
[[nodiscard]] std::string machine();

// "1,234,567"
[[nodiscard]] std::string grouped(double number);

}  // namespace packledger::bench
