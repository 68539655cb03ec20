#include "app/daemon.hpp"

#include "app/clock_desk.hpp"
#include "app/clock_watch.hpp"
#include "app/commit_thread.hpp"
#include "app/doors.hpp"
#include "app/fanout.hpp"
#include "app/forecaster.hpp"
#include "app/free_space.hpp"
#include "app/history.hpp"
#include "app/limits.hpp"
#include "app/logging.hpp"
#include "app/restart.hpp"
#include "app/service_manager.hpp"
#include "app/snapshotter.hpp"
#include "app/system_clock.hpp"
#include "app/usage_folder.hpp"
#include "app/zones.hpp"
#include "packledger/engine/engine.hpp"
#include "packledger/engine/recovery.hpp"
#include "serve/front.hpp"
#include "store/read_ahead.hpp"
#include "store/rocks_journal.hpp"
#include "store/send_files.hpp"
#include "store/snapshots.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace packledger {
namespace {

using std::chrono::milliseconds;

// The engine turns at least so often: it then looks at the clock, and the watchdog sees it alive.
constexpr milliseconds turn_interval_max{1'000};

// Ends the process without destructors: no answer that waits may still be told.
[[noreturn]] void end_now(ExitCode code) { std::_Exit(static_cast<int>(code)); }

// Each thread runs in here: one that died alone would leave the other waiting for it.
template <class Work> void run_thread(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    log_event(LogLevel::error, "unexpected_end", {{"detail", std::string_view{error.what()}}});
    end_now(ExitCode::unexpected);
  }
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

std::string url_of(const ListenConfig& listen, std::uint16_t port) {
  const bool version_6 = listen.host.contains(':');
  return fmt::format(fmt::runtime(version_6 ? "http://[{}]:{}" : "http://{}:{}"), listen.host,
                     port);
}

// When the last entry was recorded; 0 of an empty journal.
Result<Instant, Fault> end_of(const Journal& journal) {
  Instant end;
  if (journal.last() == Sequence{}) return end;
  const auto read = journal.read(journal.last(), [&end](const Entry& entry) {
    end = entry.recorded_at;
    return true;
  });
  if (!read) return std::unexpected{read.error()};
  return end;
}

SendFiles::Told told_of_sends(const FreeSpace& free_space) {
  return {.damaged =
              [](const std::string& detail) {
                log_event(LogLevel::error, "sends_damaged",
                          {{"detail", detail}, {"next", "start again: it is made anew"}});
                end_now(ExitCode::journal);
              },
          .unwritten =
              [](const std::string& detail) {
                log_event(LogLevel::warn, "sends_not_in_file", {{"detail", detail}});
              },
          .has_room = [&free_space](std::uint64_t bytes) { return free_space.has_room(bytes); }};
}

struct Clocks {
  Clocks(const Config& config, Instant journal_end)
      : wall{config.clock.max_time_step, read_clocks, recall_start(config.store.directory)},
        test{test_clock_start(config.clock.test_start, journal_end)},
        chosen{config.clock.test ? static_cast<DaemonClock&>(test) : wall} {}
  SystemClock wall;
  TestClock test;
  DaemonClock& chosen;
};

class Daemon {
 public:
  Daemon(const Config& config, RocksJournal& journal, Instant journal_end);

  [[nodiscard]] ExitCode run();

 private:
  [[nodiscard]] serve::Doors doors();
  [[nodiscard]] std::string metrics() const;
  [[nodiscard]] std::int64_t clock_held_seconds() const;

  void run_engine(const std::stop_token& stop);
  void recover_ledger();
  void count_turn();
  void sleep(const std::stop_token& stop);
  [[nodiscard]] Sequence take_up_snapshot();
  [[nodiscard]] ChainAt chain_at() const {
    return [this](Sequence last) { return journal_.chain_at(last); };
  }
  [[nodiscard]] milliseconds until_next_turn() const;

  void await_signal();
  void stop();
  void watch_engine();

  const Config& config_;
  RocksJournal& journal_;

  // What the front's thread, which is that of run(), executes.
  boost::asio::io_context io_{1};
  // What the engine reads; the test clock, too, where it is asked for.
  Clocks clocks_;
  // Front to engine.
  FrontDoor door_;
  // The front's way to move the test clock.
  ClockSetter clock_setter_{clocks_.test, door_};
  // The front's way to believe the wall clock again.
  ClockDesk clock_desk_{clocks_.wall, door_};
  // Says that the wall clock is held; the engine's thread only.
  ClockWatch clock_watch_{config_.store.directory};
  // Says whether the disk has room for more.
  FreeSpace free_space_{config_.store.directory, reserve_bytes(config_.store)};
  // Set once the ledger is as the journal says.
  std::atomic<bool> ready_ = false;
  // Sockets, routes, watchers.
  serve::Front front_;
  // The state of the ledger, kept in files.
  Snapshots snapshots_{config_.store.directory};
  // The past, for the front.
  History history_;
  // What was sent, hour by hour.
  UsageFolder usage_;
  // When pools run out.
  Forecaster forecaster_{{.inbox = door_,
                          .walk_usage = usage_.door(),
                          .now = [this] { return clocks_.chosen.shown(); },
                          .storage_full = [this] { return free_space_.is_short().load(); }}};
  // Engine to front.
  Fanout fanout_;
  // The sends for which memory has no room.
  SendFiles send_files_;
  // What the journal adds up to; the engine's thread only.
  Ledger ledger_;
  // What it remembers, for the metrics.
  std::atomic<std::uint64_t> sends_remembered_ = 0;
  std::atomic<std::uint64_t> sends_memory_ = 0;
  // Engine to disk, and back.
  CommitThread commits_;
  // The turn.
  Engine engine_;
  // Keeps the state every so many entries; the engine's thread only.
  Snapshotter snapshotter_{
      {.files = snapshots_,
       .inbox = door_,
       .fanout = fanout_,
       .journal_end = [this] { return journal_.end(); },
       .notices = [this](const PieceVisit& visit) { front_.write_notices(visit); },
       .has_room = [this](std::uint64_t bytes) { return free_space_.has_room(bytes); }},
      static_cast<std::uint64_t>(config_.store.snapshot_entries)};
  // Counts the turns, so that the watchdog sees whether there are any; not those that found the
  // same batch still in flight, because then the disk hangs.
  std::atomic<std::uint64_t> turns_ = 0;
  Sequence in_flight_;  // after the last turn; the engine's thread only
  std::uint64_t turns_seen_ = 0;
  // How the daemon is told to stop.
  boost::asio::signal_set signals_{io_, SIGTERM, SIGINT};
  bool stopping_ = false;
  // When systemd hears next that the engine turns.
  boost::asio::steady_timer watchdog_{io_};
  std::string url_;
  // Runs run_engine; the last to come, the first to go.
  std::jthread engine_thread_;
};

Daemon::Daemon(const Config& config, RocksJournal& journal, Instant journal_end)
    : config_{config},
      journal_{journal},
      clocks_{config, journal_end},
      door_{door_limits(config.engine)},
      front_{io_, doors(), front_limits(config)},
      history_{journal,
               [this](const serve::PastPoint& point) {
                 return ledger_before(snapshots_, chain_at(), point);
               }},
      usage_{journal, config.store.directory + "/usage"},
      fanout_{io_,
              {.learn = [this](const Batch& batch) { front_.learn(batch); },
               .committed = [this](const SharedBatch& batch) { front_.committed(batch); }}},
      send_files_{config.store.directory + "/sends", told_of_sends(free_space_)},
      ledger_{send_limits(config.store, send_files_)},
      commits_{journal, [this] { door_.wake(); }},
      engine_{{.ledger = ledger_,
               .journal = journal,
               .committer = commits_,
               .inbox = door_,
               .outlet = fanout_,
               .clock = clocks_.chosen},
              engine_limits(config.engine)} {}

serve::Doors Daemon::doors() {
  return {
      .inbox = door_,
      .journal = journal_,
      .find_zone = find_zone,
      .ask_past =
          [this](serve::PastPoint point, History::Question question) {
            return history_.ask(point, std::move(question));
          },
      .walk_past =
          [this](Sequence from, Journal::Visit visit, std::move_only_function<void(bool)> done) {
            return history_.walk(from, std::move(visit), std::move(done));
          },
      .walk_usage = usage_.door(),
      .now = [this] { return clocks_.chosen.shown(); },
      .test_clock = config_.clock.test ? &clock_setter_ : nullptr,
      .clock = config_.clock.test ? nullptr : &clock_desk_,
      .ready = &ready_,
      .storage_full = &free_space_.is_short(),
      .more_metrics = [this](std::string& out) { out += metrics(); }};
}

// Prometheus text.
std::string Daemon::metrics() const {
  const auto gauge = [](std::string_view name, std::string_view help, auto value) {
    return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help, value);
  };
  return gauge("packledger_inbox_requests", "Requests waiting for the engine.", door_.requests()) +
         gauge("packledger_inbox_sends", "Sends in the requests waiting.", door_.sends()) +
         gauge("packledger_fanout_entries", "Durable entries the front has yet to hear.",
               fanout_.entries_waiting()) +
         "# HELP packledger_engine_turns_total Turns since the start.\n"
         "# TYPE packledger_engine_turns_total counter\n" +
         fmt::format("packledger_engine_turns_total {}\n", turns_.load()) +
         gauge("packledger_sends_remembered", "Sends remembered, in memory and in files.",
               sends_remembered_.load()) +
         gauge("packledger_sends_memory_bytes",
               "Memory of sends, with the filters of those in files.",
               sends_memory_.load() + send_files_.figures().memory_bytes) +
         gauge("packledger_sends_files", "Files of sends for which memory had no room.",
               send_files_.figures().files) +
         gauge("packledger_sends_file_bytes", "Bytes in them.", send_files_.figures().file_bytes) +
         gauge("packledger_clock_held_seconds",
               "By how much the wall clock is ahead of the daemon's time; 0 while it is believed.",
               clock_held_seconds()) +
         free_space_.metrics() + usage_.metrics() + snapshotter_.metrics();
}

std::int64_t Daemon::clock_held_seconds() const {
  if (config_.clock.test) return 0;
  const ClockLook look = clocks_.wall.look();
  return look.held ? (look.wall - look.now).ms / seconds(1).ms : 0;
}

ExitCode Daemon::run() {
  const auto port = front_.start({.host = config_.listen.host, .port = config_.listen.port});
  if (!port) {
    log_event(LogLevel::error, "listen_failed",
              {{"address", config_.listen.host},
               {"port", config_.listen.port},
               {"detail", port.error().detail}});
    return port.error().code == serve::ListenFault::invalid_address ? ExitCode::usage
                                                                    : ExitCode::address;
  }
  url_ = url_of(config_.listen, *port);
  await_signal();
  watch_engine();
  engine_thread_ =
      std::jthread{[this](const std::stop_token& stop) { run_thread([&] { run_engine(stop); }); }};
  run_thread([this] { io_.run(); });
  return ExitCode::ok;
}

// ---- the engine's thread ----

void Daemon::run_engine(const std::stop_token& stop) {
  recover_ledger();
  while (true) {
    if (const auto turned = engine_.turn(); !turned) {
      log_event(LogLevel::error, "engine_stopped",
                {{"reason", std::string_view{"journal"}}, {"detail", turned.error().detail}});
      end_now(ExitCode::journal);
    }
    count_turn();
    sends_remembered_ = ledger_.sends().size();
    sends_memory_ = ledger_.sends().memory();
    if (!config_.clock.test) clock_watch_.look(clocks_.wall);
    free_space_.look();
    snapshotter_.look(ledger_.last());
    const bool rests = door_.requests() == 0 && engine_.in_flight() == Sequence{};
    if (stop.stop_requested() && rests) break;
    sleep(stop);
  }
  snapshotter_.stop(ledger_);
  log_event(LogLevel::info, "stopped",
            {{"position", ledger_.last().value}, {"digest", ledger_.digest()}});
  boost::asio::post(io_, [this] { io_.stop(); });
}

void Daemon::recover_ledger() {
  const Stopwatch stopwatch;
  const Sequence heard = take_up_snapshot();
  if (const auto recovered = recover(ledger_, read_ahead(journal_), fanout_, heard); !recovered) {
    log_event(LogLevel::error, "journal_unreadable", {{"detail", recovered.error().detail}});
    end_now(ExitCode::journal);
  }
  fanout_.go_live();
  send_files_.prune();
  const auto replay_s = static_cast<double>(stopwatch.elapsed().ms) / 1'000;
  log_event(LogLevel::info, "ready",
            {{"position", ledger_.last().value},
             {"digest", ledger_.digest()},
             {"replay_seconds", fmt::format("{:.3f}", replay_s)},
             {"data", config_.store.directory},
             {"address", url_}});
  ready_ = true;
  usage_.start();
  forecaster_.start();
  ServiceManager::say_ready();
  fmt::print("packledgerd listening on {}\n", url_);
  std::fflush(stdout);
}

void Daemon::count_turn() {
  const Sequence before = std::exchange(in_flight_, engine_.in_flight());
  if (in_flight_ == Sequence{} || in_flight_ != before) ++turns_;
}

// While a batch is in flight its end is what to wait for, and enough sends to decide meanwhile;
// what is due, and a single request, are no worse off than if the engine had waited for the sync.
void Daemon::sleep(const std::stop_token& stop) {
  if (engine_.in_flight() == Sequence{}) return door_.wait(until_next_turn(), stop);
  const std::stop_token none;  // a stop waits for it, too
  door_.wait(turn_interval_max, none, engine_.has_room() ? WakeFor::many : WakeFor::none);
}

// Up to where the front has heard everything then.
Sequence Daemon::take_up_snapshot() {
  if (const auto prepared = snapshots_.prepare(); !prepared)
    log_event(LogLevel::error, "snapshots_unavailable", {{"detail", prepared.error()}});
  auto taken = packledger::take_up_snapshot(snapshots_, chain_at(), ledger_);
  snapshotter_.begin(ledger_.last());
  if (!taken) return {};
  const Sequence heard = taken->heard;
  fanout_.restored(heard, [this, learnt = std::move(taken->learnt)]() mutable {
    front_.restore(std::move(learnt));
  });
  return heard;
}

milliseconds Daemon::until_next_turn() const {
  const auto due = engine_.next_due();
  if (!due) return turn_interval_max;
  if (*due <= ledger_.recorded_at()) return milliseconds{0};  // one turn fires only so many timers
  return std::min(turn_interval_max, clocks_.chosen.time_until(*due).value_or(turn_interval_max));
}

// ---- the front's thread ----

void Daemon::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    log_event(LogLevel::info, "told_to_stop", {{"signal", signal}});
    // Before it is ready there is nothing to finish; asked twice, somebody is in a hurry. What is
    // acknowledged is durable either way.
    if (!ready_ || stopping_) end_now(ExitCode::ok);
    stop();
    await_signal();
  });
}

