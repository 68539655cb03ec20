// Player: plays a workload to a process on a simulated disk, and writes down all that was
// submitted, made durable and answered; after a loss it plays it again to the end.
//
// Owner: the campaign. One thread.
#pragma once

#include "tests/sim/process.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace packledger::sim {

// ---- what a client wants; each has an identity, so that it can be asked again ----

struct CommandWanted {
  std::string account;
  What what;
  std::string key{};
};
struct SendsWanted {
  std::vector<SendAsked> sends;
  std::optional<NumberedBatch> numbered{};
};
using Wanted = std::variant<CommandWanted, SendsWanted>;

// All at one instant; then the process comes to rest.
struct Act {
  Instant at;
  std::vector<Wanted> wanted;
  enum class Then : std::uint8_t { go_on, snapshot, restart, power_cut };
  Then then = Then::go_on;
  Loss loss = Loss::dropped;  // of a power_cut
};

struct Workload {
  std::string name;
  ProcessSettings settings;
  std::vector<Act> acts;
  bool direct_io = false;  // the disk takes it, for what RocksDB flushes and compacts
};

// ---- what is known of a history ----

// Of a command, or of one send.
struct Reply {
  Sequence first;  // its entry, now or when it came first; 0: it left none
  bool repeated = false;
};

struct Known {
  std::vector<Entry> submitted;             // to the journal, in order
  std::vector<std::size_t> ends;            // of batches: behind how many entries
  std::size_t acknowledged = 0;             // entries; the first of them
  std::size_t acknowledged_before = 0;      // by one batch less
  ChainHash chain{};                        // behind those that are acknowledged
  std::vector<std::vector<Reply>> answers;  // of the first wants of the workload, in order
};

class Player {
 public:
  Player(const Workload& workload, std::shared_ptr<Disk> disk);

  // What is wrong, else empty. Looked at in every process, by whoever is told of a batch.
  using Look = std::function<void(const Player&)>;
  void on_told(Look look) { look_ = std::move(look); }

  // Starts a process, at the time of the act; what it finds counts as acknowledged. False: why()
  // tells what an operator would read.
  [[nodiscard]] bool start(std::size_t act);
  // From here to the end. False: the process has stopped, or did not start again.
  [[nodiscard]] bool play(std::size_t act, std::size_t wants_answered = 0);
  // Asks again what was answered with an entry, unless it is older than what is remembered of it.
  // What is wrong with the answers, else empty.
  [[nodiscard]] std::string ask_again(std::span<const std::vector<Reply>> answers, std::size_t act);
  void stop() { process_.reset(); }

  [[nodiscard]] const Known& known() const { return known_; }
  [[nodiscard]] std::size_t act() const { return act_; }  // that is played
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] Process& process() { return *process_; }
  [[nodiscard]] bool is_running() const { return process_ != nullptr; }
  [[nodiscard]] Disk& disk() const { return *disk_; }
  [[nodiscard]] const Workload& workload() const { return workload_; }
  // Of the journal; of a damaged one those before the damage, and why() tells of it.
  [[nodiscard]] std::vector<Entry> entries();
  [[nodiscard]] std::size_t snapshots() const { return snapshots_; }
  // Steps of the disk before the process that runs.
  [[nodiscard]] std::uint64_t steps_before() const { return steps_before_; }

 private:
  using Tell = std::function<void(std::vector<Reply>)>;
  void put(const Wanted& wanted, Tell tell);
  [[nodiscard]] bool follow(const Act& act);
  [[nodiscard]] bool rest();

  const Workload& workload_;
  std::shared_ptr<Disk> disk_;
  Look look_;
  Known known_;
  std::unique_ptr<Process> process_;
  std::size_t act_ = 0;
  std::size_t snapshots_ = 0;
  std::uint64_t steps_before_ = 0;
  std::string why_;
};

// Where the wants of an act begin, counted over the whole workload.
[[nodiscard]] std::size_t wants_before(const Workload& workload, std::size_t act);

}  // namespace packledger::sim
