// Forecasts: the rhythm of the last weeks, from the table of usage, walked forward over the
// packages as they stand.
#include "query/forecast.hpp"

#include "serve/asking.hpp"
#include "serve/later.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

constexpr std::int64_t hour_last = 2'000'000;  // in the year 2198; after every send

struct Sought {
  ForecastAccount account;
  std::optional<Instant> first;  // send of the account
  std::optional<Forecast> forecast;
};

asio::awaitable<std::optional<Problem>> look_at(Service& service, std::string account,
                                                std::shared_ptr<Sought> sought) {
  const auto found =
      co_await ask(service, [sought, account = std::move(account)](const Ledger& ledger) -> Seen {
        const auto id = ledger.accounts().find(account);
        if (!id) return {ledger.last(), std::unexpected(not_there(Reject::unknown_account))};
        sought->account = forecast_account(ledger.accounts().at(*id));
        return {ledger.last(), std::string{}};
      });
  if (!found) co_return found.error();
  if (!found->body) co_return found->body.error();
  co_return std::nullopt;
}

// The entry up to which usage is folded. `done` is called on the thread of the table.
asio::awaitable<Result<Sequence, Problem>> walk_usage(Service& service, const UsageWalk& walk,
                                                      UsageVisit visit,
                                                      std::function<void()> done) {
  Later<std::optional<Sequence>> later(service.executor);
  const bool taken =
      service.doors.walk_usage &&
      service.doors.walk_usage(
          walk, std::move(visit),
          [done = std::move(done), give = later.giver()](std::optional<Sequence> folded) mutable {
            done();
            give(folded);
          });
  if (!taken) co_return std::unexpected(Problem{.code = "busy"});
  const std::optional<Sequence> folded = co_await later.taken();
  if (!folded) co_return std::unexpected(Problem{.code = "usage_unavailable"});
  co_return *folded;
}

asio::awaitable<HttpResponse> tell_forecast(Service& service, const HttpRequest& request) {
  if (auto problem = co_await wait_as_asked(service, request)) co_return refused(service, *problem);
  const Sequence until = service.positions.last();
  const auto sought = std::make_shared<Sought>();  // filled on other threads
  if (auto problem = co_await look_at(service, request.names.front(), sought))
    co_return refused(service, *problem);
  const auto account = service.directory.find(request.names.front());
  if (!account) co_return refused(service, not_there(Reject::unknown_account));
  const UsageRange all{.account = *account, .hour_from = 0, .hour_to = hour_last};
  const auto looked = co_await walk_usage(
      service, {.range = all, .until = until},
      [sought](const UsageRow& row) {
        sought->first = usage_start(row.key.hour, 0);
        return false;
      },
      [] {});
  if (!looked) co_return refused(service, looked.error());
  const Instant now = service.doors.now();
  const ForecastWindow window = forecast_window(sought->first, now);
  sought->forecast.emplace(std::move(sought->account), window, now);
  const UsageRange last{
      .account = *account, .hour_from = usage_hour(window.from), .hour_to = usage_hour(window.to)};
  const auto folded = co_await walk_usage(
      service, {.range = last, .until = until},
      [sought](const UsageRow& row) {
        sought->forecast->take(row);
        return true;
      },
      [sought] { sought->forecast->walk(); });
  if (!folded) co_return refused(service, folded.error());
  const Sequence end = service.positions.last();
  const std::uint64_t behind = end > *folded ? end.value - folded->value : 0;
  HttpResponse response;
  response.body = forecast_body(
      *sought->forecast,
      {.account = service.directory.account(*account), .behind = behind, .position = *folded});
  response.position = *folded;
  co_return response;
}

constexpr std::array routes{
    Route{Method::get, "/v1/accounts/{account}/forecast", Body::none, "after wait", tell_forecast},
};

}  // namespace

std::span<const Route> forecast_routes() { return routes; }

}  // namespace packledger::serve
