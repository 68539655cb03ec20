// Send requests: the body of POST /v1/sends, one send or many, read into what the engine takes.
//
// Owner: wire; called by serve on the front thread. Pure functions, any thread. This is the hot
// path: no copy of the body is kept, a good send costs its two names.
// Invariants:
//  1. Every element of the body is in exactly one of `sends` and `refused`, both in its order.
//  2. Texts are counted into units here and never leave: not in values, not in faults.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/producers.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// What came, which is also the shape of the answer.
enum class SendsShape : std::uint8_t {
  object,  // one send, one result
  array,
  lines,     // NDJSON: one result per line
  protobuf,  // a SendBatch: a SendResults
};

// A send that never reaches the engine.
struct SendRefused {
  std::size_t index = 0;  // its place among all elements of the body, from 0
  std::string account;    // as far as they could be read; may be empty
  std::string send;
  RequestFault fault;  // the field is told from its own object on: "units"
};

struct SendsRead {
  SendsShape shape = SendsShape::object;
  std::vector<SendAsked> sends;      // at most sends_per_batch_max together with `refused`
  std::vector<SendRefused> refused;  // rising index; may be all there is
  std::uint64_t batch = 0;           // of protobuf: the client's number, which the answer bears
  std::optional<NumberedBatch> numbered{};  // of protobuf, where its producer numbers it
  [[nodiscard]] std::size_t count() const { return sends.size() + refused.size(); }
};

enum class SendsMedia : std::uint8_t {
  json,                // application/json: an object or an array
  lines,               // application/x-ndjson
  cloud_event,         // application/cloudevents+json: one event
  cloud_events_batch,  // application/cloudevents-batch+json: an array of events
  protobuf,            // application/x-protobuf: a SendBatch of publish.proto
};

// More sends than sends_per_batch_max.
[[nodiscard]] RequestFault too_many_sends();

// The name of a send has a colon in front, as those of numbered batches have (rules R130).
[[nodiscard]] RequestFault reserved_send_name();

// The media type of a Content-Type header, its parameters ignored; nothing for any other, which is
// 415. An absent header means json.
[[nodiscard]] std::optional<SendsMedia> sends_media(std::string_view content_type);

// {account, send, units | text + signature?, occurred_at?, destination, template, billable?}
//
// A CloudEvent 1.0 has the send as `id`, the account as `subject`, the occurrence as `time` and all
// the rest as `data`; other attributes are passed over. Protobuf is read by publish_codec.
//
// A fault is the answer to the whole request: a body that is no JSON, more than sends_per_batch_max
// sends (too_large), or one wrong object alone. In an array or between lines a wrong element is
// refused by itself and the others go on. Two refusals are business and never a fault of the
// request: units_mismatch (units and text disagree) and invalid_text (longer than a message may
// be); so is reserved_name. Units below 1 are the law's to refuse.
[[nodiscard]] Result<SendsRead, RequestFault> read_sends(std::string_view body, SendsMedia media);

}  // namespace packledger
