// The WebSocket of GET /v1/watch: reads the client's messages into a Watcher and writes what the
// Watcher has to tell, one message at a time, no faster than the client reads.
//
// Invariants:
//  1. At most one message is being written; what waits is bounded by the Watcher.
//  2. A client that is silent for two ping intervals is gone.
// Front thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace packledger::serve {

struct Service;

// Answers the upgrade that begins what was received, then serves the watcher until it ends.
[[nodiscard]] boost::asio::awaitable<void> serve_watch(boost::asio::ip::tcp::socket socket,
                                                       std::string received,
                                                       std::shared_ptr<Service> service);

}  // namespace packledger::serve
