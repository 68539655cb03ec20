// Timers: what will fall due, in the one order in which it fires (rules §1 R5). Part of the
// ledger's state: set and cancelled by apply only, so that a replay sets the same. Engine thread.
//
// Memory: timers of the hours to come are only noted, 16 bytes each, in the order in which they
// were set and cancelled; an hour is put in order when it is the next.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

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
  void set(const Timer& timer);
  // The same for one that comes after all that are set; false, and nothing is set, where it does
  // not.
  [[nodiscard]] bool set_last(const Timer& timer);
  // Cancelling what is not set, or has fired, does nothing.
  void cancel(const Timer& timer);
  [[nodiscard]] bool holds(const Timer& timer) const;
  [[nodiscard]] std::optional<Timer> first() const {
    return near_.empty() ? std::nullopt : std::optional{*near_.begin()};
  }
  // All of them, in the order in which they fire.
  void each(const std::function<void(const Timer&)>& visit) const;
  [[nodiscard]] std::size_t memory() const;  // bytes, about

 private:
  using Hour = std::int64_t;  // since 1970

  // What was said about a timer of an hour that is not near yet.
  struct Note {
    std::uint64_t number = 0;
    std::uint32_t account = 0;
    std::uint32_t ms : 22 = 0;  // of the hour
    std::uint32_t kind : 8 = 0;
    std::uint32_t cancelled : 1 = 0;
  };
  static_assert(sizeof(Note) == 16);
  struct Notes {
    std::vector<Note> all;       // in the order in which they were made: the last word counts
    std::size_t tidy_above = 0;  // so many notes are looked through for what is cancelled
  };

  static Hour hour_of(Instant due);
  static Note note_of(const Timer& timer, bool cancelled);
  static Timer timer_of(const Note& note, Hour hour);
  // The timers that the notes of an hour leave set, in order.
  [[nodiscard]] static std::vector<Timer> left_by(const Notes& notes, Hour hour);

  void note(const Timer& timer, bool cancelled);
  void open_next();
  void trim();

  std::set<Timer> near_;           // all timers up to near_hour_; empty only where there are none
  Hour near_hour_ = 0;             // means something where near_ has timers
  std::size_t trim_above_ = 0;     // so many are near before later hours are noted again
  std::map<Hour, Notes> later_;    // behind near_hour_; none is empty
  std::optional<Timer> last_set_;  // by set_last, while nothing else was
};

}  // namespace packledger
