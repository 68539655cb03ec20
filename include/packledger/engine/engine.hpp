// The Engine: the one that stamps, decides, applies, commits and tells. It owns no thread and never
// waits; app calls turn() whenever something is waiting or due. Engine thread.
//
// Nothing is told before it is durable. A failed append ends the engine: memory is then ahead of
// the disk, and only a restart, which replays the journal, may go on.
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/engine/clock.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/engine/journal.hpp"
#include "packledger/engine/outlet.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace packledger {

struct EngineLimits {
  std::size_t batch_entries_max =
      8'192;  // about 0.5 MiB: one sync stays well below 1 ms of transfer
  std::size_t timers_per_turn_max = 1'024;  // an expiry storm is spread over turns of a few ms
};

// An append to the journal failed.
struct EngineStop {
  std::string detail;
};

class Engine {
 public:
  Engine(Ledger& ledger, Journal& journal, Inbox& inbox, Outlet& outlet, Clock& clock,
         const EngineLimits& limits);

  // One turn, as told above its body. On a stop no further turn may be made.
  [[nodiscard]] Result<void, EngineStop> turn();

  // When the next timer is due; the caller need not turn before, unless something is waiting.
  [[nodiscard]] std::optional<Instant> next_due() const { return ledger_.next_due(); }

 private:
  [[nodiscard]] Instant stamp(Instant now) const;
  void follow_up_journal(Instant at);
  [[nodiscard]] bool take_due_timers(Instant at);  // false: more are due than one turn may take
  void take_inbox(Instant at);
  void take(Command command, Instant at);
  void take(SendBatch batch, Instant at);
  void take(Question question, Instant at);
  // Valid until the next call.
  std::span<const Entry> keep(Input input, Decision decision, Instant at);
  [[nodiscard]] Result<void, EngineStop> commit();
  void tell();
  void answer_questions();

  Ledger& ledger_;
  Journal& journal_;
  Inbox& inbox_;
  Outlet& outlet_;
  Clock& clock_;
  EngineLimits limits_;

  SpareBatches spare_;
  std::shared_ptr<Batch> batch_ = spare_.take();  // decided and applied, not yet durable
  std::vector<Answer> answers_;                   // wait for the sync
  std::vector<Question> questions_;
  std::size_t timers_taken_ = 0;  // in this turn
};

}  // namespace packledger
