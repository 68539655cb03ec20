// What a load consists of: who sends how much, drawn from a seed, by a uniform or a Zipf law, and
// what is sent twice. The same seed gives the same work on every machine with the same libm.
// Plain data; one thread each.
#pragma once

#include "app/cli/traffic_plan.hpp"
#include "packledger/ledger/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace packledger::cli {

// Ranks by the law of Zipf: the k-th of n is drawn with a weight of k^-exponent.
// Rejection-inversion (Hoermann and Derflinger 1996): a few logarithms a draw, no table, so that
// millions of ranks cost no memory that the measured daemon would have to share a cache with.
class Zipf {
 public:
  Zipf(std::int64_t count, double exponent);
  // 0 is the most frequent rank.
  [[nodiscard]] std::int64_t draw(Dice& dice) const;

 private:
  [[nodiscard]] double weight(double x) const;
  [[nodiscard]] double integral(double x) const;
  [[nodiscard]] double integral_inverse(double x) const;

  double count_;
  double exponent_;
  double first_;  // the integral up to the first rank, less that rank's weight
  double last_;   // the integral up to the last
  double sure_;   // a draw that lies so near its rank is never rejected
};

enum class BenchDistribution : std::uint8_t { uniform, zipf };
inline constexpr double zipf_exponent = 0.99;  // as YCSB has it

struct BenchMix {
  std::int64_t accounts = 10'000;
  BenchDistribution distribution = BenchDistribution::uniform;
  std::int64_t duplicates_per_mille = 10;
  std::uint64_t seed = 7;
  std::uint64_t first_number = 0;  // of the sends; another one where the accounts are known already
};

struct BenchSend {
  std::int64_t account = 0;
  std::uint64_t number = 0;  // unlike any other of the run; its name is made of it
  std::int64_t units = 0;
  Instant occurred_at;
};

// 16 characters that look like chance, as the ids of messages do, and are all different.
[[nodiscard]] std::string send_name(std::uint64_t number);
// "bench-1716796800000-4242-17"
[[nodiscard]] std::string bench_account(const std::string& prefix, std::int64_t number);

class BenchWork {
 public:
  // One of `workers` that share a run: their numbers never meet.
  BenchWork(const BenchMix& mix, std::uint64_t worker, std::uint64_t workers);

  // The next `count` sends, of which some are earlier ones again.
  void fill(std::size_t count, Instant occurred_at, std::vector<BenchSend>& sends);

 private:
  [[nodiscard]] std::int64_t draw_account();

  BenchMix mix_;
  Dice dice_;
  std::optional<Zipf> zipf_;
  std::int64_t spread_ = 1;  // coprime to the number of accounts
  std::uint64_t next_;
  std::uint64_t step_;
  std::vector<BenchSend> recent_;  // a ring, for what comes twice
  std::size_t oldest_ = 0;
};

}  // namespace packledger::cli
