#include "tests/serve/raw_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace packledger::serve {
namespace asio = boost::asio;

RawSocket::RawSocket(std::uint16_t port, std::string_view from)
    : socket_(io_, {asio::ip::make_address_v4(from), 0}) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
}

void RawSocket::say(std::string_view bytes) {
  boost::system::error_code ignored;
  asio::write(socket_, asio::buffer(bytes), ignored);
}

void RawSocket::end() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send); }

void RawSocket::reset() {
  socket_.set_option(asio::socket_base::linger(true, 0));
  socket_.close();
}

std::string RawSocket::hear(std::size_t bytes_max) {
  std::string piece(bytes_max, '\0');
  boost::system::error_code failed;
  piece.resize(socket_.read_some(asio::buffer(piece), failed));
  return piece;
}

std::string RawSocket::hear_all() { return hear_until({}); }

std::string RawSocket::hear_until(std::string_view ending) {
  std::string heard;
  std::array<char, 4'096> piece;
  while (ending.empty() || !heard.ends_with(ending)) {
    boost::system::error_code failed;
    const std::size_t bytes = socket_.read_some(asio::buffer(piece), failed);
    if (failed) break;
    heard.append(piece.data(), bytes);
  }
  return heard;
}

}  // namespace packledger::serve
