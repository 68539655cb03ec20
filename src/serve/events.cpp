// GET /v1/watch/sse: one watch, told as Server-Sent Events. Here its question is read; the session
// takes the connection over behind the head of the answer.
#include "serve/asking.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"

#include <array>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

Result<WatchKind, Problem> kind_of(const Query& query) {
  const std::string* text = query.find("watch");
  for (const WatchKind kind : {WatchKind::balances, WatchKind::entries})
    if (text != nullptr && *text == kind_text(kind)) return kind;
  return std::unexpected(invalid_parameter("watch", "balances or entries"));
}

Result<std::vector<std::string>, Problem> accounts_of(const Service& service, const Query& query) {
  const std::size_t accounts_max = service.limits.watch_accounts_max;
  const auto wrong = [&] {
    return std::unexpected(invalid_parameter(
        "accounts", "1 to " + std::to_string(accounts_max) + " names, separated by commas"));
  };
  const std::string* text = query.find("accounts");
  if (text == nullptr) return wrong();
  std::vector<std::string> accounts;
  std::string_view rest = *text;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string_view name = rest.substr(0, comma);
    rest = more ? rest.substr(comma + 1) : std::string_view{};
    if (!is_name(name) || accounts.size() == accounts_max) return wrong();
    if (!service.directory.find(name)) {
      return std::unexpected(Problem{.code = "unknown_account",
                                     .detail = "there is no such account",
                                     .field = "accounts[" + std::to_string(accounts.size()) + "]"});
    }
    accounts.emplace_back(name);
  }
  return accounts;
}

// Where the client is to go on. What it has seen last wins over where it wanted to begin.
Result<void, Problem> take_from(const Service& service, const HttpRequest& request,
                                WatchAsked& asked) {
  const auto from = natural_parameter(request.query, "from", {0, position_max});
  if (!from) return std::unexpected(from.error());
  const Sequence last = service.positions.last();
  if (*from && **from > last.value)
    return std::unexpected(invalid_parameter("from", "at most the last position"));
  if (*from) asked.from = Sequence{**from};
  if (!request.last_event_id || request.last_event_id->empty()) return {};
  const auto seen = parse_natural(*request.last_event_id);
  if (!seen || *seen > position_max) {
    return std::unexpected(Problem{.code = "invalid_last_event_id",
                                   .detail = "Last-Event-ID: expected a position",
                                   .field = "Last-Event-ID"});
  }
  // It has seen more than there is: the journal is an older copy than the one it watched.
  asked.gap = *seen > last.value;
  asked.from = Sequence{asked.gap ? last.value : *seen};
  return {};
}

asio::awaitable<HttpResponse> watch_events(Service& service, const HttpRequest& request) {
  const auto kind = kind_of(request.query);
  if (!kind) co_return refused(service, kind.error());
  WatchAsked asked;
  asked.kind = *kind;
  auto accounts = accounts_of(service, request.query);
  if (!accounts) co_return refused(service, accounts.error());
  asked.accounts = std::move(*accounts);
  if (const auto taken = take_from(service, request, asked); !taken)
    co_return refused(service, taken.error());
  HttpResponse response;
  response.media_type = "text/event-stream";
  response.fields.emplace_back("X-Accel-Buffering", "no");  // nginx passes on what it gets
  response.events = std::move(asked);
  co_return response;
}

constexpr std::array routes{
    Route{Method::get, "/v1/watch/sse", Body::none, "watch accounts from", watch_events},
};

}  // namespace

std::span<const Route> event_routes() { return routes; }

}  // namespace packledger::serve
