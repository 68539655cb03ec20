#include "query/forecast.hpp"

#include "query/usage_report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace packledger {
namespace {

constexpr std::int64_t micros_per_unit = 1'000'000;
constexpr std::int64_t days_before_1970_monday = 3;  // 1970-01-01 was a Thursday

Instant start_of_hour(Instant at) { return Instant{at.ms - at.ms % hours(1).ms}; }

std::int64_t added(std::int64_t a, std::int64_t b) {
  UsageFigures sum{.units = a};
  sum += {.units = b};
  return sum.units;
}

}  // namespace

ForecastAccount forecast_account(const Account& account) {
  ForecastAccount of;
  of.zone = account.settings->zone;
  of.modes = *account.modes;
  for (const Pool& pool : account.pools) of.pools.push_back(pool.name);
  for (const Package& package : account.packages) of.pool_of.push_back(package.pool);
  for (const PackageId id : account.open) {
    const Package& package = account.package(id);
    if (package.expired() || package.remaining == Units{}) continue;
    if (of.packages.size() == forecast_packages_max) {
      ++of.packages_left_out;
      continue;
    }
    const PackageTerms& terms = package.terms;
    of.packages.push_back({.name = terms.name,
                           .pool = package.pool,
                           .scope = terms.scope,
                           .mode = terms.mode,
                           .effective_at = terms.effective_at,
                           .expires_at = terms.expires_at,
                           .remaining = package.remaining});
  }
  if (!account.renewal || !account.renewal->rule.enabled) return of;
  const RenewalRule& rule = account.renewal->rule;
  of.renewal =
      ForecastRenewal{.threshold = rule.threshold, .quantity = rule.quantity, .pre_expiry = {}};
  if (!rule.pre_expiry) return of;
  // Only the package that ends last leads to one (R92).
  for (const Package& package : account.packages) {
    if (!package.renewal_due) continue;
    auto& last = of.renewal->pre_expiry;
    if (!last || *package.renewal_due > last->second)
      last = std::pair{package.terms.name, *package.renewal_due};
  }
  return of;
}

ForecastWindow forecast_window(std::optional<Instant> first, Instant now) {
  ForecastWindow window;
  window.to = start_of_hour(now);
  window.from = window.to;
  if (!first || *first >= window.to) return window;
  const Duration lived = window.to - start_of_hour(*first);
  window.days = std::min(lived.ms / days(1).ms, forecast_days_max);
  window.weeks = window.days / static_cast<std::int64_t>(days_per_week);
  if (window.weeks > 0) window.days = window.weeks * static_cast<std::int64_t>(days_per_week);
  window.from = window.to - days(window.days);
  return window;
}

Forecast::Forecast(ForecastAccount account, const ForecastWindow& window, Instant now)
    : account_{std::move(account)}, window_{window}, now_{now}, until_{now} {
  pools_.resize(account_.pools.size());
  ends_.resize(account_.packages.size());
}

std::pair<std::size_t, std::size_t> Forecast::cell_of(Instant at) const {
  const std::int64_t local = local_time(account_.zone, at).ms;
  const std::int64_t day = local / days(1).ms + days_before_1970_monday;
  const std::size_t weekday = window_.weeks == 0 ? 0 : static_cast<std::size_t>(day % 7);
  return {weekday, static_cast<std::size_t>(local % days(1).ms / hours(1).ms)};
}

void Forecast::take(const UsageRow& row) {
  const UsageKey& key = row.key;
  for (std::size_t quarter = 0; quarter < quarters_per_hour; ++quarter) {
    const std::int64_t units = row.quarters.at(quarter).units;
    const Instant at = usage_start(key.hour, quarter);
    if (units == 0 || at < window_.from || at >= window_.to) continue;
    const bool known = key.package.value >= 1 && key.package.value <= account_.pool_of.size();
    if (key.payer == UsagePayer::package && known) {
      ForecastPool& pool = pools_.at(account_.pool_of.at(key.package.value - 1));
      pool.units = added(pool.units, units);
    }
    if (key.payer != UsagePayer::all || key.destination == destination_unknown) continue;
    const auto [weekday, hour] = cell_of(at);
    std::int64_t& cell = rhythm_.at(weekday).at(hour);
    cell = added(cell, units);
    units_ = added(units_, units);
    Group& group = seen_[{key.destination, key.type}];
    group.destination = key.destination;
    group.type = key.type;
    std::int64_t& part = group.rhythm.at(weekday).at(hour);
    part = added(part, units);
    group.units = added(group.units, units);
  }
}

void Forecast::walk() {
  for (const ForecastPackage& package : account_.packages) {
    left_.push_back(Micros{package.remaining.value} * micros_per_unit);
    events_.push_back(package.effective_at);
    events_.push_back(package.expires_at);
  }
  std::ranges::sort(events_);
  open_ = left_.size();
  if (window_.days > 0) {
    choose_groups();
    const Instant horizon = now_ + forecast_horizon;
    while (until_ < horizon && open_ > 0 && steps_ < forecast_steps_max) {
      if (until_ == now_ || std::ranges::binary_search(events_, until_)) end_packages(until_);
      const Piece piece = piece_from(until_);
      for (Group& group : groups_) pay(group, piece);
      look_at_threshold(piece.from);
      until_ = piece.to;
    }
    end_packages(until_);
  }
  tell_pre_expiry();
  sum_up_pools();
}

