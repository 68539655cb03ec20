#include "serve/http_session.hpp"

#include "serve/http_head.hpp"
#include "serve/publish_session.hpp"
#include "serve/service.hpp"
#include "serve/target.hpp"
#include "serve/watch_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <spdlog/spdlog.h>

#include <array>
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

// Takes over a connection.
using TakeOver =
    std::move_only_function<asio::awaitable<void>(asio::ip::tcp::socket, std::shared_ptr<Service>)>;
struct HandedOver {
  TakeOver take_over;
  asio::ip::tcp::socket socket;
};

// One whose upgrade it is to answer.
using ServeSocket = asio::awaitable<void> (*)(asio::ip::tcp::socket socket, std::string received,
                                              std::shared_ptr<Service> service);
// Who speaks WebSocket at this path; null where nobody does.
ServeSocket socket_at(std::string_view path) {
  if (path == "/v1/publish") return serve_publish;
  if (path == "/v1/watch") return serve_watch;
  return nullptr;
}

// Asked by a page of another host.
bool is_foreign(const http::fields& head) {
  return head.count(http::field::origin) > 0 &&
         !is_own_origin(head[http::field::origin], head[http::field::host]);
}

enum class Next : std::uint8_t { keep, close, handed_over };

class HttpSession final : public Connection {
 public:
  HttpSession(asio::ip::tcp::socket socket, Service& service)
      : service_(service), stream_(std::move(socket)) {}

  asio::awaitable<void> run();
  void finish() override;
  void cut() override { stream_.close(); }
  // After run(): who takes the connection over; nothing where nobody does.
  [[nodiscard]] std::optional<HandedOver> handed_over();

 private:
  using Parser = http::request_parser<http::string_body>;
  struct Ask {
    HttpRequest request;
    Target target;
    bool head_only = false;
  };

  [[nodiscard]] std::string_view buffered() const {
    return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
  }
  asio::awaitable<bool> receive();
  asio::awaitable<Next> serve_one();
  asio::awaitable<Next> serve_head(std::string head);
  asio::awaitable<std::optional<Problem>> read_body(Parser& parser);
  asio::awaitable<HttpResponse> answer(Parser& parser, std::string_view& route);
  [[nodiscard]] Result<Ask, Problem> ask_of(Parser& parser) const;
  asio::awaitable<Next> refuse(Problem problem);
  asio::awaitable<bool> write(std::string_view bytes);
  asio::awaitable<bool> send(const HttpResponse& response, bool keep, bool head_only);
  asio::awaitable<void> linger();

  Service& service_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{buffer_bytes_max};
  bool idle_ = true;  // between two requests
  bool finishing_ = false;
  TakeOver take_over_;
  bool first_ = true;
  bool refused_ = false;  // in the middle of a request: more of it may come
};

void HttpSession::finish() {
  finishing_ = true;
  if (idle_) stream_.close();
}

asio::awaitable<void> HttpSession::run() {
  Next next = Next::keep;
  while (next == Next::keep && !finishing_) next = co_await serve_one();
  if (next == Next::close) co_await linger();
}

// One more piece from the socket. The deadline is the stream's.
asio::awaitable<bool> HttpSession::receive() {
  const std::size_t room = std::min(read_bytes, buffer_.max_size() - buffer_.size());
  const auto [failed, bytes] = co_await stream_.async_read_some(buffer_.prepare(room), waiting);
  buffer_.commit(bytes);
  co_return !failed && bytes > 0;
}

asio::awaitable<Next> HttpSession::serve_one() {
  const Limits& limits = service_.limits;
  idle_ = true;
  stream_.expires_after(first_ ? limits.header_timeout : limits.idle_timeout);
  first_ = false;
  if (buffer_.size() == 0 && !co_await receive()) co_return Next::close;
  idle_ = false;
  stream_.expires_after(limits.header_timeout);
  while (buffered().starts_with("\r\n"))  // RFC 9112 §2.2
    buffer_.consume(2);
  for (;;) {
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
    if (!co_await receive()) co_return Next::close;
  }
}

