// The Engine: the one that stamps, decides, applies, commits and tells. It owns no thread and never
// waits; app calls turn() whenever something is waiting or due, or a commit has ended. Engine
// thread.
//
// Nothing is told before it is durable. The ledger may be ahead of that by two batches: the one in
// flight, and the one that is decided meanwhile. A failed append ends the engine: memory is then
// ahead of the disk, and only a restart, which replays the journal, may go on.
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/engine/clock.hpp"
#include "packledger/engine/committer.hpp"
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
  // Of a batch in the journal, about: a disk of 500 MiB/s takes it in 8 ms. Only entries that are
  // no sends come near it.
  std::size_t batch_bytes_max = std::size_t{4} * 1024 * 1024;
  std::size_t timers_per_turn_max = 1'024;  // an expiry storm is spread over turns of a few ms
};

// An append to the journal failed.
struct EngineStop {
  std::string detail;
};

// What an engine works with. All of it outlives the engine.
struct EngineParts {
  Ledger& ledger;
  const Journal& journal;  // read only; it is written by the committer
  Committer& committer;
  Inbox& inbox;
  Outlet& outlet;
  Clock& clock;
};

class Engine {
 public:
  Engine(const EngineParts& parts, const EngineLimits& limits);

  // One turn, as told above its body. On a stop no further turn may be made.
  [[nodiscard]] Result<void, EngineStop> turn();

  // When the next timer is due; the caller need not turn before, unless something is waiting.
  [[nodiscard]] std::optional<Instant> next_due() const { return ledger_.next_due(); }
  // The last entry of the batch that is in flight; 0 while none is, and then all that was decided
  // is durable.
  [[nodiscard]] Sequence in_flight() const;
  // False while a turn can take nothing before the commit in flight has ended.
  [[nodiscard]] bool has_room() const;

 private:
  // What is decided in one or more turns and becomes durable together.
  struct Round {
    std::shared_ptr<Batch> batch;
    std::vector<Answer> answers;  // wait for its sync
  };

  [[nodiscard]] Result<void, EngineStop> land();
  [[nodiscard]] bool may_take() const;  // another request
  [[nodiscard]] Instant stamp(Instant now) const;
  void follow_up_journal(Instant at);
  [[nodiscard]] bool take_due_timers(Instant at);  // false: more are due than one round may take
  void take_inbox(Instant at);
  void take(Command command, Instant at);
  void take(SendBatch batch, Instant at);
  void answer_number(SendBatch batch, NumberedAnswer numbered);
  void take(Question question, Instant at);
  // Valid until the next call.
  std::span<const Entry> keep(Input input, Decision decision, Instant at);
  [[nodiscard]] bool depart();
  void tell(Round round);
  void answer_questions();

  Ledger& ledger_;
  const Journal& journal_;
  Committer& committer_;
  Inbox& inbox_;
  Outlet& outlet_;
  Clock& clock_;
  EngineLimits limits_;

  SpareBatches spare_;
  Round flying_;                       // handed to the committer; no batch: nothing is in flight
  Round deciding_{spare_.take(), {}};  // decided and applied, not handed over yet
  std::size_t timers_taken_ = 0;       // in deciding_
  std::size_t asked_ = 0;              // commands and sends in deciding_, whatever became of them
  std::vector<Question> questions_;    // wait until all that was decided is durable
};

}  // namespace packledger
