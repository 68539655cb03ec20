// Gate: lets in at most so much at a time, requests or bytes; the others wait in the order of their
// arrival. Front thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <list>
#include <map>

namespace packledger::serve {

class Gate {
 public:
  Gate(boost::asio::any_io_executor executor, std::size_t inside_max);  // at least 1
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Comes back when there is room for `size`, which is then taken. More than all the room counts as
  // all of it.
  [[nodiscard]] boost::asio::awaitable<void> enter(std::size_t size = 1);
  void leave(std::size_t size = 1);  // the same size
  [[nodiscard]] std::size_t inside() const { return inside_; }

 private:
  boost::asio::any_io_executor executor_;
  std::size_t inside_max_;
  std::size_t inside_ = 0;
  struct Waiting {
    boost::asio::steady_timer timer;  // never expires; cancelled to let it in
    std::size_t size = 1;
    bool let_in = false;
  };
  std::list<Waiting> waiting_;
};

// Leaves when it goes.
class Inside {
 public:
  explicit Inside(Gate& gate, std::size_t size = 1) : gate_(gate), size_(size) {}
  ~Inside() { gate_.leave(size_); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Gate& gate_;
  std::size_t size_;
};

// How many are here of each address. Front thread.
using Guests = std::map<boost::asio::ip::address, std::size_t>;

// Is here until it goes.
class Guest {
 public:
  Guest(Guests& guests, const boost::asio::ip::address& address)
      : guests_(guests), place_(guests.try_emplace(address).first) {
    ++place_->second;
  }
  ~Guest() {
    if (--place_->second == 0) guests_.erase(place_);
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  [[nodiscard]] std::size_t of_its_address() const { return place_->second; }

 private:
  Guests& guests_;
  Guests::iterator place_;
};

}  // namespace packledger::serve
