// What an operator asks: health, metrics, the clock, the price book in force, the description of
// the interface.
#include "serve/asking.hpp"
#include "serve/journal_reader.hpp"
#include "serve/openapi.hpp"
#include "serve/routes.hpp"
#include "serve/service.hpp"
#include "serve/test_clock.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_fields.hpp"
#include "wire/json_writer.hpp"
#include "wire/price_book_json.hpp"
#include "wire/price_book_view.hpp"
#include "wire/request_fields.hpp"
#include "wire/requests.hpp"
#include "wire/views.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

constexpr std::size_t entries_told_max = 1'000;  // of what an advance of the clock caused
constexpr std::size_t entries_counted_max = 10'000'000;

// ---- health ----

asio::awaitable<HttpResponse> tell_health(Service&, const HttpRequest&) {
  co_return HttpResponse{.body = R"({"status":"ok"})"};
}

asio::awaitable<HttpResponse> tell_ready(Service& service, const HttpRequest&) {
  if (!service.ready()) co_return refused(service, Problem{.code = "not_ready"});
  HttpResponse response;
  JsonWriter json(response.body);
  json.begin_object().member("status", "ready");
  json.member("position", service.positions.last().value).end_object();
  co_return response;
}

asio::awaitable<HttpResponse> tell_metrics(Service& service, const HttpRequest&) {
  HttpResponse response;
  response.media_type = "text/plain; version=0.0.4; charset=utf-8";
  service.metrics.append_to(response.body);
  response.body +=
      "# HELP packledger_position Entries of the journal told to the front.\n"
      "# TYPE packledger_position gauge\npackledger_position " +
      std::to_string(service.positions.last().value) + "\n";
  if (service.doors.more_metrics) service.doors.more_metrics(response.body);
  co_return response;
}

asio::awaitable<HttpResponse> tell_openapi(Service&, const HttpRequest&) {
  co_return HttpResponse{.media_type = "application/yaml", .body{openapi_document()}};
}

// ---- the price book ----

// The book of one currency where the query names one, else the newest of any, at the time that the
// query names, else now.
asio::awaitable<HttpResponse> read_book(Service& service, const HttpRequest& request,
                                        std::string (*view)(const PriceBook&, Sequence)) {
  std::optional<Currency> currency;
  if (const std::string* text = request.query.find("currency")) {
    currency = parse_currency(*text);
    if (!currency) {
      co_return refused(service, invalid_parameter("currency", "three capital letters (ISO 4217)"));
    }
  }
  const std::string* at_text = request.query.find("at");
  const std::optional<Instant> at = at_text != nullptr ? parse_instant(*at_text) : std::nullopt;
  const bool in_the_past = request.query.find("position") != nullptr;
  const Instant now = service.doors.now();
  co_return co_await read(service, request, [=](const Ledger& ledger) -> Seen {
    const Instant when = at ? *at : in_the_past ? ledger.recorded_at() : now;
    const PriceBook* book =
        currency ? ledger.books().in_force(*currency, when) : ledger.books().in_force(when);
    if (book == nullptr) return {ledger.last(), std::unexpected(Problem{.code = "no_price_book"})};
    return {ledger.last(), view(*book, ledger.last())};
  });
}

asio::awaitable<HttpResponse> tell_price_book(Service& service, const HttpRequest& request) {
  return read_book(service, request,
                   [](const PriceBook& book, Sequence) { return price_book_json(book); });
}

asio::awaitable<HttpResponse> tell_products(Service& service, const HttpRequest& request) {
  return read_book(service, request, [](const PriceBook& book, Sequence position) {
    return products_view(book, position);
  });
}

asio::awaitable<HttpResponse> publish_price_book(Service& service, const HttpRequest& request) {
  auto book = read_price_book(request.body, service.doors.find_zone);
  Result<What, RequestFault> what = std::unexpected(RequestFault{});
  if (book)
    what = What{PriceBookPublished{std::move(*book)}};
  else
    what = std::unexpected(std::move(book.error()));
  return write(service, request, std::move(what), {});
}

// ---- the clock ----

// The test clock is its own wall and is never held.
ClockSeen look_at_clock(const Service& service) {
  if (service.doors.clock != nullptr) return service.doors.clock->look();
  const Instant now = service.doors.now();
  return {.now = now, .wall = now, .held = false};
}

void write_clock(JsonWriter& json, const Service& service) {
  const ClockSeen seen = look_at_clock(service);
  json.member("now", instant_text(seen.now)).member("wall", instant_text(seen.wall));
  json.member("held", seen.held);
  if (seen.held && seen.wall > seen.now)
    json.member("held_by", duration_text(seen.wall - seen.now));
  json.member("test", service.doors.test_clock != nullptr);
  json.member("position", service.positions.last().value);
}

