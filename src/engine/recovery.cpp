#include "packledger/engine/recovery.hpp"

#include <memory>
#include <utility>

namespace packledger {
namespace {

// Entries are told in portions, so that a reader's costs per call do not count per entry.
constexpr std::size_t portion_max = 4'096;

}  // namespace

Result<void, Fault> recover(Ledger& ledger, const Journal& journal, Outlet& outlet) {
  SpareBatches spare;
  std::shared_ptr<Batch> portion = spare.take();
  const auto tell = [&] {
    if (portion->entries.empty()) return;
    portion->note(0);
    outlet.committed({.batch = portion});
    spare.give(std::exchange(portion, nullptr));
    portion = spare.take();
  };
  auto read = journal.read(next(ledger.last()), [&](const Entry& entry) {
    ledger.apply(entry);
    portion->entries.push_back(entry);
    if (portion->entries.size() == portion_max) tell();
    return true;
  });
  if (read) tell();
  return read;
}

}  // namespace packledger
