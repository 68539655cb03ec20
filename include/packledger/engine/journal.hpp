// The Journal: every entry, once, in order, for ever. Promises every Journal keeps (tests/contract
// runs them over every implementation):
//  1. append returns success only when the whole batch would survive a power cut.
//  2. After a crash it holds the first appends, each whole, and nothing of those behind them.
//  3. Entries are numbered from 1, without gaps; no number is used twice.
//  4. If the last entry is not `after`, nothing changes: fenced, another daemon wrote.
//  5. Any other fault may leave the outcome unknown: the caller stops, or reads the tail, before
//     it does anything else.
//
// append is called by one thread at a time; read and last by any, also meanwhile.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/result.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace packledger {

enum class JournalFault : std::uint8_t {
  fenced = 1,       // another writer was here: stop, do not retry
  unavailable = 2,  // the device or the store failed: stop, look at it, start again
  corrupt = 3,      // what is stored is not what was written: stop, restore
};

struct Fault {
  JournalFault code = JournalFault::unavailable;
  std::string detail;  // for the operator's log: what, where, what to do
};

class Journal {
 public:
  virtual ~Journal() = default;

  // Makes the entries durable together, numbered from after + 1, all with the same recorded_at. At
  // least one.
  [[nodiscard]] virtual Result<void, Fault> append(Sequence after,
                                                   std::span<const Entry> entries) = 0;

  // Visits the durable entries from `from` on in order, until the end or until `visit` returns
  // false.
  using Visit = std::function<bool(const Entry&)>;
  [[nodiscard]] virtual Result<void, Fault> read(Sequence from, const Visit& visit) const = 0;

  // The last durable entry; 0 of an empty journal.
  [[nodiscard]] virtual Sequence last() const = 0;
};

}  // namespace packledger
