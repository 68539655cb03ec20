#include "app/cli/entry_words.hpp"

#include "app/cli/figures.hpp"
#include "app/cli/send_text.hpp"
#include "app/cli/session.hpp"

#include <algorithm>
#include <array>

namespace packledger::cli {
namespace {

std::string in(const Json& object, std::string_view key) {
  return std::string(text_in(object, key));
}

std::string count_in(const Json& object, std::string_view key) {
  return grouped(integer_in(object, key));
}

// "470 CNY"
std::string money_in(const Json& object, std::string_view key) {
  std::string text = grouped(text_in(object, key));
  const std::string_view currency = text_in(object, "currency");
  if (!currency.empty()) text += " " + std::string(currency);
  return text;
}

bool has(const Json& object, std::string_view key) { return !value_in(object, key).is_null(); }

std::string reason_in(const Json& object) {
  const std::string_view reason = text_in(object, "reason");
  return reason.empty() ? "" : ": " + std::string(reason);
}

// The members without their braces; null and empty ones say nothing.
std::string members_text(const Json& object) {
  std::string text;
  for (const JsonMember& member : object.members()) {
    const Json& value = member.value;
    const bool hollow = value.is_null() || (value.is_array() && value.elements().empty());
    if (hollow || member.key == "due") continue;  // when a timer was due is when it occurred
    if (!text.empty()) text += ' ';
    text += std::string(member.key) + "=" + short_text(value);
  }
  return text;
}

// ---- accounts, orders, packages ----

std::string say_opened(const Json& input, const Json& decision) {
  return "in " + in(input, "currency") + ", " + in(decision, "zone");
}

std::string say_funds(const Json& input, const Json& decision) {
  return grouped(text_in(input, "amount")) + " " + in(decision, "currency") + ", balance " +
         grouped(text_in(decision, "balance")) + reason_in(input);
}

std::string say_asked(const Json& input, const Json&) { return members_text(input); }

std::string say_order(const Json& input, const Json& decision) {
  return in(input, "order") + ": " + count_in(input, "copies") + " x " + in(input, "product") +
         " for " + money_in(decision, "price") + ", paid " +
         (in(input, "pay") == "balance" ? "from the balance" : "elsewhere");
}

std::string say_order_paid(const Json& input, const Json& decision) {
  return in(input, "order") + ": paid elsewhere as " + in(input, "payment_reference") + ", until " +
         in(decision, "expires_at");
}

std::string say_order_name(const Json& input, const Json&) { return in(input, "order"); }

std::string say_grant(const Json& input, const Json& decision) {
  const Json& package = value_in(decision, "package");
  return in(input, "package") + ": " + units_text(integer_in(input, "quota")) + " until " +
         in(package, "expires_at") + reason_in(input);
}

std::string say_refund(const Json& input, const Json& decision) {
  return in(input, "package") + ": " + units_text(integer_in(decision, "units")) + " for " +
         money_in(decision, "amount") + ", balance " + grouped(text_in(decision, "balance")) +
         reason_in(input);
}

std::string say_expired(const Json& input, const Json& decision) {
  return in(input, "package") + ": " + count_in(decision, "forfeited") + " forfeited";
}

std::string say_book(const Json& input, const Json&) {
  const Json& book = value_in(input, "price_book");
  return in(book, "version") + ": " + std::to_string(value_in(book, "products").elements().size()) +
         " products in " + in(book, "currency") + ", in force from " + in(book, "effective_from");
}

// ---- sends and holds ----

std::string say_send(const Json& input, const Json& decision) {
  const bool free = !value_in(input, "billable").flag().value_or(true);
  return in(input, "send") + ": " + units_text(integer_in(input, "units")) + " to " +
         in(input, "destination") + ", " + in(input, "template") +
         (free ? ", not billable" : ": " + paid_text(decision));
}

std::string say_reversal(const Json& input, const Json& decision) {
  return in(input, "send") + ": " + reversal_text(decision);
}

std::string say_batch(const Json& input, const Json&) {
  const auto& rejected = value_in(input, "not_recorded").elements();
  std::string text = in(input, "producer") + ": batch " + count_in(input, "number") + " of epoch " +
                     count_in(input, "epoch") + ", " + count_in(input, "sends") + " sends";
  if (!rejected.empty()) text += ", " + grouped(std::ssize(rejected)) + " not recorded";
  return text;
}

std::string say_hold(const Json& input, const Json& decision) {
  return in(input, "hold") + ": " + units_text(integer_in(input, "units")) + " to " +
         in(input, "destination") + ", " + in(input, "template") + ": " +
         lines_text(value_in(decision, "lines")) + " set aside until " + in(decision, "expires_at");
}

std::string say_hold_end(const Json& input, const Json& decision) {
  std::string text = in(input, "hold") + ":";
  if (has(decision, "lines") && !value_in(decision, "lines").elements().empty()) {
    text += " used " + lines_text(value_in(decision, "lines"));
  }
  const std::string back = lines_text(value_in(decision, "given_back"));
  if (back.empty()) return text;
  return text + (text.ends_with(':') ? " given back " : ", given back ") + back;
}

// ---- alarms and reminders ----

std::string alarm_place(const Json& alarm) {
  const std::string pool = in(alarm, "pool");
  const std::string kind = in(alarm, "kind");
  if (kind == "balance") return "the balance ";
  if (kind == "runs_out_within") return "the end of " + pool + " ";
  return kind == "per_package" ? "a package of " + pool + " " : "the total of " + pool + " ";
}

std::string say_alarm_set(const Json& input, const Json&) {
  return in(input, "alarm") + ": " + alarm_place(input) + condition_text(input);
}

std::string say_alarm_name(const Json& input, const Json&) { return in(input, "alarm"); }

// What is left. A decision does not say of which kind its alarm is; where there is no quota the
// balance is what counts.
std::string figures_text(const Json& decision) {
  const bool of_balance = has(decision, "quota") && integer_in(decision, "quota") == 0;
  if (has(decision, "remaining") && !of_balance) {
    std::string text = count_in(decision, "remaining");
    if (has(decision, "quota")) text += " of " + count_in(decision, "quota");
    const bool one = text == "1";
    return text + (one ? " unit left" : " units left");
  }
  return has(decision, "balance") ? "balance " + money_in(decision, "balance") : "";
}

std::string say_alarm_move(const Json& input, const Json& decision) {
  std::string text = in(input, "alarm");
  if (has(input, "package")) text += " of " + in(input, "package");
  const std::string figures = figures_text(decision);
  if (!figures.empty()) text += ": " + figures;
  if (has(decision, "runs_out_at")) text += ", until " + in(decision, "runs_out_at");
  return text + ", told " + told_text(value_in(decision, "told"));
}

std::string say_forecast(const Json& input, const Json&) {
  const std::string end = in(input, "runs_out_at");
  return in(input, "pool") + (end.empty() ? ": no end in sight" : ": runs out at " + end);
}

std::string say_reminder(const Json& input, const Json& decision) {
  const auto before = parse_duration(text_in(input, "before"));
  const std::string text =
      in(input, "package") + " ends in " + (before ? long_text(*before) : "a while") + ": ";
  if (value_in(decision, "skipped").flag().value_or(false)) return text + "nothing is left of it";
  return text + figures_text(decision) + ", told " + told_text(value_in(decision, "told"));
}

// ---- renewal ----

std::string say_renewal_set(const Json& input, const Json& decision) {
  std::string text = value_in(input, "enabled").flag().value_or(true) ? "on: " : "off: ";
  const bool decided = has(decision, "product");
  text += renewal_text(input);
  if (decided && !has(input, "product")) text += ", product " + in(decision, "product");
  return text;
}

std::string say_renewed(const Json& input, const Json& decision) {
  const Json& inner = value_in(decision, "package");
  const Json& package = inner.is_object() ? inner : decision;
  return in(package, "package") + ": " + units_text(integer_in(package, "quota")) + " for " +
         money_in(decision, "price") + " until " + in(package, "expires_at") + ", balance " +
         grouped(text_in(decision, "balance")) + " (" + in(input, "trigger") + ")";
}

std::string say_renewal_failed(const Json&, const Json& decision) {
  std::string text = in(decision, "reason");
  if (has(decision, "needed")) {
    text += ": " + grouped(text_in(decision, "needed")) + " needed, balance " +
            money_in(decision, "balance");
  }
  if (has(decision, "retry_at")) text += ", tried again at " + in(decision, "retry_at");
  return text;
}

std::string say_retry(const Json&, const Json& decision) {
  if (!has(decision, "refused")) return "tried again";
  return "still " + in(decision, "refused") + ", tried again at " + in(decision, "next_at");
}

std::string say_pre_expiry(const Json& input, const Json& decision) {
  const std::string package = in(input, "package");
  const std::string skipped = in(decision, "skipped");
  if (skipped == "not_last") return package + " ends soon, but another package ends later";
  if (skipped == "outstanding") return package + " ends soon, but a renewal is being tried already";
  return package + " ends soon";
}

std::string say_capped(const Json&, const Json& decision) {
  return "no more today: " + count_in(decision, "max_per_day") + " a day";
}

// ---- how an account stands, contacts, invoices ----

std::string say_standing(const Json&, const Json& decision) {
  std::string text = "balance " + money_in(decision, "balance");
  if (has(decision, "suspends_at")) text += ", suspended from " + in(decision, "suspends_at");
  return text;
}

std::string say_contacts(const Json& input, const Json&) {
  std::string text;
  for (const Json& each : value_in(input, "contacts").elements()) {
    text += (text.empty() ? "" : ", ") + in(each, "contact");
  }
  return text.empty() ? "none" : text;
}

std::string say_invoice(const Json&, const Json& decision) {
  const std::size_t lines = value_in(decision, "lines").elements().size();
  return "number " + count_in(decision, "invoice") + ": " + std::to_string(lines) +
         (lines == 1 ? " line, " : " lines, ") + grouped(text_in(decision, "printed_total")) + " " +
         in(decision, "currency");
}

std::string say_nothing(const Json&, const Json&) { return ""; }

using Say = std::string (*)(const Json& input, const Json& decision);

struct KindWords {
  std::string_view kind;
  Say say;
};

constexpr std::array kinds{
    KindWords{"account_opened", say_opened},
    KindWords{"account_settings_set", say_asked},
    KindWords{"service_mode_set", say_asked},
    KindWords{"funds_credited", say_funds},
    KindWords{"funds_adjusted", say_funds},
    KindWords{"order_placed", say_order},
    KindWords{"order_paid", say_order_paid},
    KindWords{"order_cancelled", say_order_name},
    KindWords{"order_timed_out", say_order_name},
    KindWords{"package_granted", say_grant},
    KindWords{"package_refunded", say_refund},
    KindWords{"package_expired", say_expired},
    KindWords{"price_book_published", say_book},
    KindWords{"send_recorded", say_send},
    KindWords{"send_reversed", say_reversal},
    KindWords{"batch_taken", say_batch},
    KindWords{"hold_placed", say_hold},
    KindWords{"hold_captured", say_hold_end},
    KindWords{"hold_released", say_hold_end},
    KindWords{"hold_expired", say_hold_end},
    KindWords{"alarm_rule_set", say_alarm_set},
    KindWords{"alarm_rule_removed", say_alarm_name},
    KindWords{"alarm_cooldown_ended", say_alarm_name},
    KindWords{"run_out_forecast", say_forecast},
    KindWords{"alarm_raised", say_alarm_move},
    KindWords{"alarm_cleared", say_alarm_move},
    KindWords{"expiry_reminder_due", say_reminder},
    KindWords{"renewal_rule_set", say_renewal_set},
    KindWords{"renewal_rule_removed", say_nothing},
    KindWords{"package_renewed", say_renewed},
    KindWords{"renewal_failed", say_renewal_failed},
    KindWords{"renewal_retry_due", say_retry},
    KindWords{"pre_expiry_renewal_due", say_pre_expiry},
    KindWords{"renewal_capped", say_capped},
    KindWords{"account_overdue", say_standing},
    KindWords{"account_suspended", say_standing},
    KindWords{"account_resumed", say_standing},
    KindWords{"suspension_due", say_nothing},
    KindWords{"contacts_set", say_contacts},
    KindWords{"invoice_requested", say_invoice},
};

}  // namespace

std::string entry_words(const Json& entry) {
  const Json& input = value_in(entry, "input");
  const Json& decision = value_in(entry, "decision");
  const auto known = std::ranges::find(kinds, text_in(entry, "kind"), &KindWords::kind);
  if (known != kinds.end()) return known->say(input, decision);
  const std::string asked = members_text(input);
  const std::string decided = members_text(decision);
  return decided.empty() ? asked : asked + (asked.empty() ? "-> " : "  -> ") + decided;
}

std::string short_text(const Json& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto integer = value.integer()) return std::to_string(*integer);
  if (const auto number = value.other_number()) return std::string(*number);
  if (const auto flag = value.flag()) return *flag ? "yes" : "no";
  if (value.is_object()) return "{" + members_text(value) + "}";
  if (!value.is_array()) return "-";
  std::string text;
  for (const Json& element : value.elements()) {
    if (!text.empty()) text += ' ';
    text += short_text(element);
  }
  return "[" + text + "]";
}

