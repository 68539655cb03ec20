// Invariants: the promises of docs/proof.md by number and name, how often each was looked at, and
// the violation that ends a life. Probes: rare paths by name, and how often they were reached.
//
// Owner: a life, or a campaign that adds up many; one thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "tests/sim/report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

enum class Promise : std::uint8_t {
  rules,
  conservation,
  totals,
  durable,
  prefix,
  once,
  replay,
  timers,
  alarms,
  notices,
  ack_order,
  reads,
  watchers,
  chain,
  one_writer,
  bounds,
};
inline constexpr std::size_t promises = 16;
[[nodiscard]] std::string_view promise_text(Promise promise);

struct Violation : std::runtime_error {
  Violation(Promise which, const std::string& what);
  Promise promise;
};

class Invariants {
 public:
  // Counts one look; throws where it does not hold. `what` makes the text of the violation.
  void check(Promise promise, bool holds, auto&& what) {
    ++checked_[static_cast<std::size_t>(promise)];
    if (!holds) throw Violation(promise, what());
  }
  void count(Promise promise, std::uint64_t looks) {
    checked_[static_cast<std::size_t>(promise)] += looks;
  }
  [[nodiscard]] const std::array<std::uint64_t, promises>& checked() const { return checked_; }

 private:
  std::array<std::uint64_t, promises> checked_{};
};

// The rows of a report: every promise but the rules of the model, which are told apart.
[[nodiscard]] std::vector<Invariant> invariant_rows(
    const std::array<std::uint64_t, promises>& checked);

inline constexpr std::array known_probes{
    "a damage found while reading",
    "a damage that does not matter",
    "a damaged journal refused",
    "a file of sends damaged",
    "a file of sends is made anew",
    "a gap",
    "a held clock accepted",
    "a journal not opened on a full disk",
    "a message doubled",
    "a message lost",
    "a numbered batch answered from the journal",
    "a request asked again",
    "a snapshot ahead of the front",
    "a snapshot damaged",
    "a snapshot that failed",
    "a stale epoch",
    "a turn of many entries",
    "a watcher comes back",
    "a watcher falls behind",
    "an answer given again",
    "busy",
    "due timers split over turns",
    "durable, but never told",
    "recovered from a snapshot",
    "recovered from the second snapshot",
    "replayed from a snapshot",
    "sends in files",
    "sends in files over a restart",
    "started again after the disk was full",
    "submitted, and lost before it was told",
    "the power cut while a journal is opened",
    "the power lost",
    "the watermark one behind and the last record missing",
    "timer recorded an hour late",
    "usage folded again",
};

class Probes {
 public:
  void reach(std::string_view name) {
    ENSURE(std::ranges::find(known_probes, name) != known_probes.end(), "the probe is listed");
    ++counts_[std::string(name)];
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace packledger::sim
