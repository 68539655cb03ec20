#include "tests/examples/http_told.hpp"

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

void append_lines(const Answer& answer, std::vector<std::string>& pieces) {
  for (const Json& json : answer.list("lines")) {
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
  for (const Json& json : account.list("pools")) {
    const Answer pool = account.inner(json);
    seen.pools.push_back(
        {pool.text("pool"), pool.text("mode"), pool.integer("remaining"), pool.integer("quota")});
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
  const Json* const input = entry.json().find("input");
  const Json* const decision = entry.json().find("decision");
  if (input == nullptr || decision == nullptr) return seen;
  for (const std::string_view key : {"reversal", "send", "package", "order"}) {
    seen.subject = entry.inner(*input).optional_text(key);
    if (!seen.subject.empty()) break;
  }
  if (seen.kind == "package_expired") seen.forfeited = entry.inner(*decision).integer("forfeited");
  return seen;
}

Outcome outcome_of_send(const Answer& result) {
  const std::string word = result.text("result");
  if (word == "rejected") {
    return {Outcome::Kind::refused, result.text("code"), result.optional_text("field"), ""};
  }
  if (word == "duplicate") return {Outcome::Kind::refused, "duplicate", "", told_send(result)};
  return {Outcome::Kind::done, "", "", told_send(result)};
}

std::string told_command(const What& what, const Answer& answer) {
  if (std::holds_alternative<OrderPlaced>(what))
    return "price " + money_text(answer.money("price"));
  if (std::holds_alternative<PackageRefunded>(what))
    return "refund " + money_text(answer.money("amount"));
  if (!std::holds_alternative<SendReversed>(what)) return {};
  std::vector<std::string> pieces;
  append_charges(answer, pieces);
  append_lines(answer, pieces);
  return joined(pieces);
}

}  // namespace packledger::examples