asio::awaitable<HttpResponse> tell_clock(Service& service, const HttpRequest&) {
  HttpResponse response;
  JsonWriter json(response.body);
  json.begin_object();
  write_clock(json, service);
  json.end_object();
  co_return response;
}

asio::awaitable<HttpResponse> accept_clock(Service& service, const HttpRequest& request) {
  const auto body = parse_optional_body(request.body);
  if (!body) co_return refused(service, problem_of(body.error()));
  if (const auto fault = JsonFields(body->root()).finish())
    co_return refused(service, problem_of(request_fault(*fault)));
  ClockDoor* clock = service.doors.clock;
  const bool accepted = clock != nullptr && clock->accept();
  HttpResponse response;
  JsonWriter json(response.body);
  json.begin_object().member("accepted", accepted);
  write_clock(json, service);
  json.end_object();
  co_return response;
}

Result<Instant, Problem> target_of(const ClockAdvance& advance, Instant now) {
  const Instant target = advance.to ? *advance.to : now + *advance.by;
  if (target < now) {
    return std::unexpected(
        Problem{.code = "invalid_to", .detail = "the clock never goes back", .field = "to"});
  }
  if (target >= instant_max) {
    return std::unexpected(Problem{
        .code = "invalid_by", .detail = "the clock ends before the year 10000", .field = "by"});
  }
  return target;
}

// True for what the ledger did by itself.
bool is_caused(const Entry& entry) {
  return entry.caused_by.value != 0 ||
         std::visit([](const auto& what) { return requires { what.due; }; }, entry.input.what);
}

asio::awaitable<HttpResponse> advance(Service& service, const HttpRequest& request) {
  if (service.doors.test_clock == nullptr)
    co_return refused(service, Problem{.code = "test_clock_off"});
  const auto asked = read_clock_advance(request.body);
  if (!asked) co_return refused(service, problem_of(asked.error()));
  const auto target = target_of(*asked, service.doors.test_clock->now());
  if (!target) co_return refused(service, target.error());
  const Sequence before = service.positions.last();
  const auto position = co_await advance_clock(service, *target);
  if (!position) co_return refused(service, position.error());

  std::string lines;
  std::size_t caused = 0;
  const Walk walk{.from = next(before), .last = *position, .entries_max = entries_counted_max};
  const Walked walked = co_await walk_journal(service, walk, [&](const Entry& entry) {
    if (!is_caused(entry) || ++caused > entries_told_max) return true;
    if (!lines.empty()) lines += ',';
    append_journal_line(lines, entry, service.directory);
    return true;
  });
  if (!walked.read) co_return refused(service, Problem{.code = "journal_unavailable"});
  HttpResponse response;
  response.position = *position;
  JsonWriter json(response.body);
  json.begin_object().member("now", instant_text(service.doors.test_clock->now()));
  json.member("position", position->value);
  json.key("entries").raw("[" + lines + "]");
  json.member("entries_total", caused).end_object();
  co_return response;
}

// ---- watching ----

asio::awaitable<HttpResponse> refuse_plain_watch(Service& service, const HttpRequest&) {
  co_return refused(service, Problem{.code = "upgrade_required",
                                     .detail = "open a WebSocket here, from a page of this host "
                                               "or from no page"});
}

constexpr std::array routes{
    Route{Method::get, "/healthz", Body::none, "", tell_health, true},
    Route{Method::get, "/readyz", Body::none, "", tell_ready, true},
    Route{Method::get, "/metrics", Body::none, "", tell_metrics, true},
    Route{Method::get, "/openapi.yaml", Body::none, "", tell_openapi, true},
    Route{Method::get, "/v1/products", Body::none, "after wait position at currency",
          tell_products},
    Route{Method::get, "/v1/price-book", Body::none, "after wait position at currency",
          tell_price_book},
    Route{Method::put, "/v1/price-book", Body::book, write_parameters, publish_price_book},
    Route{Method::get, "/v1/clock", Body::none, "", tell_clock},
    Route{Method::post, "/v1/clock/accept", Body::optional, "", accept_clock},
    Route{Method::post, "/v1/clock/advance", Body::json, "", advance},
    Route{Method::get, "/v1/watch", Body::none, "", refuse_plain_watch},
};

}  // namespace

std::span<const Route> operator_routes() { return routes; }

}  // namespace packledger::serve
