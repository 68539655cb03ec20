#include "serve/client.hpp"

#include "serve/server_address.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <utility>

namespace packledger {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds goodbye_timeout{1'000};

bool same_letters(std::string_view a, std::string_view b) { return beast::iequals(a, b); }

ClientFault fault_of(const error_code& error, std::string_view doing) {
  const bool late = error == beast::error::timeout;
  const bool broken = error == http::error::end_of_stream || error == asio::error::eof ||
                      error == asio::error::connection_reset || error == asio::error::broken_pipe ||
                      error == asio::error::connection_aborted ||
                      error == http::error::partial_message || error == websocket::error::closed;
  const ClientFaultCode code = late     ? ClientFaultCode::timeout
                               : broken ? ClientFaultCode::closed
                                        : ClientFaultCode::protocol;
  return {code, std::string(doing) + ": " + error.message()};
}

// Runs what was started on the io_context until nothing is left to do.
void finish(asio::io_context& io) {
  io.restart();
  io.run();
}

Result<void, ClientFault> connect_stream(asio::io_context& io, beast::tcp_stream& stream,
                                         const ServerAddress& server,
                                         const ClientOptions& options) {
  error_code error;
  tcp::resolver resolver{io};
  const auto endpoints = resolver.resolve(server.host, server.port, error);
  if (error) {
    return std::unexpected(ClientFault{ClientFaultCode::unreachable,
                                       server.host + " is not known here: " + error.message()});
  }
  stream.expires_after(options.connect_timeout);
  stream.async_connect(endpoints,
                       [&error](const error_code& got, const tcp::endpoint&) { error = got; });
  finish(io);
  if (error) {
    const bool late = error == beast::error::timeout;
    return std::unexpected(
        ClientFault{late ? ClientFaultCode::timeout : ClientFaultCode::unreachable,
                    "nobody answers at " + server.authority + ": " + error.message()});
  }
  stream.socket().set_option(tcp::no_delay{true}, error);  // only speed depends on it
  return {};
}

ClientFault invalid_url(std::string_view url) {
  return {ClientFaultCode::invalid_url,
          "'" + std::string(url) + "' is not the address of a server: expected http://host[:port]"};
}

bool has_header(std::span<const HttpHeader> headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return same_letters(h.name, name); });
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const HttpHeader& each) { return same_letters(each.name, name); });
  return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

// ---- HTTP ----

class HttpClient::State {
 public:
  State(std::string_view url, ClientOptions options)
      : url_{url}, server_{parse_server_address(url)}, options_{std::move(options)} {}

  Result<HttpAnswer, ClientFault> call(std::string_view method, std::string_view target,
                                       std::string_view body, std::span<const HttpHeader> headers) {
    if (!server_) return std::unexpected(invalid_url(url_));
    const bool kept = stream_ && still_open();
    if (!kept) {
      if (auto fault = open(); !fault) return std::unexpected(std::move(fault.error()));
    }
    Request request = compose(method, target, body, headers);
    bool silent = true;
    auto answer = exchange(request, silent);
    const bool repeatable = method == "GET" || method == "HEAD";
    if (!answer && kept && silent && repeatable && answer.error().code == ClientFaultCode::closed) {
      if (auto fault = open(); !fault) return std::unexpected(std::move(fault.error()));
      answer = exchange(request, silent);
    }
    if (!answer) close();
    return answer;
  }

  void close() { stream_.reset(); }

 private:
  using Request = http::request<http::span_body<const char>>;

  Result<void, ClientFault> open() {
    stream_.emplace(io_);
    buffer_.clear();
    auto connected = connect_stream(io_, *stream_, *server_, options_);
    if (!connected) stream_.reset();
    return connected;
  }

  // False once the daemon has said goodbye, or something that nobody asked for.
  bool still_open() {
    error_code error;
    tcp::socket& socket = stream_->socket();
    socket.non_blocking(true, error);
    char byte = 0;
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
    return error == asio::error::would_block;
  }

  Request compose(std::string_view method, std::string_view target, std::string_view body,
                  std::span<const HttpHeader> headers) const {
    Request request;
    request.version(11);
    request.method_string(method);
    request.target(target);
    request.set(http::field::host, server_->authority);
    if (!options_.key.empty()) request.set(http::field::authorization, "Bearer " + options_.key);
    if (!body.empty() && !has_header(headers, "Content-Type")) {
      request.set(http::field::content_type, "application/json");
    }
    for (const HttpHeader& each : headers) request.insert(each.name, each.value);
    request.body() = {body.data(), body.size()};
    const bool bodiless = body.empty() && (method == "GET" || method == "HEAD");
    if (!bodiless) request.content_length(body.size());
    return request;
  }

