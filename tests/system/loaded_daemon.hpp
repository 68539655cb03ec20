// A daemon with open books and publishers at work: what the tests of crashes and faults start from,
// and what they must find again afterwards.
#pragma once

#include "serve/client.hpp"
#include "tests/system/audit.hpp"
#include "tests/system/campaign.hpp"
#include "tests/system/daemon_process.hpp"
#include "tests/system/publishers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

struct Digest {
  std::string position;
  std::string text;
};
// Of now, or "?position=12".
[[nodiscard]] Digest digest_of(HttpClient& http, const std::string& at = {});

struct LoadOptions {
  std::string store{};         // more TOML of that section
  bool on_wall_clock = false;  // else on a test clock
};

class LoadedDaemon : public testing::Test {
 protected:
  // Small buffers, so that RocksDB moves records into tables all the time; and a snapshot after a
  // few hundred entries, so that one is being written nearly always.
  explicit LoadedDaemon(DaemonOptions options = {}, PublisherOptions publishing = {},
                        LoadOptions load = {});

  // Starts the daemon, opens the books and lets the publishers go.
  void SetUp() override;

  // The daemon is back on the same data and nobody sends: look at everything.
  virtual void expect_all_there(Audit& auditor);
  // All who send, or watch.
  virtual void go_on() { publishers.send_to(daemon.url()); }
  virtual void pause_all() { publishers.pause(); }
  // Stops it in good order: the state it had live must be the state of a replay from the first
  // entry.
  void expect_replay_is_equal();

  [[nodiscard]] DaemonOptions with_small_buffers(DaemonOptions options) const;
  // For the next start: "before_ack" or "one_behind".
  void use_watermark(std::string_view mode) const;

  const LoadOptions load;
  TemporaryDirectory files;
  DaemonProcess daemon;
  Publishers publishers;
  Audit audit;
};

}  // namespace packledger
