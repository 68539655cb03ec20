// Clock: the only source of time below the line, read once per turn (rules §1 R3 R14). The engine
// asks; app/system_clock and the test clock answer. Engine thread.
#pragma once

#include "packledger/ledger/time.hpp"

namespace packledger {

class Clock {
 public:
  virtual ~Clock() = default;
  // The time that timers may be fired by. It may go back, then the ledger's stands still; it never
  // leaps ahead: what a wrong clock has fired cannot be undone.
  [[nodiscard]] virtual Instant now() = 0;
};

}  // namespace packledger
