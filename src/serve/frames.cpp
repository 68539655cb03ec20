#include "serve/frames.hpp"

#include "packledger/ledger/utf8.hpp"

#include <array>
#include <limits>

namespace packledger {
namespace {

constexpr unsigned fin = 0x80;
constexpr unsigned reserved = 0x70;
constexpr unsigned masked = 0x80;
constexpr unsigned length_of_two = 126;    // the length follows in two bytes
constexpr unsigned length_of_eight = 127;  // in eight
constexpr std::size_t mask_bytes = 4;
constexpr std::size_t kept_bytes = 4'096;  // a larger buffer is given back once it is empty

using Wrong = FrameReader::Wrong;

std::unexpected<Wrong> wrong(std::string_view reason) {
  return std::unexpected(Wrong{CloseCode::protocol_error, reason});
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char each : bytes) value = (value << 8U) | static_cast<unsigned char>(each);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) out += static_cast<char>((value >> (8U * (i - 1))) & 0xFFU);
}

// Those that may stand in a frame (RFC 6455 §7.4).
bool is_close_code(std::uint64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

bool is_utf8(std::string_view text) { return utf8_valid_bytes(text) == text.size(); }

std::optional<Wrong> wrong_payload(const FrameReader::Message& message) {
  if (message.kind == FrameKind::text && !is_utf8(message.payload))
    return Wrong{CloseCode::bad_payload, "a text is not UTF-8"};
  if (message.kind != FrameKind::close || message.payload.empty()) return std::nullopt;
  if (message.payload.size() < 2 || !is_close_code(big_endian(message.payload.substr(0, 2))))
    return Wrong{CloseCode::protocol_error, "no code of a close"};
  if (!is_utf8(message.payload.substr(2)))
    return Wrong{CloseCode::bad_payload, "a reason is not UTF-8"};
  return std::nullopt;
}

}  // namespace

void append_frame_head(std::string& out, FrameKind kind, std::size_t payload_bytes) {
  out += static_cast<char>(fin | static_cast<unsigned>(kind));
  if (payload_bytes < length_of_two) {
    append_big_endian(out, payload_bytes, 1);
  } else if (payload_bytes <= std::numeric_limits<std::uint16_t>::max()) {
    append_big_endian(out, length_of_two, 1);
    append_big_endian(out, payload_bytes, 2);
  } else {
    append_big_endian(out, length_of_eight, 1);
    append_big_endian(out, payload_bytes, 8);
  }
}

void append_close_frame(std::string& out, CloseCode code, std::string_view reason) {
  reason = reason.substr(0, control_bytes_max - 2);
  append_frame_head(out, FrameKind::close, reason.size() + 2);
  append_big_endian(out, static_cast<std::uint64_t>(code), 2);
  out += reason;
}

void FrameReader::came(std::string_view bytes) {
  if (taken_ == received_.size()) {
    received_.clear();
    if (received_.capacity() > kept_bytes) received_.shrink_to_fit();
  } else {
    received_.erase(0, taken_);
  }
  taken_ = 0;
  received_ += bytes;
}

// What the first two bytes alone show.
std::optional<Wrong> FrameReader::wrong_start(unsigned first, unsigned second) const {
  const unsigned opcode = first & 0x0FU;
  const bool control = opcode >= 8 && opcode <= 10;
  const bool begins = opcode == 1 || opcode == 2;
  const auto wrong_with = [](std::string_view reason) {
    return Wrong{CloseCode::protocol_error, reason};
  };
  if ((first & reserved) != 0) return wrong_with("an extension that was not agreed on");
  if ((second & masked) == 0) return wrong_with("a frame of a client has no mask");
  if (!control && !begins && opcode != 0) return wrong_with("a frame of an unknown kind");
  if (control && (first & fin) == 0) return wrong_with("a control frame in fragments");
  if (control && (second & 0x7FU) > control_bytes_max) return wrong_with("a long control frame");
  if (!control && begins == fragmented_.has_value()) return wrong_with("fragments out of order");
  return std::nullopt;
}

Result<std::optional<FrameReader::Head>, Wrong> FrameReader::read_head(
    std::string_view unread) const {
  if (unread.size() < 2) return std::optional<Head>{};
  if (auto found = wrong_start(byte_at(unread, 0), byte_at(unread, 1)))
    return std::unexpected(*found);
  Head head{.last = (byte_at(unread, 0) & fin) != 0, .opcode = byte_at(unread, 0) & 0x0FU};
  std::uint64_t length = byte_at(unread, 1) & 0x7FU;
  const std::size_t more = length == length_of_two ? 2 : length == length_of_eight ? 8 : 0;
  head.bytes = 2 + more + mask_bytes;
  if (unread.size() < 2 + more) return std::optional<Head>{};
  if (more > 0) {
    length = big_endian(unread.substr(2, more));
    const std::uint64_t shorter = more == 2 ? length_of_two - 1 : 0xFFFF;
    if (length <= shorter) return wrong("a length that is not as short as it could be");
  }
  const bool control = head.opcode >= 8;
  const std::size_t room = message_bytes_max_ - (fragmented_ ? fragments_.size() : 0);
  if (!control && length > room)
    return std::unexpected(Wrong{CloseCode::too_big, "the message is too large"});
  head.payload = static_cast<std::size_t>(length);
  if (unread.size() < head.bytes || unread.size() - head.bytes < head.payload)
    return std::optional<Head>{};
  return head;
}

std::string_view FrameReader::take_payload(const Head& head) {
  const std::size_t begin = taken_ + head.bytes;
  std::array<char, mask_bytes> mask{};
  received_.copy(mask.data(), mask_bytes, begin - mask_bytes);
  for (std::size_t i = 0; i < head.payload; ++i) {
    char& byte = received_[begin + i];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^
                             static_cast<unsigned char>(mask[i % mask_bytes]));
  }
  taken_ = begin + head.payload;
  return std::string_view{received_}.substr(begin, head.payload);
}

Result<std::optional<FrameReader::Message>, Wrong> FrameReader::next() {
  if (fragments_given_) {
    fragments_ = {};
    fragments_given_ = false;
  }
  for (;;) {
    const auto head = read_head(std::string_view{received_}.substr(taken_));
    if (!head) return std::unexpected(head.error());
    if (!*head) return std::optional<Message>{};
    const std::string_view payload = take_payload(**head);
    const unsigned opcode = (*head)->opcode;
    const auto kind = static_cast<FrameKind>(opcode);
    Message message{kind, payload};
    if (opcode < 8 && (opcode == 0 || !(*head)->last)) {
      if (opcode != 0) fragmented_ = kind;
      fragments_count_ = opcode != 0 ? 1 : fragments_count_ + 1;
      if (fragments_count_ > fragments_max)
        return std::unexpected(Wrong{CloseCode::too_big, "the message has too many fragments"});
      fragments_ += payload;
      if (!(*head)->last) continue;
      message = {*fragmented_, fragments_};
      fragmented_.reset();
      fragments_given_ = true;
    }
    if (auto found = wrong_payload(message)) return std::unexpected(*found);
    return message;
  }
}

}  // namespace packledger
