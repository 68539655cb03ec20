// Views of entries: lines of the journal and the answers to writes, as JSON. An answer is rendered
// from its entry alone, plus names, so that a repeat of the request gives the same bytes however
// the ledger has moved on.
//
// Owner: wire; called by serve. Pure functions, any thread; every result is one line of JSON
// without a newline.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/decision.hpp"
#include "wire/names.hpp"
#include "wire/send_requests.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// {position, recorded_at, occurred_at, kind, account, key?, input: {…}, decision: {…}, caused_by?}
// with every member of both and names instead of numbers. `account` is null where there is none.
[[nodiscard]] std::string journal_line(const Entry& entry, const Names& names);
void append_journal_line(std::string& out, const Entry& entry, const Names& names);
// The same as a message of GET /v1/watch: {type: "entry", position, …}.
[[nodiscard]] std::string entry_message(const Entry& entry, const Names& names);

// The body that answers the request which made this entry; `entry` is Answered::entries.front().
//   open account     {account, currency, balance: "0", status, opened_at, pools: [], settings…}
//   settings, modes  {account, settings… | modes, position, recorded_at}
//   funds            {account, amount, currency, balance, reason?, position, recorded_at}
//   order            {account, order, product, quota, copies, pay, status: paid | pending_payment,
//                     price, currency, balance, times_out_at?, packages, position, recorded_at}
//   pay              {account, order, status: paid, payment_reference, effective_at, expires_at, …}
//   cancel           {account, order, status: cancelled, …}
//   grant            {account, package, … as a package view without rank}
//   refund           {account, package, units, amount, currency, balance, …}
//   reversal         {account, send, reversal, units, lines: [{package, units, to: remaining |
//                     forfeited}], payg: [{units, unit_price, amount, currency}], …}
//   price book       {version, effective_from, currency, products, payg, …}: how many of each
// The entry is of one of these kinds; a timer's or a send's is a defect of ours.
[[nodiscard]] std::string command_answer(const Entry& entry, const Names& names);

// The answer to a PATCH that made one entry or two (settings, then modes): the members of both.
[[nodiscard]] std::string patch_answer(std::span<const Entry> entries, const Names& names);

// {dry_run: true, …the answer as above…, entries: [journal lines]}. The entries are those that
// would be made; position is that of the last entry that really is. Names that the entries
// themselves would bring in are understood.
[[nodiscard]] std::string dry_run_answer(std::span<const Entry> entries, const Names& names);

enum class SendsKept : std::uint8_t { kept, dry_run };

// One result of POST /v1/sends: {account, send, result: recorded | duplicate | rejected, …}.
// Recorded and duplicate: units, position, occurred_at, lines, payg, adjustment?, billable? (where
// false). Rejected: code, field?, first_position? (of a conflict). Of a dry run {…, dry_run: true}
// without position.
void append_send_result(std::string& out, const SendAsked& asked, const SendAnswer& answer,
                        const Names& names, SendsKept kept = SendsKept::kept);
// {account?, send?, result: rejected, code, field?, detail}
void append_send_refusal(std::string& out, const SendRefused& refused);

// The whole body in the shape of the request: one object, one array, or a line per send with a
// newline each. `asked` and `answers` are what SendBatch::reply gave, in order; `refused` is that
// of SendsRead.
struct SendsTold {
  SendsShape shape = SendsShape::object;
  std::span<const SendRefused> refused;
  std::span<const SendAsked> asked;
  std::span<const SendAnswer> answers;
  SendsKept kept = SendsKept::kept;
};
[[nodiscard]] std::string sends_answer(const SendsTold& told, const Names& names);

}  // namespace packledger
