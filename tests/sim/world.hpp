// World: a whole life of packledger in one thread on virtual time: the machine, the process, the
// network, the clients and the judge. One seed decides everything.
//
//   safety: troubles come, every entry is judged
//     -> heal: no more troubles, the process starts again
//     -> settle: every request gets its answer within a bounded time
//     -> audit: the whole journal is replayed and compared
//
// Owner: whoever plays a life; one thread.
#pragma once

#include "tests/sim/agenda.hpp"
#include "tests/sim/draws.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/world_judge.hpp"
#include "tests/sim/world_machine.hpp"
#include "tests/sim/world_plan.hpp"
#include "tests/sim/world_server.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace packledger::sim {

class Client;

class World {
 public:
  explicit World(const Plan& wanted, bool tells = false);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Throws Violation.
  void live();

  // ---- for those who live in it ----
  // Into the trace.
  void note(std::string line) { trace.note(agenda.now(), std::move(line)); }
  // Unless this process has ended by then.
  void later(Ms delay, std::move_only_function<void(Server&)> deed);
  // Over the network: once, late, more than once or not at all.
  void send_over(std::move_only_function<void()>&& deed);
  void send_over_often(const std::function<void()>& deed);
  [[nodiscard]] std::uint64_t next_number() { return ++numbers_; }
  [[nodiscard]] bool heals() const { return heals_; }

  // ---- told by the process ----
  void submitted(const SharedBatch& batch);
  void heard();
  void snapshot_written(const ChainLink& end);
  void snapshot_refused(const std::string& why);
  void snapshots_looked_at(std::size_t refused);

  const Plan plan;
  Trace trace;
  Invariants invariants;
  Probes probes;
  Draws draws;
  Agenda agenda;
  Judge judge;
  Machine machine;
  std::vector<std::unique_ptr<Client>> clients;
  std::unique_ptr<Server> server;  // none: it is down

  // Figures.
  Ms begun = 0;  // its first day
  std::uint64_t restarts = 0;
  std::uint64_t requests = 0;

 private:
  // ---- phases ----
  void set_up();
  void run(Ms until);
  void step();
  void heal();
  void settle();
  void audit();

  // ---- the process comes and goes (world_life.cpp) ----
  void start();
  void end(const std::string& why, bool power_lost);
  void look_for_end();
  [[nodiscard]] bool start_fails(const Fault& fault);
  [[nodiscard]] Sequence surely_kept() const;
  void look_at_journal(const Journal& journal);
  void damage_files();
  void flip_bits();
  void look_at_lock();

  // ---- troubles (world_troubles.cpp) ----
  void plan_disturbances();
  void disturb();
  void disturb(Trouble trouble);
  void disturb_disk(Trouble trouble);
  void disturb_clock();

  std::uint64_t numbers_ = 0;
  std::uint64_t processes_ = 0;
  bool sets_up_ = true;
  bool heals_ = false;
  Loss loss_ = Loss::none;  // of the power cut that is planned
  bool power_cut_ = false;  // else the process ends
  bool disk_full_ = false;
  bool newest_damaged_ = false;  // a snapshot; at the next start it must be noticed
  std::size_t snapshots_damaged_ = 0;
  bool sends_damaged_ = false;
  std::vector<SharedBatch> submitted_;   // and not heard yet
  std::vector<Sequence> batch_ends_;     // of all that were submitted and not lost
  std::map<Sequence, ChainHash> heads_;  // that were published
  Ms ends_ = 0;                          // of the phase of safety
};

// Everything that is compared when a life is over (world_audit.cpp).
void audit(World& world);

}  // namespace packledger::sim
