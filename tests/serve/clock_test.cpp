// The daemon's clock, as an operator sees it.
#include "tests/serve/mainland.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace packledger::serve {
namespace {

class HeldClock final : public ClockDoor {
 public:
  [[nodiscard]] ClockSeen look() const override {
    const Instant wall = first_of_may + hours(36);
    return {.now = held_ ? first_of_may : wall, .wall = wall, .held = held_};
  }
  bool accept() override { return held_.exchange(false); }

 private:
  std::atomic<bool> held_ = true;
};

TEST(Clock, TellsThatItIsHeldUntilItIsAccepted) {
  HeldClock clock;
  Daemon daemon({.test_clock = false, .clock = &clock});
  HttpClient client = daemon.client();
  const auto held = expect(client, 200, "GET", "/v1/clock").body;
  EXPECT_EQ(member(held, "held"), "true");
  EXPECT_EQ(member(held, "held_by"), "PT36H");
  EXPECT_EQ(member(held, "now"), "2024-04-30T16:00:00.000Z");
  EXPECT_EQ(member(held, "wall"), "2024-05-02T04:00:00.000Z");
  EXPECT_EQ(member(held, "test"), "false");

  const auto accepted = expect(client, 200, "POST", "/v1/clock/accept").body;
  EXPECT_EQ(member(accepted, "accepted"), "true");
  EXPECT_EQ(member(accepted, "held"), "false");
  EXPECT_EQ(member(accepted, "held_by"), "");
  EXPECT_EQ(member(accepted, "now"), member(accepted, "wall"));
  EXPECT_EQ(member(expect(client, 200, "POST", "/v1/clock/accept", "{}").body, "accepted"),
            "false");
}

TEST(Clock, OfATestIsNeverHeld) {
  Daemon daemon;
  HttpClient client = daemon.client();
  const auto shown = expect(client, 200, "GET", "/v1/clock").body;
  EXPECT_EQ(member(shown, "held"), "false");
  EXPECT_EQ(member(shown, "now"), member(shown, "wall"));
  EXPECT_EQ(member(expect(client, 200, "POST", "/v1/clock/accept", "{}").body, "accepted"),
            "false");
}

TEST(Clock, IsAcceptedWithoutAnythingElse) {
  Daemon daemon;
  HttpClient client = daemon.client();
  EXPECT_EQ(code_of(expect(client, 400, "POST", "/v1/clock/accept", R"({"by":"PT1H"})")),
            "unknown_field");
  EXPECT_EQ(code_of(expect(client, 400, "POST", "/v1/clock/accept?dry_run=true")),
            "unknown_parameter");
  EXPECT_EQ(code_of(expect(client, 405, "GET", "/v1/clock/accept")), "method_not_allowed");
}

}  // namespace
}  // namespace packledger::serve
