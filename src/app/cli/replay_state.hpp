// The state of a what-if that was interrupted, kept in a directory of its own, and taken up again:
// both ledgers as snapshots, and the tallies of all accounts.
//
// Owner: the command replay; one thread.
#pragma once

#include "packledger/engine/what_if.hpp"
#include "packledger/ledger/result.hpp"

#include <filesystem>
#include <string>

namespace packledger::cli {

// What a state belongs to.
struct ReplayPlace {
  Sequence position;   // the end of a record
  std::string chain;   // of the journal there, in hex
  std::string policy;  // as one text; another policy must not go on with it
};

[[nodiscard]] bool holds_replay_state(const std::filesystem::path& directory);
// Written whole or not at all; what went wrong else.
[[nodiscard]] Result<void, std::string> save_replay(const std::filesystem::path& directory,
                                                    const ReplayPlace& place,
                                                    const WhatIf::State& state);
struct SavedReplay {
  ReplayPlace place;
  WhatIf::State state;
};
[[nodiscard]] Result<SavedReplay, std::string> load_replay(const std::filesystem::path& directory);

}  // namespace packledger::cli
