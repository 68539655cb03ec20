// What the load client writes and reads, byte by byte. The masked frames are those of RFC 6455
// §5.7.
#include "serve/client_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace packledger {
namespace {

constexpr std::size_t bytes_max = 1'000;

void feed(ClientReader& reader, std::string_view bytes) {
  const auto room = reader.room(bytes.size());
  std::ranges::copy(bytes, room.begin());
  reader.came(bytes.size());
}

TEST(ClientFrames, ARequestSaysWhatItBrings) {
  std::string out;
  append_request(out, {.authority = "host:1", .key = "k"},
                 {.method = "POST", .target = "/a", .media_type = "text/plain", .body = "hi"});
  EXPECT_EQ(out,
            "POST /a HTTP/1.1\r\nHost: host:1\r\nAuthorization: Bearer k\r\n"
            "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
  out.clear();
  append_request(out, {.authority = "host:1", .key = ""}, {.target = "/a"});
  EXPECT_EQ(out, "GET /a HTTP/1.1\r\nHost: host:1\r\n\r\n");
}

TEST(ClientFrames, AnswersAreFoundHoweverTheyAreCut) {
  const std::string all =
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst"
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
      "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nend";
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    ClientReader reader{bytes_max};
    std::string told;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      feed(reader, std::string_view{all}.substr(at, piece));
      for (;;) {
        const auto answer = reader.next_answer();
        ASSERT_TRUE(answer) << answer.error().detail;
        if (!*answer) break;
        told += std::to_string((*answer)->status) + std::string((*answer)->body) + ";";
      }
    }
    EXPECT_EQ(told, "200first;503;404end;") << piece;
  }
}

TEST(ClientFrames, WhatIsNoAnswerIsAFault) {
  for (const char* wrong :
       {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: other\r\n\r\n"}) {
    ClientReader reader{bytes_max};
    feed(reader, wrong);
    const auto answer = reader.next_answer();
    ASSERT_FALSE(answer) << wrong;
    EXPECT_EQ(answer.error().code, ClientFaultCode::protocol);
  }
  ClientReader endless{bytes_max};
  feed(endless, std::string(20'000, 'x'));
  EXPECT_FALSE(endless.next_answer());
}

TEST(ClientFrames, AMaskedTextIsThatOfTheStandard) {
  std::string out;
  append_frame(out, FrameKind::text, "Hello", {0x3d21fa37});  // 37 fa 21 3d, as bytes
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(ClientFrames, LengthsTakeTwoOrEightBytesMore) {
  for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U}) {
    std::string out;
    const std::string payload(size, 'a');
    append_frame(out, FrameKind::binary, payload, {0});
    const std::size_t more = size < 126 ? 0U : size < 65'536 ? 2U : 8U;
    ASSERT_EQ(out.size(), 2 + more + 4 + size);
    EXPECT_EQ(out.substr(6 + more), payload);
  }
}

std::string server_frame(unsigned first, std::string_view payload) {
  std::string out{static_cast<char>(static_cast<unsigned char>(first))};
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else {
    out += '\x7e';
    out += static_cast<char>(static_cast<unsigned char>(payload.size() >> 8U));
    out += static_cast<char>(static_cast<unsigned char>(payload.size() & 0xFFU));
  }
  return out.append(payload);
}

TEST(ClientFrames, MessagesAreFoundHoweverTheyAreCut) {
  const std::string large(300, 'x');
  const std::string all = server_frame(0x82, "one") + server_frame(0x02, "tw") +
                          server_frame(0x89, "ping") + server_frame(0x00, "o") +
                          server_frame(0x80, large) + server_frame(0x81, "text") +
                          server_frame(0x88,
                                       "\x03\xe9"
                                       "bye");
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    ClientReader reader{bytes_max};
    std::string told;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      feed(reader, std::string_view{all}.substr(at, piece));
      for (;;) {
        const auto message = reader.next_message();
        ASSERT_TRUE(message) << message.error().detail;
        if (!*message) break;
        told += std::to_string(static_cast<unsigned>((*message)->kind)) + ":";
        told += std::string((*message)->payload) + ";";
      }
    }
    EXPECT_EQ(told, "2:one;9:ping;2:two" + large +
                        ";1:text;8:\x03\xe9"
                        "bye;")
        << piece;
  }
}

TEST(ClientFrames, WhatIsNoFrameIsAFault) {
  const std::string too_large =
      server_frame(0x02, std::string(600, 'x')) + server_frame(0x80, std::string(600, 'x'));
  for (const std::string& wrong :
       {server_frame(0xC2, "compressed"), std::string("\x82\x81masked"), server_frame(0x83, "kind"),
        server_frame(0x80, "no beginning"), server_frame(0x09, "a ping in pieces"),
        server_frame(0x02, "a") + server_frame(0x82, "b"), std::string("\x82\x7e\x07\xd0", 4),
        too_large}) {
    ClientReader reader{bytes_max};
    feed(reader, wrong);
    auto message = reader.next_message();
    EXPECT_FALSE(message) << wrong;
  }
}

}  // namespace
}  // namespace packledger
