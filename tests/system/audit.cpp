#include "tests/system/audit.hpp"

#include "packledger/ledger/money.hpp"
#include "wire/json.hpp"

#include <sstream>

namespace packledger {
namespace {

const Json nothing;

const Json& member(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  return found == nullptr ? nothing : *found;
}

std::string text(const Json& json, std::string_view key) {
  return std::string{member(json, key).text().value_or("")};
}

std::int64_t number(const Json& json, std::string_view key) {
  return member(json, key).integer().value_or(0);
}

std::int64_t micros(const Json& json, std::string_view key) {
  return parse_money(text(json, key)).value_or(Money{}).micros;
}

}  // namespace

void Audit::expect(bool holds, const std::string& otherwise) {
  constexpr std::size_t faults_told_max = 20;
  if (!holds && faults_.size() < faults_told_max) faults_.push_back(otherwise);
}

void Audit::read_on(HttpClient& http) {
  while (true) {
    const auto answer = http.call("GET", "/v1/journal?limit=1000&from=" + std::to_string(next_));
    if (!answer || answer->status != 200)
      return expect(
          false, "the journal cannot be read: " + (answer ? answer->body : answer.error().detail));
    const std::uint64_t before = next_;
    std::istringstream lines{answer->body};
    for (std::string line; std::getline(lines, line);) read_line(line);
    if (next_ == before) return;
  }
}

void Audit::read_line(const std::string& line) {
  const auto document = parse_json(line);
  if (!document) return expect(false, "no JSON: " + line);
  const Json& entry = document->root();
  const auto position = static_cast<std::uint64_t>(number(entry, "position"));
  expect(position == next_,
         "position " + std::to_string(position) + " where " + std::to_string(next_) + " should be");
  next_ = position + 1;
  const std::string recorded_at = text(entry, "recorded_at");
  expect(recorded_at >= recorded_at_, "time goes back at " + std::to_string(position) + ": " +
                                          recorded_at + " behind " + recorded_at_);
  recorded_at_ = recorded_at;
  if (!text(entry, "account").empty()) of_accounts_.push_back(position);
  const std::string kind = text(entry, "kind");
  Sums& sums = sums_[text(entry, "account")];
  const Json& input = member(entry, "input");
  if (kind == "funds_credited") sums.credited_micros += micros(input, "amount");
  read_consequence(entry, position);
  if (kind != "send_recorded") return;

  const std::int64_t units = number(input, "units");
  const std::string send = text(input, "send");
  expect(sends_.insert({send, {.position = position, .units = units}}).second,
         send + " is counted twice");
  sums.units += units;
  const Json& decision = member(entry, "decision");
  for (const Json& paid : member(decision, "lines").elements())
    sums.from_packages += number(paid, "units");
  for (const Json& charge : member(decision, "payg").elements()) {
    sums.charged_units += number(charge, "units");
    sums.charged_micros += micros(charge, "amount");
  }
}

void Audit::read_consequence(const Json& entry, std::uint64_t position) {
  const std::string kind = text(entry, "kind");
  const std::string account = text(entry, "account");
  const auto cause = static_cast<std::uint64_t>(number(entry, "caused_by"));
  if (cause == 0) {
    last_cause_ = position;
    return;
  }
  const std::string what = kind + " at " + std::to_string(position);
  expect(cause >= last_cause_ && cause < position, what + " stands apart from its cause");
  Sums& sums = sums_[account];
  if (kind == "package_renewed") {
    expect(renewals_.insert(text(entry, "key")).second, what + " is a second for its cause");
    sums.renewed_micros += micros(member(entry, "decision"), "price");
  }
  if (kind == "alarm_raised" || kind == "alarm_cleared") {
    const bool raised = kind == "alarm_raised";
    expect(sums.alarmed != raised, what + " says nothing new");
    sums.alarmed = raised;
  }
}

void Audit::expect_holds(const std::map<std::string, Acknowledged>& acknowledged) {
  for (const auto& [send, told] : acknowledged) {
    const auto found = sends_.find(send);
    if (found == sends_.end()) {
      expect(false, send + " was acknowledged and is lost");
      continue;
    }
    expect(found->second.position == told.position,
           send + " was acknowledged at position " + std::to_string(told.position) +
               " and stands at " + std::to_string(found->second.position));
    expect(found->second.units == told.units, send + " has other units than were sent");
  }
}

void Audit::expect_balanced(HttpClient& http, const std::vector<std::string>& accounts) {
  for (const std::string& account : accounts) {
    const Sums& sums = sums_[account];
    expect(sums.units == sums.from_packages + sums.charged_units,
           account + ": units of sends are not what was paid for");
    const auto packages = http.call("GET", "/v1/accounts/" + account + "/packages?limit=1000");
    const auto itself = http.call("GET", "/v1/accounts/" + account);
    if (!packages || !itself) return expect(false, account + " cannot be read");
    const auto listed = parse_json(packages->body);
    const auto seen = parse_json(itself->body);
    if (!listed || !seen) return expect(false, account + " is no JSON");
    std::int64_t used = 0;
    for (const Json& package : member(listed->root(), "packages").elements()) {
      used += number(package, "used");
      expect(number(package, "quota") ==
                 number(package, "remaining") + number(package, "held") + number(package, "used") +
                     number(package, "forfeited") + number(package, "refunded"),
             account + ": a package is not conserved");
    }
    expect(used == sums.from_packages, account + ": packages say " + std::to_string(used) +
                                           " used, the journal " +
                                           std::to_string(sums.from_packages));
    const std::int64_t balance = sums.credited_micros - sums.charged_micros - sums.renewed_micros;
    expect(micros(seen->root(), "balance") == balance,
           account + ": balance " + text(seen->root(), "balance") + ", by the journal " +
               money_text(Money{balance}));
  }
}

}  // namespace packledger
