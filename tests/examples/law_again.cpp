#include "tests/examples/law_again.hpp"

#include "packledger/ledger/ledger.hpp"

#include <deque>

namespace packledger::examples {

std::string decided_otherwise(std::span<const Entry> entries) {
  Ledger ledger;
  std::deque<Input> to_come;
  for (const Entry& entry : entries) {
    const std::string what = "entry " + std::to_string(entry.sequence.value) + ", " +
                             std::string(kind_text(entry.input.what)) + ", ";
    if (to_come.empty()) {
      const std::vector<Input> more = ledger.consequences();
      to_come.assign(more.begin(), more.end());
    }
    if (to_come.empty() != (entry.caused_by.value == 0))
      return what + "is not what follows from the entries before it";
    if (!to_come.empty()) {
      if (to_come.front() != entry.input) return what + "follows another consequence";
      if (ledger.cause() != entry.caused_by) return what + "has another cause";
      to_come.pop_front();
    }
    const auto decided = ledger.decide(entry.input, entry.recorded_at);
    if (!decided)
      return what + "is now refused: " + std::string(reject_text(decided.error().reject));
    if (*decided != entry.decision) return what + "is now decided otherwise";
    ledger.apply(entry);
  }
  if (!to_come.empty() || !ledger.consequences().empty()) return "the journal lacks a consequence";
  return {};
}

}  // namespace packledger::examples
