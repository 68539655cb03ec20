// Forecasts as worked examples: a rhythm, packages, and when they run out.
#include "query/forecast.hpp"

#include "tests/ledger/zones.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using ::testing::HasSubstr;

const Zone utc = *fixed_zone("Z");
constexpr AccountId acme{1};

// Monday.
const Instant now = instant("2024-06-03T00:00:00Z");

ForecastPackage package(std::string name, std::int64_t units, Instant from, Instant until) {
  ForecastPackage package;
  package.name = std::move(name);
  package.scope.destinations.countries = {mainland};
  package.effective_at = from;
  package.expires_at = until;
  package.remaining = Units{units};
  return package;
}

ForecastPackage package(std::string name, std::int64_t units, Instant until) {
  return package(std::move(name), units, now - days(90), until);
}

ForecastAccount account(std::vector<ForecastPackage> packages) {
  ForecastAccount account;
  account.zone = utc;
  account.pools = {"CN"};
  account.pool_of.assign(packages.size(), 0);
  account.packages = std::move(packages);
  return account;
}

UsageRow row(Instant at, std::int64_t units, UsagePayer payer = UsagePayer::all) {
  UsageRow row{.key = {.account = acme,
                       .hour = usage_hour(at),
                       .payer = payer,
                       .package = PackageId{payer == UsagePayer::package ? 1U : 0U},
                       .destination = mainland,
                       .type = TemplateType::verification}};
  row.quarters.at(usage_quarter_of(at)) = {.sends = 1, .units = units};
  return row;
}

// So many units at ten o'clock on each of the last days, the first of them so long ago.
Forecast every_day_at_ten(ForecastAccount account, std::int64_t units, int lived_days) {
  const ForecastWindow window = forecast_window(now - days(lived_days), now);
  Forecast forecast{std::move(account), window, now};
  for (int day = 1; day <= lived_days; ++day)
    forecast.take(row(now - days(day) + hours(10), units));
  forecast.walk();
  return forecast;
}

std::string when(const std::optional<Instant>& at) {
  return at ? instant_text(*at).substr(5, 11) : "never";
}

// ---- what it is based on ----

struct WindowRow {
  Duration lived;
  std::int64_t days;
  std::int64_t weeks;
};

TEST(ForecastWindow, IsWholeWeeksAndLessThanOneOnlyWholeDays) {
  for (const WindowRow& row :
       {WindowRow{hours(23), 0, 0}, WindowRow{hours(24), 1, 0},
        WindowRow{days(6) + hours(23), 6, 0}, WindowRow{days(7), 7, 1}, WindowRow{days(13), 7, 1},
        WindowRow{days(27), 21, 3}, WindowRow{days(28), 28, 4}, WindowRow{days(400), 28, 4}}) {
    const ForecastWindow window = forecast_window(now - row.lived, now + minutes(59));
    EXPECT_EQ(window.days, row.days);
    EXPECT_EQ(window.weeks, row.weeks);
    EXPECT_EQ(window.to, now);
    EXPECT_EQ(window.from, now - days(row.days));
  }
  EXPECT_EQ(forecast_window(std::nullopt, now).days, 0);
}

TEST(Forecast, SaysNothingWithoutADayOfSends) {
  Forecast forecast{account({package("p1", 100, now + days(10))}), forecast_window({}, now), now};
  forecast.walk();
  const std::string body = forecast_body(forecast, {.account = "acme"});
  EXPECT_THAT(body, HasSubstr(R"("enough":false,)"));
  EXPECT_THAT(body, HasSubstr(R"("days":0,"weeks":0,"units":0},"rhythm":[],"pools":[{"pool":"CN",)"
                              R"("remaining":100,"units":0,"units_per_day":null,)"
                              R"("runs_out_at":null,"reason":null,"forfeited":null}])"));
}

// ---- when packages run out ----

TEST(Forecast, WalksTheHoursOfTheDay) {
  const Forecast forecast =
      every_day_at_ten(account({package("p1", 250, now + days(100))}), 100, 3);
  EXPECT_EQ(forecast.units(), 300);
  EXPECT_EQ(when(forecast.packages()[0].runs_out_at), "06-05T10:00");
  EXPECT_EQ(when(forecast.pools()[0].runs_out_at), "06-05T10:00");
  EXPECT_FALSE(forecast.pools()[0].by_expiry);
}

// 70 units every Friday: 210 last for three Fridays.
TEST(Forecast, KnowsOneWeekdayFromAnother) {
  const ForecastWindow window = forecast_window(now - days(28), now);
  Forecast forecast{account({package("p1", 210, now + days(100))}), window, now};
  for (int week = 1; week <= 4; ++week)
    forecast.take(row(now - days(7 * week) + days(4) + hours(9), 70));
  forecast.walk();
  EXPECT_EQ(forecast.rhythm().at(4).at(9), 280);
  EXPECT_EQ(when(forecast.packages()[0].runs_out_at), "06-21T09:00");
}

// 40 of the first are left when it ends, before the second pays.
TEST(Forecast, UsesPackagesInTheirOrderUntilTheyEnd) {
  const Forecast forecast = every_day_at_ten(
      account({package("p1", 240, now + days(2)), package("p2", 150, now + days(100))}), 100, 14);
  EXPECT_EQ(forecast.packages()[0].forfeited, 40);
  EXPECT_EQ(when(forecast.packages()[0].runs_out_at), "never");
  EXPECT_EQ(when(forecast.packages()[1].runs_out_at), "06-06T10:00");
  EXPECT_EQ(when(forecast.pools()[0].runs_out_at), "06-06T10:00");
  EXPECT_EQ(forecast.pools()[0].forfeited, 40);
}

