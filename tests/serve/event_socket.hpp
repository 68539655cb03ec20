// A reader of Server-Sent Events, as simple as the format: asks GET /v1/watch/sse and gives one
// event after the other. Blocking, with a deadline; one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger::serve {

struct SocketEvent {
  std::string id;    // the last that was told, by this event or an earlier one
  std::string type;  // empty of one that only carries an id or a comment
  std::string data;
  bool comment = false;
};

class EventSocket {
 public:
  EventSocket(std::uint16_t port, std::string_view query, std::string_view fields = {});

  // The status line and the fields of the answer.
  [[nodiscard]] const std::string& head() const { return head_; }
  // What comes next, comments and bare ids included; nothing at the end or after 20 s.
  [[nodiscard]] std::optional<SocketEvent> next_piece();
  // The next event that has data.
  [[nodiscard]] std::optional<SocketEvent> next();
  // All that comes until the other side closes: the body of a refusal.
  [[nodiscard]] std::string rest();

 private:
  [[nodiscard]] bool receive();
  // Takes everything up to there; nothing at the end or after 20 s.
  [[nodiscard]] std::optional<std::string> until(std::string_view ending);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  std::string head_;
  std::string last_id_;
};

}  // namespace packledger::serve
