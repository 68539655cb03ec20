// Chance: numbers that look random and are the same for the same seed, on every machine and with
// every library. A value.
#pragma once

#include <cstdint>

namespace packledger::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  // SplitMix64.
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E37'79B9'7F4A'7C15;
    mixed = (mixed ^ mixed >> 30U) * 0xBF58'476D'1CE4'E5B9;
    mixed = (mixed ^ mixed >> 27U) * 0x94D0'49BB'1331'11EB;
    return mixed ^ mixed >> 31U;
  }
  // 0 to n - 1; n is at least 1.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  // Once in n.
  bool once_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace packledger::sim
