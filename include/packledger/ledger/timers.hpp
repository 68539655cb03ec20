// Timers: what will fall due, in the one order in which it fires (rules §1 R5). Part of the
// ledger's state: set and cancelled by apply only, so that a replay sets the same. Engine thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

namespace packledger {

// The order in which timers of one instant fire (R5).
enum class TimerKind : std::uint8_t {
  expire = 0,
  activate = 1,
  pre_expiry = 2,
  reminder = 3,
  suspend = 4,
  renewal_retry = 5,
  close = 6,
  grace_end = 7,
  release = 8,
  order_timeout = 9,
  hold_expire = 10,
  alarm_cooldown = 11,
};

struct Timer {
  Instant due;
  TimerKind kind = TimerKind::expire;
  AccountId account;
  std::uint64_t number = 0;  // of the package, order, hold or alarm within its account
  friend auto operator<=>(const Timer&, const Timer&) = default;
};

class Timers {
 public:
  void set(const Timer& timer) { timers_.insert(timer); }
  // The same for one that comes after all that are set; false, and nothing is set, where it does
  // not.
  [[nodiscard]] bool set_last(const Timer& timer) {
    if (!timers_.empty() && timer <= *timers_.rbegin()) return false;
    timers_.insert(timers_.end(), timer);
    return true;
  }
  // Cancelling what is not set, or has fired, does nothing.
  void cancel(const Timer& timer) { timers_.erase(timer); }
  [[nodiscard]] bool holds(const Timer& timer) const { return timers_.contains(timer); }
  [[nodiscard]] std::optional<Timer> first() const {
    return timers_.empty() ? std::nullopt : std::optional{*timers_.begin()};
  }
  [[nodiscard]] const std::set<Timer>& all() const { return timers_; }

 private:
  std::set<Timer> timers_;
};

}  // namespace packledger
