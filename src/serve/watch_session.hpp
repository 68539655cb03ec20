// The connection of one who watches: a WebSocket of GET /v1/watch, or the Server-Sent Events of GET
// /v1/watch/sse. It writes what its Watcher has to tell, by itself and not through Beast: shared
// texts that are already framed go out together in one write, as many as there are and as fast as
// the client reads; what the socket does not take waits, and nothing more is asked for meanwhile.
//
//   open --close() or a wrong frame--> closing --the client's close, or too late--> ended
//   open --the client's close--> answered ----------------------------------------> ended
//   any --the connection breaks, is quiet for two ping intervals, or takes nothing
//         of what waits for it for the write timeout------------------------------> ended
//
// Invariants:
//  1. Only whole frames or events are begun, one after the other; a control frame goes out before
//     what has not begun yet.
//  2. What waits is bounded: texts_bytes_max of texts that are being written, one pong, and what
//     the Watcher keeps.
//  3. A client that says nothing for two ping intervals is gone; events need no word from the
//     client. So is one that takes nothing of what waits for it for the write timeout. Both are
//     told why, as far as the socket takes that at once.
// Front thread.
#pragma once

#include "serve/watch_message.hpp"

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

// Tells that watch as events, behind the head of an answer that was written.
[[nodiscard]] boost::asio::awaitable<void> serve_events(boost::asio::ip::tcp::socket socket,
                                                        WatchAsked asked,
                                                        std::shared_ptr<Service> service);

}  // namespace packledger::serve
