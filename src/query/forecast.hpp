// Forecast: when the packages of an account run out if it goes on sending as it did. The rhythm of
// the last weeks, by weekday and hour of the local clock, is walked forward; packages pay in the
// order of use and end when they end.
//
// Owner: whoever makes it; one thread. Nothing here reads a clock: `now` is an argument.
// Invariants:
//  1. Whole numbers only; within the walk parts of a unit are kept as millionths, rounded down.
//  2. The rhythm has every hour of the week equally often, or every hour of the day where there is
//     less than a week: nothing is stretched to fit.
//  3. The walk ends: at the horizon, or when nothing is left.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/time.hpp"
#include "store/usage_row.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {

inline constexpr std::int64_t forecast_days_max = 28;    // four of every weekday
inline constexpr Duration forecast_horizon = days(400);  // the longest common validity, and more
inline constexpr std::size_t forecast_packages_max = 10'000;     // the first in the order of use
inline constexpr std::size_t forecast_groups_max = 64;           // the largest
inline constexpr std::uint64_t forecast_steps_max = 20'000'000;  // about half a second

// What a forecast needs of the account, copied out of the ledger.
struct ForecastPackage {
  std::string name;
  std::uint32_t pool = 0;
  Scope scope;
  OverageMode mode = OverageMode::pay_per_use;
  Instant effective_at;
  Instant expires_at;
  Units remaining;
};
struct ForecastRenewal {
  std::optional<Units> threshold;
  Units quantity;
  std::optional<std::pair<std::string, Instant>> pre_expiry;  // of which package, and when
};
struct ForecastAccount {
  Zone zone;
  std::vector<PoolMode> modes;
  std::vector<std::string> pools;
  std::vector<std::uint32_t> pool_of;     // of every package, by PackageId - 1
  std::vector<ForecastPackage> packages;  // that have units left, in the order of use
  std::size_t packages_left_out = 0;
  std::optional<ForecastRenewal> renewal;
};
[[nodiscard]] ForecastAccount forecast_account(const Account& account);

// The last weeks, or days, before an hour that has just begun.
struct ForecastWindow {
  Instant from;
  Instant to;
  std::int64_t days = 0;  // 0: too little to say anything
  std::int64_t weeks =
      0;  // 0: less than a week, hours of the day are told apart and weekdays are not
};
// `first` is when the first send of the account was, if there was one.
[[nodiscard]] ForecastWindow forecast_window(std::optional<Instant> first, Instant now);

inline constexpr std::size_t hours_per_day = 24;
inline constexpr std::size_t days_per_week = 7;
using Rhythm =
    std::array<std::array<std::int64_t, hours_per_day>, days_per_week>;  // from Monday on

struct ForecastPackageEnd {
  std::optional<Instant> runs_out_at;     // the hour in which its last unit goes
  std::optional<std::int64_t> forfeited;  // at its end; nothing where it is not reached
};
struct ForecastPool {
  std::int64_t remaining = 0;
  std::int64_t units = 0;              // that its packages paid in the window
  std::optional<Instant> runs_out_at;  // when its last package is used up or has ended
  bool by_expiry = false;              // that one ends with units left
  std::int64_t forfeited = 0;
};
struct ForecastRenewalDue {
  RenewalTrigger trigger = RenewalTrigger::threshold;
  Instant at;
  std::string package{};  // of pre_expiry
};

class Forecast {
 public:
  Forecast(ForecastAccount account, const ForecastWindow& window, Instant now);

  // The rows of the window.
  void take(const UsageRow& row);
  // After the last row.
  void walk();

  [[nodiscard]] std::int64_t units() const { return units_; }  // in the window
  [[nodiscard]] const Rhythm& rhythm() const { return rhythm_; }
  [[nodiscard]] Instant until() const { return until_; }  // how far it walked
  // Of the packages and pools of the account, in their order.
  [[nodiscard]] const std::vector<ForecastPackageEnd>& packages() const { return ends_; }
  [[nodiscard]] const std::vector<ForecastPool>& pools() const { return pools_; }
  [[nodiscard]] const std::vector<ForecastRenewalDue>& renewals() const { return renewals_; }
  [[nodiscard]] const ForecastAccount& account() const { return account_; }
  [[nodiscard]] const ForecastWindow& window() const { return window_; }
  [[nodiscard]] Instant now() const { return now_; }

 private:
  using Micros = __int128;  // millionths of a unit
  struct Group {
    Country destination;
    TemplateType type = TemplateType::verification;
    Rhythm rhythm{};
    std::int64_t units = 0;
    std::vector<std::size_t> payers{};  // packages that may pay for it, in the order of use
  };
  struct Piece {
    Instant from;
    Instant to;
    std::size_t weekday = 0;
    std::size_t hour = 0;
  };

  void choose_groups();
  [[nodiscard]] Piece piece_from(Instant from) const;
  [[nodiscard]] Micros demand(const Group& group, const Piece& piece) const;
  void pay(Group& group, const Piece& piece);
  void end_packages(Instant at);
  void look_at_threshold(Instant at);
  void tell_pre_expiry();
  void sum_up_pools();
  [[nodiscard]] std::pair<std::size_t, std::size_t> cell_of(Instant at) const;

  ForecastAccount account_;
  ForecastWindow window_;
  Instant now_;
  Instant until_;
  Rhythm rhythm_{};
  std::int64_t units_ = 0;
  std::map<std::pair<Country, TemplateType>, Group> seen_;
  std::vector<Group> groups_;
  std::vector<Instant> events_;  // starts and ends of packages, rising
  std::vector<Micros> left_;     // of each package
  std::size_t open_ = 0;         // packages that have units left and have not ended
  std::uint64_t steps_ = 0;
  std::vector<ForecastPackageEnd> ends_;
  std::vector<ForecastPool> pools_;
  std::vector<ForecastRenewalDue> renewals_;
};

// When a pool runs out, for its alarms: an instant, now where nothing is left of it, or nothing
// where no end is in sight. Nothing at all where the forecast does not say: too little was sent, it
// did not look at every package, or not far enough.
[[nodiscard]] std::optional<std::optional<Instant>> run_out_of(const Forecast& forecast,
                                                               std::string_view pool);

// {account, zone, now, until, enough, basis, rhythm, pools, packages, packages_left_out?, renewals,
// behind, position}
struct ForecastTold {
  std::string_view account;
  std::uint64_t behind = 0;
  Sequence position{};
};
[[nodiscard]] std::string forecast_body(const Forecast& forecast, const ForecastTold& told);

}  // namespace packledger
