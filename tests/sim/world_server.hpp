// Server: one process of the daemon, put together as app/daemon does, but on one thread: the real
// journal, ledger, engine, door, fanout, snapshots, files of sends and watchers. What threads would
// do - the commit, the front, the process that writes a snapshot - comes by the agenda.
//
// Owner: the World; one thread. It ends by being destroyed: nothing is said behind that.
#pragma once

#include "app/doors.hpp"
#include "app/fanout.hpp"
#include "packledger/engine/engine.hpp"
#include "query/notices.hpp"
#include "serve/directory.hpp"
#include "serve/positions.hpp"
#include "serve/subscriptions.hpp"
#include "store/send_files.hpp"
#include "store/snapshots.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/draws.hpp"
#include "tests/sim/world_machine.hpp"
#include "tests/sim/world_routes.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

class World;

// The process ends, with its reason.
struct Died : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Whether what a request makes is kept.
enum class Run : std::uint8_t { real, dry };

// Where a request was decided.
struct Taken {
  Sequence after;
  Instant at;
  std::uint64_t order = 0;
};

// Appends now or when the commit ends, and tells of it when the agenda comes to it.
class SlowCommitter final : public Committer {
 public:
  SlowCommitter(World& world, Journal& journal) : world_(world), journal_(journal) {}
  void start(SharedBatch batch) override;
  [[nodiscard]] std::optional<Result<void, Fault>> ended() override;
  [[nodiscard]] Sequence handed_over() const { return handed_over_; }
  void begin_at(Sequence last) { handed_over_ = last; }

 private:
  [[nodiscard]] Result<void, Fault> append_now(const SharedBatch& batch);

  World& world_;
  Journal& journal_;
  SharedBatch late_;  // of the canary: told, but not on the disk
  Sequence handed_over_;
  std::optional<Result<void, Fault>> ended_;
};

// The door, and where the engine was when it took each request.
class WatchedInbox final : public Inbox {
 public:
  // `takes` hears of each time that the engine asks for more, and of what it gets.
  WatchedInbox(FrontDoor& door, std::function<Taken()> where, std::function<void(Run)> takes)
      : door_(door), where_(std::move(where)), takes_(std::move(takes)) {}
  [[nodiscard]] bool put(Request&& request) override { return put(std::move(request), nullptr); }
  [[nodiscard]] bool put(Request&& request, std::shared_ptr<Taken> taken);
  [[nodiscard]] std::optional<Request> take() override;

 private:
  FrontDoor& door_;
  std::function<Taken()> where_;
  std::function<void(Run)> takes_;
  std::deque<std::shared_ptr<Taken>> waiting_;  // of all but questions
};

class TurnClock final : public Clock {
 public:
  explicit TurnClock(SystemClock& clock) : clock_(clock) {}
  Instant now() override { return last_ = clock_.now(); }
  [[nodiscard]] Instant last() const { return last_; }

 private:
  SystemClock& clock_;
  Instant last_;
};

class Server {
 public:
  // Recovers. Throws Died where a file of sends is found damaged.
  Server(World& world, std::uint64_t number, std::unique_ptr<RocksJournal> journal);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint64_t number() const { return number_; }

  // ---- requests; false: busy. Whoever is answered hears at what instant it was decided ----
  using ToCommand = std::function<void(const CommandAnswer&, Instant)>;
  [[nodiscard]] bool put(const std::string& account, const Input& input, Run run, ToCommand reply);
  using ToSends = std::function<void(const SendsAnswered&, Instant)>;
  [[nodiscard]] bool put(const std::vector<SendAsked>& sends,
                         const std::optional<NumberedBatch>& numbered, Run run, ToSends reply);
  [[nodiscard]] bool put(std::function<void(const Ledger&)> question);
  // By HTTP; whoever is busy says so by the status.
  void get(std::string_view target, Routes::Told told);

  // ---- what threads would do ----
  void wake(Ms delay = 0);  // the engine turns at the latest then
  void commit_ended() { wake(); }
  void clock_moved() { wake(); }
  bool accept_clock();
  void begin_snapshot();

  [[nodiscard]] serve::Subscriptions& subscriptions() { return subscriptions_; }
  [[nodiscard]] const serve::Directory& directory() const { return directory_; }
  [[nodiscard]] RocksJournal& journal() { return *journal_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const NoticeIndex& notices() const { return notices_; }
  [[nodiscard]] Sequence handed_over() const { return commits_.handed_over(); }
  // All that was decided is durable, and was heard.
  [[nodiscard]] bool rests() const {
    return engine_.in_flight() == Sequence{} && ledger_.last() == handed_over() &&
           positions_.last() == ledger_.last();
  }
  // Where the journal ended when it began.
  [[nodiscard]] Sequence began_behind() const { return began_behind_; }

 private:
  using AskedOfPast = std::move_only_function<void(const Ledger*)>;
  void recover_ledger();
  [[nodiscard]] Sequence take_up_snapshot();
  void turn();
  void hear_soon();
  void hear();
  [[nodiscard]] serve::Doors doors();
  [[nodiscard]] bool ask_past(const serve::PastPoint& point, AskedOfPast ask);
  void plan_next_turn();
  void learn(const Batch& batch);
  [[nodiscard]] Taken where() const;
  void look_behind_dry_runs(Run next);
  void make_snapshot(const Ledger& ledger);
  [[nodiscard]] SendLimits memory_limits();

  World& world_;
  const std::uint64_t number_;
  std::unique_ptr<RocksJournal> journal_;
  boost::asio::io_context io_{1};     // of the front
  boost::asio::io_context ticks_{1};  // of what watchers are told by time; never run
  SystemClock wall_;
  TurnClock clock_{wall_};
  FrontDoor door_;
  WatchedInbox inbox_;
  serve::Directory directory_;
  NoticeIndex notices_;
  serve::Positions positions_{ticks_.get_executor()};
  serve::Subscriptions subscriptions_;
  std::optional<Routes> routes_;  // once somebody asks by HTTP
  Fanout fanout_;
  SendFiles send_files_;
  Ledger ledger_;
  SlowCommitter commits_;
  Engine engine_;
  Snapshots snapshots_;
  bool asked_for_snapshot_ = false;
  Sequence began_behind_;
  Instant shown_;                      // by the clock, at the last turn
  std::optional<std::string> before_;  // the digest when a dry run was taken that is just over
  std::optional<Agenda::Ticket> turn_;
  std::optional<Agenda::Ticket> hearing_;
};

}  // namespace packledger::sim
