#include "app/cli/bench_lane.hpp"

#include "app/cli/session.hpp"
#include "wire/json_writer.hpp"

namespace packledger::cli {
namespace {

constexpr std::string_view country = "CN";
constexpr unsigned status_ok = 200;

void add_to(std::map<std::string, std::int64_t, std::less<>>& counts, std::string_view code,
            std::int64_t count) {
  const auto found = counts.find(code);
  if (found != counts.end()) {
    found->second += count;
  } else {
    counts.emplace(code, count);
  }
}

// The text of the next member of that name; `at` moves behind it.
std::string_view next_text(std::string_view body, std::string_view member, std::size_t& at) {
  const std::size_t found = body.find(member, at);
  if (found == std::string_view::npos) {
    at = std::string_view::npos;
    return {};
  }
  const std::size_t begin = found + member.size();
  const std::size_t end = body.find('"', begin);
  at = end;
  return end == std::string_view::npos ? std::string_view{} : body.substr(begin, end - begin);
}

}  // namespace

std::string BenchLane::websocket() const {
  return protocol_ == BenchProtocol::publish ? "/v1/publish" : "";
}

void BenchLane::write(const BatchHead& head, std::span<const BenchSend> sends) {
  if (protocol_ == BenchProtocol::json) {
    write_json(sends);
  } else {
    write_protobuf(head, sends);
  }
}

void BenchLane::publish(LoadClient& client, std::size_t connection) const {
  if (protocol_ == BenchProtocol::publish) return client.send(connection, body_);
  const bool json = protocol_ == BenchProtocol::json;
  client.ask(connection, {.method = "POST",
                          .target = "/v1/sends",
                          .media_type = json ? "application/json" : "application/x-protobuf",
                          .body = body_});
}

void BenchLane::write_json(std::span<const BenchSend> sends) {
  body_.clear();
  JsonWriter json{body_};
  json.begin_array();
  for (const BenchSend& send : sends) {
    json.begin_object().member("account", bench_account(prefix_, send.account));
    json.member("send", send_name(send.number)).member("units", send.units);
    json.member("occurred_at", instant_text(send.occurred_at)).member("destination", country);
    json.member("template", "verification").end_object();
  }
  json.end_array();
}

void BenchLane::write_protobuf(const BatchHead& head, std::span<const BenchSend> sends) {
  const bool numbered = !head.producer.empty();
  asked_.resize(sends.size());
  for (std::size_t i = 0; i < sends.size(); ++i) {
    SendAsked& asked = asked_[i];
    asked.account = bench_account(prefix_, sends[i].account);
    asked.send.send = numbered ? Name{} : Name{send_name(sends[i].number)};
    asked.send.units = Units{sends[i].units};
    asked.send.occurred_at = sends[i].occurred_at;
    asked.send.destination = *parse_country(country);
  }
  body_.clear();
  write_send_batch(head, asked_, body_);
}

bool BenchLane::read(const LoadAnswer& answer, SendResultsRead& results) const {
  const bool http = protocol_ != BenchProtocol::publish;
  if (http && answer.status != status_ok) {
    results = {};
    std::size_t at = 0;
    results.refused = next_text(answer.body, "\"code\":\"", at);
    return !results.refused.empty();
  }
  if (protocol_ == BenchProtocol::json) return read_json_results(answer.body, results);
  return read_send_results(answer.body, results).has_value();
}

bool read_json_results(std::string_view body, SendResultsRead& results) {
  results = {.batch = 0, .credit = 0, .results = std::move(results.results)};
  results.results.clear();
  if (!body.starts_with('[')) return false;
  for (std::size_t at = 0;;) {
    const std::string_view text = next_text(body, "\"result\":\"", at);
    if (at == std::string_view::npos) return true;
    SendResultRead result;
    if (text == "recorded") {
      result.outcome = SendOutcome::recorded;
    } else if (text == "duplicate") {
      result.outcome = SendOutcome::duplicate;
    } else if (text == "rejected") {
      result.code = next_text(body, "\"code\":\"", at);
    } else {
      return false;
    }
    results.results.push_back(result);
  }
}

void BenchTally::add(const BenchTally& other) {
  recorded += other.recorded;
  duplicates += other.duplicates;
  units += other.units;
  for (const auto& [code, count] : other.rejected) add_to(rejected, code, count);
  for (const auto& [code, count] : other.refused) add_to(refused, code, count);
  if (units_by_account.size() < other.units_by_account.size()) {
    units_by_account.resize(other.units_by_account.size());
  }
  for (std::size_t i = 0; i < other.units_by_account.size(); ++i) {
    units_by_account[i] += other.units_by_account[i];
  }
}

bool BenchTally::add(std::span<const BenchSend> sends, const SendResultsRead& results) {
  if (!results.refused.empty()) {
    add_to(refused, results.refused, 1);
    return results.results.empty();
  }
  if (results.results.size() != sends.size()) return false;
  for (std::size_t i = 0; i < sends.size(); ++i) {
    switch (results.results[i].outcome) {
      case SendOutcome::recorded:
        ++recorded;
        units += sends[i].units;
        units_by_account[static_cast<std::size_t>(sends[i].account)] += sends[i].units;
        break;
      case SendOutcome::duplicate: ++duplicates; break;
      case SendOutcome::rejected: add_to(rejected, results.results[i].code, 1); break;
    }
  }
  return true;
}

}  // namespace packledger::cli
