#include "wire/send_answers.hpp"

#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"
#include "wire/new_names.hpp"
#include "wire/value_views.hpp"

#include <span>
#include <string_view>

namespace packledger {

namespace {

void write_refused(JsonWriter& json, const Refusal& refusal) {
  json.member("result", "rejected").member("code", reject_text(refusal.reject));
  if (!refusal.field.empty()) json.member("field", refusal.field);
  if (refusal.reject == Reject::conflict) {
    json.member("first_position", refusal.first.value);
  }
}

void write_recorded(JsonWriter& json, const SendsTold& told, std::size_t at, const Names& names) {
  const SendRecorded& send = told.asked[at].send;
  const AccountId account = told.answers[at].account;
  const auto [recorded_at, decision] = decided_of(told.answers[at], told.batch);
  const Currency currency = names.currency(account);
  json.member("units", send.units.value);
  write_instant(json, "occurred_at", occurred_at(send, recorded_at));
  write_lines(json, decision.lines, names, account);
  write_charges(json, decision.charges, currency);
  write_adjustment(json, decision, currency);
  if (!send.billable) json.member("billable", false);
}

std::span<const Entry> consequences_of(const SendAnswer& answer) {
  if (answer.unrecorded == nullptr) return {};
  return answer.unrecorded->consequences;
}

}  // namespace

void append_send_result(std::string& out, const SendsTold& told, std::size_t at,
                        const Names& names) {
  const SendAsked& asked = told.asked[at];
  const SendAnswer& answer = told.answers[at];
  JsonWriter json{out};
  json.begin_object().member("account", asked.account).member("send", asked.send.send);
  const bool again = answer.repeats();
  if (answer.refusal() != nullptr && !again) {
    write_refused(json, *answer.refusal());
  } else {
    json.member("result", again ? "duplicate" : "recorded");
    // A duplicate stands in the journal, whoever asks; what is only tried out does not.
    const bool stands = again || told.kept == SendsKept::kept;
    if (stands) json.member("position", answer.sequence.value);
    write_recorded(json, told, at, names);
  }
  if (told.kept == SendsKept::dry_run) json.member("dry_run", true);
  write_consequences(json, consequences_of(answer), names);
  json.end_object();
}

void append_send_refusal(std::string& out, const SendRefused& refused) {
  JsonWriter json{out};
  json.begin_object();
  if (!refused.account.empty()) json.member("account", refused.account);
  if (!refused.send.empty()) json.member("send", refused.send);
  json.member("result", "rejected").member("code", refused.fault.code);
  if (!refused.fault.field.empty()) json.member("field", refused.fault.field);
  json.member("detail", refused.fault.detail).end_object();
}

std::string sends_answer(const SendsTold& told, const Names& names) {
  ENSURE(told.asked.size() == told.answers.size(), "every send has its answer");
  const std::size_t count = told.asked.size() + told.refused.size();
  NewNames all_names{names};
  for (const SendAnswer& answer : told.answers) all_names.learn(consequences_of(answer));
  const bool array = told.shape == SendsShape::array;
  std::string out;
  out.reserve(count * 256 + 2);  // a result with one line or one charge
  if (array) out += '[';
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (array && i > 0) out += ',';
    if (refused < told.refused.size() && told.refused[refused].index == i) {
      append_send_refusal(out, told.refused[refused++]);
    } else {
      append_send_result(out, told, i - refused, all_names);
    }
    if (told.shape == SendsShape::lines) out += '\n';
  }
  if (array) out += ']';
  return out;
}

}  // namespace packledger
