#include "app/cli/traffic_rules.hpp"

#include "app/cli/figures.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace packledger::cli {
namespace {

constexpr unsigned status_unprocessable = 422;

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{}) return std::nullopt;
  return value;
}

std::string code_in(std::string_view problem) {
  const auto document = parse_json(problem);
  return document ? std::string(text_in(document->root(), "code")) : std::string{};
}

}  // namespace

ExitCode TrafficRules::misfit() {
  return session_.complain(ExitCode::unexpected, "the answer does not fit what was asked");
}

std::int64_t TrafficRules::count(const std::string& name) const {
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

ExitCode TrafficRules::put(const TrafficAccount& account, std::string_view under,
                           const std::string& body, std::string_view counted) {
  const auto answer = session_.ask(
      {.method = "PUT", .target = account_path(account.name) + std::string(under), .body = body});
  if (!answer) return answer.error();
  ++counts_[std::string(counted)];
  return ExitCode::ok;
}

ExitCode TrafficRules::set_up(const TrafficAccount& account) {
  if (account.alarmed) {
    ExitCode code =
        put(account, "/contacts",
            R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]}]})", "contacts");
    const std::string alarm = R"({"pool":"CN","threshold":{"percent":90}})";
    if (code == ExitCode::ok) code = put(account, "/alarms/low", alarm, "alarms");
    if (code != ExitCode::ok) return code;
  }
  if (!account.renews || !renewable_) return ExitCode::ok;
  const auto answer = session_.ask_any({.method = "PUT",
                                        .target = account_path(account.name) + "/renewal",
                                        .body = R"({"enabled":true,"threshold":950,)"
                                                R"("quantity":1000})"});
  if (!answer) return answer.error();
  renewable_ = answer->status / 100 == 2;
  if (renewable_) {
    ++counts_["renewals"];
    return ExitCode::ok;
  }
  // The book sells nothing for the mainland that could be renewed: nobody renews then.
  return answer->status == status_unprocessable ? ExitCode::ok : misfit();
}

ExitCode TrafficRules::play_holds() {
  if (const ExitCode code = end_holds(); code != ExitCode::ok) return code;
  for (const TrafficHold& hold : plan_.holds_of_hour()) {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("hold", hold.name)
        .member("units", hold.units)
        .member("destination", "CN")
        .member("template", "notification")
        .member("ttl", "PT90M")
        .end_object();
    const std::string& account = plan_.accounts()[hold.account].name;
    const auto answer = session_.ask_any(
        {.method = "POST", .target = account_path(account) + "/holds", .body = body});
    if (!answer) return answer.error();
    if (answer->status == status_unprocessable) {
      ++counts_["hold " + code_in(answer->body)];
    } else if (answer->status / 100 == 2) {
      ++counts_["holds"];
      open_.push_back(hold);
    } else {
      return misfit();
    }
  }
  return ExitCode::ok;
}

ExitCode TrafficRules::end_holds() {
  for (; !open_.empty(); open_.pop_front()) {
    if (const ExitCode code = end_hold(open_.front()); code != ExitCode::ok) return code;
  }
  return ExitCode::ok;
}

ExitCode TrafficRules::end_hold(const TrafficHold& hold) {
  if (hold.end == TrafficHold::End::left) return ExitCode::ok;
  const bool capture = hold.end == TrafficHold::End::captured;
  const std::string path =
      account_path(plan_.accounts()[hold.account].name) + "/holds/" + hold.name;
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  if (capture) json.member("units", hold.used);
  json.end_object();
  const auto answer = session_.ask(
      {.method = "POST", .target = path + (capture ? "/capture" : "/release"), .body = body});
  if (!answer) return answer.error();
  if (!capture) return ExitCode::ok;
  std::int64_t units = 0;
  for (const Json& line : value_in(answer->json(), "lines").elements()) {
    units += integer_in(line, "units");
  }
  sums_.package_units += units;
  sums_.captured += units;
  return units == hold.used ? ExitCode::ok : misfit();
}

ExitCode TrafficRules::collect(const Pay& pay) {
  std::map<std::string, Money> owed;
  if (collected_from_ == 0) collected_from_ = scope_.from;
  const ExitCode read = read_journal("account_overdue", collected_from_, [&](const Json& entry) {
    const auto balance = parse_money(text_in(value_in(entry, "decision"), "balance"));
    if (!balance) return false;
    owed[std::string(text_in(entry, "account"))] = Money{} - *balance;
    return true;
  });
  if (read != ExitCode::ok) return read;
  for (const TrafficAccount& account : plan_.accounts()) {
    const auto found = owed.find(account.name);
    if (found == owed.end() || !plan_.pays()) continue;
    if (const ExitCode code = pay(account, found->second); code != ExitCode::ok) return code;
  }
  return ExitCode::ok;
}

ExitCode TrafficRules::learn() {
  constexpr std::array<std::string_view, 9> kinds{
      "alarm_raised",        "alarm_cleared",   "renewal_failed",
      "account_overdue",     "account_resumed", "account_suspended",
      "expiry_reminder_due", "hold_captured",   "hold_expired"};
  for (const std::string_view kind : kinds) {
    std::int64_t from = scope_.from;
    const ExitCode code = read_journal(kind, from, [&](const Json&) {
      ++counts_[std::string(kind)];
      return true;
    });
    if (code != ExitCode::ok) return code;
  }
  std::int64_t from = scope_.from;
  return read_journal("package_renewed", from, [&](const Json& entry) {
    const Json& decision = value_in(entry, "decision");
    const auto price = parse_money(text_in(decision, "price"));
    if (!price) return false;
    ++counts_["package_renewed"];
    sums_.purchased += *price;
    sums_.quota += integer_in(value_in(decision, "package"), "quota");
    return true;
  });
}

ExitCode TrafficRules::read_journal(std::string_view kind, std::int64_t& from, const Visit& visit) {
  while (true) {
    std::string target = "/v1/journal?limit=1000&from=" + std::to_string(from);
    add_query(target, "kind", kind);
    const auto answer = session_.ask_raw({.target = target});
    if (!answer) return answer.error();
    const auto next = number_of(answer->header("Packledger-Next"));
    const auto last = number_of(answer->header("Packledger-Position"));
    if (!next || !last || *next < from) return misfit();
    for (std::string_view body = answer->body; !body.empty();) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      const auto entry = parse_json(body.substr(0, end));
      body.remove_prefix(std::min(end + 1, body.size()));
      if (!entry) return misfit();
      const bool ours = text_in(entry->root(), "account").starts_with(scope_.prefix);
      if (ours && !visit(entry->root())) return misfit();
    }
    from = *next;
    if (from > *last) return ExitCode::ok;
  }
}

std::string TrafficRules::text() const {
  const auto of = [this](const char* name) { return grouped(count(name)); };
  std::string text =
      of("alarms") + " alarms: " + of("alarm_raised") + " raised, " + of("alarm_cleared") +
      " over; " + of("renewals") + " renewals set: " + of("package_renewed") + " bought, " +
      of("renewal_failed") + " not paid; " + of("account_overdue") + " times overdue, " +
      of("account_suspended") + " suspended, " + of("account_resumed") + " resumed; " +
      of("holds") + " holds: " + of("hold_captured") + " used, " + of("hold_expired") +
      " expired; " + of("expiry_reminder_due") + " reminders";
  for (const auto& [name, number] : counts_) {
    if (name.starts_with("hold ")) text += "\n  refused " + name + ": " + grouped(number);
  }
  return text;
}

}  // namespace packledger::cli