void Daemon::stop() {
  stopping_ = true;
  ServiceManager::say_stopping();
  front_.stop([this] {
    door_.close();
    engine_thread_.request_stop();
  });
}

void Daemon::watch_engine() {
  const auto interval = ServiceManager::watchdog_interval();
  if (!interval) return;
  watchdog_.expires_after(*interval / 3);
  watchdog_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const std::uint64_t turns = turns_;
    if (!ready_ || turns != turns_seen_) ServiceManager::say_alive();
    turns_seen_ = turns;
    watch_engine();
  });
}

void warn_of_clock(const ClockConfig& config, Instant journal_end) {
  if (config.test) {
    log_event(LogLevel::warn, "test_clock",
              {{"detail", "time stands still until a client advances it; not for production"}});
    return;
  }
  const Instant now = read_clocks().wall;
  if (now >= journal_end) return;
  log_event(LogLevel::warn, "clock_behind_journal",
            {{"now", instant_text(now)},
             {"journal", instant_text(journal_end)},
             {"detail", "the ledger's time stands still until the wall clock has caught up"}});
}

}  // namespace

ExitCode run(const Config& config) {
  keep_memory();
  if (!is_loopback(config.listen.host)) {
    log_event(LogLevel::error, "address_refused",
              {{"address", config.listen.host},
               {"detail",
                "not a loopback address: without keys anybody could write to the ledger; use "
                "127.0.0.1 or [::1]"}});
    return ExitCode::address;
  }
  const auto journal = RocksJournal::open(open_options(config.store));
  if (!journal) {
    log_event(LogLevel::error, "journal_refused",
              {{"data", config.store.directory}, {"detail", journal.error().detail}});
    return ExitCode::journal;
  }
  const auto journal_end = end_of(**journal);
  if (!journal_end) {
    log_event(LogLevel::error, "journal_unreadable", {{"detail", journal_end.error().detail}});
    return ExitCode::journal;
  }
  log_event(LogLevel::warn, "open_to_all",
            {{"address", config.listen.host},
             {"detail",
              "NO KEYS ARE CONFIGURED: whoever reaches this address may read and write "
              "everything"}});
  warn_of_clock(config.clock, *journal_end);
  return Daemon{config, **journal, *journal_end}.run();
}

}  // namespace packledger
