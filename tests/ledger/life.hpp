// Life: what may happen to one account, drawn at random: the same for the same seed.
//
// Owner: the test; one thread.
#pragma once

#include "tests/ledger/both.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace packledger {

// One thing that happens to one account at an instant.
struct Step {
  model::Ms at = 0;
  std::string label;  // for the message of a failure
  What law;
  std::function<std::string(model::Model&)> model;
  // Names what has no name of the client's, where the step is about such a thing.
  std::function<void(What&, const Account&)> choose;

  [[nodiscard]] What asked(const Account& account) const {
    What what = law;
    if (choose) choose(what, account);
    return what;
  }
};

// How a life goes: a bit of everything, or mostly sends.
enum class Trade { mixed, busy };
// Forecasts, and alarms that want them: no client can ask for the first.
enum class Forecasts { none, some };

class Life;

// A life, step by step, never back in time. What exists is guessed, so that a life does not depend
// on any answer.
class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed, Trade trade = Trade::mixed,
                      Forecasts forecasts = Forecasts::none);
  ~RandomLife();
  RandomLife(RandomLife&&) noexcept;
  RandomLife& operator=(RandomLife&&) noexcept;

  [[nodiscard]] Step next();

 private:
  std::unique_ptr<Life> life_;
};

// Its first steps.
[[nodiscard]] std::vector<Step> random_life(std::uint64_t seed, std::size_t count,
                                            Trade trade = Trade::mixed,
                                            Forecasts forecasts = Forecasts::none);
[[nodiscard]] model::Settings random_settings(std::uint64_t seed);

}  // namespace packledger
