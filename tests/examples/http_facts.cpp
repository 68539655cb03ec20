#include "tests/examples/http_facts.hpp"

#include "tests/examples/line.hpp"
#include "tests/examples/notation.hpp"

namespace packledger::examples {
namespace {

std::string number(std::int64_t n) { return std::to_string(n); }
std::string time(const std::optional<Instant>& t) { return t ? time_text(*t) : "none"; }
std::string or_none(const std::string& text) { return text.empty() ? "none" : text; }

std::string flag_word(const Answer& answer, std::string_view key) {
  const Json* const found = answer.json().find(key);
  const auto flag = found == nullptr ? std::nullopt : found->flag();
  return !flag ? "?" : *flag ? "true" : "false";
}

// The texts of a list, with plus signs between them.
std::string joined_texts(const Json* list, char between = '+') {
  std::string out;
  if (list == nullptr) return out;
  for (const Json& one : list->elements()) {
    if (!out.empty()) out += between;
    out += one.text().value_or("?");
  }
  return out;
}

// A plain value as facts are written; empty for what is none, and for a "no".
std::string plain(const Json& json) {
  if (const auto n = json.integer()) return number(*n);
  if (const auto flag = json.flag()) return *flag ? "true" : "";
  const auto text = json.text();
  if (!text) return {};
  if (const auto t = parse_instant(*text)) return time_text(*t);
  return canonical_fact(std::string(*text));
}

std::string threshold_text(const Answer& threshold) {
  std::vector<std::string> pieces;
  if (const Json* const each = threshold.json().find("per_package")) {
    for (const JsonMember& member : each->members())
      pieces.push_back(std::string(member.key) + ":" + plain(member.value));
  }
  if (const Json* const units = threshold.json().find("units")) pieces.push_back(plain(*units));
  if (const Json* const percent = threshold.json().find("percent"))
    pieces.push_back(plain(*percent) + "%");
  for (const std::string_view one : {"amount", "within"}) {
    if (const Json* const found = threshold.json().find(one)) pieces.push_back(plain(*found));
  }
  return joined(pieces);
}

std::string lines_text(const Answer& answer, std::string_view key) {
  std::vector<std::string> pieces;
  for (const Json& json : answer.list(key)) {
    const Answer line = answer.inner(json);
    pieces.push_back(line_text(line.text("package"), line.integer("units")));
  }
  return joined(pieces);
}

Answer member(const Answer& answer, std::string_view key) {
  static const Json nothing;
  const Json* const found = answer.json().find(key);
  return answer.inner(found == nullptr ? nothing : *found);
}

}  // namespace

Facts alarm_facts(const Answer& alarm) {
  const std::string contacts = joined_texts(alarm.json().find("contacts"));
  const std::string fired = joined_texts(alarm.json().find("fired_packages"));
  const std::string cooldown = alarm.optional_text("cooldown");
  return {{"kind", alarm.text("kind")},
          {"pool", or_none(alarm.optional_text("pool"))},
          {"threshold", threshold_text(member(alarm, "threshold"))},
          {"when", alarm.text("when")},
          {"contacts", contacts.empty() ? "all" : contacts},
          {"cooldown", cooldown == "PT0S" ? "none" : or_none(cooldown)},
          {"state", alarm.text("state")},
          {"fired", fired.empty() ? "nothing" : fired},
          {"firings", number(alarm.integer("firings"))},
          {"fired_at", time(alarm.optional_instant("fired_at"))}};
}

Facts renewal_facts(const Answer& renewal) {
  const Json* const threshold = renewal.json().find("threshold");
  Facts facts{{"enabled", flag_word(renewal, "enabled")},
              {"pool", renewal.text("pool")},
              {"threshold", threshold == nullptr ? "?" : or_none(plain(*threshold))},
              {"pre_expiry", flag_word(renewal, "pre_expiry")},
              {"quantity", number(renewal.integer("quantity"))},
              {"product", renewal.text("product")},
              {"max_per_day", number(renewal.integer("max_per_day"))},
              {"lead", renewal.text("lead")},
              {"state", renewal.text("state")}};
  if (renewal.json().find("pending") == nullptr) return facts;
  const Answer pending = member(renewal, "pending");
  facts["trigger"] = pending.text("trigger");
  facts["retry_at"] = time(pending.instant("retry_at"));
  if (const std::string package = pending.optional_text("package"); !package.empty())
    facts["package"] = package;
  return facts;
}

Facts hold_facts(const Answer& hold) {
  const Json* const captured = hold.json().find("captured");
  return {{"state", hold.text("state")},
          {"units", number(hold.integer("units"))},
          {"destination", hold.text("destination")},
          {"template", hold.text("template")},
          {"lines", lines_text(hold, "lines")},
          {"captured", captured == nullptr ? "0" : plain(*captured)},
          {"placed", time(hold.instant("placed_at"))},
          {"expires", time(hold.instant("expires_at"))}};
}

Facts invoice_facts(const Answer& invoice) {
  std::string lines;
  for (const Json& json : invoice.list("lines")) {
    const Answer line = invoice.inner(json);
    lines += (lines.empty() ? "" : " ") + line.text("kind") + ":" + line.text("name") + ":" +
             money_text(line.money("amount"));
  }
  return {{"lines", lines},
          {"total", money_text(invoice.money("total"))},
          {"printed", money_text(invoice.money("printed_total"))},
          {"more", flag_word(invoice, "more")},
          {"at", time(invoice.instant("issued_at"))}};
}

Facts contacts_facts(const Answer& answer) {
  Facts facts;
  for (const Json& json : answer.list("contacts")) {
    const Answer contact = answer.inner(json);
    std::string channels;
    for (const Json& channel : contact.list("channels"))
      channels += (channels.empty() ? "" : "+") + contact.inner(channel).text("channel");
    facts[contact.text("contact")] = channels + "/" + joined_texts(contact.json().find("topics"));
  }
  return facts;
}

NoticeSeen seen_notice(const Answer& notice) {
  NoticeSeen seen;
  seen.sequence = static_cast<std::uint64_t>(notice.integer("position"));
  seen.kind = notice.text("kind");
  seen.topic = notice.text("topic");
  seen.at = notice.instant("at");
  for (const Json& json : notice.list("told")) {
    const Answer told = notice.inner(json);
    seen.who += (seen.who.empty() ? "" : "+") + told.text("contact");
    seen.who += "(" + joined_texts(told.json().find("channels"), ',') + ")";
  }
  if (seen.who.empty()) seen.who = "nobody";
  return seen;
}

StatementLine seen_line(const Answer& line) {
  StatementLine seen;
  seen.sequence = static_cast<std::uint64_t>(line.integer("position"));
  seen.kind = line.text("kind");
  seen.before = line.money("balance_before");
  seen.after = line.money("balance_after");
  for (const Json& json : line.list("packages")) {
    const Answer change = line.inner(json);
    const StatementLine::Change one{change.text("package"), change.integer("before"),
                                    change.integer("after")};
    if (one.before != one.after) seen.packages.push_back(one);
  }
  return seen;
}

Facts entry_facts(const Answer& entry) {
  Facts facts;
  for (const std::string_view part : {"decision", "input"}) {
    for (const JsonMember& one : member(entry, part).json().members()) {
      if (const std::string value = plain(one.value); !value.empty())
        facts.try_emplace(std::string(one.key), value);
    }
  }
  if (entry.text("kind") == "package_renewed") facts["key"] = entry.text("key");
  return facts;
}

std::string entry_subject(const Answer& entry) {
  const Answer input = member(entry, "input");
  const Answer decision = member(entry, "decision");
  const std::string kind = entry.text("kind");
  if (kind == "package_renewed") return member(decision, "package").text("package");
  if (kind == "renewal_failed" || kind == "renewal_capped") return input.text("trigger");
  if (kind == "run_out_forecast") return input.text("pool");
  if (kind == "invoice_requested") return number(decision.integer("invoice"));
  const std::string alarm = input.optional_text("alarm");
  const std::string package = input.optional_text("package");
  if (!alarm.empty()) return alarm + (package.empty() ? "" : ":" + package);
  for (const std::string_view key : {"reversal", "send", "hold", "package", "order"}) {
    const std::string subject = input.optional_text(key);
    if (!subject.empty()) return subject;
  }
  return {};
}

}  // namespace packledger::examples
