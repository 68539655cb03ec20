// Committer: makes batches durable, one at a time, so that the engine can decide the next one
// meanwhile. The one with a thread of its own is app's door; CommitAtOnce is for tests and for
// wherever nobody wants to wait beside it. Engine thread.
//
//   idle --start()--> in flight --ended() tells how--> idle
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/engine/journal.hpp"
#include "packledger/ledger/result.hpp"

#include <optional>

namespace packledger {

class Committer {
 public:
  virtual ~Committer() = default;
  // Begins to append the entries of the batch, at least one. Only while none is in flight; the
  // batch is not changed any more. It may have ended when this returns.
  virtual void start(SharedBatch batch) = 0;
  // How the append ended, once; nothing while it is in flight. Never waits. After a fault nothing
  // more is started: the outcome is unknown.
  [[nodiscard]] virtual std::optional<Result<void, Fault>> ended() = 0;
};

// Appends the whole batch to the journal.
[[nodiscard]] Result<void, Fault> append(Journal& journal, const Batch& batch);

// Waits for the sync in start().
class CommitAtOnce final : public Committer {
 public:
  explicit CommitAtOnce(Journal& journal) : journal_(journal) {}
  void start(SharedBatch batch) override { ended_ = append(journal_, *batch); }
  [[nodiscard]] std::optional<Result<void, Fault>> ended() override;

 private:
  Journal& journal_;
  std::optional<Result<void, Fault>> ended_;
};

}  // namespace packledger
