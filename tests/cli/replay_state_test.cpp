// A what-if that was interrupted goes on from its state as if it had not been.
#include "app/cli/replay_state.hpp"

#include "app/cli/replay_diff.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/ledger/lives.hpp"
#include "tests/system/daemon_process.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace packledger::cli {
namespace {

std::string csv_of(const WhatIf& walk) {
  std::ostringstream out;
  write_diff(out, walk.state(), {.form = DiffForm::csv, .accounts = true, .look = {}});
  return out.str();
}

Policy late_policy() {
  Policy policy;
  policy.settings.late_window = hours(1);
  policy.settings.prepaid_strict = true;
  return policy;
}

TEST(ReplayState, GoesOnAsIfItHadNotBeenInterrupted) {
  const std::vector<Entry> entries = entries_of({.seed = 5, .accounts = 3, .steps = 900});
  WhatIf whole{late_policy()};
  for (const Entry& entry : entries) whole.take(entry);
  const TemporaryDirectory directory;
  const std::size_t half = entries.size() / 2;
  WhatIf first{late_policy()};
  for (std::size_t i = 0; i < half; ++i) first.take(entries[i]);
  EXPECT_FALSE(holds_replay_state(directory.path()));
  const ReplayPlace place{.position = Sequence{half}, .chain = "cafe", .policy = "a \"policy\""};
  ASSERT_TRUE(save_replay(directory.path(), place, first.state()));
  ASSERT_TRUE(holds_replay_state(directory.path()));
  auto saved = load_replay(directory.path());
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->place.policy, place.policy);
  EXPECT_EQ(saved->place.chain, place.chain);
  WhatIf second{late_policy(), std::move(saved->state)};
  for (std::size_t i = half; i < entries.size(); ++i) second.take(entries[i]);
  EXPECT_FALSE(second.mistaken());
  EXPECT_EQ(second.state().otherwise->digest(), whole.state().otherwise->digest());
  EXPECT_EQ(csv_of(second), csv_of(whole));
}

TEST(ReplayState, TakesNothingThatIsDamaged) {
  const std::vector<Entry> entries = entries_of({.seed = 6, .accounts = 3, .steps = 300});
  WhatIf walk{late_policy()};
  for (const Entry& entry : entries) walk.take(entry);
  const TemporaryDirectory directory;
  const ReplayPlace place{.position = Sequence{entries.size()}, .chain = "c", .policy = "p"};
  ASSERT_TRUE(save_replay(directory.path(), place, walk.state()));
  for (const char* const name : {"as_decided.snapshot", "otherwise.snapshot", "tallies.ndjson"}) {
    std::filesystem::resize_file(directory.path() / name,
                                 std::filesystem::file_size(directory.path() / name) / 2);
    EXPECT_FALSE(load_replay(directory.path())) << name;
    ASSERT_TRUE(save_replay(directory.path(), place, walk.state()));
  }
  EXPECT_TRUE(load_replay(directory.path()));
}

}  // namespace
}  // namespace packledger::cli
