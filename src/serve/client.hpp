// The other side of the daemon's sockets: a small HTTP/1.1 client that keeps its connection, and a
// WebSocket client for /v1/watch. The command line, the tests and the benchmarks speak to the
// daemon through them.
//
// Owner: whoever calls; one thread each, and every call waits for its end or its timeout. Nothing
// here is used by the daemon itself.
// Invariants:
//  1. A request that may have reached the daemon is never sent a second time, unless it is a GET or
//     HEAD: after `closed` or `timeout` the outcome is unknown, and the caller repeats under the
//     same name or key.
//  2. A connection that was kept and that the daemon has closed meanwhile is opened again, once,
//     before anything is sent.
#pragma once

#include "packledger/ledger/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpAnswer {
  unsigned status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
  // The value of the first header of that name, in any case of letters; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

enum class ClientFaultCode : std::uint8_t {
  invalid_url = 1,  // not http://host[:port]
  unreachable = 2,  // no such host, nobody listens: nothing was sent
  timeout = 3,      // no connection or no whole answer in time
  closed = 4,       // the connection broke after something was sent
  protocol = 5,     // what came back is not HTTP or no WebSocket, or is too large
};

struct ClientFault {
  ClientFaultCode code = ClientFaultCode::unreachable;
  std::string detail;  // for a person: what was tried and what the system said
};

struct ClientOptions {
  std::string key;  // sent as a bearer token; empty: none
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds answer_timeout{90'000};               // a long poll takes up to 60 s
  std::size_t answer_bytes_max = std::size_t{256} * 1024 * 1024;  // more is no answer of ours
};

class HttpClient {
 public:
  // `server` is http://host[:port], with or without a slash at its end; a wrong one is told by the
  // first call. Nothing is connected yet.
  explicit HttpClient(std::string_view server, ClientOptions options = {});
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // One request. `target` is path and query. A body goes out as application/json unless `headers`
  // says otherwise. Every status is an answer.
  [[nodiscard]] Result<HttpAnswer, ClientFault> call(std::string_view method,
                                                     std::string_view target,
                                                     std::string_view body = {},
                                                     std::span<const HttpHeader> headers = {});
  [[nodiscard]] Result<HttpAnswer, ClientFault> call(std::string_view method,
                                                     std::string_view target, std::string_view body,
                                                     std::initializer_list<HttpHeader> headers) {
    return call(method, target, body, std::span<const HttpHeader>(headers));
  }

  // Closes the connection; the next call opens a new one.
  void close();

 private:
  class State;
  std::unique_ptr<State> state_;
};

class WatchClient {
 public:
  explicit WatchClient(std::string_view server, ClientOptions options = {});
  ~WatchClient();
  WatchClient(WatchClient&&) noexcept;
  WatchClient& operator=(WatchClient&&) noexcept;

  // Opens the WebSocket; an open one is closed first.
  [[nodiscard]] Result<void, ClientFault> connect(std::string_view target = "/v1/watch");
  // Sends one text message.
  [[nodiscard]] Result<void, ClientFault> send(std::string_view text);
  // The next text message; nothing when none came in time, and then a later call may still get it.
  [[nodiscard]] Result<std::optional<std::string>, ClientFault> next(
      std::chrono::milliseconds timeout);
  // Says goodbye and waits for it a moment. No fault: what cannot be closed is dropped.
  void close();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace packledger
