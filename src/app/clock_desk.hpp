// What the front may do to the clocks: move the test clock, look at the wall clock and accept it.
//
// Owner: daemon; the front's thread.
#pragma once

#include "app/doors.hpp"
#include "app/logging.hpp"
#include "app/system_clock.hpp"
#include "packledger/ledger/time.hpp"
#include "serve/front.hpp"

namespace packledger {

// The front's hand on the test clock: whoever sets it wakes the engine.
class ClockSetter final : public serve::TestClock {
 public:
  ClockSetter(packledger::TestClock& clock, FrontDoor& door) : clock_{clock}, door_{door} {}
  [[nodiscard]] Instant now() const override { return clock_.shown(); }
  void set(Instant to) override {
    clock_.set(to);
    door_.wake();
  }

 private:
  packledger::TestClock& clock_;
  FrontDoor& door_;
};

// The front's view of a wall clock that may be held: whoever accepts it wakes the engine.
class ClockDesk final : public serve::ClockDoor {
 public:
  ClockDesk(SystemClock& clock, FrontDoor& door) : clock_{clock}, door_{door} {}
  [[nodiscard]] serve::ClockSeen look() const override {
    const ClockLook look = clock_.look();
    return {.now = look.now, .wall = look.wall, .held = look.held};
  }
  bool accept() override {
    const ClockLook before = clock_.look();
    if (!clock_.accept()) return false;
    log_event(LogLevel::warn, "clock_accepted",
              {{"now", instant_text(before.now)}, {"wall", instant_text(before.wall)}});
    door_.wake();
    return true;
  }

 private:
  SystemClock& clock_;
  FrontDoor& door_;
};

}  // namespace packledger
