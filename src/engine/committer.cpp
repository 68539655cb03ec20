#include "packledger/engine/committer.hpp"

#include <utility>

namespace packledger {

Result<void, Fault> append(Journal& journal, const Batch& batch) {
  const Sequence after{batch.entries.front().sequence.value - 1};
  return journal.append(after, batch.entries);
}

std::optional<Result<void, Fault>> CommitAtOnce::ended() {
  return std::exchange(ended_, std::nullopt);
}

}  // namespace packledger
