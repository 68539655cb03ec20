#include "wire/send_answers.hpp"

#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"
#include "wire/entry_views.hpp"
#include "wire/json_writer.hpp"
#include "wire/new_names.hpp"
#include "wire/value_views.hpp"

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

void write_recorded(JsonWriter& json, const SendAsked& asked, const SendAnswer& answer,
                    const Names& names) {
  const Currency currency = names.currency(answer.account);
  json.member("units", asked.send.units.value);
  write_instant(json, "occurred_at", occurred_at(asked.send, answer.recorded_at));
  write_lines(json, answer.decision.lines, names, answer.account);
  write_charges(json, answer.decision.charges, currency);
  write_adjustment(json, answer.decision, currency);
  if (!asked.send.billable) json.member("billable", false);
}

}  // namespace

void append_send_result(std::string& out, const SendAsked& asked, const SendAnswer& answer,
                        const Names& names, SendsKept kept) {
  JsonWriter json{out};
  json.begin_object().member("account", asked.account).member("send", asked.send.send);
  const bool again = answer.refusal && answer.refusal->reject == Reject::duplicate;
  if (answer.refusal && !again) {
    write_refused(json, *answer.refusal);
  } else {
    json.member("result", again ? "duplicate" : "recorded");
    // A duplicate stands in the journal, whoever asks; what is only tried out does not.
    const bool stands = again || kept == SendsKept::kept;
    if (stands) json.member("position", answer.sequence.value);
    write_recorded(json, asked, answer, names);
  }
  if (kept == SendsKept::dry_run) json.member("dry_run", true);
  write_consequences(json, answer.consequences, names);
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
  for (const SendAnswer& answer : told.answers) all_names.learn(answer.consequences);
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
      const std::size_t at = i - refused;
      append_send_result(out, told.asked[at], told.answers[at], all_names, told.kept);
    }
    if (told.shape == SendsShape::lines) out += '\n';
  }
  if (array) out += ']';
  return out;
}

}  // namespace packledger
