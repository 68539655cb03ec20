#include "serve/http_session.hpp"

#include "serve/deadline.hpp"
#include "serve/http_head.hpp"
#include "serve/publish_session.hpp"
#include "serve/service.hpp"
#include "serve/target.hpp"
#include "serve/too_slow.hpp"
#include "serve/watch_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_bytes = std::size_t{16} * 1024;
constexpr std::size_t buffer_bytes_max =
    std::size_t{64} * 1024;  // heads, chunk extensions, trailers
constexpr std::chrono::milliseconds linger_timeout{2'000};
constexpr std::chrono::milliseconds turned_away_timeout{100};  // they are many
// To tell who is too slow, and again to let that be read; both fit into the second in which it is
// to be gone.
constexpr std::chrono::milliseconds last_word_timeout{300};

// Takes over a connection.
using TakeOver =
    std::move_only_function<asio::awaitable<void>(asio::ip::tcp::socket, std::shared_ptr<Service>)>;
struct HandedOver {
  TakeOver take_over;
  asio::ip::tcp::socket socket;
};

// What the library would refuse in words of its own, or read another way than we did.
std::optional<Problem> wrong_upgrade(const http::request<http::string_body>& request) {
  const auto refuse_with = [](std::string_view detail) {
    return Problem{.code = "invalid_request", .detail{detail}};
  };
  if (request.count(http::field::content_length) > 0 || request.chunked())
    return refuse_with("an upgrade has no body");
  if (request[http::field::sec_websocket_version] != "13")
    return refuse_with("expected Sec-WebSocket-Version: 13");
  constexpr std::size_t key_bytes = 24;  // 16 bytes in base64
  if (request.count(http::field::sec_websocket_key) != 1 ||
      request[http::field::sec_websocket_key].size() != key_bytes) {
    return refuse_with("expected one Sec-WebSocket-Key of 16 bytes");
  }
  return std::nullopt;
}

// One whose upgrade it is to answer.
using ServeSocket = asio::awaitable<void> (*)(asio::ip::tcp::socket socket, std::string received,
                                              std::shared_ptr<Service> service);
// Who speaks WebSocket at this path; null where nobody does.
ServeSocket socket_at(std::string_view path) {
  if (path == "/v1/publish") return serve_publish;
  if (path == "/v1/watch") return serve_watch;
  return nullptr;
}

enum class Next : std::uint8_t { keep, close, handed_over };

class HttpSession final : public Connection {
 public:
  HttpSession(asio::ip::tcp::socket socket, Service& service)
      : service_(service), stream_(std::move(socket)) {}

  asio::awaitable<void> run();
  // Answers that there is no place for this client, whatever it asks.
  asio::awaitable<void> turn_away();
  void finish() override;
  void cut() override { stream_.close(); }
  // After run(): who takes the connection over; nothing where nobody does.
  [[nodiscard]] std::optional<HandedOver> handed_over();

 private:
  using Parser = http::request_parser<http::string_body>;
  // What the head alone says: nothing that comes behind it changes it.
  struct Ask {
    HttpRequest request;
    Target target;
    PageOrigin origin = PageOrigin::none;
    bool head_only = false;
  };

  [[nodiscard]] std::string_view buffered() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }
  asio::awaitable<bool> receive();
  asio::awaitable<Next> serve_one();
  asio::awaitable<Next> serve_head(std::string head);
  [[nodiscard]] std::size_t body_bytes_max(const Result<Ask, Problem>& ask) const;
  asio::awaitable<std::optional<Problem>> read_body(Parser& parser);
  asio::awaitable<HttpResponse> answer(Result<Ask, Problem>& ask, std::string_view& route);
  asio::awaitable<Next> answer_and_send(Parser& parser, Result<Ask, Problem> ask);
  [[nodiscard]] Result<Ask, Problem> ask_of(const Parser& parser) const;
  asio::awaitable<Next> refuse(Problem problem);
  void be_too_slow(Slow in);
  asio::awaitable<bool> write(std::string_view bytes);
  asio::awaitable<bool> send(const HttpResponse& response, bool keep, bool head_only);
  asio::awaitable<void> linger(std::chrono::milliseconds at_most);

  Service& service_;
  beast::tcp_stream stream_;
  Deadline deadline_{stream_.socket()};  // of what is read; the stream's own closes the socket
  beast::flat_buffer buffer_{buffer_bytes_max};
  bool idle_ = true;  // between two requests
  bool finishing_ = false;
  TakeOver take_over_;
  bool first_ = true;
  bool refused_ = false;  // in the middle of a request: more of it may come
  bool slow_ = false;
};

