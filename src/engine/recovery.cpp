#include "packledger/engine/recovery.hpp"

#include <memory>
#include <span>
#include <utility>

namespace packledger {

ReadPortions portions_of(const Journal& journal) {
  return [&journal](Sequence from, const TakePortion& take) {
    SpareBatches spare;
    std::shared_ptr<Batch> portion = spare.take();
    const auto pass_on = [&] {
      if (portion->entries.empty()) return true;
      portion->note(0);
      const bool more = take(portion);
      spare.give(std::exchange(portion, nullptr));
      portion = spare.take();
      return more;
    };
    bool more = true;
    auto read = journal.read(from, [&](const Entry& entry) {
      portion->entries.push_back(entry);
      if (portion->entries.size() == portion_entries_max) more = pass_on();
      return more;
    });
    if (read && more) pass_on();
    return read;
  };
}

Result<void, Fault> recover(Ledger& ledger, const ReadPortions& read, Outlet& outlet,
                            Sequence heard) {
  ENSURE(heard <= ledger.last(), "nobody has heard what is not applied");
  return read(next(heard), [&](const SharedBatch& portion) {
    std::span<const Entry> entries{portion->entries};
    while (!entries.empty() && entries.front().sequence <= ledger.last())
      entries = entries.subspan(1);
    ledger.apply(entries);
    outlet.committed({.batch = portion});
    return true;
  });
}

}  // namespace packledger
