// Holds: units set aside, then used or given back.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/hold_requests.hpp"
#include "wire/hold_views.hpp"

#include <array>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

asio::awaitable<HttpResponse> place_hold(Service& service, const HttpRequest& request) {
  return write(service, request, read_hold(request.body),
               {.account = request.names[0], .status = 201});
}

asio::awaitable<HttpResponse> list_holds(Service& service, const HttpRequest& request) {
  HoldsQuery query;
  const auto limit = limit_parameter(request.query);
  if (!limit) co_return refused(service, limit.error());
  query.limit = *limit;
  if (const std::string* cursor = request.query.find("cursor")) {
    const auto after = parse_holds_cursor(*cursor);
    if (!after) {
      co_return refused(service, invalid_parameter("cursor", "the next_cursor of a page"));
    }
    query.after = *after;
  }
  co_return co_await read_account(
      service, request,
      [query](const Account& account, const Ledger& ledger) -> Result<std::string, Problem> {
        return holds_page(account, query, ledger.last());
      });
}

asio::awaitable<HttpResponse> look_at_hold(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [name = request.names[1]](const Account& account,
                                const Ledger& ledger) -> Result<std::string, Problem> {
        const Hold* hold = account.holds->find(name, ledger.recorded_at());
        if (hold == nullptr) return std::unexpected(not_there(Reject::unknown_hold));
        return hold_view(account, *hold, ledger.last());
      });
}

asio::awaitable<HttpResponse> capture_hold(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return refused(service, not_there(Reject::unknown_hold));
  co_return co_await write(service, request, read_capture(request.names[1], request.body),
                           {.account = request.names[0]});
}

asio::awaitable<HttpResponse> release_hold(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return refused(service, not_there(Reject::unknown_hold));
  co_return co_await write(service, request, read_release(request.names[1], request.body),
                           {.account = request.names[0]});
}

constexpr std::array routes{
    Route{Method::post, "/v1/accounts/{account}/holds", Body::json, write_parameters, place_hold},
    Route{Method::get, "/v1/accounts/{account}/holds", Body::none,
          "after wait position at limit cursor", list_holds},
    Route{Method::get, "/v1/accounts/{account}/holds/{hold}", Body::none, read_parameters,
          look_at_hold},
    Route{Method::post, "/v1/accounts/{account}/holds/{hold}/capture", Body::json, write_parameters,
          capture_hold},
    Route{Method::post, "/v1/accounts/{account}/holds/{hold}/release", Body::optional,
          write_parameters, release_hold},
};

}  // namespace

std::span<const Route> hold_routes() { return routes; }

}  // namespace packledger::serve
