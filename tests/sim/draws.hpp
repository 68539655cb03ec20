// Draws: the one source of chance of a life. The same seed gives the same draws everywhere; each
// actor has a stream of its own, so that one that is left out changes nothing for the others.
//
// Owner: one actor; one thread.
#pragma once

#include "tests/sim/chance.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace packledger::sim {

// FNV-1a, for streams and traces: the same on every machine.
class Print {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<std::uint8_t>(c));
    step(0xff);
  }
  void add(std::uint64_t number) {
    for (unsigned i = 0; i < 64; i += 8) step(static_cast<std::uint8_t>(number >> i));
  }
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  void step(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100'0000'01b3ULL; }
  std::uint64_t state_ = 0xcbf2'9ce4'8422'2325ULL;
};

class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view stream) : chance_(start_of(seed, stream)) {}

  std::uint64_t raw() { return chance_.next(); }
  // 0 to n - 1.
  std::int64_t pick(std::int64_t n) {
    return static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(n)));
  }
  // Both included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + pick(most - least + 1);
  }
  // Once in n.
  bool rarely(std::int64_t n) { return pick(n) == 0; }
  // So many times in a hundred.
  bool percent(std::int64_t n) { return pick(100) < n; }
  template <class T, std::size_t N> const T& one_of(const std::array<T, N>& values) {
    return values[static_cast<std::size_t>(pick(static_cast<std::int64_t>(N)))];
  }
  template <class T> const T& one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(static_cast<std::int64_t>(values.size())))];
  }

 private:
  static std::uint64_t start_of(std::uint64_t seed, std::string_view stream) {
    Print print;
    print.add(seed);
    print.add(stream);
    return print.value();
  }
  Chance chance_;
};

}  // namespace packledger::sim
