// Forecasts: the rhythm of the last weeks, walked forward over the packages as they stand, or
// stood.
#include "query/forecast.hpp"

#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "serve/usage_walk.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// Filled on other threads, one after the other.
struct Sought {
  ForecastAccount account;
  std::optional<Forecast> forecast;
};

UsageRange range_of(const AccountAsOf& as_of, const ForecastWindow& window) {
  return {.account = as_of.account,
          .hour_from = usage_hour(window.from),
          .hour_to = usage_hour(window.to)};
}

// From the table.
asio::awaitable<Result<UsageWalked, Problem>> foresee(Service& service, AccountAsOf as_of,
                                                      std::shared_ptr<Sought> sought) {
  const auto first = co_await first_use(service, as_of);
  if (!first) co_return std::unexpected(first.error());
  const ForecastWindow window = forecast_window(*first, as_of.now);
  sought->forecast.emplace(std::move(sought->account), window, as_of.now);
  co_return co_await walk_usage(
      service, as_of, range_of(as_of, window),
      [sought](const UsageRow& row) {
        sought->forecast->take(row);
        return true;
      },
      [sought] { sought->forecast->walk(); });
}

// From the journal. The window depends on when the first send was; it is all the same by how much
// that was before the longest one.
asio::awaitable<Result<UsageWalked, Problem>> foresee_in_past(Service& service, AccountAsOf as_of,
                                                              std::shared_ptr<Sought> sought) {
  const ForecastWindow longest =
      forecast_window(as_of.now - days(2 * forecast_days_max), as_of.now);
  const UsageRange range = range_of(as_of, longest);
  const auto before = co_await used_before(service, as_of, PastUsage::begin(range));
  if (!before) co_return std::unexpected(before.error());
  co_return co_await fold_past_usage(
      service, as_of, range,
      [sought, longest, now = as_of.now, before = *before](const PastUsage& past) {
        std::optional<Instant> first;
        if (past.first_hour()) first = usage_start(*past.first_hour(), 0);
        if (before) first = longest.from;
        Forecast& forecast =
            sought->forecast.emplace(std::move(sought->account), forecast_window(first, now), now);
        past.visit([&forecast](const UsageRow& row) {
          forecast.take(row);
          return true;
        });
        forecast.walk();
      });
}

asio::awaitable<HttpResponse> tell_forecast(Service& service, const HttpRequest& request) {
  const auto sought = std::make_shared<Sought>();
  const auto as_of = co_await look_at_account(
      service, request, [sought](const Account& account) -> std::optional<Problem> {
        sought->account = forecast_account(account);
        return std::nullopt;
      });
  if (!as_of) co_return refused(service, as_of.error());
  auto foreseen =
      as_of->past ? foresee_in_past(service, *as_of, sought) : foresee(service, *as_of, sought);
  const auto walked = co_await std::move(foreseen);
  if (!walked) co_return refused(service, walked.error());
  const std::uint64_t behind =
      walked->last > walked->position ? walked->last.value - walked->position.value : 0;
  HttpResponse response;
  response.body =
      forecast_body(*sought->forecast, {.account = service.directory.account(as_of->account),
                                        .behind = behind,
                                        .position = walked->position});
  response.position = walked->position;
  co_return response;
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/forecast", Body::none, "after wait position at",
          tell_forecast},
};

}  // namespace

std::span<const Route> forecast_routes() { return routes; }

}  // namespace packledger::serve
