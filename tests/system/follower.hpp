// Follower: one who watches the entries and the balances of accounts over a WebSocket for as long
// as a test lasts, and comes back with the last position it has whenever the connection breaks.
//
// Owner: the test; all of it may be called while its thread runs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace packledger {

class WatchClient;

class Follower {
 public:
  static constexpr std::chrono::milliseconds deadline{60'000};

  explicit Follower(std::vector<std::string> accounts);
  ~Follower() { stop(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // The daemon listens there now; empty: it is away.
  void watch_at(const std::string& url);
  // True once it has been told of that position; false when that takes too long.
  [[nodiscard]] bool wait_for(std::uint64_t position);
  void stop();

  // Of the entries it was told, in the order in which it was.
  [[nodiscard]] std::vector<std::uint64_t> positions() const;
  [[nodiscard]] std::uint64_t last() const;
  [[nodiscard]] std::uint64_t connections() const;
  // What it should not have been told.
  [[nodiscard]] std::vector<std::string> complaints() const;

 private:
  void run(const std::stop_token& stop);
  void follow(const std::string& url, const std::stop_token& stop);
  void take(const std::string& message);
  [[nodiscard]] std::string next_url(const std::stop_token& stop);
  [[nodiscard]] bool is_at(const std::string& url) const;

  const std::string accounts_;  // as JSON
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string url_;
  std::vector<std::uint64_t> positions_;
  std::map<std::string, std::uint64_t> balances_;  // the position of the last, by account
  std::vector<std::string> complaints_;
  std::uint64_t connections_ = 0;
  std::jthread thread_;
};

}  // namespace packledger
