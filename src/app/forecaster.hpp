// Forecaster: tells the ledger when pools run out. Once an hour of the daemon's time it looks for
// the alarms of kind runs_out_within, walks the usage of their accounts forward, and puts what
// comes out through the Inbox like any command. The law decides whether that is worth an entry;
// what is refused leaves no trace, and what could not be asked now is asked in the next hour again.
//
// Owner: daemon. start on any thread, once; everything else on its own.
// Invariants:
//  1. A forecast knows everything up to its position, which the table of usage has reached.
//  2. One request at a time: it neither fills the Inbox nor holds the engine up.
//  3. While the disk has no room for more it tells nothing: a forecast can wait, and is made anew
//     once there is room.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "query/forecast.hpp"
#include "serve/front.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace packledger {

class Forecaster {
 public:
  struct Limits {
    std::uint64_t accounts_per_look = 16'384;    // a millisecond of the engine's
    std::chrono::milliseconds pause{200};        // between two looks at the clock
    std::chrono::milliseconds patience{30'000};  // for usage that is behind; then the next account
  };
  struct Doors {
    Inbox& inbox;
    serve::WalkUsage walk_usage;
    std::function<Instant()> now;
    std::function<bool()> storage_full = [] { return false; };
  };

  explicit Forecaster(Doors doors) : Forecaster{std::move(doors), Limits{}} {}
  Forecaster(Doors doors, const Limits& limits);
  ~Forecaster();
  Forecaster(const Forecaster&) = delete;
  Forecaster& operator=(const Forecaster&) = delete;

  void start();

 private:
  // An account that has such alarms, as it stands.
  struct Watched {
    std::string name;
    AccountId id;
    ForecastAccount account;
    std::vector<std::string> pools;  // of the alarms
    Sequence position;
  };
  struct Page {
    std::vector<AccountId> watched;
    std::uint64_t next = 0;  // number of the account to go on with; 0: none
  };

  void run(const std::stop_token& stop);
  void round(const std::stop_token& stop);
  [[nodiscard]] std::optional<Page> look_for_alarms(std::uint64_t from,
                                                    const std::stop_token& stop);
  [[nodiscard]] std::optional<Watched> look_at(AccountId account, const std::stop_token& stop);
  [[nodiscard]] bool walk(const UsageRange& range, Sequence until, UsageVisit visit,
                          const std::stop_token& stop);
  [[nodiscard]] std::optional<std::optional<Instant>> first_use(AccountId account, Sequence until,
                                                                const std::stop_token& stop);
  void foretell(AccountId account, const std::stop_token& stop);
  void tell(const std::string& account, RunOutForecast forecast, const std::stop_token& stop);
  // Tries until it is taken; false where it is to stop.
  [[nodiscard]] bool put(Request request, const std::stop_token& stop);
  void rest(std::chrono::milliseconds time) { (void)stopped_.try_acquire_for(time); }

  const Doors doors_;
  const Limits limits_;
  bool held_back_ = false;            // something in this round; its own thread
  std::binary_semaphore stopped_{0};  // ends a rest
  std::jthread worker_;
};

}  // namespace packledger
