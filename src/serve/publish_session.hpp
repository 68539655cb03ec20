// The WebSocket of GET /v1/publish, the fast lane: reads batches of sends in protobuf and answers
// them, in order, each as soon as it is durable; many may be in flight.
//
//   reading --a text, a message too long or malformed--> ended --all answered--> closed 1003/9/7
//   reading --a message that does not come on-----> ended --all answered--> closed 1008
//   reading --finish()-------------------------------> ended --all answered--> closed 1001
//   any ------the connection breaks, or an answer is not read in time--------> broken
//
// Invariants:
//  1. Every batch that was taken is answered exactly once, in the order in which the batches came,
//     unless the connection breaks; it is recorded all the same.
//  2. At most publish_batches_max batches of at most publish_bytes_max together are unanswered, and
//     their answers take at most about publish_answers_bytes_max. Beyond any of these, and while
//     the inbox is full, nothing more is read: the client's socket fills up, nobody is refused.
//  3. A message that has begun is here within body_timeout, or the connection is closed with 1008:
//     it holds room that others need.
//  4. The session ends only when the engine has answered all that it took.
// Front thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace packledger::serve {

struct Service;

// Answers the upgrade that begins what was received, then serves the publisher until it ends.
[[nodiscard]] boost::asio::awaitable<void> serve_publish(boost::asio::ip::tcp::socket socket,
                                                         std::string received,
                                                         std::shared_ptr<Service> service);

}  // namespace packledger::serve
