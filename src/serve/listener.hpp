// Listener: accepts connections at one address and has each served. Pauses while as many are open
// as may be, or while the process is about to run out of descriptors; the system's backlog then
// waits.
//
// Owner: Front. Front thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "serve/front.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>

namespace packledger::serve {

struct Service;

class Listener {
 public:
  explicit Listener(boost::asio::io_context& io) : acceptor_(io) {}
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The port that it got.
  [[nodiscard]] Result<std::uint16_t, ListenFailed> open(const ListenAddress& address);
  // Accepts from now on. The listener lives until the io_context has stopped.
  void run(std::shared_ptr<Service> service);
  void stop();

 private:
  boost::asio::awaitable<void> accept(std::shared_ptr<Service> service);
  boost::asio::awaitable<void> wait_for_descriptors(std::size_t spare);

  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace packledger::serve
