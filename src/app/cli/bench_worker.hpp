// A worker of a load: one thread with its share of the connections and of the batches. It sends
// when its pace says so, takes the answers and keeps what they add up to.
//
// Owner: `packledger bench`; connect() is called by the owner, run() on a thread of its own, and
// what came of it is read when that thread has ended.
#pragma once

#include "app/cli/bench_lane.hpp"
#include "app/cli/bench_latency.hpp"
#include "app/cli/bench_pace.hpp"
#include "app/cli/bench_work.hpp"
#include "serve/load_client.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace packledger::cli {

struct BenchRun {
  std::string server;
  ClientOptions client;
  std::string prefix;  // of the accounts
  BenchProtocol protocol = BenchProtocol::publish;
  std::string producers;  // what their names begin with, one for each connection; empty: none
  BenchMix mix;
  std::int64_t sends_max = 0;   // of all workers together; 0: no limit
  std::size_t connections = 1;  // of this worker
  std::size_t in_flight = 1;    // batches of a connection
  BenchSchedule schedule;       // of this worker, but for its start
  Instant occurred_at;          // of what is sent first
  bool time_passes = true;      // false where the daemon's clock stands
};

class BenchWorker {
 public:
  explicit BenchWorker(BenchRun run);

  // Opens the connections and waits until the daemon has greeted on all of them.
  [[nodiscard]] Result<void, ClientFault> connect();
  // Does its share; the schedule starts then.
  void run(std::int64_t start_ns);

  // How many batches the daemon lets a connection have unanswered; nothing: it does not say.
  [[nodiscard]] std::optional<std::size_t> credit() const { return credit_; }
  [[nodiscard]] const std::optional<ClientFault>& fault() const { return fault_; }
  [[nodiscard]] const BenchTally& tally() const { return tally_; }
  [[nodiscard]] const BenchLatency& latency() const { return latency_; }
  [[nodiscard]] std::int64_t batches() const { return batches_; }
  // When the last answer came.
  [[nodiscard]] std::int64_t end_ns() const { return end_ns_; }

 private:
  struct Flight {
    std::uint64_t batch = 0;
    std::int64_t intended_ns = 0;
    std::vector<BenchSend> sends;
  };

  void greeted(const LoadAnswer& answer);
  [[nodiscard]] BatchHead head_of(std::uint64_t batch, std::size_t connection);
  void send(const SendNow& now);
  void take(const LoadAnswer& answer);
  void wait(std::optional<std::int64_t> ns);
  void fail(std::string detail);

  BenchRun run_;
  LoadClient client_;
  BenchLane lane_;
  BenchWork work_;
  std::optional<BenchPace> pace_;
  std::int64_t start_ns_ = 0;
  std::int64_t end_ns_ = 0;
  std::size_t greetings_ = 0;
  std::optional<std::size_t> credit_;
  std::deque<std::size_t> free_;               // connections, once for each batch they may have
  std::vector<std::deque<Flight>> in_flight_;  // by connection, the oldest first
  struct Producer {
    std::string name;
    std::uint64_t number = 0;  // of its last batch
  };
  std::vector<Producer> producers_;            // by connection; none where they are not wanted
  std::vector<std::vector<BenchSend>> spare_;  // vectors to be used again
  SendResultsRead results_;
  BenchTally tally_;
  BenchLatency latency_;
  std::int64_t batches_ = 0;  // answered
  std::optional<ClientFault> fault_;
};

}  // namespace packledger::cli
