// The frames that the daemon writes and reads itself, byte by byte. Those that a client writes are
// made by append_frame of client_frames, which its own test holds against RFC 6455.
#include "serve/frames.hpp"

#include "serve/client_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace packledger {
namespace {

constexpr std::size_t bytes_max = 300;

std::string masked(FrameKind kind, std::string_view payload) {
  std::string out;
  append_frame(out, kind, payload, {0x12345678U});
  return out;
}

// A masked frame with that first byte.
std::string frame(unsigned first, std::string_view payload) {
  std::string out = masked(FrameKind::text, payload);
  out[0] = static_cast<char>(first);
  return out;
}

// All that is read of the bytes, given in pieces; what is wrong as its code.
std::string read_all(std::string_view bytes, std::size_t piece) {
  FrameReader reader{bytes_max};
  std::string told;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.came(bytes.substr(at, piece));
    for (;;) {
      const auto message = reader.next();
      if (!message) return told + std::to_string(static_cast<unsigned>(message.error().code));
      if (!*message) break;
      told += std::to_string(static_cast<unsigned>((*message)->kind)) + ":";
      told += std::string((*message)->payload) + ";";
    }
  }
  return told;
}

std::string read_all(std::string_view bytes) {
  std::string told = read_all(bytes, bytes.size());
  for (std::size_t piece = 1; piece < bytes.size(); ++piece)
    EXPECT_EQ(read_all(bytes, piece), told) << piece;
  return told;
}

TEST(Frames, AreWrittenWithTheShortestLength) {
  const auto head = [](std::size_t bytes) {
    std::string out;
    append_frame_head(out, FrameKind::text, bytes);
    return out;
  };
  EXPECT_EQ(head(0), std::string("\x81\x00", 2));
  EXPECT_EQ(head(125), "\x81\x7D");
  EXPECT_EQ(head(126), std::string("\x81\x7E\x00\x7E", 4));
  EXPECT_EQ(head(65'535), "\x81\x7E\xFF\xFF");
  EXPECT_EQ(head(65'536), std::string("\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  std::string close;
  append_close_frame(close, CloseCode::going_away, "bye");
  EXPECT_EQ(close,
            "\x88\x05\x03\xE9"
            "bye");
}

TEST(Frames, AreReadByTheClientAsTheyWereWritten) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U}) {
    const std::string payload(size, 'x');
    std::string out;
    append_frame_head(out, FrameKind::text, size);
    out += payload;
    ClientReader reader{100'000};
    const auto room = reader.room(out.size());
    std::ranges::copy(out, room.begin());
    reader.came(out.size());
    const auto message = reader.next_message();
    ASSERT_TRUE(message && *message);
    EXPECT_EQ((*message)->payload, payload);
  }
}

TEST(Frames, AreFoundHoweverTheyAreCut) {
  EXPECT_EQ(read_all(masked(FrameKind::text, "one") + masked(FrameKind::binary, "") +
                     masked(FrameKind::ping, "p") + masked(FrameKind::text, std::string(300, 'z'))),
            "1:one;2:;9:p;1:" + std::string(300, 'z') + ";");
  EXPECT_EQ(read_all(masked(FrameKind::close,
                            "\x03\xE8"
                            "bye")),
            "8:\x03\xE8"
            "bye;");
}

TEST(Frames, PutFragmentsTogetherAndLetControlFramesBetween) {
  EXPECT_EQ(read_all(frame(0x01, "a") + frame(0x00, "b") + masked(FrameKind::ping, "!") +
                     frame(0x80, "c") + masked(FrameKind::text, "d")),
            "9:!;1:abc;1:d;");
  // A character may be cut by a fragment.
  EXPECT_EQ(read_all(frame(0x01, "\xC3") + frame(0x80, "\xA4")), "1:\xC3\xA4;");
}

TEST(Frames, AreRefusedWhereTheyAreWrong) {
  std::string unmasked;
  append_frame_head(unmasked, FrameKind::text, 1);
  EXPECT_EQ(read_all(unmasked + "a"), "1002");
  EXPECT_EQ(read_all(frame(0xC1, "a")), "1002") << "an extension";
  EXPECT_EQ(read_all(frame(0x83, "a")), "1002") << "an unknown kind";
  EXPECT_EQ(read_all(frame(0x8B, "a")), "1002") << "an unknown control frame";
  EXPECT_EQ(read_all(frame(0x09, "a")), "1002") << "a control frame in fragments";
  EXPECT_EQ(read_all(masked(FrameKind::ping, std::string(126, 'a'))), "1002");
  EXPECT_EQ(read_all(frame(0x80, "a")), "1002") << "nothing to go on with";
  EXPECT_EQ(read_all(frame(0x01, "a") + frame(0x81, "b")), "1002") << "a message in a message";
  EXPECT_EQ(read_all(masked(FrameKind::text, "\xFF")), "1007");
  EXPECT_EQ(read_all(masked(FrameKind::text, std::string(301, 'a'))), "1009");
  EXPECT_EQ(read_all(frame(0x01, std::string(200, 'a')) + frame(0x80, std::string(101, 'a'))),
            "1009");
  EXPECT_EQ(read_all(std::string("\x81\xFE\x00\x7D", 4)), "1002") << "a longer length than needed";
  EXPECT_EQ(read_all(std::string("\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF", 10)), "1002");
  EXPECT_EQ(read_all("\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "1009");
  EXPECT_EQ(read_all(masked(FrameKind::close, "x")), "1002");
  EXPECT_EQ(read_all(masked(FrameKind::close, "\x03\xED")), "1002") << "1005 is never sent";
  EXPECT_EQ(read_all(masked(FrameKind::close, "\x03\xE8\xFF")), "1007");
}

// Whatever comes: it is read to an end, and no message is larger than it may be.
TEST(Frames, BearAnyBytes) {
  std::mt19937_64 chance{7};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (std::size_t i = 0; i < 1 + chance() % 4; ++i) {
      bytes += frame(static_cast<unsigned>(chance() % 256), std::string(chance() % 140, 'x'));
    }
    for (std::size_t i = 0; i < chance() % 4; ++i)
      bytes[chance() % bytes.size()] = static_cast<char>(chance());
    FrameReader reader{bytes_max};
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t piece = 1 + chance() % 100;
      reader.came(std::string_view{bytes}.substr(at, piece));
      at += piece;
      auto message = reader.next();
      for (; message && *message; message = reader.next())
        ASSERT_LE((*message)->payload.size(), bytes_max);
      if (!message) break;
    }
  }
}

}  // namespace
}  // namespace packledger
