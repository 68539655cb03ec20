#include "tests/ledger/tally.hpp"

#include <array>
#include <sstream>

namespace packledger {
namespace {

constexpr std::array answers{
    "conflict",
    "duplicate",
    "invalid_units",
    "timestamp_in_future",
    "too_old",
    "account_suspended",
    "account_overdue",
    "unknown_product",
    "invalid_quota",
    "invalid_expires_at",
    "unknown_order",
    "order_not_pending",
    "unknown_package",
    "not_refundable",
    "unknown_send",
    "over_reversal",
    "quota_exhausted",
    "no_tariff",
    "insufficient_balance",
    "reserved_name",
    "not_renewable",
    "unknown_alarm",
    "nothing_to_tell",
    "unknown_contact",
    "unknown_renewal",
    "invalid_pool",
    "invalid_quantity",
    "invalid_lead",
    "unknown_hold",
    "hold_captured",
    "hold_released",
    "hold_expired",
    "nothing_to_invoice",
    "price",
    "refund",
    "took",
    "agreed",
    "invoice",
    "(warned)",
    "(needs)",
    "(adjusted)",
    "(forfeited)",
};

constexpr std::array lines{
    "expired",
    "started",
    "closed",
    "grace",
    "released",
    "timed",
    "suspension",
    "cooldown",
    "hold",
    "reminder",
    "reminder skipped",
    "asks",
    "not last",
    "outstanding",
    "retry account_suspended",
    "retry insufficient_balance",
    "retry unknown_product",
    "retry invalid_quantity",
    "raised total",
    "raised package",
    "raised balance",
    "raised time",
    "cleared total",
    "cleared balance",
    "cleared time",
    "renewed threshold",
    "renewed pre_expiry",
    "failed threshold account_suspended",
    "failed threshold insufficient_balance",
    "failed threshold unknown_product",
    "failed pre_expiry account_suspended",
    "failed pre_expiry insufficient_balance",
    "failed pre_expiry unknown_product",
    "capped threshold",
    "overdue",
    "suspended",
    "resumed",
};

// Seldom: not to be expected of a few lives.
constexpr std::array rare{
    "capped pre_expiry",
    "retry",
    "failed pre_expiry account_overdue",
    "retry account_overdue",
    "failed threshold account_overdue",
    "failed pre_expiry invalid_quantity",
    "failed threshold invalid_quantity",
    "cleared package",
    "over_capture",
};

std::string word(const std::string& line, int number) {
  std::istringstream in(line);
  std::string found;
  for (int i = 0; i < number; ++i) std::getline(in, found, ' ');
  return found;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

void Tally::answer(const std::string& answer) {
  for (const char* const part : {"warned", "needs", "adjusted", "forfeited"})
    if (has(answer, part)) ++counts_["(" + std::string(part) + ")"];
  const std::string first = word(answer, 1);
  ++counts_[has(first, ":") || has(first, "@") ? "(paid)" : first];
}

void Tally::line(const std::string& full) {
  const std::string line = full.substr(full.find(": ") + 2);
  std::string kind = word(line, 1);
  if (kind == "not" || kind == "capped") kind += " " + word(line, 2);
  if (kind == "retry" && !word(line, 2).empty()) kind += " " + word(line, 2);
  if (kind == "reminder" && has(line, " skipped ")) kind += " skipped";
  if (kind == "renewed") kind += " " + word(line, 3);
  if (kind == "failed") kind += " " + word(line, 2) + " " + word(line, 3);
  if (kind == "raised" || kind == "cleared") {
    const bool of_time = has(line, " until ") || has(line, " for ever");
    kind += has(word(line, 2), "/")  ? " package"
            : word(line, 4) == "has" ? " balance"
            : of_time                ? " time"
                                     : " total";
  }
  ++counts_[kind];
}

std::string Tally::rarer_than(std::uint64_t least) const {
  std::string text;
  const auto look = [&](const std::string& kind) {
    const auto found = counts_.find(kind);
    if (found == counts_.end() || found->second < least) text += kind + "\n";
  };
  for (const char* const kind : answers) look(kind);
  for (const char* const kind : lines) look(kind);
  if (least > 1)
    for (const char* const kind : rare) look(kind);
  return text;
}

std::string Tally::text() const {
  std::string text;
  for (const auto& [kind, count] : counts_) text += std::to_string(count) + " " + kind + "\n";
  return text;
}

}  // namespace packledger