  // `silent` says afterwards whether nothing at all came back.
  Result<HttpAnswer, ClientFault> exchange(const Request& request, bool& silent) {
    error_code error;
    stream_->expires_after(options_.answer_timeout);
    http::async_write(*stream_, request, [&](const error_code& got, std::size_t) { error = got; });
    finish(io_);
    // A daemon that refuses a body early answers and closes: its answer may already be here.
    const error_code write_error = error;
    http::response_parser<http::string_body> parser;
    parser.body_limit(options_.answer_bytes_max);
    parser.skip(request.method() == http::verb::head);
    http::async_read(*stream_, buffer_, parser,
                     [&](const error_code& got, std::size_t) { error = got; });
    finish(io_);
    silent = !parser.got_some();
    if (error) return std::unexpected(fault_of(write_error ? write_error : error, "no answer"));
    http::response<http::string_body> response = parser.release();
    if (write_error || !response.keep_alive()) close();
    HttpAnswer answer{.status = response.result_int(), .headers = {}, .body = {}};
    for (const auto& field : response) {
      answer.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    answer.body = std::move(response.body());
    return answer;
  }

  std::string url_;
  std::optional<ServerAddress> server_;
  ClientOptions options_;
  asio::io_context io_{1};
  std::optional<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

HttpClient::HttpClient(std::string_view server, ClientOptions options)
    : state_{std::make_unique<State>(server, std::move(options))} {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpAnswer, ClientFault> HttpClient::call(std::string_view method, std::string_view target,
                                                 std::string_view body,
                                                 std::span<const HttpHeader> headers) {
  return state_->call(method, target, body, headers);
}

void HttpClient::close() { state_->close(); }

// ---- WebSocket ----

class WatchClient::State {
 public:
  State(std::string_view url, ClientOptions options)
      : url_{url}, server_{parse_server_address(url)}, options_{std::move(options)} {}

  Result<void, ClientFault> connect(std::string_view target) {
    if (!server_) return std::unexpected(invalid_url(url_));
    close();
    stream_.emplace(io_);
    auto connected = connect_stream(io_, stream_->next_layer(), *server_, options_);
    if (connected) connected = shake_hands(target);
    if (!connected) drop();
    return connected;
  }

  Result<void, ClientFault> send(std::string_view text) {
    if (!stream_) return std::unexpected(not_connected());
    error_code error;
    bool done = false;
    stream_->text(true);
    stream_->async_write(asio::buffer(text), [&](const error_code& got, std::size_t) {
      error = got;
      done = true;
    });
    io_.restart();
    while (!done && io_.run_one_for(options_.answer_timeout) != 0) {
    }
    if (done && !error) return {};
    drop();
    if (!done) return std::unexpected(ClientFault{ClientFaultCode::timeout, "nobody reads"});
    return std::unexpected(fault_of(error, "not sent"));
  }

  Result<std::optional<std::string>, ClientFault> next(std::chrono::milliseconds timeout) {
    if (!stream_) return std::unexpected(not_connected());
    start_reading();
    io_.restart();
    // Pings are answered inside the read, so a handler that ran is not yet a message.
    while (!read_done_ && io_.run_one_for(timeout) != 0) {
    }
    if (!read_done_) return std::optional<std::string>{};
    reading_ = false;
    if (read_error_) {
      std::string doing = "the watch ended";
      const websocket::close_reason& reason = stream_->reason();
      if (!reason.reason.empty()) doing += " (" + std::string(reason.reason.c_str()) + ")";
      ClientFault fault = fault_of(read_error_, doing);
      drop();
      return std::unexpected(std::move(fault));
    }
    std::optional<std::string> message{beast::buffers_to_string(buffer_.data())};
    buffer_.clear();
    return message;
  }

  void close() {
    if (!stream_) return;
    stream_->async_close(websocket::close_code::normal, [](const error_code&) {});
    io_.restart();
    io_.run_for(goodbye_timeout);
    drop();
  }

 private:
  using Stream = websocket::stream<beast::tcp_stream>;

  Result<void, ClientFault> shake_hands(std::string_view target) {
    stream_->next_layer().expires_after(options_.answer_timeout);
    stream_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      if (!options_.key.empty()) request.set(http::field::authorization, "Bearer " + options_.key);
    }));
    stream_->read_message_max(options_.answer_bytes_max);
    error_code error;
    websocket::response_type response;
    stream_->async_handshake(response, server_->authority, std::string(target),
                             [&](const error_code& got) { error = got; });
    finish(io_);
    stream_->next_layer().expires_never();
    if (!error) return {};
    if (error != websocket::error::upgrade_declined) {
      return std::unexpected(fault_of(error, "no WebSocket"));
    }
    return std::unexpected(
        ClientFault{ClientFaultCode::protocol,
                    "no WebSocket: the server answered " + std::to_string(response.result_int())});
  }

  void start_reading() {
    if (reading_) return;
    reading_ = true;
    read_done_ = false;
    stream_->async_read(buffer_, [this](const error_code& got, std::size_t) {
      read_error_ = got;
      read_done_ = true;
    });
  }

  // Cuts the connection and lets what was started on it end, so that no handler outlives it.
  void drop() {
    if (!stream_) return;
    beast::get_lowest_layer(*stream_).close();
    finish(io_);
    stream_.reset();
    buffer_.clear();
    reading_ = false;
  }

  static ClientFault not_connected() {
    return {ClientFaultCode::closed, "the watch is not connected"};
  }

  std::string url_;
  std::optional<ServerAddress> server_;
  ClientOptions options_;
  asio::io_context io_{1};
  std::optional<Stream> stream_;
  beast::flat_buffer buffer_;
  bool reading_ = false;
  bool read_done_ = false;
  error_code read_error_;
};

WatchClient::WatchClient(std::string_view server, ClientOptions options)
    : state_{std::make_unique<State>(server, std::move(options))} {}
WatchClient::~WatchClient() = default;
WatchClient::WatchClient(WatchClient&&) noexcept = default;
WatchClient& WatchClient::operator=(WatchClient&&) noexcept = default;

Result<void, ClientFault> WatchClient::connect(std::string_view target) {
  return state_->connect(target);
}

Result<void, ClientFault> WatchClient::send(std::string_view text) { return state_->send(text); }

Result<std::optional<std::string>, ClientFault> WatchClient::next(
    std::chrono::milliseconds timeout) {
  return state_->next(timeout);
}

void WatchClient::close() { state_->close(); }

}  // namespace packledger
