// Inbox: what is waiting for the engine. Requests name accounts as clients do; the engine resolves
// them. The implementation with its lock is app's door; this is the engine's side of it and the
// shape of a request. A reply is called exactly once, by the Outlet, after everything it tells is
// durable and was heard by the readers; a question on the engine's thread.
#pragma once

#include "packledger/engine/batch.hpp"
#include "packledger/ledger/account_name.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace packledger {

// ---- a command: anything but a send ----

struct Answered {
  std::vector<Entry> entries;  // the entry made, then its consequences; on a repeat the first entry
  bool replayed = false;       // the first answer again (R12)
};

struct Refused {
  Refusal refusal;
  std::string field;  // the member that is wrong or differs; may be empty
};

using CommandAnswer = Result<Answered, Refused>;

struct Command {
  std::string account;   // empty where the input opens an account or is about none
  Input input;           // input.account is filled in by the engine
  bool dry_run = false;  // decide, answer, keep nothing
  std::move_only_function<void(CommandAnswer)> reply;
};

// ---- sends, one or many ----

struct SendAsked {
  AccountName account;
  SendRecorded send;
};

// What the answer to a send tells that no entry of its batch does.
struct Unrecorded {
  std::optional<Refusal> refusal;  // duplicate: the first answer stands below; absent: a dry run
  Instant recorded_at;
  SendDecision decision;
  std::vector<Entry> consequences{};  // of a dry run only: what would follow
};

struct SendAnswer {
  Sequence sequence;                       // of the (first) entry; 0 where refused
  AccountId account;                       // 0 where unknown
  std::unique_ptr<Unrecorded> unrecorded;  // null: it was recorded, as its entry says

  // Null where there is none.
  [[nodiscard]] const Refusal* refusal() const;
  [[nodiscard]] bool repeats() const;  // refused as a duplicate
};

// What became of the number of a batch (rules §12 R128 to R131).
struct NumberedAnswer {
  BatchNumber producer;  // the epoch it is in, and its last batch before this; 0 where not known
  bool asks = false;     // the batch only asks for that
  // Why the batch was not taken; a duplicate is answered as the first time.
  std::optional<Refusal> refusal{};

  [[nodiscard]] bool repeats() const { return refusal && refusal->reject == Reject::duplicate; }
};

struct SendsAnswered {
  std::vector<SendAsked> sends;  // as they came, so that nobody has to keep a copy
  std::vector<SendAnswer> answers;
  SharedBatch batch;  // where the entries of the recorded ones stand; may be null where none is
  std::optional<NumberedAnswer> numbered{};  // of a numbered batch; refused, it has no answers
};

// What became of a send that was not refused, now or when it came first.
struct SendDecided {
  Instant recorded_at;
  const SendDecision& decision;
};
// `batch` is that of SendsAnswered.
[[nodiscard]] SendDecided decided_of(const SendAnswer& answer, const Batch* batch);

struct SendBatch {
  std::vector<SendAsked> sends;  // at least one unless numbered, at most sends_per_batch_max
  bool dry_run = false;
  std::optional<NumberedBatch> numbered{};
  std::move_only_function<void(SendsAnswered)> reply;
};
inline constexpr std::size_t sends_per_batch_max = 10'000;  // about 1 MiB of JSON, one turn's work

// ---- a question: reads the ledger as it is durable ----

struct Question {
  std::move_only_function<void(const Ledger&)> ask;
};

using Request = std::variant<Command, SendBatch, Question>;

class Inbox {
 public:
  virtual ~Inbox() = default;
  // Any thread. False when it is full: the request is untouched, the client hears "busy".
  [[nodiscard]] virtual bool put(Request&& request) = 0;
  // Engine thread. The oldest request; nothing when none waits. Never blocks.
  [[nodiscard]] virtual std::optional<Request> take() = 0;
};

}  // namespace packledger
