#include "app/cli/entry_text.hpp"

#include "app/cli/figures.hpp"
#include "app/cli/send_text.hpp"
#include "app/cli/session.hpp"

namespace packledger::cli {
namespace {

constexpr std::size_t position_columns = 8;
constexpr std::size_t kind_columns = 20;

std::string padded(std::string text, std::size_t columns) {
  if (text.size() < columns) text.append(columns - text.size(), ' ');
  return text;
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

std::string in(const Json& object, std::string_view key) {
  return std::string(text_in(object, key));
}

// The commonest kinds as sentences.
std::string content_text(std::string_view kind, const Json& input, const Json& decision) {
  if (kind == "send_recorded") {
    const bool free = !value_in(input, "billable").flag().value_or(true);
    return in(input, "send") + ": " + units_text(integer_in(input, "units")) + " to " +
           in(input, "destination") + ", " + in(input, "template") +
           (free ? ", not billable" : ": " + paid_text(decision));
  }
  if (kind == "send_reversed") return in(input, "send") + ": " + reversal_text(decision);
  if (kind == "account_opened") return "in " + in(input, "currency") + ", " + in(decision, "zone");
  if (kind == "funds_credited" || kind == "funds_adjusted") {
    return grouped(text_in(input, "amount")) + " " + in(decision, "currency") + ", balance " +
           grouped(text_in(decision, "balance")) +
           (in(input, "reason").empty() ? "" : ": " + in(input, "reason"));
  }
  if (kind == "order_placed") {
    return in(input, "order") + ": " + std::to_string(integer_in(input, "copies")) + " x " +
           in(input, "product") + " for " + grouped(text_in(decision, "price")) + " " +
           in(decision, "currency") + ", paid " +
           (in(input, "pay") == "balance" ? "from the balance" : "elsewhere");
  }
  if (kind == "price_book_published") {
    const Json& book = value_in(input, "price_book");
    return in(book, "version") + ": " +
           std::to_string(value_in(book, "products").elements().size()) + " products in " +
           in(book, "currency") + ", in force from " + in(book, "effective_from");
  }
  if (kind == "package_expired") {
    return in(input, "package") + ": " + grouped(integer_in(decision, "forfeited")) + " forfeited";
  }
  const std::string asked = members_text(input);
  const std::string decided = members_text(decision);
  return decided.empty() ? asked : asked + (asked.empty() ? "-> " : "  -> ") + decided;
}

}  // namespace

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

std::string entry_text(const Json& entry, const Zone& zone) {
  const std::string position = std::to_string(integer_in(entry, "position"));
  std::string text(position_columns - std::min(position.size(), position_columns), ' ');
  text += position;
  const auto at = instant_in(entry, "occurred_at");
  text += "  " + (at ? local_text_exact(*at, zone) : std::string("-"));
  text += "  " + padded(std::string(text_in(entry, "kind")), kind_columns);
  const std::string_view account = text_in(entry, "account");
  if (!account.empty()) text += "  " + std::string(account);
  const std::string rest =
      content_text(text_in(entry, "kind"), value_in(entry, "input"), value_in(entry, "decision"));
  return rest.empty() ? text : text + "  " + rest;
}

}  // namespace packledger::cli
