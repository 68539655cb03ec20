// Publishing in protobuf: the messages SendBatch and SendResults of
// proto/packledger/v1/publish.proto, written and read by hand, for both sides of the wire.
//
// Owner: wire; the daemon's side is called by serve on the front thread, the client's side by
// whoever publishes. Pure functions, any thread. This is the hottest path of all: 10 to 40 ns a
// send, no allocation once the vectors have grown.
// Invariants:
//  1. A message is read exactly where protobuf's own parser reads it, with the same values: any
//     order, the last of several wins, unknown fields and groups skipped, a field of another wire
//     type taken for unknown, texts UTF-8.
//  2. Every send of a batch is in exactly one of `sends` and `refused`, both in its order. One that
//     is wrong by itself is refused by itself, with the code that it has in JSON.
//  3. What is kept is bounded by sends_per_batch_max, whatever the bytes say.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/requests.hpp"
#include "wire/send_answers.hpp"
#include "wire/send_requests.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// ---- the daemon's side ----

// Reads one SendBatch into `read`, whose vectors and texts are used again. A fault is that of the
// whole batch: invalid_protobuf where it is no such message, too_large where it has more than
// sends_per_batch_max sends, invalid_producer, invalid_epoch or invalid_number; of all but the
// first read.batch is told too. Units of 0 are the law's to refuse. Sends of a numbered batch that
// have no name are named.
[[nodiscard]] Result<void, RequestFault> read_send_batch(std::string_view bytes, SendsRead& read);

// Appends the SendResults of a batch as the engine answered it, of a numbered one also where it was
// refused or asks. `refused` are those sends that never reached the engine.
struct BatchTold {
  std::uint64_t batch = 0;
  std::span<const SendRefused> refused{};
  const SendsAnswered& answered;
  SendsKept kept = SendsKept::kept;
};
void write_batch_answer(const BatchTold& told, std::string& out);
// Why a numbered batch was refused; it was, and does not repeat.
[[nodiscard]] RequestFault refusal_of(const NumberedAnswer& numbered);

struct ResultsTold {
  std::uint64_t batch = 0;
  std::uint32_t credit = 0;  // 0: not told
  SendsTold sends{};         // nothing of it: a greeting
  bool repeated = false;     // of a numbered batch that was taken before
};
// How far a producer is: the answer to a question, and to a number that cannot be taken.
struct ProducerTold {
  std::uint64_t epoch = 0;  // 0: it is not known
  std::uint64_t next = 0;   // the number that is expected
};
// Appends the SendResults of a batch.
void write_send_results(const ResultsTold& told, std::string& out);
// Appends the SendResults of a batch that was refused as a whole.
void write_batch_refusal(std::uint64_t batch, const RequestFault& fault, std::string& out,
                         const ProducerTold& producer = {});
// Appends the SendResults of a question.
void write_producer(std::uint64_t batch, const ProducerTold& producer, std::string& out);

// ---- the client's side ----

// What a SendBatch begins or ends with.
struct BatchHead {
  std::uint64_t batch = 0;
  std::string_view producer{};  // empty: it is not numbered
  BatchNumber number{};
};
// Appends a SendBatch. Units are 0 or more; names are whatever they are, the daemon judges them. In
// a numbered batch a send may have none.
void write_send_batch(const BatchHead& head, std::span<const SendAsked> sends, std::string& out);
inline void write_send_batch(std::uint64_t batch, std::span<const SendAsked> sends,
                             std::string& out) {
  write_send_batch(BatchHead{.batch = batch}, sends, out);
}

// By their numbers in publish.proto.
enum class SendOutcome : std::uint8_t { recorded = 1, duplicate = 2, rejected = 3 };

struct SendResultRead {
  SendOutcome outcome = SendOutcome::rejected;
  Sequence position{};        // 0 where rejected
  Sequence first_position{};  // of a conflict
  std::string_view code{};    // of the bytes that were read
  std::string_view field{};
};

struct SendResultsRead {
  std::uint64_t batch = 0;
  std::uint32_t credit = 0;  // 0: not told
  std::vector<SendResultRead> results{};
  std::string_view refused{};  // of the bytes that were read; empty where the batch was taken
  std::string_view detail{};
  std::uint64_t epoch = 0;  // of the producer, where they are told
  std::uint64_t next = 0;
  bool repeated = false;
};
// Reads one SendResults into `read`, whose vector is used again. What is told as text points into
// `bytes`. A result that only a newer release knows is invalid_protobuf.
[[nodiscard]] Result<void, RequestFault> read_send_results(std::string_view bytes,
                                                           SendResultsRead& read);

}  // namespace packledger