void HttpSession::finish() {
  finishing_ = true;
  if (idle_) stream_.close();
}

asio::awaitable<void> HttpSession::run() {
  Next next = Next::keep;
  while (next == Next::keep && !finishing_) next = co_await serve_one();
  if (next == Next::close) co_await linger(slow_ ? last_word_timeout : linger_timeout);
}

// One more piece from the socket, before the deadline.
asio::awaitable<bool> HttpSession::receive() {
  const std::size_t room = std::min(read_bytes, buffer_.max_size() - buffer_.size());
  const auto [failed, bytes] =
      co_await stream_.socket().async_read_some(buffer_.prepare(room), waiting);
  buffer_.commit(bytes);
  co_return !failed && bytes > 0 && !deadline_.passed();
}

asio::awaitable<Next> HttpSession::serve_one() {
  const Limits& limits = service_.limits;
  idle_ = true;
  deadline_.set(deadline_.in(first_ ? limits.header_timeout : limits.idle_timeout));
  first_ = false;
  if (buffer_.size() == 0 && !co_await receive()) co_return Next::close;
  idle_ = false;
  deadline_.set(deadline_.in(limits.header_timeout));
  for (;;) {
    while (buffered().starts_with("\r\n"))  // RFC 9112 §2.2; it may come in two pieces
      buffer_.consume(2);
    const std::size_t bytes = head_bytes(buffered());
    if (bytes > limits.header_bytes_max ||
        (bytes == 0 && buffer_.size() >= limits.header_bytes_max)) {
      co_return co_await refuse(Problem{.code = "header_too_large"});
    }
    if (bytes > 0) {
      std::string head(buffered().substr(0, bytes));
      buffer_.consume(bytes);
      co_return co_await serve_head(std::move(head));
    }
    if (co_await receive()) continue;
    if (!deadline_.passed()) co_return Next::close;
    be_too_slow(Slow::head);
    co_return co_await refuse(slow_head(limits));
  }
}

asio::awaitable<Next> HttpSession::serve_head(std::string head) {
  const Limits& limits = service_.limits;
  if (auto problem = wrong_head(head, limits.target_bytes_max)) {
    co_return co_await refuse(std::move(*problem));
  }
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser.body_limit(limits.body_bytes_max);
  boost::system::error_code failed;
  parser.put(asio::buffer(head), failed);
  if (failed == http::error::body_limit) co_return co_await refuse(Problem{.code = "too_large"});
  if (failed && failed != http::error::need_more) {
    co_return co_await refuse(Problem{.code = "invalid_request", .detail = "not HTTP"});
  }
  Result<Ask, Problem> ask = ask_of(parser);
  std::uint64_t length = parser.content_length().value_or(0);
  if (parser.chunked() || length > limits.command_bytes_max) {
    const std::size_t bytes_max = body_bytes_max(ask);
    if (length > bytes_max) co_return co_await refuse(Problem{.code = "too_large"});
    parser.body_limit(bytes_max);
    if (parser.chunked()) length = bytes_max;
  }
  const std::size_t room = length > limits.body_bytes_small ? length : 0;
  if (room > 0) co_await service_.large_bodies.enter(room);
  const Inside inside(service_.large_bodies, room);
  if (auto problem = co_await read_body(parser)) co_return co_await refuse(std::move(*problem));
  const auto& request = parser.get();
  const ServeSocket serve_socket = socket_at(request.target());
  if (serve_socket == nullptr || !ask || !beast::websocket::is_upgrade(request) ||
      !service_.ready() || finishing_) {
    co_return co_await answer_and_send(parser, std::move(ask));
  }
  if (auto problem = wrong_upgrade(request)) co_return co_await refuse(std::move(*problem));
  head += buffered();
  take_over_ = [serve_socket, received = std::move(head)](
                   asio::ip::tcp::socket socket, std::shared_ptr<Service> service) mutable {
    return serve_socket(std::move(socket), std::move(received), std::move(service));
  };
  co_return Next::handed_over;
}

