// PastUsage: what the table of usage held of one account after an entry of the past. The journal is
// folded into memory, by the fold that fills the table; rows outside of the range are dropped.
//
// Owner: whoever asks; one thread at a time. The journal outlives it.
// Invariants:
//  1. When every entry from its begin up to `until` was taken, the rows of the range are those of
//     the table that was folded up to there.
//  2. Memory has a bound: usage_rows_max rows, a portion of entries, and the open holds.
#pragma once

#include "packledger/engine/journal.hpp"
#include "query/usage.hpp"
#include "store/usage_table.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace packledger {

// Of all accounts, for what lies between is read, too: some minutes.
inline constexpr std::uint64_t past_usage_entries_max = 100'000'000;

class PastUsage {
 public:
  PastUsage(const Journal& journal, const UsageRange& range, Sequence until)
      : journal_{journal}, range_{range}, until_{until} {}

  // Entries that were recorded before have nothing to do with the range: what is sent is recorded
  // later, and what is captured was held for hold_ttl_max at most.
  [[nodiscard]] static Instant begin(const UsageRange& range);

  // The entries from there on, in order, of all accounts. False: no more are wanted.
  [[nodiscard]] bool take(const Entry& entry);
  // After the last one.
  void end() { fold(); }

  [[nodiscard]] bool failed() const { return failed_; }  // the journal could not be read
  [[nodiscard]] bool too_large() const;
  // In order; the rest is none where it has failed.
  void visit(const UsageVisit& visit) const;
  // The first hour in which anything counted, of all that was taken, also outside of the range.
  [[nodiscard]] std::optional<std::int64_t> first_hour() const { return first_hour_; }

 private:
  static constexpr std::size_t portion_entries_max = 8'192;  // a few MB

  void fold();
  void add(const UsageKey& key, const UsageHour& quarters);

  const Journal& journal_;
  const UsageRange range_;
  const Sequence until_;
  std::uint64_t entries_ = 0;     // looked at
  std::vector<Entry> portion_{};  // not folded yet
  std::map<UsageHoldKey, UsageSubject> holds_{};
  std::map<UsageKey, UsageHour> rows_{};
  std::optional<std::int64_t> first_hour_{};
  bool failed_ = false;
};

}  // namespace packledger