asio::awaitable<Next> HttpSession::serve_head(std::string head) {
  if (auto problem = wrong_head(head, service_.limits.target_bytes_max)) {
    co_return co_await refuse(std::move(*problem));
  }
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser.body_limit(service_.limits.body_bytes_max);
  boost::system::error_code failed;
  parser.put(asio::buffer(head), failed);
  if (failed == http::error::body_limit) co_return co_await refuse(Problem{.code = "too_large"});
  if (failed && failed != http::error::need_more) {
    co_return co_await refuse(Problem{.code = "invalid_request", .detail = "not HTTP"});
  }
  const std::uint64_t length =
      parser.content_length().value_or(parser.chunked() ? service_.limits.body_bytes_max : 0);
  const std::size_t room = length > service_.limits.body_bytes_small ? length : 0;
  if (room > 0) co_await service_.large_bodies.enter(room);
  const Inside inside(service_.large_bodies, room);
  if (auto problem = co_await read_body(parser)) co_return co_await refuse(std::move(*problem));
  const auto& request = parser.get();
  const ServeSocket serve_socket = socket_at(request.target());
  if (serve_socket != nullptr && beast::websocket::is_upgrade(request) && service_.ready() &&
      !finishing_ && !is_foreign(request)) {
    head += buffered();
    take_over_ = [serve_socket, received = std::move(head)](
                     asio::ip::tcp::socket socket, std::shared_ptr<Service> service) mutable {
      return serve_socket(std::move(socket), std::move(received), std::move(service));
    };
    co_return Next::handed_over;
  }
  std::string_view route = "none";
  HttpResponse response = co_await answer(parser, route);
  if (response.events && is_foreign(request))
    response = response_of(Problem{.code = "forbidden_origin"}, service_.positions.last());
  service_.metrics.answered(route, response.status);
  spdlog::debug("event=answered route={} status={}", route, response.status);
  const bool keep =
      parser.keep_alive() && !finishing_ && response.status != 413 && !response.events;
  const bool head_only = request.method() == http::verb::head;
  const bool sent = co_await send(response, keep, head_only);
  if (!sent || !response.events || head_only || finishing_)
    co_return sent&& keep ? Next::keep : Next::close;
  take_over_ = [asked = std::move(*response.events)](asio::ip::tcp::socket socket,
                                                     std::shared_ptr<Service> service) mutable {
    return serve_events(std::move(socket), std::move(asked), std::move(service));
  };
  co_return Next::handed_over;
}

asio::awaitable<std::optional<Problem>> HttpSession::read_body(Parser& parser) {
  const Problem cut_short{.code = "invalid_request", .detail = "the body is not complete"};
  const std::string_view expect = parser.get()[http::field::expect];
  if (!expect.empty() && !beast::iequals(expect, "100-continue"))
    co_return Problem{.code = "expectation_failed"};
  if (parser.is_done()) co_return std::nullopt;
  if (!expect.empty() && buffer_.size() == 0 && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
    co_return Problem{.code = "request_timeout"};
  }
  stream_.expires_after(service_.limits.body_timeout);
  const auto [failed, bytes] = co_await http::async_read(stream_, buffer_, parser, waiting);
  if (!failed) co_return std::nullopt;
  if (failed == http::error::body_limit) co_return Problem{.code = "too_large"};
  co_return cut_short;
}

Result<HttpSession::Ask, Problem> HttpSession::ask_of(Parser& parser) const {
  auto& message = parser.get();
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
  const bool changes = ask.request.method != Method::get || beast::websocket::is_upgrade(message);
  if (changes && is_foreign(message)) {
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
  ask.request.body = std::move(message.body());
  return ask;
}

asio::awaitable<HttpResponse> HttpSession::answer(Parser& parser, std::string_view& route) {
  const Sequence position = service_.positions.last();
  auto ask = ask_of(parser);
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

asio::awaitable<Next> HttpSession::refuse(Problem problem) {
  ++service_.metrics.requests_refused;
  refused_ = true;
  const HttpResponse response = response_of(problem, service_.positions.last());
  co_await send(response, false, false);
  co_return Next::close;
}

// ---- writing ----

asio::awaitable<bool> HttpSession::write(std::string_view bytes) {
  while (!bytes.empty()) {
    stream_.expires_after(service_.limits.write_timeout);
    const auto [failed, sent] = co_await stream_.async_write_some(asio::buffer(bytes), waiting);
    if (failed) co_return false;
    bytes.remove_prefix(sent);
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
asio::awaitable<void> HttpSession::linger() {
  boost::system::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  const bool all_read = buffer_.size() == 0 && stream_.socket().available(ignored) == 0;
  if (ignored || (all_read && !refused_)) co_return;
  stream_.expires_after(linger_timeout);
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
                                                          std::shared_ptr<Service> service) {
  HttpSession session(std::move(socket), *service);
  const Opened opened(*service, session);
  co_await session.run();
  co_return session.handed_over();
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket,
                                       std::shared_ptr<Service> service) {
  const Inside place(service->connections);  // that the listener has taken for it
  auto handed = co_await serve_requests(std::move(socket), service);
  if (handed) co_await handed->take_over(std::move(handed->socket), std::move(service));
}

}  // namespace packledger::serve