asio::awaitable<Next> HttpSession::answer_and_send(Parser& parser, Result<Ask, Problem> ask) {
  std::string_view route = "none";
  const PageOrigin origin = ask ? ask->origin : PageOrigin::none;
  if (ask) ask->request.body = std::move(parser.get().body());
  HttpResponse response = co_await answer(ask, route);
  if (response.events && origin == PageOrigin::foreign)
    response = response_of(Problem{.code = "forbidden_origin"}, service_.positions.last());
  if (response.events && origin == PageOrigin::listed) {
    // Else the browser would keep from the page what we tell it.
    response.fields.emplace_back("Access-Control-Allow-Origin",
                                 std::string(parser.get()[http::field::origin]));
    response.fields.emplace_back("Vary", "Origin");
  }
  service_.metrics.answered(route, response.status);
  spdlog::debug("event=answered route={} status={}", route, response.status);
  const bool keep =
      parser.keep_alive() && !finishing_ && response.status != 413 && !response.events;
  const bool head_only = parser.get().method() == http::verb::head;
  const bool sent = co_await send(response, keep, head_only);
  if (!sent || !response.events || head_only || finishing_)
    co_return sent&& keep ? Next::keep : Next::close;
  take_over_ = [asked = std::move(*response.events)](asio::ip::tcp::socket socket,
                                                     std::shared_ptr<Service> service) mutable {
    return serve_events(std::move(socket), std::move(asked), std::move(service));
  };
  co_return Next::handed_over;
}

// A large body is for those who bring sends or prices.
std::size_t HttpSession::body_bytes_max(const Result<Ask, Problem>& ask) const {
  const Limits& limits = service_.limits;
  const bool large = ask && service_.router.takes_large_body(ask->target, ask->request.method);
  return large ? limits.body_bytes_max : std::min(limits.command_bytes_max, limits.body_bytes_max);
}

