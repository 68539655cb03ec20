#include "tests/examples/http_told.hpp"

#include "tests/examples/http_facts.hpp"
#include "tests/examples/notation.hpp"

namespace packledger::examples {
namespace {

// Each charge line, with its amount checked.
void append_charges(const Answer& answer, std::vector<std::string>& pieces) {
  for (const Json& json : answer.list("payg")) {
    const Answer line = answer.inner(json);
    const std::int64_t units = line.integer("units");
    const Money price = line.money("unit_price");
    std::string piece = charge_text(units, price);
    const auto amount = charge(Price{price.micros}, Units{units});
    if (!amount || *amount != line.money("amount")) piece += "(amount " + line.text("amount") + ")";
    pieces.push_back(std::move(piece));
  }
}

void append_lines(const Answer& answer, std::vector<std::string>& pieces,
                  std::string_view key = "lines") {
  for (const Json& json : answer.list(key)) {
    const Answer line = answer.inner(json);
    const bool forfeited = line.optional_text("to") == "forfeited";
    pieces.push_back(line_text(line.text("package"), line.integer("units")) +
                     (forfeited ? "(forfeited)" : ""));
  }
}

std::string told_send(const Answer& answer) {
  std::vector<std::string> pieces;
  append_lines(answer, pieces);
  append_charges(answer, pieces);
  std::string told = joined(pieces);
  if (const std::string adjustment = answer.optional_text("adjustment"); !adjustment.empty())
    told += " adjusted " + adjustment;
  return told;
}

// What is warned of; a table knows of one thing only.
std::string told_warning(const Answer& answer) {
  for (const Json& json : answer.list("warnings")) {
    if (answer.inner(json).text("code") == "fires_after_every_purchase")
      return "fires_after_every_purchase";
  }
  return "no_warning";
}

// The printed total has two decimals, whatever the amount.
std::string told_invoice(const Answer& answer) {
  const std::string printed = answer.text("printed_total");
  const bool in_hundredths = printed.size() > 3 && printed[printed.size() - 3] == '.';
  return "invoice " + std::to_string(answer.integer("invoice")) + " total " +
         money_text(answer.money("total")) + " printed " +
         (in_hundredths ? money_text(answer.money("printed_total")) : "badly as " + printed);
}

std::string told_hold_end(const Answer& answer, bool captured) {
  std::vector<std::string> taken;
  std::vector<std::string> back;
  if (captured) append_lines(answer, taken);
  append_lines(answer, back, "given_back");
  std::string told = captured ? joined(taken) : "";
  if (back.empty()) return told;
  return told + (told.empty() ? "" : " ") + "back " + joined(back);
}

}  // namespace

const Json& Answer::member(std::string_view key) const {
  static const Json nothing;
  const Json* const found = json_.find(key);
  if (found == nullptr && fault_.empty()) fault_ = "an answer has no " + std::string(key);
  return found == nullptr ? nothing : *found;
}

std::string Answer::text(std::string_view key) const {
  const auto text = member(key).text();
  if (!text && fault_.empty()) fault_ = std::string(key) + " of an answer is no text";
  return std::string(text.value_or(""));
}

std::int64_t Answer::integer(std::string_view key) const {
  const auto integer = member(key).integer();
  if (!integer && fault_.empty()) fault_ = std::string(key) + " of an answer is no integer";
  return integer.value_or(0);
}

Money Answer::money(std::string_view key) const {
  const auto amount = parse_money(text(key));
  if (!amount && fault_.empty()) fault_ = std::string(key) + " of an answer is no amount";
  return amount.value_or(Money{});
}

Instant Answer::instant(std::string_view key) const {
  const auto instant = parse_instant(text(key));
  if (!instant && fault_.empty()) fault_ = std::string(key) + " of an answer is no time";
  return instant.value_or(Instant{});
}

std::optional<Instant> Answer::optional_instant(std::string_view key) const {
  const Json* const found = json_.find(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return instant(key);
}

std::string Answer::optional_text(std::string_view key) const {
  const Json* const found = json_.find(key);
  return found == nullptr ? std::string{} : std::string(found->text().value_or(""));
}

std::span<const Json> Answer::list(std::string_view key) const { return member(key).elements(); }

PackageSeen seen_package(const Answer& package) {
  PackageSeen seen;
  seen.name = package.text("package");
  seen.state = package.text("state");
  seen.quota = package.integer("quota");
  seen.remaining = package.integer("remaining");
  seen.held = package.integer("held");
  seen.used = package.integer("used");
  seen.forfeited = package.integer("forfeited");
  seen.refunded = package.integer("refunded");
  seen.effective_at = package.optional_instant("effective_at");
  seen.expires_at = package.optional_instant("expires_at");
  const Json* const rank = package.json().find("rank");
  if (rank != nullptr && !rank->is_null())
    seen.rank = static_cast<std::uint32_t>(package.integer("rank"));
  seen.pool = package.text("pool");
  seen.mode = package.text("mode");
  seen.priority = static_cast<std::int32_t>(package.integer("priority"));
  seen.price = package.money("price_paid");
  return seen;
}

void see_account(const Answer& account, AccountSeen& seen) {
  seen.balance = account.money("balance");
  seen.currency = account.text("currency");
  seen.standing = {account.text("status"), account.optional_instant("overdue_at"),
                   account.optional_instant("suspends_at"),
                   account.optional_instant("suspended_at")};
  for (const Json& json : account.list("pools")) {
    const Answer pool = account.inner(json);
    seen.pools.push_back({pool.text("pool"), pool.text("mode"), pool.integer("remaining"),
                          pool.integer("held"), pool.integer("quota")});
  }
  for (const Json& json : account.list("counters")) {
    const Answer counter = account.inner(json);
    seen.counters[counter.text("group") + " " + counter.text("month")] =
        counter.integer("position");
  }
}

OrderSeen seen_order(const Answer& order) {
  return {order.text("status"), order.money("price"), order.optional_instant("times_out_at"),
          order.optional_instant("paid_at"), order.optional_text("payment_reference")};
}

SentSeen seen_sent(const Answer& send) {
  return {told_send(send), send.integer("reversed"), send.instant("occurred_at"),
          send.instant("recorded_at")};
}

EntrySeen seen_entry(const Answer& entry) {
  EntrySeen seen;
  seen.sequence = static_cast<std::uint64_t>(entry.integer("position"));
  seen.kind = entry.text("kind");
  seen.account = entry.optional_text("account");
  seen.recorded_at = entry.instant("recorded_at");
  seen.occurred_at = entry.instant("occurred_at");
  if (entry.json().find("caused_by") != nullptr)
    seen.caused_by = static_cast<std::uint64_t>(entry.integer("caused_by"));
  seen.subject = entry_subject(entry);
  seen.facts = entry_facts(entry);
  return seen;
}

Outcome refusal_of(const Answer& problem) {
  return {Outcome::Kind::refused, problem.text("code"), problem.optional_text("field"), ""};
}

Outcome outcome_of_send(const Answer& result) {
  const std::string word = result.text("result");
  if (word == "rejected") return refusal_of(result);
  if (word == "duplicate") return {Outcome::Kind::refused, "duplicate", "", told_send(result)};
  return {Outcome::Kind::done, "", "", told_send(result), caused_by(result)};
}

std::string told_command(const What& what, const Answer& answer) {
  if (std::holds_alternative<OrderPlaced>(what))
    return "price " + money_text(answer.money("price"));
  if (std::holds_alternative<PackageRefunded>(what))
    return "refund " + money_text(answer.money("amount"));
  if (std::holds_alternative<AlarmRuleSet>(what) || std::holds_alternative<RenewalRuleSet>(what))
    return told_warning(answer);
  if (std::holds_alternative<InvoiceRequested>(what)) return told_invoice(answer);
  const bool captured = std::holds_alternative<HoldCaptured>(what);
  if (captured || std::holds_alternative<HoldReleased>(what))
    return told_hold_end(answer, captured);
  const bool placed = std::holds_alternative<HoldPlaced>(what);
  if (!placed && !std::holds_alternative<SendReversed>(what)) return {};
  std::vector<std::string> pieces;
  if (!placed) append_charges(answer, pieces);
  append_lines(answer, pieces);
  return joined(pieces);
}

std::vector<std::string> caused_by(const Answer& answer) {
  std::vector<std::string> caused;
  // A dry run of a command shows all that would be written.
  const Json* list = answer.json().find("entries");
  if (list == nullptr) list = answer.json().find("consequences");
  if (list == nullptr) return caused;
  for (const Json& json : list->elements()) {
    const EntrySeen entry = seen_entry(answer.inner(json));
    if (entry.caused_by != 0) caused.push_back(entry.kind + ":" + entry.subject);
  }
  return caused;
}

}  // namespace packledger::examples
