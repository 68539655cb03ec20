#include "query/usage_report.hpp"

#include "wire/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

// Later than the start of any day plus its length, earlier than the end of the next.
constexpr Duration into_next_day = hours(26);
constexpr Duration hours_for_days = days(3);

bool on_quarter(Instant t) { return t.ms % usage_quarter.ms == 0; }

void write_figures(JsonWriter& json, const UsageFigures& figures) {
  json.member("sends", figures.sends).member("units", figures.units);
  json.member("reversed", figures.reversed).member("amount", money_text(Money{figures.amount}));
}

bool is_empty(const UsageFigures& figures) { return figures == UsageFigures{}; }

}  // namespace

std::string_view step_text(UsageStep step) {
  switch (step) {
    case UsageStep::hour: return "hour";
    case UsageStep::day: return "day";
    case UsageStep::month: return "month";
  }
  ENSURE(false, "every step has a name");
}

std::optional<UsageStep> parse_step(std::string_view text) {
  for (const UsageStep step : {UsageStep::hour, UsageStep::day, UsageStep::month}) {
    if (step_text(step) == text) return step;
  }
  return std::nullopt;
}

std::optional<UsageSpan> parse_span(std::string_view text) {
  if (text == "today") return UsageSpan::today;
  if (text == "yesterday") return UsageSpan::yesterday;
  if (text == "7d") return UsageSpan::week;
  if (text == "30d") return UsageSpan::month;
  return std::nullopt;
}

Instant step_end(const Zone& zone, UsageStep step, Instant at) {
  switch (step) {
    case UsageStep::hour: {
      const std::int64_t into = local_time(zone, at).ms % hours(1).ms;
      return at + Duration{hours(1).ms - into};
    }
    case UsageStep::day: return start_of_day(zone, start_of_day(zone, at) + into_next_day);
    case UsageStep::month: return start_of_month(zone, Month{month_of(zone, at).index + 1});
  }
  ENSURE(false, "every step has an end");
}

UsagePeriod period_of(const Zone& zone, UsageSpan span, UsageStep step, Instant now) {
  const auto day_before = [&zone](Instant day) { return start_of_day(zone, day - Duration{1}); };
  const Instant today = start_of_day(zone, now);
  if (span == UsageSpan::yesterday) return {.from = day_before(today), .to = today};
  const Instant tomorrow = step_end(zone, UsageStep::day, now);
  UsagePeriod period{.from = today, .to = std::min(tomorrow, step_end(zone, step, now))};
  const int before = span == UsageSpan::today ? 0 : span == UsageSpan::week ? 6 : 29;
  for (int i = 0; i < before; ++i) period.from = day_before(period.from);
  return period;
}

UsageStep step_for(const UsagePeriod& period) {
  return period.to - period.from <= hours_for_days ? UsageStep::hour : UsageStep::day;
}

Result<std::vector<Instant>, UsageFault> usage_bounds(const Zone& zone, UsageStep step,
                                                      const UsagePeriod& period) {
  std::vector<Instant> bounds{period.from};
  while (bounds.back() < period.to) {
    if (bounds.size() > usage_points_max) return std::unexpected{UsageFault::too_many_points};
    bounds.push_back(std::min(period.to, step_end(zone, step, bounds.back())));
  }
  if (!std::ranges::all_of(bounds, on_quarter)) return std::unexpected{UsageFault::off_the_quarter};
  return bounds;
}

UsageReport::UsageReport(UsageQuery query) : query_{std::move(query)} {
  ENSURE(query_.bounds.size() >= 2, "a period has a beginning and an end");
  points_.resize(query_.bounds.size() - 1);
}

UsageRange UsageReport::range() const {
  return {.account = query_.account,
          .hour_from = usage_hour(query_.bounds.front()),
          .hour_to = usage_hour(query_.bounds.back() + hours(1) - Duration{1})};
}

bool UsageReport::take(const UsageRow& row) {
  if (++rows_ > usage_rows_max) return false;
  const UsageFilter& filter = query_.filter;
  if (filter.destination && row.key.destination != *filter.destination) return true;
  if (filter.type && row.key.type != *filter.type) return true;
  for (std::size_t quarter = 0; quarter < quarters_per_hour; ++quarter) {
    const UsageFigures& figures = row.quarters.at(quarter);
    if (is_empty(figures)) continue;
    const Instant at = usage_start(row.key.hour, quarter);
    if (at < query_.bounds.front() || at >= query_.bounds.back()) continue;
    const auto next = std::ranges::upper_bound(query_.bounds, at);
    add(row.key, static_cast<std::size_t>(next - query_.bounds.begin()) - 1, figures);
  }
  return true;
}

// Rows of all payers count each send once; where one payer is asked for, its own rows do.
void UsageReport::add(const UsageKey& key, std::size_t point, const UsageFigures& figures) {
  const UsageFilter& filter = query_.filter;
  if (filter.package && (key.payer != UsagePayer::package || key.package != *filter.package))
    return;
  if (filter.payg && key.payer != UsagePayer::payg) return;
  if (key.payer == UsagePayer::payg) payg_ += figures;
  if (key.payer == UsagePayer::package) packages_[key.package] += figures;
  if (key.payer != UsagePayer::all && !filter.package && !filter.payg) return;
  points_.at(point) += figures;
  total_ += figures;
  destinations_[key.destination] += figures;
  templates_[key.type] += figures;
}

std::string UsageReport::body(const Names& names, const Zone& zone, const Folded& folded) const {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", names.account(query_.account));
  json.member("currency", names.currency(query_.account).text()).member("zone", zone.name);
  json.member("from", instant_text(query_.bounds.front()));
  json.member("to", instant_text(query_.bounds.back()));
  json.member("step", step_text(query_.step)).key("points").begin_array();
  for (std::size_t i = 0; i < points_.size(); ++i) {
    json.begin_object().member("from", instant_text(query_.bounds.at(i)));
    json.member("to", instant_text(query_.bounds.at(i + 1)));
    write_figures(json, points_.at(i));
    json.end_object();
  }
  json.end_array().key("totals").begin_object();
  write_figures(json, total_);
  json.end_object().key("packages").begin_array();
  for (const auto& [package, figures] : packages_) {
    json.begin_object().member("package", names.package(query_.account, package));
    write_figures(json, figures);
    json.end_object();
  }
  json.end_array().key("payg").begin_object();
  write_figures(json, payg_);
  json.end_object().key("destinations").begin_array();
  for (const auto& [destination, figures] : destinations_) {
    json.begin_object().key("destination");
    destination == destination_unknown ? json.null() : json.value(destination.text());
    write_figures(json, figures);
    json.end_object();
  }
  json.end_array().key("templates").begin_array();
  for (const auto& [type, figures] : templates_) {
    json.begin_object().key("template");
    type == template_unknown ? json.null() : json.value(template_text(type));
    write_figures(json, figures);
    json.end_object();
  }
  const std::uint64_t behind =
      folded.last > folded.position ? folded.last.value - folded.position.value : 0;
  json.end_array().member("behind", behind).member("position", folded.position.value).end_object();
  return out;
}

}  // namespace packledger
