// Campaign: how many rounds a proof on the real daemon goes, and what it tells when it is over. In
// the suite it goes a few; where PACKLEDGER_SECONDS is set, many, until so many seconds are over.
//
//   PACKLEDGER_ROUNDS   so many rounds, whatever the proof would do by itself
//   PACKLEDGER_SEED     another run of chance
//   PACKLEDGER_TELL     a file to which it adds what it did, for scripts/torture
//
// Owner: a test; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// A number that whoever runs a campaign may set.
[[nodiscard]] std::uint64_t from_environment(const char* name, std::uint64_t otherwise);

// Of docs/proof.md, with its numbers there.
enum class Invariant : std::uint8_t {
  conservation = 1,
  durable = 3,
  prefix = 4,
  once = 5,
  replay = 6,
  timers = 7,
  outbox = 9,
  reads = 11,
  watchers = 12,
  chain = 13,
  bounds = 15,
  upgrade = 16,
};
[[nodiscard]] std::string_view name_of(Invariant invariant);

class Campaign {
 public:
  struct Rounds {
    std::uint64_t suite = 1;
    std::uint64_t campaign = 1;
  };
  Campaign(std::string name, Rounds rounds);
  ~Campaign();  // tells
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  // Begins the next round; false once it was the last, or a round has failed.
  [[nodiscard]] bool more();
  [[nodiscard]] std::uint64_t round() const { return round_; }  // from 1
  [[nodiscard]] bool is_long() const { return seconds_ > 0; }
  // Which round with which seed, for SCOPED_TRACE.
  [[nodiscard]] std::string where() const;

  // A number below `end`.
  [[nodiscard]] std::uint64_t chance(std::uint64_t end) { return dice_() % end; }

  void checked(Invariant invariant, std::uint64_t times = 1) { checked_[invariant] += times; }
  void figure(const std::string& name, double value) { figures_[name] = value; }
  void count(const std::string& name, double more = 1) { figures_[name] += more; }
  void most(const std::string& name, double value);

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] double seconds() const;

  const std::string name_;
  const std::uint64_t seconds_;
  const std::uint64_t rounds_;
  const std::uint64_t seed_;
  const Clock::time_point began_ = Clock::now();
  std::mt19937_64 dice_;
  std::uint64_t round_ = 0;
  std::map<Invariant, std::uint64_t> checked_;
  std::map<std::string, double> figures_;
};

// Milliseconds since then.
[[nodiscard]] double milliseconds_since(std::chrono::steady_clock::time_point then);

}  // namespace packledger
