// Publishers: threads that send batches to a daemon as its clients would, and remember what was
// acknowledged. While the daemon is away they wait; when it is back they send again, under the same
// names, whatever was not acknowledged. By JSON they wait for each answer; on the fast lane they
// have several batches in flight. Producers number their batches there, give their sends no names,
// and ask how far they are before they go on.
//
// Owner: the test; all of it may be called while the threads run.
#pragma once

#include "tests/serve/publish_socket.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace packledger {

enum class PublishBy : std::uint8_t { json, fast_lane, producers };

struct PublisherOptions {
  int threads = 4;
  int sends_per_batch = 50;
  std::vector<std::string> accounts{};
  PublishBy by = PublishBy::json;
  std::size_t in_flight = 4;  // batches of a thread on the fast lane
  std::string prefix = "t";   // of the names of sends, and of producers
  // Each so many-th send of a thread says one again that it said shortly before; 0: none.
  std::uint64_t again_every = 0;
};

// What the daemon said of a send.
struct Acknowledged {
  std::uint64_t position = 0;
  std::int64_t units = 0;
  std::string account;
};

class Publishers {
 public:
  static constexpr std::chrono::milliseconds deadline{60'000};

  explicit Publishers(PublisherOptions options);
  ~Publishers() { stop(); }
  Publishers(const Publishers&) = delete;
  Publishers& operator=(const Publishers&) = delete;

  // The daemon listens there now: go on.
  void send_to(const std::string& url);
  // The daemon will be killed or stopped: after the request in flight, wait.
  void pause();
  // True once all threads wait after a pause, so that nothing is in flight any more; false when
  // that takes too long.
  [[nodiscard]] bool wait_at_rest();
  // True once so many sends in all are acknowledged; false when that takes too long.
  [[nodiscard]] bool wait_for(std::size_t acknowledged);
  // Ends the threads.
  void stop();

  [[nodiscard]] std::map<std::string, Acknowledged> acknowledged() const;
  // Those that were acknowledged since it was asked last.
  [[nodiscard]] std::map<std::string, Acknowledged> take_news();
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] const std::vector<std::string>& accounts() const { return options_.accounts; }
  // Answers that contradict what was acknowledged before, or that no daemon should give.
  [[nodiscard]] std::vector<std::string> complaints() const;
  // Requests whose outcome was unknown: the connection broke before the answer.
  [[nodiscard]] std::size_t unknown_outcomes() const;
  // Batches that came back as taken before.
  [[nodiscard]] std::size_t repeats() const;

 private:
  struct Batch;

  // The work of a thread: sends batches until it is stopped.
  void publish_json(int number, const std::stop_token& stop);
  void publish_fast(int number, const std::stop_token& stop);
  // Sends on one connection, first what waits; comes back once it breaks, or nothing is in flight
  // and the daemon is to be left alone.
  void publish_on(serve::PublishSocket& socket, std::deque<Batch>& waiting,
                  const std::function<Batch()>& next);
  // Whether the daemon has all that it answered, and nothing that was never sent to it.
  [[nodiscard]] bool ask_how_far(serve::PublishSocket& socket, const std::deque<Batch>& waiting,
                                 const std::string& producer, std::uint64_t made);
  // Nothing when the test ends.
  [[nodiscard]] std::string next_url(const std::stop_token& stop);
  [[nodiscard]] Batch make_batch(int number, std::uint64_t& made) const;
  // True when every send of it is acknowledged.
  [[nodiscard]] bool take_answer(const Batch& batch, std::string_view body);
  void take_results(const Batch& batch, const SendResultsRead& results);
  void acknowledge(const std::string& name, const Acknowledged& told);  // under the lock
  [[nodiscard]] std::string producer_of(int thread) const {
    return options_.prefix + std::to_string(thread);
  }
  [[nodiscard]] bool is_paused() const;
  void complain(std::string what);

  const PublisherOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string url_;  // empty while the daemon is away
  int resting_ = 0;  // threads that wait for a daemon
  std::map<std::string, Acknowledged> acknowledged_;
  std::map<std::string, Acknowledged> news_;
  std::vector<std::string> complaints_;
  std::size_t unknown_outcomes_ = 0;
  std::size_t repeats_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace packledger
