// A crowd of watchers on one thread: thousands of WebSockets that only count what they are told,
// some of them reading a byte a second, and probes that say when a balance was seen. It costs as
// little as it can, because it runs beside the daemon that is measured.
//
// Owner: a measurement. join() before run(); all else on any thread.
#pragma once

#include "bench/rounds.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::bench {

enum class Reads : std::uint8_t { at_once, a_byte_a_second };

class Crowd {
 public:
  explicit Crowd(std::uint16_t port);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Connects one more, which sends that message.
  void join(std::string_view message, Reads reads);
  // Reads until it is to stop.
  void run(const std::stop_token& stop);

  [[nodiscard]] std::uint64_t updates() const { return updates_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }  // connections that broke

  // From now on what that watcher is told about that account is noted; one probe for a watcher.
  void look_at(std::size_t watcher, const std::string& account);
  // When it was told of that position, or a later one; nothing after ten seconds. Ends the look.
  [[nodiscard]] std::optional<Clock::time_point> seen(std::size_t watcher, std::uint64_t position);

 private:
  struct Watcher {
    int handle = -1;
    Reads reads = Reads::at_once;
    bool upgraded = false;
    std::string part;  // of a frame, or of the answer to the upgrade
  };
  struct Sight {
    std::uint64_t position = 0;
    Clock::time_point at;
  };
  struct Look {
    std::string words;  // "account":"w-17"
    std::vector<Sight> sights;
  };

  void read(std::size_t number);
  void read_slowly();
  [[nodiscard]] std::size_t take(std::size_t number, std::string_view bytes);
  void take_frame(std::size_t number, unsigned kind, std::string_view payload);
  void lose(Watcher& watcher);

  std::uint16_t port_;
  int poll_;
  std::vector<Watcher> watchers_;
  std::vector<std::size_t> slow_;
  std::vector<char> room_;
  std::atomic<std::uint64_t> updates_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;

  std::mutex mutex_;
  std::condition_variable noted_;
  std::map<std::size_t, Look> looks_;
  std::atomic<std::size_t> looking_ = 0;  // of looks_
  std::vector<std::unique_ptr<std::atomic<bool>>> looked_at_;
};

}  // namespace packledger::bench
