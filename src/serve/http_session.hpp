// One connection of a client: reads requests, has them answered, writes the answers, in order, as
// long as the client keeps it. Or hands it over to a
// WebSocket, or to whoever watches by events.
//
// Invariants:
//  1. Requests are answered in the order in which they came, one at a time: what a client sends
//     ahead waits in its socket.
//  2. Every place that waits for the client has a limit of time, every buffer one of size.
//  3. After a request that was not understood the connection is closed: nobody can tell where the
//     next one would begin.
// Front thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace packledger::serve {

struct Service;

// Serves the connection until it ends. Shared: see Service.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                                            std::shared_ptr<Service> service);

}  // namespace packledger::serve
