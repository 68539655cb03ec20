// The table of routes: a method and a path lead to a handler. Also checks what every route has in
// common, so that a handler sees only parameters and content types that it asked for.
//
// Invariants:
//  1. A path that some route has answers 405 with Allow to other methods, never 404.
//  2. A handler is called with exactly as many names as its pattern has {}.
//  3. Of two routes that fit, the one that is listed first is taken.
// Front thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/http_message.hpp"
#include "serve/problem.hpp"
#include "serve/target.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace packledger::serve {

struct Service;

using Handler = boost::asio::awaitable<HttpResponse> (*)(Service&, const HttpRequest&);

enum class Body : std::uint8_t {
  none,      // a body is ignored where HTTP allows one
  optional,  // JSON or nothing
  json,      // JSON, also where no content type is given
  book,      // JSON, and long
  sends,     // JSON, one JSON value per line, CloudEvents, or protobuf; and long
};

struct Route {
  Method method = Method::get;
  std::string_view pattern;  // "/v1/accounts/{account}/orders", "…/{invoice}.html"
  Body body = Body::none;
  std::string_view parameters;  // that the query may have, separated by spaces
  Handler handler = nullptr;
  bool before_ready = false;  // answers also while the daemon recovers
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // The route for a request, which gets its names from the path. On a problem the request is
  // unchanged.
  [[nodiscard]] Result<const Route*, Problem> find(const Target& target,
                                                   HttpRequest& request) const;
  // Whether more than a command may come to this path.
  [[nodiscard]] bool takes_large_body(const Target& target, Method method) const;
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace packledger::serve
