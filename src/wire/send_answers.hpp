// Send answers: the results of POST /v1/sends, in the shape in which the sends came. The result of
// a send is rendered from its entry alone, so that a repeat gives the same lines.
//
// Owner: wire; called by serve. Pure functions, any thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "wire/names.hpp"
#include "wire/send_requests.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace packledger {

enum class SendsKept : std::uint8_t { kept, dry_run };

// {account?, send?, result: rejected, code, field?, detail}
void append_send_refusal(std::string& out, const SendRefused& refused);

// What a body tells, in the shape of the request: one object, one array, or a line per send with a
// newline each. `asked`, `answers` and `batch` are what SendBatch::reply gave, in order; `refused`
// is that of SendsRead.
struct SendsTold {
  SendsShape shape = SendsShape::object;
  std::span<const SendRefused> refused{};
  std::span<const SendAsked> asked{};
  std::span<const SendAnswer> answers{};
  const Batch* batch = nullptr;  // where the entries of the answers stand
  SendsKept kept = SendsKept::kept;
};
// The result of the answer at `at`: {account, send, result: recorded | duplicate | rejected, …}.
// Recorded and duplicate: units, position, occurred_at, lines, payg, adjustment?, billable? (where
// false). Rejected: code, field?, first_position? (of a conflict). Of a dry run {…, dry_run: true,
// consequences?: [journal lines]} without position.
void append_send_result(std::string& out, const SendsTold& told, std::size_t at,
                        const Names& names);
// The whole body.
[[nodiscard]] std::string sends_answer(const SendsTold& told, const Names& names);

}  // namespace packledger
