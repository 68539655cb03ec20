#include "query/forecast.hpp"
#include "wire/json_writer.hpp"

#include <array>
#include <span>

namespace packledger {
namespace {

constexpr std::array<std::string_view, days_per_week> weekdays{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

void write_instant(JsonWriter& json, std::string_view name, const std::optional<Instant>& at) {
  json.key(name);
  at ? json.value(instant_text(*at)) : json.null();
}

void write_rhythm(JsonWriter& json, const Forecast& forecast) {
  json.key("rhythm").begin_array();
  const ForecastWindow& window = forecast.window();
  const std::size_t rows = window.days == 0 ? 0 : window.weeks == 0 ? 1 : days_per_week;
  for (std::size_t day = 0; day < rows; ++day) {
    json.begin_object().key("weekday");
    rows == 1 ? json.null() : json.value(weekdays.at(day));
    json.key("hours").begin_array();
    for (const std::int64_t units : forecast.rhythm().at(day)) json.value(units);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_pools(JsonWriter& json, const Forecast& forecast) {
  const std::int64_t days = forecast.window().days;
  json.key("pools").begin_array();
  for (std::size_t i = 0; i < forecast.pools().size(); ++i) {
    const ForecastPool& pool = forecast.pools()[i];
    json.begin_object().member("pool", forecast.account().pools.at(i));
    json.member("remaining", pool.remaining).member("units", pool.units).key("units_per_day");
    days == 0 ? json.null() : json.value(pool.units / days);
    write_instant(json, "runs_out_at", pool.runs_out_at);
    json.key("reason");
    pool.runs_out_at ? json.value(pool.by_expiry ? "expired" : "used_up") : json.null();
    json.key("forfeited");
    days == 0 ? json.null() : json.value(pool.forfeited);
    json.end_object();
  }
  json.end_array();
}

void write_packages(JsonWriter& json, const Forecast& forecast) {
  const ForecastAccount& account = forecast.account();
  json.key("packages").begin_array();
  for (std::size_t i = 0; i < account.packages.size(); ++i) {
    const ForecastPackage& package = account.packages[i];
    const ForecastPackageEnd& end = forecast.packages()[i];
    json.begin_object().member("package", package.name);
    json.member("pool", account.pools.at(package.pool));
    json.member("remaining", package.remaining.value);
    json.member("expires_at", instant_text(package.expires_at));
    write_instant(json, "runs_out_at", end.runs_out_at);
    json.key("forfeited");
    if (end.forfeited) {
      json.value(*end.forfeited);
    } else {
      end.runs_out_at ? json.value(0) : json.null();
    }
    json.end_object();
  }
  json.end_array();
  if (account.packages_left_out > 0) json.member("packages_left_out", account.packages_left_out);
}

void write_renewals(JsonWriter& json, const Forecast& forecast) {
  json.key("renewals").begin_array();
  for (const ForecastRenewalDue& renewal : forecast.renewals()) {
    const bool by_threshold = renewal.trigger == RenewalTrigger::threshold;
    json.begin_object().member("trigger", by_threshold ? "threshold" : "pre_expiry");
    json.member("pool", renewal_pool).member("at", instant_text(renewal.at));
    json.member("quantity", forecast.account().renewal->quantity.value);
    if (!renewal.package.empty()) json.member("package", renewal.package);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string forecast_body(const Forecast& forecast, const ForecastTold& told) {
  const ForecastWindow& window = forecast.window();
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", told.account);
  json.member("zone", forecast.account().zone.name).member("now", instant_text(forecast.now()));
  json.member("until", instant_text(forecast.until())).member("enough", window.days > 0);
  json.key("basis").begin_object().member("from", instant_text(window.from));
  json.member("to", instant_text(window.to)).member("days", window.days);
  json.member("weeks", window.weeks).member("units", forecast.units()).end_object();
  write_rhythm(json, forecast);
  write_pools(json, forecast);
  write_packages(json, forecast);
  write_renewals(json, forecast);
  json.member("behind", told.behind).member("position", told.position.value).end_object();
  return out;
}

}  // namespace packledger
