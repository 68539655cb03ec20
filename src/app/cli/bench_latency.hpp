// How long answers took, as a histogram: 128 steps in every doubling, so that what it tells is at
// most 1/128 above the truth and it never grows. Owner: a worker; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace packledger::cli {

// Parts of the whole, in thousandths of a per cent: 99'900 is p99.9.
struct Percentile {
  std::int64_t thousandths = 0;
};

class BenchLatency {
 public:
  void add(std::int64_t ns);
  void add(const BenchLatency& other);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t max() const { return max_; }
  // The smallest value that so great a part of all do not exceed, up to the width of a step; never
  // above the largest. 0 where there is none.
  [[nodiscard]] std::int64_t at(Percentile percentile) const;

 private:
  static constexpr unsigned step_bits = 7;
  static constexpr std::size_t steps = std::size_t{1} << step_bits;
  // The values below 128 by themselves, then 56 doublings up to 2^63.
  std::array<std::int64_t, steps * 57> counts_{};
  std::int64_t count_ = 0;
  std::int64_t max_ = 0;

  [[nodiscard]] static std::size_t place_of(std::uint64_t ns);
  [[nodiscard]] static std::int64_t last_of(std::size_t place);
};

}  // namespace packledger::cli
