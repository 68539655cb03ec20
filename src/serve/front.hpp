// Front: the sockets of the daemon, its routes and its watchers, behind one seam. app builds one,
// gives it the doors it may use, tells it every durable batch, and stops it.
//
// Owner: app. Everything runs on the one thread that runs the io_context, except what says
// otherwise; the doors are called on that thread too, and call back on whichever they like.
// Invariants:
//  1. Nothing here changes the ledger but through the Inbox.
//  2. committed() of a batch comes before the replies of that batch: whoever reads an answer and
//     then watches from its position misses nothing.
//  3. After stop() no new connection is taken; what was asked before is still answered.
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/engine/journal.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/time.hpp"
#include "query/notices.hpp"
#include "serve/directory.hpp"
#include "store/usage_table.hpp"
#include "wire/requests.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {

// The clock of --test-clock. Any thread.
class TestClock {
 public:
  virtual ~TestClock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  // Never back: an instant before now() changes nothing. The engine sees it at its next turn.
  virtual void set(Instant to) = 0;
};

// The ledger's clock and the machine's, side by side.
struct ClockSeen {
  Instant now;        // the ledger's
  Instant wall;       // the machine's
  bool held = false;  // the machine's clock leapt; the ledger's goes on without it (rules R14)
};

// The clock of the daemon outside of --test-clock. Any thread.
class ClockDoor {
 public:
  virtual ~ClockDoor() = default;
  [[nodiscard]] virtual ClockSeen look() const = 0;
  // Somebody has looked at a leap and says that the machine's clock is right: the ledger's takes it
  // over, and the engine sees it at its next turn. False where nothing was held: nothing changes.
  virtual bool accept() = 0;
};

// Where in the past a question is asked: after the entry of this number, or after the last entry
// recorded at this instant or before. Exactly one of the two.
struct PastPoint {
  std::optional<Sequence> position;
  std::optional<Instant> at;
};

// Asks a question of the ledger as it was: replays the journal up to there into a ledger of its
// own, on a thread of its own, and calls `ask` there once; with nothing where the journal cannot be
// read. False when it is busy with another: nothing is called, the client hears "busy".
using AskPast = std::function<bool(PastPoint, std::move_only_function<void(const Ledger*)> ask)>;

// Reads the journal from an entry on, on that same thread: `visit` is called there with one entry
// after the other until it returns false; then `done`, once, with false where the journal could not
// be read or the daemon stops meanwhile. False when it is busy: nothing is called.
using WalkPast = std::function<bool(Sequence from, Journal::Visit visit,
                                    std::move_only_function<void(bool read)> done)>;

// Reads the table of usage, on a thread of its own: waits a while until the entry `until` is in it,
// calls `visit` there with each row of the range, in order, until it returns false; then `done`,
// once, with the entry up to which the table was folded, or with nothing where it cannot be read.
// False when it is busy: nothing is called.
struct UsageWalk {
  UsageRange range;
  Sequence until;
};
using WalkUsage =
    std::function<bool(const UsageWalk& walk, UsageVisit visit,
                       std::move_only_function<void(std::optional<Sequence> folded)> done)>;

// What the front may use of the rest of the daemon. All of it outlives the Front.
struct Doors {
  Inbox& inbox;
  const Journal& journal;  // read and last only
  FindZone find_zone;
  AskPast ask_past;
  WalkPast walk_past;
  WalkUsage walk_usage;
  std::function<Instant()> now;              // the daemon's time, for display and defaults only
  TestClock* test_clock = nullptr;           // null: the routes of the test clock do not exist
  ClockDoor* clock = nullptr;                // null: the test clock, which is never held
  const std::atomic<bool>* ready = nullptr;  // false until recovered; null: always
  // True while the disk has no room for more: writes are refused; null: never.
  const std::atomic<bool>* storage_full = nullptr;
  // Appends lines in the Prometheus text format: what app, engine and store count. May be empty.
  std::function<void(std::string& out)> more_metrics;
};

