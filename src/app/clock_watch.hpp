// What is to be done about the wall clock between two turns: say that it is held, and keep what is
// known about it for the next daemon, so that a restart does not make a leap believed.
//
// Owner: daemon; the engine's thread.
#pragma once

#include "app/system_clock.hpp"
#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace packledger {

// How often it is said that the clock is held.
inline constexpr Duration clock_call_interval = minutes(10);

enum class ClockNews : std::uint8_t { none, held, believed };

// When there is something to say: at once when the clock is held, again each time that
// clock_call_interval has passed, and once when it is believed again.
class ClockCalls {
 public:
  [[nodiscard]] ClockNews next(const ClockLook& look);

 private:
  std::optional<Duration> called_at_;  // since boot; absent: the clock is believed
};

class ClockWatch {
 public:
  // `directory` is the store's.
  explicit ClockWatch(std::string directory) : directory_{std::move(directory)} {}
  void look(const SystemClock& clock);

 private:
  void remember(Instant started_at);

  std::string directory_;
  ClockCalls calls_;
  std::optional<Instant> remembered_;
};

// The start of the machine as a daemon on this directory expected it last, if the machine was not
// started anew since: the file `boot_clock` holds the system's name of the start and that instant
// in milliseconds. It is not synced: what is lost with the power belongs to another start.
[[nodiscard]] std::optional<Instant> recall_start(const std::string& directory);
// False where it cannot be written.
bool remember_start(const std::string& directory, Instant started_at);

}  // namespace packledger
