// Heartbeat: one timer for all connections that stay open without requests. It beats 32 times in a
// ping interval, so that each of them can count for how long it has been quiet and is closed within
// a second of its limit.
//
// Owner: Service. Front thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <list>

namespace packledger::serve {

class Heartbeat {
 public:
  static constexpr unsigned beats_per_ping = 32;

  class Listener {
   public:
    virtual ~Listener() = default;
    // May not make any listener leave before it returns.
    virtual void beat() = 0;
  };

  Heartbeat(boost::asio::any_io_executor executor, std::chrono::milliseconds ping_interval)
      : timer_(std::move(executor)),
        interval_(std::chrono::microseconds(ping_interval) / beats_per_ping) {}
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // How many whole beats there are in that time, one at least.
  [[nodiscard]] unsigned beats_in(std::chrono::milliseconds time) const {
    return static_cast<unsigned>(std::max<std::int64_t>(time / interval_, 1));
  }

  // Hears the beats until it goes.
  class Place {
   public:
    Place(Heartbeat& heartbeat, Listener& listener);
    ~Place() { heartbeat_.listeners_.erase(at_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Heartbeat& heartbeat_;
    std::list<Listener*>::iterator at_;
  };

 private:
  void start();

  boost::asio::steady_timer timer_;
  std::chrono::microseconds interval_;
  std::list<Listener*> listeners_;
  bool beats_ = false;  // as long as somebody listens
};

}  // namespace packledger::serve
