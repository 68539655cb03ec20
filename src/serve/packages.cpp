// Packages and how they come to be: orders, payments, grants; and refunds.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "wire/requests.hpp"
#include "wire/views.hpp"

#include <array>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

// What is no name names nothing.
HttpResponse nothing_named(const Service& service, Reject reject) {
  return refused(service, not_there(reject));
}

asio::awaitable<HttpResponse> place_order(Service& service, const HttpRequest& request) {
  return write(service, request, read_order(request.body),
               {.account = request.names[0], .status = 201});
}

asio::awaitable<HttpResponse> look_at_order(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [name = request.names[1]](const Account& account,
                                const Ledger& ledger) -> Result<std::string, Problem> {
        const Order* order = account.find_order(name);
        if (order == nullptr) return std::unexpected(not_there(Reject::unknown_order));
        return order_view(account, *order, ledger.last());
      });
}

asio::awaitable<HttpResponse> pay_order(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return nothing_named(service, Reject::unknown_order);
  co_return co_await write(service, request, read_payment(request.names[1], request.body),
                           {.account = request.names[0]});
}

asio::awaitable<HttpResponse> cancel_order(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return nothing_named(service, Reject::unknown_order);
  co_return co_await write(service, request, read_cancellation(request.names[1], request.body),
                           {.account = request.names[0]});
}

asio::awaitable<HttpResponse> grant_package(Service& service, const HttpRequest& request) {
  return write(service, request, read_grant(request.body),
               {.account = request.names[0], .status = 201});
}

asio::awaitable<HttpResponse> look_at_package(Service& service, const HttpRequest& request) {
  return read_account(
      service, request,
      [name = request.names[1]](const Account& account,
                                const Ledger& ledger) -> Result<std::string, Problem> {
        const Package* package = account.find_package(name);
        if (package == nullptr) return std::unexpected(not_there(Reject::unknown_package));
        return package_view(account, *package, ledger.last());
      });
}

asio::awaitable<HttpResponse> refund_package(Service& service, const HttpRequest& request) {
  if (!is_name(request.names[1])) co_return nothing_named(service, Reject::unknown_package);
  co_return co_await write(service, request, read_refund(request.names[1], request.body),
                           {.account = request.names[0]});
}

Result<PackagesQuery, Problem> packages_query(const Query& query) {
  PackagesQuery wanted;
  const auto limit = limit_parameter(query);
  if (!limit) return std::unexpected(limit.error());
  wanted.limit = *limit;
  if (const std::string* cursor = query.find("cursor")) {
    const auto after = parse_packages_cursor(*cursor);
    if (!after) return std::unexpected(invalid_parameter("cursor", "the next_cursor of a page"));
    wanted.after = *after;
  }
  if (const std::string* state = query.find("state")) {
    wanted.state = parse_package_state(*state);
    if (!wanted.state) return std::unexpected(invalid_parameter("state", "the state of a package"));
  }
  if (const std::string* pool = query.find("pool")) {
    if (!parse_pool(*pool))
      return std::unexpected(invalid_parameter("pool", "a pool, like CN or ID+TH or *"));
    wanted.pool = *pool;
  }
  if (const std::string* product = query.find("product")) wanted.product = *product;
  if (const std::string* order = query.find("order")) wanted.order = *order;
  return wanted;
}

asio::awaitable<HttpResponse> list_packages(Service& service, const HttpRequest& request) {
  auto query = packages_query(request.query);
  if (!query) co_return refused(service, query.error());
  co_return co_await read_account(
      service, request,
      [query = std::move(*query)](const Account& account, const Ledger& ledger)
          -> Result<std::string, Problem> { return packages_page(account, query, ledger.last()); });
}

constexpr std::array routes{
    Route{Method::post, "/v1/accounts/{account}/orders", Body::json, write_parameters, place_order},
    Route{Method::get, "/v1/accounts/{account}/orders/{order}", Body::none, read_parameters,
          look_at_order},
    Route{Method::post, "/v1/accounts/{account}/orders/{order}/pay", Body::json, write_parameters,
          pay_order},
    Route{Method::post, "/v1/accounts/{account}/orders/{order}/cancel", Body::optional,
          write_parameters, cancel_order},
    Route{Method::post, "/v1/accounts/{account}/packages", Body::json, write_parameters,
          grant_package},
    Route{Method::get, "/v1/accounts/{account}/packages", Body::none,
          "after wait position at limit cursor state pool product order", list_packages},
    Route{Method::get, "/v1/accounts/{account}/packages/{package}", Body::none, read_parameters,
          look_at_package},
    Route{Method::post, "/v1/accounts/{account}/packages/{package}/refund", Body::optional,
          write_parameters, refund_package},
};

}  // namespace

std::span<const Route> package_routes() { return routes; }

}  // namespace packledger::serve
