// The live table of `packledger watch`: what each account has, and what went in the last minute, as
// a number and as a small chart. Pure: messages and the time are given to it.
//
// Owner: `packledger watch`; one thread.
#pragma once

#include "app/cli/figures.hpp"
#include "wire/json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

// How much went, in steps of three seconds: the last minute of it.
class WatchTrend {
 public:
  static constexpr std::int64_t step_ms = 3'000;
  static constexpr std::size_t steps = 20;

  // So much is there at that time, of a clock that never goes back. More than before is a gain, and
  // no part of the trend.
  void take(std::int64_t amount, std::int64_t at_ms);
  [[nodiscard]] std::int64_t last_minute(std::int64_t now_ms) const;
  // A column for each step, the oldest first; as high as its part of the highest.
  [[nodiscard]] std::string chart(std::int64_t now_ms, Look look) const;

 private:
  [[nodiscard]] std::int64_t went_in(std::int64_t step) const;

  std::array<std::int64_t, steps> went_{};  // a ring, by step
  std::int64_t newest_ = -1;                // step
  std::int64_t amount_ = 0;
  bool known_ = false;
};

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

class WatchTable {
 public:
  explicit WatchTable(std::vector<std::string> accounts) : accounts_{std::move(accounts)} {}

  // A snapshot or a change of one of the accounts.
  void take(const Json& message, std::int64_t at_ms);
  // The table with `state` above it, cut to the screen; no line ends with a newline.
  [[nodiscard]] std::vector<std::string> lines(std::string_view state, std::int64_t now_ms,
                                               ScreenSize size, Look look) const;

 private:
  struct Pool {
    std::int64_t remaining = 0;
    std::int64_t quota = 0;
    WatchTrend trend;
  };
  struct Row {
    std::string balance;
    std::string currency;
    std::string status;
    WatchTrend money;
    std::vector<std::string> order;  // of the pools, as the daemon tells them
    std::map<std::string, Pool> pools;
  };

  std::vector<std::string> accounts_;
  std::map<std::string, Row, std::less<>> rows_;
  std::int64_t position_ = 0;
};

// The first so many columns; what switches colors stays.
[[nodiscard]] std::string cut_to(std::string_view line, std::size_t columns);

}  // namespace packledger::cli