TEST(Forecast, WaitsForAPackageToStart) {
  const Forecast forecast =
      every_day_at_ten(account({package("p1", 50, now + days(4), now + days(50)),
                                package("p2", 1'000, now + days(50))}),
                       100, 14);
  EXPECT_EQ(when(forecast.packages()[0].runs_out_at), "06-07T10:00");
  EXPECT_EQ(when(forecast.packages()[1].runs_out_at), "06-13T10:00");
}

TEST(Forecast, SaysThatAPoolEndsWithUnitsLeft) {
  const Forecast forecast =
      every_day_at_ten(account({package("p1", 1'000, now + days(3))}), 100, 14);
  EXPECT_EQ(when(forecast.pools()[0].runs_out_at), "06-06T00:00");
  EXPECT_TRUE(forecast.pools()[0].by_expiry);
  EXPECT_EQ(forecast.pools()[0].forfeited, 700);
}

TEST(Forecast, GivesNoDayBeyondItsHorizon) {
  const Forecast forecast =
      every_day_at_ten(account({package("p1", 1'000'000, now + days(3'000))}), 100, 28);
  EXPECT_EQ(forecast.until(), now + forecast_horizon);
  EXPECT_EQ(when(forecast.pools()[0].runs_out_at), "never");
}

TEST(Forecast, LeavesPackagesAloneThatDoNotCoverWhatIsSent) {
  ForecastAccount of =
      account({package("th", 100, now + days(5)), package("cn", 100, now + days(5)),
               package("stop", 100, now + days(5))});
  of.packages[0].scope.destinations.countries = {Country{{'T', 'H'}}};
  of.packages[2].mode = OverageMode::stop_before_excess;
  const Forecast forecast = every_day_at_ten(std::move(of), 100, 14);
  EXPECT_EQ(forecast.packages()[0].forfeited, 100);
  EXPECT_EQ(when(forecast.packages()[1].runs_out_at), "06-03T10:00");
  EXPECT_EQ(forecast.packages()[2].forfeited, 100);
}

// Three units a week in four weeks are no unit in most hours, and still come to something.
TEST(Forecast, KeepsPartsOfUnits) {
  const ForecastWindow window = forecast_window(now - days(28), now);
  Forecast forecast{account({package("p1", 3, now + days(300))}), window, now};
  forecast.take(row(now - days(28) + hours(1), 2));
  forecast.walk();
  EXPECT_EQ(when(forecast.packages()[0].runs_out_at), "07-08T01:00");
}

// ---- for the alarms of a pool ----

TEST(RunOut, IsWhenThePoolHasRunOutOrEnded) {
  using Said = std::optional<std::optional<Instant>>;
  const auto of = [](std::int64_t units, Instant until, int lived_days) {
    std::vector<ForecastPackage> packages;
    if (units > 0) packages.push_back(package("p1", units, until));
    return run_out_of(every_day_at_ten(account(std::move(packages)), 100, lived_days), "CN");
  };
  EXPECT_EQ(of(250, now + days(100), 3), Said{now + days(2) + hours(10)});
  EXPECT_EQ(of(1'000, now + days(3), 14), Said{now + days(3)}) << "it ends with units left";
  EXPECT_EQ(of(1'000'000, now + days(3'000), 28), Said{std::optional<Instant>{}}) << "not in sight";
  EXPECT_EQ(of(0, now, 14), Said{now}) << "nothing is left";
  EXPECT_EQ(of(0, now, 0), Said{now}) << "for that no rhythm is needed";
  EXPECT_EQ(of(250, now + days(3), 0), std::nullopt) << "too little was sent";
}

TEST(RunOut, IsNotSaidOfWhatWasNotLookedAt) {
  Forecast forecast = every_day_at_ten(account({package("p1", 250, now + days(9))}), 100, 14);
  EXPECT_EQ(run_out_of(forecast, "TH"), std::nullopt);
  ForecastAccount of = account({package("p1", 250, now + days(9))});
  of.packages_left_out = 1;
  EXPECT_EQ(run_out_of(every_day_at_ten(std::move(of), 100, 14), "CN"), std::nullopt);
}

// ---- renewals ----

TEST(Forecast, SeesWhenTheTotalIsDownToTheThreshold) {
  ForecastAccount of = account({package("p1", 1'000, now + days(90))});
  of.renewal = ForecastRenewal{.threshold = Units{500},
                               .quantity = Units{2'000},
                               .pre_expiry = std::pair{std::string{"p1"}, now + days(80)}};
  const Forecast forecast = every_day_at_ten(std::move(of), 100, 14);
  ASSERT_EQ(forecast.renewals().size(), 2U);
  EXPECT_EQ(when(forecast.renewals()[0].at), "06-07T10:00");
  EXPECT_EQ(when(forecast.renewals()[1].at), when(now + days(80)));
  EXPECT_THAT(forecast_body(forecast, {.account = "acme"}),
              HasSubstr(R"("renewals":[{"trigger":"threshold","pool":"CN",)"
                        R"("at":"2024-06-07T10:00:00.000Z","quantity":2000},)"
                        R"({"trigger":"pre_expiry","pool":"CN",)"));
}

TEST(Forecast, TellsWhatThePoolPaidOnADay) {
  const ForecastWindow window = forecast_window(now - days(14), now);
  Forecast forecast{account({package("p1", 1'000, now + days(90))}), window, now};
  for (int day = 1; day <= 14; ++day)
    forecast.take(row(now - days(day) + hours(10), 25, UsagePayer::package));
  forecast.walk();
  EXPECT_THAT(forecast_body(forecast, {.account = "acme", .behind = 2, .position = Sequence{9}}),
              HasSubstr(R"("units":350,"units_per_day":25,)"));
}

}  // namespace
}  // namespace packledger
