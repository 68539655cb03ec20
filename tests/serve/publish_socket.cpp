#include "tests/serve/publish_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace packledger::serve {
namespace asio = boost::asio;
namespace {

constexpr std::string_view no_mask{"\0\0\0\0", 4};  // a mask all the same, as clients must

std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = bytes; i > 0; value >>= 8U) out[--i] = static_cast<char>(value & 0xFFU);
  return out;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

std::string head_of(Opcode opcode, std::size_t size, bool last) {
  std::string head{static_cast<char>(static_cast<unsigned>(opcode) | (last ? 0x80U : 0U))};
  const std::size_t small = size < 126 ? size : size < 0x1'0000 ? 126 : 127;
  head += static_cast<char>(small | 0x80U);
  if (small == 126) head += big_endian(size, 2);
  if (small == 127) head += big_endian(size, 8);
  return head.append(no_mask);
}

}  // namespace

PublishSocket::PublishSocket(std::uint16_t port, std::string_view fields) : socket_(io_) {
  boost::system::error_code failed;
  socket_.connect({asio::ip::address_v4::loopback(), port}, failed);
  const std::string host = "127.0.0.1:" + std::to_string(port);
  if (failed || !say_raw("GET /v1/publish HTTP/1.1\r\nHost: " + host +
                         "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                         "Sec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
                         std::string(fields) + "\r\n")) {
    return;
  }
  socket_.set_option(asio::ip::tcp::no_delay(true), failed);
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    if (!read(heard_.size() + 1)) return;
    end = heard_.find("\r\n\r\n");
  }
  head_ = heard_.substr(0, end + 4);
  heard_.erase(0, end + 4);
}

bool PublishSocket::say_raw(std::string_view bytes) {
  boost::system::error_code failed;
  asio::write(socket_, asio::buffer(bytes), failed);
  return !failed;
}

bool PublishSocket::say(Opcode opcode, std::string_view payload, bool last) {
  return say_raw(head_of(opcode, payload.size(), last).append(payload));
}

bool PublishSocket::say_batch(const BatchHead& head, std::span<const SendAsked> sends) {
  std::string message;
  write_send_batch(head, sends, message);
  return say(Opcode::binary, message);
}

bool PublishSocket::read(std::size_t bytes) {
  boost::system::error_code failed;
  if (heard_.size() < bytes) {
    asio::read(socket_, asio::dynamic_buffer(heard_),
               asio::transfer_at_least(bytes - heard_.size()), failed);
  }
  return heard_.size() >= bytes;
}

std::optional<PublishSocket::Frame> PublishSocket::hear() {
  if (!read(2)) return std::nullopt;
  const auto opcode = static_cast<Opcode>(static_cast<unsigned>(heard_[0]) & 0x0FU);
  std::uint64_t size = static_cast<unsigned>(heard_[1]) & 0x7FU;
  std::size_t head = 2;
  if (size >= 126) {
    head += size == 126 ? 2 : 8;
    if (!read(head)) return std::nullopt;
    size = number_of(std::string_view(heard_).substr(2, head - 2));
  }
  if (!read(head + size)) return std::nullopt;
  Frame frame{opcode, heard_.substr(head, size)};
  heard_.erase(0, head + size);
  return frame;
}

unsigned PublishSocket::Frame::close_code() const {
  if (opcode != Opcode::close || payload.size() < 2) return 0;
  return static_cast<unsigned>(number_of(std::string_view(payload).substr(0, 2)));
}

const SendResultsRead* PublishSocket::hear_results() {
  frame_ = hear();
  if (!frame_ || frame_->opcode != Opcode::binary) return nullptr;
  return read_send_results(frame_->payload, results_) ? &results_ : nullptr;
}

void PublishSocket::drop() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace packledger::serve
