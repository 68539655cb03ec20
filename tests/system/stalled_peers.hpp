// StalledPeers: sockets by the hundred or thousand that stall at one place, all on the thread that
// asks, and when the daemon closed each. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace packledger {

struct Stall {
  std::string name;
  std::string says{};        // first, at once
  std::string then_says{};   // then, a byte each trickle, over and over
  bool reads = true;         // what it is told
  bool half_closes = false;  // says nothing more, and says so
  bool is_told = false;      // why it is closed
  std::size_t count_max = std::numeric_limits<std::size_t>::max();  // of such
};

class StalledPeers {
 public:
  static constexpr std::chrono::milliseconds trickle{100};

  explicit StalledPeers(std::uint16_t port) : port_{port} {}
  ~StalledPeers();
  StalledPeers(const StalledPeers&) = delete;
  StalledPeers& operator=(const StalledPeers&) = delete;

  // Connects so many more; how many did.
  std::size_t join(const Stall& stall, std::size_t count);
  // Trickles and reads until all that read are closed, or for so long; no shorter than `at_least`.
  void stall_for(std::chrono::milliseconds at_least, std::chrono::milliseconds at_most);

  struct Closed {
    std::size_t open = 0;  // still
    double slowest_s = 0;  // from the connection to its end
    std::size_t answered =
        0;                // told something that begins like an answer of HTTP, a refusal or not
    std::string heard{};  // by one of them
  };
  [[nodiscard]] Closed closed(const std::string& name) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Peer {
    int handle = -1;  // -1: closed
    std::size_t stall = 0;
    std::size_t said = 0;  // bytes of then_says
    Clock::time_point joined;
    double closed_s = 0;
    std::string heard{};
  };
  // Each trickles if it is time, and reads what has come or comes soon; whether any is left that
  // reads.
  bool turn(std::chrono::milliseconds wait_max);
  void say_more(Peer& peer);
  void read(Peer& peer);
  void end(Peer& peer);

  const std::uint16_t port_;
  std::vector<Stall> stalls_;
  std::vector<Peer> peers_;
  Clock::time_point next_trickle_ = Clock::now();
};

}  // namespace packledger
