// Many questions in flight over many connections, on one thread: how load is put on the daemon. It
// speaks HTTP, where questions follow each other without waiting for answers (pipelining), or
// WebSocket.
//
// Owner: a worker of `packledger bench`, or a test; one thread, which runs inside wait(). Nothing
// here is used by the daemon itself.
// Invariants:
//  1. The answers of a connection come in the order of its questions, each once.
//  2. Nothing is ever sent twice; a connection that breaks ends the whole client with a fault, as
//     nobody knows what became of the questions in flight.
//  3. Nothing bounds what is in flight but the caller.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/client.hpp"
#include "serve/client_frames.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

struct LoadOptions {
  std::size_t connections = 1;
  std::string websocket = {};  // the target of the WebSocket; empty: HTTP
  ClientOptions client = {};
};

struct LoadAnswer {
  std::size_t connection = 0;
  unsigned status = 0;    // of HTTP; 0 of a WebSocket
  std::string_view body;  // or the message; valid until the call that gets it returns
};

class LoadClient {
 public:
  LoadClient(std::string_view server, LoadOptions options);
  ~LoadClient();
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  // Opens all connections, WebSockets included.
  [[nodiscard]] Result<void, ClientFault> connect();

  // Puts a question on its way; it leaves during wait() at the latest.
  void ask(std::size_t connection, const HttpAsk& ask);
  void send(std::size_t connection, std::string_view message);

  using Take = std::function<void(const LoadAnswer&)>;
  // Waits until answers have come, and gives all of them to `take`, or until the timeout is over;
  // without a timeout a daemon that is silent for the client's answer_timeout is a fault.
  [[nodiscard]] Result<void, ClientFault> wait(std::optional<std::chrono::nanoseconds> timeout,
                                               const Take& take);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace packledger
