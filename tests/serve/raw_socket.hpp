// A socket that says exactly the bytes it is told to: for requests that no client library would
// make. Blocking; one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace packledger::serve {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port, std::string_view from = "127.0.0.1");
  void say(std::string_view bytes);  // as far as the other side takes them
  void end();                        // nothing more will be said
  void reset();                      // goes away without a word
  // At most so many bytes, once some have come; nothing at the end.
  std::string hear(std::size_t bytes_max);
  // All that comes until the other side closes.
  [[nodiscard]] std::string hear_all();
  // Until what was heard ends so.
  [[nodiscard]] std::string hear_until(std::string_view ending);

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace packledger::serve
