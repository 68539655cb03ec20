#include "app/cli/bench_latency.hpp"

#include <algorithm>
#include <bit>

namespace packledger::cli {

std::size_t BenchLatency::place_of(std::uint64_t ns) {
  if (ns < steps) return static_cast<std::size_t>(ns);
  const auto doubling = static_cast<unsigned>(std::bit_width(ns)) - (step_bits + 1);
  return (doubling + 1) * steps + static_cast<std::size_t>((ns >> doubling) - steps);
}

std::int64_t BenchLatency::last_of(std::size_t place) {
  if (place < steps) return static_cast<std::int64_t>(place);
  const std::size_t doubling = place / steps - 1;
  const std::uint64_t first = (steps + place % steps) << doubling;
  return static_cast<std::int64_t>(first + (std::uint64_t{1} << doubling) - 1);
}

void BenchLatency::add(std::int64_t ns) {
  const std::int64_t value = std::max<std::int64_t>(ns, 0);
  ++counts_.at(place_of(static_cast<std::uint64_t>(value)));
  ++count_;
  max_ = std::max(max_, value);
}

void BenchLatency::add(const BenchLatency& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_.at(i) += other.counts_.at(i);
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::int64_t BenchLatency::at(Percentile percentile) const {
  constexpr std::int64_t whole = 100'000;
  // Rounded up: of 10 values p99 is the 10th. In parts, as the product could overflow.
  const std::int64_t rest = count_ % whole * percentile.thousandths;
  const std::int64_t rank = count_ / whole * percentile.thousandths + (rest + whole - 1) / whole;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_.at(i);
    if (seen > 0 && seen >= rank) return std::min(last_of(i), max_);
  }
  return max_;
}

}  // namespace packledger::cli