// The largest first; each with the packages that may pay for it.
void Forecast::choose_groups() {
  for (auto& [key, group] : seen_) {
    if (group.units > 0) groups_.push_back(std::move(group));
  }
  std::ranges::sort(groups_, std::ranges::greater{}, [](const Group& group) {
    return std::tuple{group.units, group.destination, group.type};
  });
  if (groups_.size() > forecast_groups_max) groups_.resize(forecast_groups_max);
  Account modes;  // of which only these are looked at
  modes.modes = account_.modes;
  for (Group& group : groups_) {
    const OverageMode mode = modes.mode_for(group.destination);
    for (std::size_t i = 0; i < account_.packages.size(); ++i) {
      const ForecastPackage& package = account_.packages[i];
      if (package.mode == mode && package.scope.covers(group.destination, group.type))
        group.payers.push_back(i);
    }
  }
}

// Up to the end of the hour, or until a package starts or ends.
Forecast::Piece Forecast::piece_from(Instant from) const {
  Instant to = step_end(account_.zone, UsageStep::hour, from);
  const auto event = std::ranges::upper_bound(events_, from);
  if (event != events_.end()) to = std::min(to, *event);
  const auto [weekday, hour] = cell_of(from);
  return {.from = from, .to = to, .weekday = weekday, .hour = hour};
}

Forecast::Micros Forecast::demand(const Group& group, const Piece& piece) const {
  const std::int64_t units =
      std::max<std::int64_t>(0, group.rhythm.at(piece.weekday).at(piece.hour));
  const std::int64_t samples = window_.weeks > 0 ? window_.weeks : window_.days;
  const Micros an_hour = Micros{units} * micros_per_unit / samples;
  return an_hour * (piece.to - piece.from).ms / hours(1).ms;
}

void Forecast::pay(Group& group, const Piece& piece) {
  ++steps_;
  Micros missing = demand(group, piece);
  if (missing == 0) return;
  std::erase_if(group.payers, [&](std::size_t i) {
    ++steps_;
    const ForecastPackage& package = account_.packages[i];
    if (package.expires_at <= piece.from || left_[i] == 0) return true;
    if (missing == 0 || package.effective_at > piece.from) return false;
    const Micros taken = std::min(missing, left_[i]);
    left_[i] -= taken;
    missing -= taken;
    if (left_[i] != 0) return false;
    ends_[i].runs_out_at = piece.from;
    --open_;
    return true;
  });
}

void Forecast::end_packages(Instant at) {
  for (std::size_t i = 0; i < left_.size(); ++i) {
    ++steps_;
    if (account_.packages[i].expires_at > at || ends_[i].forfeited) continue;
    ends_[i].forfeited = static_cast<std::int64_t>(left_[i] / micros_per_unit);
    if (left_[i] != 0) --open_;
  }
}

// The first time at which the total of the pool is down to the threshold (R91).
void Forecast::look_at_threshold(Instant at) {
  if (!account_.renewal || !account_.renewal->threshold || !renewals_.empty()) return;
  Micros total = 0;
  for (std::size_t i = 0; i < left_.size(); ++i) {
    ++steps_;
    const ForecastPackage& package = account_.packages[i];
    const bool in_force = package.effective_at <= at && at < package.expires_at;
    if (in_force && account_.pools.at(package.pool) == renewal_pool) total += left_[i];
  }
  if (total / micros_per_unit > account_.renewal->threshold->value) return;
  renewals_.push_back({.trigger = RenewalTrigger::threshold, .at = at});
}

void Forecast::tell_pre_expiry() {
  if (!account_.renewal || !account_.renewal->pre_expiry) return;
  const auto& [package, at] = *account_.renewal->pre_expiry;
  renewals_.push_back({.trigger = RenewalTrigger::pre_expiry, .at = at, .package = package});
  std::ranges::sort(renewals_, {}, &ForecastRenewalDue::at);
}

void Forecast::sum_up_pools() {
  std::vector<bool> goes_on(pools_.size(), false);
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const ForecastPackage& package = account_.packages[i];
    const ForecastPackageEnd& end = ends_[i];
    ForecastPool& pool = pools_.at(package.pool);
    pool.remaining = added(pool.remaining, package.remaining.value);
    pool.forfeited = added(pool.forfeited, end.forfeited.value_or(0));
    if (!end.runs_out_at && !end.forfeited) {
      goes_on.at(package.pool) = true;
      continue;
    }
    const Instant gone = end.runs_out_at.value_or(package.expires_at);
    if (pool.runs_out_at && gone < *pool.runs_out_at) continue;
    pool.runs_out_at = gone;
    pool.by_expiry = !end.runs_out_at;
  }
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    if (goes_on.at(i)) pools_.at(i).runs_out_at.reset();
  }
}

std::optional<std::optional<Instant>> run_out_of(const Forecast& forecast, std::string_view pool) {
  const auto& names = forecast.account().pools;
  const auto named = std::ranges::find(names, pool);
  if (named == names.end() || forecast.account().packages_left_out > 0) return std::nullopt;
  const ForecastPool& seen = forecast.pools().at(static_cast<std::size_t>(named - names.begin()));
  if (seen.remaining == 0) return forecast.now();
  if (forecast.window().days == 0) return std::nullopt;
  if (seen.runs_out_at) return seen.runs_out_at;
  const bool far_enough = forecast.until() >= forecast.now() + alarm_within_max;
  if (!far_enough) return std::nullopt;
  return std::optional<Instant>{};
}

}  // namespace packledger
