#include "app/cli/bench_work.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace packledger::cli {
namespace {

// Far more than is in flight: most of what comes twice has been answered, some has not.
constexpr std::size_t recent_max = 65'536;
constexpr double near_zero = 1e-8;

// log(1 + x) / x and (e^x - 1) / x, also where x is nearly 0.
double log_slope(double x) {
  return std::abs(x) > near_zero ? std::log1p(x) / x : 1 - x * (0.5 - x / 3);
}
double exp_slope(double x) {
  return std::abs(x) > near_zero ? std::expm1(x) / x : 1 + x / 2 * (1 + x / 3);
}

// 0 to just below 1.
double fraction(Dice& dice) {
  constexpr unsigned mantissa_bits = 53;
  return static_cast<double>(dice.next() >> (64U - mantissa_bits)) * 0x1p-53;
}

}  // namespace

Zipf::Zipf(std::int64_t count, double exponent)
    : count_{static_cast<double>(count)}, exponent_{exponent} {
  ENSURE(count > 0, "there is something to draw from");
  first_ = integral(1.5) - 1;
  last_ = integral(count_ + 0.5);
  sure_ = 2 - integral_inverse(integral(2.5) - weight(2));
}

double Zipf::weight(double x) const { return std::exp(-exponent_ * std::log(x)); }

double Zipf::integral(double x) const {
  const double log = std::log(x);
  return exp_slope((1 - exponent_) * log) * log;
}

double Zipf::integral_inverse(double x) const {
  const double bent = std::max(x * (1 - exponent_), -1.0);
  return std::exp(log_slope(bent) * x);
}

std::int64_t Zipf::draw(Dice& dice) const {
  for (;;) {
    const double drawn = last_ + fraction(dice) * (first_ - last_);
    const double x = integral_inverse(drawn);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, count_);
    if (rank - x <= sure_ || drawn >= integral(rank + 0.5) - weight(rank)) {
      return static_cast<std::int64_t>(rank) - 1;
    }
  }
}

std::string send_name(std::uint64_t number) {
  // One step of splitmix64: different numbers stay different.
  std::uint64_t mixed = Dice{number}.next();
  constexpr std::string_view hex = "0123456789abcdef";
  std::string name(16, '0');
  for (char& each : name) {
    each = hex[mixed & 15U];
    mixed >>= 4U;
  }
  return name;
}

std::string bench_account(const std::string& prefix, std::int64_t number) {
  std::string name = prefix;
  name += '-';
  name += std::to_string(number);
  return name;
}

BenchWork::BenchWork(const BenchMix& mix, std::uint64_t worker, std::uint64_t workers)
    : mix_{mix},
      dice_{mix.seed + worker * 0x9E37ULL},
      next_{mix.first_number + worker},
      step_{workers} {
  ENSURE(mix.accounts > 0 && worker < workers, "somebody sends");
  if (mix.distribution == BenchDistribution::zipf) zipf_.emplace(mix.accounts, zipf_exponent);
  // Busy accounts must not be neighbours in the memory of whoever numbers them in order.
  spread_ = mix.accounts * 618 / 1'000 + 1;
  while (std::gcd(spread_, mix.accounts) != 1) ++spread_;
}

std::int64_t BenchWork::draw_account() {
  if (!zipf_) return dice_.below(mix_.accounts);
  return zipf_->draw(dice_) * spread_ % mix_.accounts;
}

void BenchWork::fill(std::size_t count, Instant occurred_at, std::vector<BenchSend>& sends) {
  sends.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (!recent_.empty() && dice_.chance(mix_.duplicates_per_mille)) {
      const auto known = static_cast<std::int64_t>(recent_.size());
      sends.push_back(recent_[static_cast<std::size_t>(dice_.below(known))]);
      continue;
    }
    const BenchSend send{.account = draw_account(),
                         .number = next_,
                         .units = dice_.between(1, 3),
                         .occurred_at = occurred_at};
    next_ += step_;
    sends.push_back(send);
    if (recent_.size() < recent_max) {
      recent_.push_back(send);
    } else {
      recent_[oldest_] = send;
      oldest_ = (oldest_ + 1) % recent_max;
    }
  }
}

}  // namespace packledger::cli
