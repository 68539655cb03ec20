#include "tests/serve/event_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <sstream>

namespace packledger::serve {
namespace asio = boost::asio;

EventSocket::EventSocket(std::uint16_t port, std::string_view query, std::string_view fields)
    : socket_(io_) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
  const timeval deadline{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  const std::string ask = "GET /v1/watch/sse?" + std::string(query) +
                          " HTTP/1.1\r\nHost: 127.0.0.1:7180\r\n" + std::string(fields) + "\r\n";
  boost::system::error_code ignored;
  asio::write(socket_, asio::buffer(ask), ignored);
  head_ = until("\r\n\r\n").value_or("");
}

bool EventSocket::receive() {
  std::array<char, 16'384> piece;
  const ssize_t bytes = ::recv(socket_.native_handle(), piece.data(), piece.size(), 0);
  if (bytes <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(bytes));
  return true;
}

std::optional<std::string> EventSocket::until(std::string_view ending) {
  std::size_t end = received_.find(ending);
  while (end == std::string::npos) {
    if (!receive()) return std::nullopt;
    end = received_.find(ending);
  }
  std::string taken = received_.substr(0, end);
  received_.erase(0, end + ending.size());
  return taken;
}

std::optional<SocketEvent> EventSocket::next_piece() {
  const auto block = until("\n\n");
  if (!block) return std::nullopt;
  SocketEvent event;
  std::istringstream lines{*block};
  for (std::string line; std::getline(lines, line);) {
    const auto value = [&](std::string_view name) {
      return line.starts_with(name) ? std::optional{line.substr(name.size())} : std::nullopt;
    };
    if (const auto id = value("id: ")) last_id_ = *id;
    if (const auto type = value("event: ")) event.type = *type;
    if (const auto data = value("data: ")) event.data += *data;
    if (line.starts_with(":")) event.comment = true;
  }
  event.id = last_id_;
  return event;
}

std::optional<SocketEvent> EventSocket::next() {
  for (;;) {
    auto event = next_piece();
    if (!event || !event->data.empty()) return event;
  }
}

std::string EventSocket::rest() {
  while (receive()) {
  }
  return received_;
}

}  // namespace packledger::serve