std::string condition_text(const Json& alarm) {
  const Json& threshold = value_in(alarm, "threshold");
  const std::string when = in(alarm, "when") == "below" ? "below " : "at or below ";
  if (const auto within = parse_duration(text_in(threshold, "within"))) {
    const bool below = in(alarm, "when") == "below";
    return (below ? "in less than " : "within ") + long_text(*within);
  }
  std::string text;
  if (has(threshold, "units")) text = when + units_text(integer_in(threshold, "units"));
  if (has(threshold, "percent")) text = when + count_in(threshold, "percent") + " %";
  if (has(threshold, "amount")) text = when + money_in(threshold, "amount");
  for (const JsonMember& each : value_in(threshold, "per_package").members()) {
    text += text.empty() ? when : "; ";
    text += std::string(each.key) + " " + units_text(each.value.integer().value_or(0));
  }
  return text;
}

std::string renewal_text(const Json& renewal) {
  std::string text = units_text(integer_in(renewal, "quantity"));
  if (!text_in(renewal, "product").empty()) text += " of " + in(renewal, "product");
  const bool threshold = has(renewal, "threshold");
  if (threshold) text += " when " + count_in(renewal, "threshold") + " or fewer are left";
  if (value_in(renewal, "pre_expiry").flag().value_or(false)) {
    text += threshold ? ", and" : "";
    text += " before the last package ends";
  }
  return text;
}

std::string lines_text(const Json& lines) {
  std::string text;
  for (const Json& line : lines.elements()) {
    text += (text.empty() ? "" : ", ") + in(line, "package") + " " + count_in(line, "units");
    if (text_in(line, "to") == "forfeited") text += " forfeited";
  }
  return text;
}

std::string told_text(const Json& told) {
  std::string text;
  for (const Json& one : told.elements()) {
    std::string channels;
    for (const Json& channel : value_in(one, "channels").elements()) {
      channels += (channels.empty() ? "" : ", ") + std::string(channel.text().value_or("?"));
    }
    text += (text.empty() ? "" : ", ") + in(one, "contact") + " (" + channels + ")";
  }
  return text.empty() ? "nobody" : text;
}

}  // namespace packledger::cli
