// A whole daemon in this process: the real front on a loopback socket, the real engine over a
// journal in memory, a clock that moves only when told. Tests speak to it through sockets alone.
#pragma once

#include "packledger/engine/engine.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/engine/outlet.hpp"
#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/ledger.hpp"
#include "serve/client.hpp"
#include "serve/front.hpp"
#include "store/memory_journal.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace packledger::serve {

// 2024-05-01T00:00:00+08:00
inline constexpr Instant first_of_may{1'714'492'800'000};

class InboxUnderTest final : public Inbox {
 public:
  explicit InboxUnderTest(std::size_t requests_max) : requests_max_(requests_max) {}
  [[nodiscard]] bool put(packledger::Request&& request) override;
  [[nodiscard]] std::optional<packledger::Request> take() override;
  // False once stopped. Waits while nothing is there, or while the engine is held.
  [[nodiscard]] bool wait();
  void stop();
  void hold(bool held);
  // Waits until so many requests have been put and not taken.
  void wait_for_waiting(std::size_t requests);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<packledger::Request> waiting_;
  std::size_t requests_max_;
  bool held_ = false;
  bool stopped_ = false;
};

class ClockUnderTest final : public Clock, public TestClock {
 public:
  [[nodiscard]] Instant shown() const { return Instant{ms_.load()}; }
  [[nodiscard]] Instant now() override { return shown(); }
  [[nodiscard]] Instant now() const override { return shown(); }
  void set(Instant to) override { ms_.store(to.ms); }

 private:
  std::atomic<std::int64_t> ms_{first_of_may.ms};
};

struct Start {
  Limits limits{};
  std::size_t requests_max = 4'096;
  bool test_clock = true;
  bool ready = true;
  ClockDoor* clock = nullptr;
  bool past_busy = false;  // nobody may walk the journal
  bool usage_broken = false;
};

class Daemon final : public Outlet {
 public:
  explicit Daemon(const Start& setup = {});
  ~Daemon() override;
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] HttpClient client() const { return HttpClient(url()); }
  [[nodiscard]] InboxUnderTest& inbox() { return *inbox_; }
  [[nodiscard]] ClockUnderTest& clock() { return clock_; }
  void be_ready() { ready_ = true; }
  void fill_disk(bool full) { storage_full_ = full; }
  // Ends front and engine and starts them again over the same journal.
  void restart();
  // Asks the front to stop; true once it has, with the engine still running.
  void stop_front();
  void wait_until_stopped();

  void committed(Committed told) override;

 private:
  void start();
  void end();
  [[nodiscard]] bool ask_past(PastPoint point, std::move_only_function<void(const Ledger*)> ask);
  [[nodiscard]] bool walk_past(Sequence from, Journal::Visit visit,
                               std::move_only_function<void(bool)> done);
  [[nodiscard]] bool walk_usage(const UsageWalk& walk, const UsageVisit& visit,
                                std::move_only_function<void(std::optional<Sequence>)> done);

  Start setup_;
  ClockUnderTest clock_;
  MemoryJournal journal_;
  CommitAtOnce commits_{journal_};
  std::atomic<bool> ready_{true};
  std::atomic<bool> storage_full_{false};
  std::uint16_t port_ = 0;

  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<InboxUnderTest> inbox_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Front> front_;
  std::thread front_thread_;
  std::thread engine_thread_;
  std::thread past_thread_;
  bool recovering_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

// ---- what nearly every test says ----

inline constexpr std::string_view small_book = R"({"version":"v1","currency":"CNY",
"effective_from":"2024-01-01T00:00:00+08:00","products":[{"product":"th-10k-1m",
"destinations":["TH"],"quota":10000,"price":"1100","validity":"P1M","expiry":"start_of_day",
"refund":"unused_only"}],"payg":[{"destinations":["TH"],"prices":[{"price":"0.132"}]},
{"destinations":["CN"],"prices":[{"price":"0.065"}]}]})";

// Calls and expects that status.
HttpAnswer expect(HttpClient& client, unsigned status, std::string_view method,
                  std::string_view target, std::string_view body = {},
                  std::initializer_list<HttpHeader> headers = {});
// The price book, and an account "acme" with 10,000 CNY.
void open_acme(HttpClient& client);
// A member of a JSON object as text: of a number its digits; empty where it is not there.
std::string member(std::string_view json, std::string_view name);
// So many sends of one unit, named prefix0, prefix1, ..., as one array.
std::string sends_of(std::string_view account, std::string_view prefix, std::size_t count);

}  // namespace packledger::serve
