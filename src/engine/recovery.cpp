#include "packledger/engine/recovery.hpp"

#include <vector>

namespace packledger {
namespace {

// Entries are told in portions, so that a reader's costs per call do not count per entry.
constexpr std::size_t portion_max = 4'096;

}  // namespace

Result<void, Fault> recover(Ledger& ledger, const Journal& journal, Outlet& outlet) {
  std::vector<Entry> portion;
  const auto tell = [&] {
    if (!portion.empty()) outlet.committed(portion, ledger);
    portion.clear();
  };
  auto read = journal.read(next(ledger.last()), [&](const Entry& entry) {
    ledger.apply(entry);
    portion.push_back(entry);
    if (portion.size() == portion_max) tell();
    return true;
  });
  if (read) tell();
  return read;
}

}  // namespace packledger
