// A publisher's end of GET /v1/publish that says exactly the frames it is told to, also such as no
// client library would make. Blocking; one thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "wire/publish_codec.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packledger::serve {

// What frames are, by the numbers of RFC 6455.
enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

class PublishSocket {
 public:
  // Connects and asks for the WebSocket, with further fields of the head, each ended by CRLF.
  explicit PublishSocket(std::uint16_t port, std::string_view fields = {});

  // What the answer to that begins with; empty where there is none.
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] bool opened() const { return head_.starts_with("HTTP/1.1 101 "); }
  // One frame, masked. False where the other side takes no more.
  bool say(Opcode opcode, std::string_view payload, bool last = true);
  bool say_batch(const BatchHead& head, std::span<const SendAsked> sends);
  bool say_batch(std::uint64_t batch, std::span<const SendAsked> sends) {
    return say_batch(BatchHead{.batch = batch}, sends);
  }
  // Bytes that may be a part of a frame.
  bool say_raw(std::string_view bytes);

  struct Frame {
    Opcode opcode = Opcode::close;
    std::string payload;
    [[nodiscard]] unsigned close_code() const;  // 0 where it is none
  };
  // The next frame; nothing once the other side is gone.
  [[nodiscard]] std::optional<Frame> hear();
  // The next frame, which is to be results; their texts live until the next call. Nothing where
  // something else came.
  [[nodiscard]] const SendResultsRead* hear_results();
  // Drops the connection without a word.
  void drop();

 private:
  [[nodiscard]] bool read(std::size_t bytes);  // until so many are in heard_

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string head_;
  std::string heard_;
  std::optional<Frame> frame_;
  SendResultsRead results_;
};

}  // namespace packledger::serve
