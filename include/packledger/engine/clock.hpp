// Clock: the only source of time below the line, read once per turn (rules §1 R3 R14). The engine
// asks; app/system_clock and the test clock answer. Engine thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <optional>

namespace packledger {

class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock now; nothing once it has leapt ahead of the monotonic clock by more than it may,
  // and then for ever: expiries fired by a wrong clock cannot be undone.
  [[nodiscard]] virtual std::optional<Instant> now() = 0;
};

}  // namespace packledger
