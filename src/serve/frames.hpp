// Frames of a WebSocket (RFC 6455) as the daemon writes them itself, without a mask, and as it
// finds them in what a client says: masked, whole or in fragments, without extensions. Whatever a
// client may not say is told apart and ends the connection.
//
// Owner: a session that has taken its socket over after the handshake. Pure: no socket is touched.
// Invariants:
//  1. A FrameReader keeps at most one message of message_bytes_max, its head, and the bytes of the
//     last came().
//  2. A length is believed only when it is within the limit; nothing is reserved for it before its
//     bytes have come.
//  3. A message comes in at most fragments_max frames.
#pragma once

#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace packledger {

enum class FrameKind : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// RFC 6455 §7.4.1.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  bad_payload = 1007,
  policy = 1008,
  too_big = 1009,
  internal_error = 1011,
};

inline constexpr std::size_t control_bytes_max = 125;  // of the payload of close, ping and pong
inline constexpr std::size_t fragments_max = 1'024;    // 64 bytes each of the longest message

// Of one whole message of the server; its payload follows.
void append_frame_head(std::string& out, FrameKind kind, std::size_t payload_bytes);
void append_close_frame(std::string& out, CloseCode code, std::string_view reason);

class FrameReader {
 public:
  explicit FrameReader(std::size_t message_bytes_max) : message_bytes_max_{message_bytes_max} {}

  void came(std::string_view bytes);

  struct Message {
    FrameKind kind = FrameKind::text;
    std::string_view payload;  // until the next came() or next()
  };
  // Why the connection must end, and what the client is to be told.
  struct Wrong {
    CloseCode code = CloseCode::protocol_error;
    std::string_view reason;  // static
  };
  // The next whole message, or what comes between its fragments; nothing where more bytes are
  // needed. Not to be called again after something was wrong.
  [[nodiscard]] Result<std::optional<Message>, Wrong> next();

 private:
  struct Head {
    bool last = false;
    unsigned opcode = 0;
    std::size_t bytes = 0;    // of the head
    std::size_t payload = 0;  // bytes
  };
  [[nodiscard]] Result<std::optional<Head>, Wrong> read_head(std::string_view unread) const;
  [[nodiscard]] std::optional<Wrong> wrong_start(unsigned first, unsigned second) const;
  [[nodiscard]] std::string_view take_payload(const Head& head);

  std::size_t message_bytes_max_;
  std::string received_;
  std::size_t taken_ = 0;  // of received_
  std::string fragments_;  // of the message that is coming
  std::size_t fragments_count_ = 0;
  std::optional<FrameKind> fragmented_;  // its kind; nothing between two messages
  bool fragments_given_ = false;         // they were the last message that was given out
};

}  // namespace packledger
