// Deadline: until when that which a session reads has to be there. When it passes, the read comes
// back cancelled and the socket stays open, so that the client can be told why. One timer runs as
// long as there is a deadline; to put it off costs nothing, as each request does.
//
// Owner: the session, which also has the socket. Front thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace packledger::serve {

class Deadline {
 public:
  using Time = boost::asio::steady_timer::time_point;

  explicit Deadline(boost::asio::ip::tcp::socket& socket);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // So long from now.
  [[nodiscard]] Time in(std::chrono::milliseconds time) const;
  void set(Time at);
  // Nothing is awaited; writes are not to be cancelled.
  void lift();
  // Since it was set.
  [[nodiscard]] bool passed() const;

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // its handler may be on its way when the session ends
};

}  // namespace packledger::serve
