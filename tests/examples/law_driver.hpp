// LawDriver: plays tables to the engine and the ledger themselves, over a journal in memory and a
// clock that is set by hand. No socket, no thread, no file.
//
// Owner: the test; one thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "tests/examples/driver.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace packledger::examples {

// What was asked in a play, and what it came to, for whoever asks the same in other turns.
struct LawPlay {
  struct Asked {
    Instant at;
    std::string account;
    std::optional<Input> input;  // none: time passed
  };
  std::vector<Asked> asked;    // no dry runs
  std::vector<Entry> journal;  // as it was at the last crash or replay
};

[[nodiscard]] std::unique_ptr<Driver> make_law_driver();
// Keeps notes in `play`, which outlives it.
[[nodiscard]] std::unique_ptr<Driver> make_law_driver(LawPlay& play);

}  // namespace packledger::examples
