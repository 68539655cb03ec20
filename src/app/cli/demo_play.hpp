// The month that the demo plays: two customers buy the same two packages for Thailand, A of 10,000
// units on May 1 and B of 50,000 on May 10, each for one month, and send across every boundary.
// What must come of it is written beside each step, worked out by hand; the daemon's answers are
// held against it. Plain data and pure functions, any thread.
#pragma once

#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace packledger::cli {

inline constexpr std::string_view demo_product_a = "th-10k-1m";
inline constexpr std::string_view demo_product_b = "th-50k-1m";
inline constexpr std::string_view demo_zone = "+08:00";
inline constexpr Money demo_spare{1'000'000'000};  // 1,000 beyond what the packages cost

enum class DemoCustomer : std::uint8_t { careful = 0, busy = 1 };
inline constexpr std::size_t demo_customers = 2;
[[nodiscard]] std::string_view name_of(DemoCustomer customer);

enum class DemoAct : std::uint8_t { buy_a, buy_b, send, reverse };

// Units by who pays them, or gets them back.
struct DemoPaid {
  std::int64_t a = 0;
  std::int64_t b = 0;
  std::int64_t payg = 0;
  friend bool operator==(const DemoPaid&, const DemoPaid&) = default;
};

// What is left in the packages; nothing also before they are bought.
struct DemoLeft {
  std::int64_t a = 0;
  std::int64_t b = 0;
  friend bool operator==(const DemoLeft&, const DemoLeft&) = default;
};

struct DemoStep {
  std::string_view when;  // local, without the year: "05-09T23:59:59.999"
  DemoCustomer who = DemoCustomer::careful;
  DemoAct act = DemoAct::send;
  std::int64_t units = 0;
  DemoPaid paid;  // of a reversal: what is given back
  DemoLeft left;  // afterwards
  std::string_view why;
};

// In the order of time.
[[nodiscard]] std::span<const DemoStep> demo_steps();

// What both packages of a customer come to in the end.
struct DemoEnd {
  DemoPaid used;
  DemoLeft forfeited;
};
[[nodiscard]] DemoEnd demo_end(DemoCustomer customer);

// The year whose May begins after the clock.
[[nodiscard]] std::int64_t demo_year(Instant now);
[[nodiscard]] Instant demo_instant(std::int64_t year, std::string_view when);

// A price book with the two packages and the price without them, in force from then on.
[[nodiscard]] std::string demo_price_book(Instant effective_from);

}  // namespace packledger::cli