// The library lets control characters stand in the quotes of an extension, where another reader
// may see the end of a line.
void watch_extensions(std::uint64_t, beast::string_view extensions, boost::system::error_code& ec) {
  const bool controls = std::ranges::any_of(extensions, [](char c) {
    return (static_cast<std::uint8_t>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
  if (controls) ec = http::error::bad_chunk_extension;
}

// Has to be here within body_timeout, and to come on steadily meanwhile.
asio::awaitable<std::optional<Problem>> HttpSession::read_body(Parser& parser) {
  const Problem cut_short{.code = "invalid_request", .detail = "the body is not complete"};
  const std::string_view expect = parser.get()[http::field::expect];
  if (!expect.empty() && !beast::iequals(expect, "100-continue"))
    co_return Problem{.code = "expectation_failed"};
  if (parser.is_done()) co_return std::nullopt;
  if (!expect.empty() && buffer_.size() == 0 && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
    co_return cut_short;
  }
  const Limits& limits = service_.limits;
  const auto whole = deadline_.in(limits.body_timeout);
  Deadline::Time next = whole;
  const std::size_t step = least_bytes(limits, limits.body_pace);
  std::size_t came = step;  // since the time for the next step was set
  parser.eager(true);
  auto extensions = watch_extensions;  // the parser keeps no more than a look at it
  parser.on_chunk_header(extensions);
  while (!parser.is_done()) {
    if (came >= step) {
      came = 0;
      next = std::min(whole, deadline_.in(limits.body_pace));
      deadline_.set(next);
    }
    const auto [failed, bytes] =
        co_await http::async_read_some(stream_.socket(), buffer_, parser, waiting);
    const bool late = deadline_.passed() && !parser.is_done();
    if (failed == http::error::body_limit) co_return Problem{.code = "too_large"};
    if (late) {
      be_too_slow(Slow::body);
      co_return slow_body(limits, next == whole);
    }
    if (failed) co_return cut_short;
    came += bytes;
  }
  co_return std::nullopt;
}

Result<HttpSession::Ask, Problem> HttpSession::ask_of(const Parser& parser) const {
  const auto& message = parser.get();
  Ask ask;
  ask.head_only = message.method() == http::verb::head;
  switch (message.method()) {
    case http::verb::get:
    case http::verb::head: ask.request.method = Method::get; break;
    case http::verb::post: ask.request.method = Method::post; break;
    case http::verb::put: ask.request.method = Method::put; break;
    case http::verb::patch: ask.request.method = Method::patch; break;
    case http::verb::delete_: ask.request.method = Method::remove; break;
    default:
      return std::unexpected(Problem{.code = "method_not_allowed",
                                     .detail = "this method is taken nowhere",
                                     .allow = "GET, HEAD, POST, PUT, PATCH, DELETE"});
  }
  const auto origin = message.find(http::field::origin);
  if (origin != message.end()) {
    ask.origin = origin_of(origin->value(), message[http::field::host], service_.limits.origins);
  }
  // A page that is listed may watch and publish, which no other page could make it do.
  const bool upgrades = beast::websocket::is_upgrade(message);
  const bool changes = ask.request.method != Method::get;
  if ((changes && ask.origin == PageOrigin::listed) ||
      ((changes || upgrades) && ask.origin == PageOrigin::foreign)) {
    return std::unexpected(Problem{.code = "forbidden_origin"});
  }
  auto target = parse_target(message.target());
  if (!target) return std::unexpected(target.error());
  ask.target = std::move(*target);
  ask.request.media_type = media_type_of(message[http::field::content_type]);
  const auto key = message.find("Idempotency-Key");
  if (key != message.end()) ask.request.idempotency_key = std::string(key->value());
  const auto seen = message.find("Last-Event-ID");
  if (seen != message.end()) ask.request.last_event_id = std::string(seen->value());
  return ask;
}

asio::awaitable<HttpResponse> HttpSession::answer(Result<Ask, Problem>& ask,
                                                  std::string_view& route) {
  const Sequence position = service_.positions.last();
  if (!ask) co_return response_of(ask.error(), position);
  const auto found = service_.router.find(ask->target, ask->request);
  if (!found) co_return response_of(found.error(), position);
  route = (*found)->pattern;
  if (!service_.ready() && !(*found)->before_ready)
    co_return response_of(Problem{.code = "not_ready"}, position);
  // Nothing of ours throws; a vendor's exception ends one request, not the daemon.
  try {
    co_return co_await (*found)->handler(service_, ask->request);
  } catch (const std::exception& thrown) {
    spdlog::error("event=handler_threw route={} detail=\"{}\"", route, thrown.what());
  }
  co_return response_of(Problem{.code = "internal"}, position);
}

asio::awaitable<void> HttpSession::turn_away() {
  ++service_.metrics.connections_refused;
  co_await refuse(Problem{.code = "busy", .detail = "too many connections from one address"});
  co_await linger(turned_away_timeout);
}

// What it is told next is the last, and not waited for.
void HttpSession::be_too_slow(Slow in) {
  service_.metrics.slow(in);
  slow_ = true;
}

asio::awaitable<Next> HttpSession::refuse(Problem problem) {
  if (!slow_) ++service_.metrics.requests_refused;
  refused_ = true;
  const HttpResponse response = response_of(problem, service_.positions.last());
  co_await send(response, false, false);
  co_return Next::close;
}

// ---- writing ----

asio::awaitable<bool> HttpSession::write(std::string_view bytes) {
  const Limits& limits = service_.limits;
  deadline_.lift();
  const auto time = slow_ ? last_word_timeout : limits.write_timeout;
  const std::size_t step = least_bytes(limits, time);
  std::size_t taken = step;  // since the time for the next step was set
  while (!bytes.empty()) {
    if (taken >= step) {
      taken = 0;
      stream_.expires_after(time);
    }
    const auto [failed, sent] = co_await stream_.async_write_some(asio::buffer(bytes), waiting);
    if (failed == beast::error::timeout && !slow_) service_.metrics.slow(Slow::answer);
    if (failed) co_return false;
    bytes.remove_prefix(sent);
    taken += sent;
  }
  co_return true;
}

asio::awaitable<bool> HttpSession::send(const HttpResponse& response, bool keep, bool head_only) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += http::obsolete_reason(http::int_to_status(response.status));
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append("\r\n").append(name).append(": ").append(value);
  };
  const Sequence position = response.position.value_or(service_.positions.last());
  field("Content-Type", response.media_type);
  if (!response.events) field("Content-Length", std::to_string(response.body.size()));
  field("Packledger-Position", std::to_string(position.value));
  field("Cache-Control", "no-store");
  field("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.fields) field(name, value);
  field("Connection", keep ? "keep-alive" : "close");
  out += "\r\n\r\n";
  constexpr std::size_t one_piece =
      std::size_t{64} * 1024;  // copying so much is cheaper than a second packet
  const bool together = !head_only && response.body.size() <= one_piece;
  if (together) out += response.body;
  if (!co_await write(out)) co_return false;
  if (together || head_only) co_return true;
  co_return co_await write(response.body);
}

// Lets the client read our last answer: a socket closed with unread bytes would take it away.
asio::awaitable<void> HttpSession::linger(std::chrono::milliseconds at_most) {
  boost::system::error_code ignored;
  deadline_.lift();
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  const bool all_read = buffer_.size() == 0 && stream_.socket().available(ignored) == 0;
  if (ignored || (all_read && !refused_)) co_return;
  stream_.expires_after(at_most);
  std::array<char, read_bytes> sink;
  std::size_t left = service_.limits.body_bytes_max;
  while (left > 0) {
    const auto [failed, bytes] = co_await stream_.async_read_some(asio::buffer(sink), waiting);
    if (failed || bytes == 0) co_return;
    left -= std::min(left, bytes);
  }
}

std::optional<HandedOver> HttpSession::handed_over() {
  if (!take_over_) return std::nullopt;
  return HandedOver{std::move(take_over_), stream_.release_socket()};
}

// Apart: whoever takes the connection over does not keep its buffers.
asio::awaitable<std::optional<HandedOver>> serve_requests(asio::ip::tcp::socket socket,
                                                          std::shared_ptr<Service> service,
                                                          bool welcome) {
  HttpSession session(std::move(socket), *service);
  const Opened opened(*service, session);
  if (welcome) {
    co_await session.run();
  } else {
    co_await session.turn_away();
  }
  co_return session.handed_over();
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket,
                                       std::shared_ptr<Service> service) {
  const Inside place(service->connections);  // that the listener has taken for it
  boost::system::error_code ignored;
  const Guest guest(service->guests, socket.remote_endpoint(ignored).address());
  const bool welcome = guest.of_its_address() <= service->limits.connections_per_address_max;
  auto handed = co_await serve_requests(std::move(socket), service, welcome);
  if (handed) co_await handed->take_over(std::move(handed->socket), std::move(service));
}

}  // namespace packledger::serve
