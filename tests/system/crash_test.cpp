// Killed under load, stopped under load: what was acknowledged is there, once, at its position, and
// the books balance.
//
// The campaign: PACKLEDGER_KILL_ROUNDS=50 build/dev/bin/system_test --gtest_filter='Crash*'
// Another run of chance: PACKLEDGER_SEED=<number>. The moment of a kill is not repeatable, what is
// sent is.
#include "tests/system/loaded_daemon.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <thread>

namespace packledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Crash : public LoadedDaemon {
 protected:
  explicit Crash(PublishBy by = PublishBy::json) : LoadedDaemon{{}, {.by = by}} {}

  void kill_under_load(std::uint64_t rounds_unless_told);
  void terminate_under_load();
};

struct CrashOnFastLane : Crash {
  CrashOnFastLane() : Crash{PublishBy::fast_lane} {}
};

struct CrashOfProducers : Crash {
  CrashOfProducers() : Crash{PublishBy::producers} {}
};

void Crash::kill_under_load(std::uint64_t rounds_unless_told) {
  const std::uint64_t rounds = from_environment("PACKLEDGER_KILL_ROUNDS", rounds_unless_told);
  const std::uint64_t seed = from_environment("PACKLEDGER_SEED", 1);
  std::mt19937_64 chance{seed};
  std::chrono::milliseconds slowest_start{0};
  std::uint64_t snapshots_loaded = 0;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " seed " + std::to_string(seed));
    ASSERT_TRUE(publishers.wait_for(publishers.count() + 1 + chance() % 2'000));
    HttpClient live{daemon.url()};
    const Digest before = digest_of(live);
    ASSERT_TRUE(publishers.wait_for(publishers.count() + 1 + chance() % 500));
    // Some way into whatever it is doing now; nothing waits for this.
    std::this_thread::sleep_for(std::chrono::microseconds{chance() % 5'000});
    daemon.kill();
    publishers.pause();
    EXPECT_FALSE(daemon.log().contains("Sanitizer")) << daemon.log();

    use_watermark(round % 2 == 0 ? "before_ack" : "one_behind");
    const auto killed_at = SteadyClock::now();
    const auto started = daemon.start();
    ASSERT_TRUE(started) << started.error();
    snapshots_loaded += daemon.logged("snapshot_loaded", "position").empty() ? 0 : 1;
    EXPECT_FALSE(daemon.log().contains("snapshot_refused")) << daemon.log();
    slowest_start = std::max(slowest_start, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                SteadyClock::now() - killed_at));
    expect_all_there(audit);
    HttpClient http{daemon.url()};
    const Digest replayed = digest_of(http, "?position=" + before.position);
    EXPECT_EQ(replayed.text, before.text) << "at position " << before.position;
    if (HasFailure()) return;
    publishers.send_to(daemon.url());
  }
  expect_replay_is_equal();
  EXPECT_GT(audit.renewals(), 0U);
  EXPECT_GT(snapshots_loaded, 0U);
  std::cout << rounds << " kills, seed " << seed << ": " << publishers.count()
            << " sends acknowledged, " << publishers.unknown_outcomes()
            << " requests of unknown outcome sent again, " << publishers.repeats()
            << " batches answered again, journal at " << audit.position() << ", "
            << audit.renewals() << " renewals"
            << ", " << snapshots_loaded << " starts from a snapshot, slowest start "
            << slowest_start.count() << " ms\n";
}

TEST_F(Crash, KillUnderLoadLosesNothingAndCountsNothingTwice) { kill_under_load(5); }

TEST_F(CrashOnFastLane, KillUnderLoadLosesNothingAndCountsNothingTwice) { kill_under_load(3); }

TEST_F(CrashOfProducers, KillUnderLoadLosesNothingAndCountsNothingTwice) { kill_under_load(3); }

void Crash::terminate_under_load() {
  ASSERT_TRUE(publishers.wait_for(1'000));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), exited(0)) << daemon.log();
  publishers.pause();
  const std::string live = daemon.logged("stopped", "digest");
  const auto started = daemon.start();
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(daemon.logged("ready", "digest"), live);
  expect_all_there(audit);
}

TEST_F(Crash, TerminationUnderLoadLosesNothing) { terminate_under_load(); }

TEST_F(CrashOnFastLane, TerminationUnderLoadLosesNothing) { terminate_under_load(); }

}  // namespace
}  // namespace packledger