struct Limits {
  std::size_t header_bytes_max = std::size_t{8} * 1024;  // request line and fields
  std::size_t target_bytes_max = std::size_t{4} * 1024;  // path and query
  std::size_t body_bytes_max =
      std::size_t{8} * 1024 * 1024;  // 10,000 sends of about 250 bytes, three times
  std::size_t command_bytes_max =
      std::size_t{256} * 1024;  // of a body that holds no sends and no prices: twice the longest
  std::size_t body_bytes_small = std::size_t{64} * 1024;  // larger ones share the following room
  std::size_t large_bodies_bytes_max =
      std::size_t{256} * 1024 * 1024;   // beyond it no further one is read
  std::size_t connections_max = 4'096;  // beyond it accepting pauses; the backlog waits
  std::size_t connections_per_address_max = SIZE_MAX;  // a further one is told to come later
  std::size_t descriptors_spare = 64;  // so few left: accepting pauses; the store opens files, too
  std::size_t requests_waiting_max = 1'024;  // answers awaited at once; beyond it nobody is read
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};   // also of a message of a publisher
  std::chrono::milliseconds body_pace{10'000};      // in each such time of a body, and ...
  std::chrono::milliseconds write_timeout{20'000};  // ... of an answer, so much must pass, or the
  std::size_t bytes_per_second_min = 1'024;         // rest: less is a dripping tap, not a slow line
  std::chrono::milliseconds idle_timeout{60'000};   // between two requests
  std::chrono::milliseconds wait_max{60'000};       // of a long poll
  std::chrono::milliseconds ping_interval{30'000};  // of a WebSocket; closed after a second silence
  std::chrono::milliseconds stop_timeout{10'000};   // then what still runs is cut off
  std::size_t publish_message_bytes_max =
      std::size_t{2} * 1024 * 1024;  // 10,000 sends with the longest names: 1.7 MiB
  // Of one publisher and not answered yet; beyond any of these it is not read on.
  std::size_t publish_batches_max = 64;
  std::size_t publish_bytes_max = std::size_t{8} * 1024 * 1024;
  std::size_t publish_answers_bytes_max = std::size_t{1024} * 1024;  // 32 bytes a send
  std::size_t watch_message_bytes_max = std::size_t{64} * 1024;
  std::size_t watch_accounts_max = 4'096;  // of one connection
  std::size_t watch_queue_bytes_max =
      std::size_t{1024} * 1024;  // unsent; beyond it a watcher is paused
  // Pages in browsers that may watch and publish, though they come from elsewhere.
  std::vector<std::string> origins{};
};

struct ListenAddress {
  std::string host = "127.0.0.1";  // a literal address, v4 or v6, without brackets
  std::uint16_t port = 7180;       // 0: any free one
};

enum class ListenFault : std::uint8_t {
  invalid_address = 1,  // not a literal address
  in_use = 2,           // somebody listens there already
  forbidden = 3,        // the system refuses: a privileged port, or not an address of this machine
};

struct ListenFailed {
  ListenFault code = ListenFault::invalid_address;
  std::string detail;
};

class Front {
 public:
  Front(boost::asio::io_context& io, Doors doors, const Limits& limits);
  ~Front();  // after the io_context has stopped running
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  // Listens there, from now on until stop(); may be called for several addresses. The port that it
  // got. Before the thread runs, or on it.
  [[nodiscard]] Result<std::uint16_t, ListenFailed> start(const ListenAddress& address);

  // What recovery passes through its outlet, in order: names are learnt, nobody is told. Before the
  // thread runs, or on it; before the first committed().
  void learn(const Batch& batch);

  // What the front has learnt from entries so far: the notices, for a snapshot; names follow from
  // the ledger. While nothing is learnt, on any thread.
  void write_notices(const std::function<void(std::string_view piece)>& visit) const;
  // In place of everything up to `position`. Before the first learn() that is not passed over.
  struct Learnt {
    Directory directory;
    NoticeIndex notices;
    Sequence position;
  };
  void restore(Learnt learnt);

  // A durable batch, the next one in the order of the journal. Front thread. The replies of the
  // requests that were put through the Inbox are called behind it, on this thread, too.
  void committed(const SharedBatch& batch);

  // Closes the doors for new connections, answers what is in flight, tells watchers goodbye, then
  // calls `done` once. The engine must go on turning until then. Front thread.
  void stop(std::move_only_function<void()> done);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace packledger::serve
