#include "serve/client_frames.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace packledger {
namespace {

// The example of RFC 6455 §1.3. The handshake only shows that the other side is no plain HTTP
// server; a constant shows that as well.
constexpr std::string_view websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t head_bytes_max = 16'384;
constexpr unsigned status_switching = 101;

std::unexpected<ClientFault> nonsense(std::string detail) {
  return std::unexpected(ClientFault{ClientFaultCode::protocol, std::move(detail)});
}

void append_head(std::string& out, const HttpParties& parties, std::string_view method,
                 std::string_view target) {
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  out.append(parties.authority).append("\r\n");
  if (!parties.key.empty()) out.append("Authorization: Bearer ").append(parties.key).append("\r\n");
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// The value of the first field of that name in a head that ends with an empty line.
std::optional<std::string_view> field_in(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at + 2 < head.size();) {
    const std::size_t begin = at + 2;
    at = head.find("\r\n", begin);
    if (at == std::string_view::npos) break;
    const std::string_view line = head.substr(begin, at - begin);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    return value;
  }
  return std::nullopt;
}

template <class Number> std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char each : bytes) value = (value << 8U) | static_cast<unsigned char>(each);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) {
    out += static_cast<char>(static_cast<unsigned char>(value >> (8U * (i - 1))));
  }
}

}  // namespace

void append_request(std::string& out, const HttpParties& parties, const HttpAsk& ask) {
  append_head(out, parties, ask.method, ask.target);
  if (!ask.media_type.empty()) {
    out.append("Content-Type: ").append(ask.media_type).append("\r\n");
  }
  if (ask.method != "GET" && ask.method != "HEAD") {
    out.append("Content-Length: ").append(std::to_string(ask.body.size())).append("\r\n");
  }
  out.append("\r\n").append(ask.body);
}

void append_upgrade(std::string& out, const HttpParties& parties, std::string_view target) {
  append_head(out, parties, "GET", target);
  out.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  out.append("Sec-WebSocket-Key: ").append(websocket_key).append("\r\n\r\n");
}

// RFC 6455 §5.2: FIN and opcode, MASK and length, mask, payload.
void append_frame(std::string& out, FrameKind kind, std::string_view payload, FrameMask mask) {
  constexpr unsigned fin = 0x80;
  constexpr unsigned masked = 0x80;
  out += static_cast<char>(static_cast<unsigned char>(fin | static_cast<unsigned>(kind)));
  const std::size_t size = payload.size();
  if (size < 126) {
    append_big_endian(out, masked | size, 1);
  } else if (size <= 0xFFFF) {
    append_big_endian(out, masked | 126U, 1);
    append_big_endian(out, size, 2);
  } else {
    append_big_endian(out, masked | 127U, 1);
    append_big_endian(out, size, 8);
  }
  std::array<char, 8> key{};
  std::memcpy(key.data(), &mask.value, 4);
  std::memcpy(key.data() + 4, &mask.value, 4);
  out.append(key.data(), 4);
  const std::size_t begin = out.size();
  out.append(payload);
  std::uint64_t wide = 0;
  std::memcpy(&wide, key.data(), sizeof wide);
  char* at = out.data() + begin;
  std::size_t left = size;
  for (; left >= sizeof wide; left -= sizeof wide, at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= wide;
    std::memcpy(at, &word, sizeof word);
  }
  for (std::size_t i = 0; i < left; ++i) {
    at[i] = static_cast<char>(static_cast<unsigned char>(at[i]) ^
                              static_cast<unsigned char>(key.at(i)));
  }
}

std::span<char> ClientReader::room(std::size_t bytes) {
  if (fragments_taken_) {
    fragments_.clear();
    fragments_taken_ = false;
  }
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < bytes && begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < bytes) buffer_.resize(std::max(end_ + bytes, buffer_.size() * 2));
  return {buffer_.data() + end_, buffer_.size() - end_};
}

Result<std::optional<ClientReader::Answer>, ClientFault> ClientReader::next_answer() {
  const std::string_view all = unread();
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (all.size() > head_bytes_max) return nonsense("the head of the answer does not end");
    return std::optional<Answer>{};
  }
  const std::string_view head = all.substr(0, end + 4);
  constexpr std::string_view version = "HTTP/1.1 ";
  if (!head.starts_with(version)) return nonsense("the answer is not HTTP/1.1");
  const auto status = number_of<unsigned>(head.substr(version.size(), 3));
  if (!status) return nonsense("the answer has no status");
  if (*status == status_switching) {
    const auto accept = field_in(head, "Sec-WebSocket-Accept");
    if (accept != websocket_accept) return nonsense("the other side is no WebSocket");
    begin_ += head.size();
    return Answer{.status = *status, .body = {}};
  }
  const auto length_text = field_in(head, "Content-Length");
  const auto length = length_text ? number_of<std::size_t>(*length_text) : std::nullopt;
  if (!length) return nonsense("the answer does not say how long it is");
  if (*length > message_bytes_max_) return nonsense("the answer is too large");
  if (all.size() - head.size() < *length) return std::optional<Answer>{};
  begin_ += head.size() + *length;
  return Answer{.status = *status, .body = all.substr(head.size(), *length)};
}

Result<std::optional<ClientReader::Frame>, ClientFault> ClientReader::next_frame() {
  const std::string_view all = unread();
  if (all.size() < 2) return std::optional<Frame>{};
  const auto first = static_cast<unsigned char>(all[0]);
  const auto second = static_cast<unsigned char>(all[1]);
  if ((first & 0x70U) != 0) return nonsense("a frame uses an extension");
  if ((second & 0x80U) != 0) return nonsense("a frame of the server is masked");
  std::size_t head = 2;
  std::uint64_t length = second;
  if (second == 126) head += 2;
  if (second == 127) head += 8;
  if (all.size() < head) return std::optional<Frame>{};
  if (head > 2) length = big_endian(all.substr(2, head - 2));
  if (length > message_bytes_max_) return nonsense("a frame is too large");
  if (all.size() - head < length) return std::optional<Frame>{};
  begin_ += head + static_cast<std::size_t>(length);
  return Frame{.last = (first & 0x80U) != 0,
               .opcode = first & 0x0FU,
               .payload = all.substr(head, static_cast<std::size_t>(length))};
}

Result<std::optional<ClientReader::Message>, ClientFault> ClientReader::next_message() {
  if (fragments_taken_) {
    fragments_.clear();
    fragments_taken_ = false;
  }
  for (;;) {
    const auto frame = next_frame();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) return std::optional<Message>{};
    const unsigned opcode = (*frame)->opcode;
    const bool control = opcode >= 8 && opcode <= 10;
    const bool begins = opcode == 1 || opcode == 2;
    if (!control && !begins && opcode != 0) return nonsense("a frame of an unknown kind");
    if (control && !(*frame)->last) return nonsense("a control frame in fragments");
    if (!control && begins == fragmented_.has_value()) return nonsense("fragments out of order");
    const auto kind = static_cast<FrameKind>(opcode);
    if (control || (begins && (*frame)->last)) return Message{kind, (*frame)->payload};
    if (begins) fragmented_ = kind;
    if (fragments_.size() + (*frame)->payload.size() > message_bytes_max_) {
      return nonsense("a message is too large");
    }
    fragments_.append((*frame)->payload);
    if (!(*frame)->last) continue;
    const Message whole{*fragmented_, fragments_};
    fragmented_.reset();
    fragments_taken_ = true;
    return whole;
  }
}

}  // namespace packledger
