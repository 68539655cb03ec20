// Invariants: the promises of docs/proof.md by number and name, how often each was looked at, and
// the violation that ends a life. Probes: rare paths by name, and how often they were reached.
//
// Owner: a life, or a campaign that adds up many; one thread.
#pragma once

#include "packledger/ledger/result.hpp"
#include "tests/sim/promises.hpp"
#include "tests/sim/report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

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

// The rows of a report on these promises, by what `checked` says of each.
[[nodiscard]] std::vector<Invariant> invariant_rows(
    std::span<const Promise> of, const std::array<std::uint64_t, promises>& checked);

inline constexpr std::array known_probes{
    "a damage found while reading",
    "a damage that does not matter",
    "a damaged journal refused",
    "a dry run made something due",
    "a dry run of a send that it has itself",
    "a dry run with consequences",
    "a dry run, and the very same behind it",
    "a file of sends damaged",
    "a file of sends is made anew",
    "a gap",
    "a held clock accepted",
    "a journal not opened on a full disk",
    "a message doubled",
    "a message lost",
    "a numbered batch answered from the journal",
    "a page of the past",
    "a page that waits for a position",
    "a price book for an instant of another one",
    "a price book for the past",
    "a price book for what is to come",
    "a request asked again",
    "a send by another price book than that of now",
    "a snapshot ahead of the front",
    "a snapshot damaged",
    "a snapshot that failed",
    "a stale epoch",
    "a turn of many entries",
    "a watcher comes back",
    "a watcher falls behind",
    "an alarm of a forecast cleared",
    "an alarm of a forecast raised",
    "an answer given again",
    "an outdated forecast",
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
