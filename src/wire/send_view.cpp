#include "wire/send_view.hpp"

#include "wire/json_writer.hpp"
#include "wire/names.hpp"
#include "wire/value_views.hpp"

#include <algorithm>
#include <string_view>

namespace packledger {

namespace {

// The names of one account, straight from it.
class OwnNames final : public Names {
 public:
  explicit OwnNames(const Account& account) : account_(account) {}
  std::string_view account(AccountId) const override { return account_.name; }
  Currency currency(AccountId) const override { return account_.currency; }
  std::string_view package(AccountId, PackageId package) const override {
    return account_.package(package).terms.name;
  }

 private:
  const Account& account_;
};

bool pays(const SendRecord& send, PackageId package) {
  return std::ranges::find(send.decided.lines, package, &PackageLine::package) !=
         send.decided.lines.end();
}

// The rules in the order in which a person would look at them: scope, time, mode, quota.
std::string_view why_not(const Account& account, const Package& package, const SendRecord& send) {
  const PackageTerms& terms = package.terms;
  const SendRecorded& asked = send.asked;
  const Instant sent_at = occurred_at(asked, send.recorded_at);
  if (!package.paid()) return "unpaid";
  if (package.state == PackageState::refunded) return "refunded";
  if (!terms.scope.destinations.covers(asked.destination)) return "destination";
  if (!terms.scope.templates.covers(asked.type)) return "template";
  if (sent_at < terms.effective_at) return "not_yet_effective";
  const bool too_late = send.recorded_at >= terms.expires_at + account.settings->late_window;
  if (sent_at >= terms.expires_at || too_late) return "expired";
  if (terms.mode != account.mode_for(asked.destination)) return "mode";
  // Where money or a package behind it had to pay, this one had nothing left.
  const auto& lines = send.decided.lines;
  const bool needed =
      !send.decided.charges.empty() || lines.empty() ||
      burns_before(terms, account.package(lines.back().package).terms, account.settings->order);
  return needed ? "used_up" : "not_needed";
}

void write_not_paid(JsonWriter& json, const Account& account, const SendRecord& send) {
  json.key("not_paid").begin_array();
  std::size_t told = 0;
  for (const Package& package : account.packages) {
    if (pays(send, package.terms.id)) continue;
    if (++told > not_paid_max) break;
    json.begin_object().member("package", package.terms.name);
    json.member("why", why_not(account, package, send)).end_object();
  }
  json.end_array();
}

void write_reversals(JsonWriter& json, const SendRecord& send) {
  json.member("reversed", send.reversed().value).key("reversals").begin_array();
  for (const Reversal& reversal : send.reversals) {
    json.begin_object().member("reversal", reversal.name);
    json.member("units", reversal.units.value);
    json.member("position", reversal.sequence.value).end_object();
  }
  json.end_array();
  write_instant(json, "reversible_until", send.reversible_until);
}

}  // namespace

std::string send_view(const Account& account, const SendRecord& send, Sequence position) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", account.name).member("send", send.asked.send);
  json.member("result", "recorded").member("units", send.asked.units.value);
  json.member("destination", send.asked.destination.text());
  json.member("template", template_text(send.asked.type));
  json.member("billable", send.asked.billable);
  write_instant(json, "occurred_at", occurred_at(send.asked, send.recorded_at));
  write_instant(json, "recorded_at", send.recorded_at);
  json.member("recorded_position", send.sequence.value);
  write_lines(json, send.decided.lines, OwnNames{account}, account.id);
  write_charges(json, send.decided.charges, account.currency);
  write_adjustment(json, send.decided, account.currency);
  write_reversals(json, send);
  if (send.asked.billable) write_not_paid(json, account, send);
  json.member("position", position.value).end_object();
  return out;
}

}  // namespace packledger
