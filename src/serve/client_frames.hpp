// Requests and frames as a client writes them, answers and frames as it finds them in what came:
// HTTP/1.1 with Content-Length, and WebSocket (RFC 6455) without extensions. Only as much as the
// daemon speaks; what it does not speak is a fault.
//
// Owner: load_client, on its thread. Pure: no socket is touched.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/client.hpp"
#include "serve/frames.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

struct HttpAsk {
  std::string_view method = "GET";
  std::string_view target;
  std::string_view media_type = {};  // of the body; none where empty
  std::string_view body = {};
};

// Who is asked, by whom; the same for every request of a connection.
struct HttpParties {
  std::string authority;
  std::string key;  // a bearer token; empty: none
};

void append_request(std::string& out, const HttpParties& parties, const HttpAsk& ask);
// The head that asks for a WebSocket.
void append_upgrade(std::string& out, const HttpParties& parties, std::string_view target);

struct FrameMask {
  std::uint32_t value = 0;
};
// One whole message, masked as clients must.
void append_frame(std::string& out, FrameKind kind, std::string_view payload, FrameMask mask);

// Bytes from a socket, and what stands in them. Answers are views that live until the next room().
class ClientReader {
 public:
  explicit ClientReader(std::size_t message_bytes_max) : message_bytes_max_{message_bytes_max} {}

  // Where to read at least `bytes` into, then how many came.
  [[nodiscard]] std::span<char> room(std::size_t bytes);
  void came(std::size_t bytes) { end_ += bytes; }

  struct Answer {
    unsigned status = 0;
    std::string_view body;
  };
  // The next whole answer; nothing where more bytes are needed. A 101 has no body, and what follows
  // it are frames.
  [[nodiscard]] Result<std::optional<Answer>, ClientFault> next_answer();

  struct Message {
    FrameKind kind = FrameKind::binary;
    std::string_view payload;
  };
  // The next whole message, its fragments put together; nothing where more bytes are needed.
  [[nodiscard]] Result<std::optional<Message>, ClientFault> next_message();

 private:
  struct Frame {
    bool last = false;
    unsigned opcode = 0;
    std::string_view payload;
  };
  [[nodiscard]] std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] Result<std::optional<Frame>, ClientFault> next_frame();

  std::size_t message_bytes_max_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what was not taken yet
  std::size_t end_ = 0;
  std::string fragments_;
  std::optional<FrameKind> fragmented_;  // the kind of the message whose fragments come
  bool fragments_taken_ = false;         // they were the last message that was given out
};

}  // namespace packledger
