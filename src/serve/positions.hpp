// Positions: how far the journal has been told to the front, and who waits for it to go further.
// Front thread.
#pragma once

#include "packledger/ledger/id.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>

namespace packledger::serve {

class Positions {
 public:
  explicit Positions(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Positions(const Positions&) = delete;
  Positions& operator=(const Positions&) = delete;

  [[nodiscard]] Sequence last() const { return last_; }
  void reached(Sequence last);
  // Comes back when the position is reached, when the time is over, or when stop() is called.
  [[nodiscard]] boost::asio::awaitable<void> wait_for(Sequence position,
                                                      std::chrono::milliseconds at_most);
  // Nobody waits any longer.
  void stop();

 private:
  struct Waiter {
    Sequence position;
    boost::asio::steady_timer timer;
  };
  boost::asio::any_io_executor executor_;
  Sequence last_;
  bool stopped_ = false;
  std::list<Waiter> waiters_;
};

}  // namespace packledger::serve
