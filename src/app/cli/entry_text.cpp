#include "app/cli/entry_text.hpp"

#include "app/cli/figures.hpp"
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
    if (hollow) continue;
    if (!text.empty()) text += ' ';
    text += std::string(member.key) + "=" + short_text(value);
  }
  return text;
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
  const std::string input = members_text(value_in(entry, "input"));
  if (!input.empty()) text += "  " + input;
  const std::string decision = members_text(value_in(entry, "decision"));
  if (!decision.empty()) text += "  -> " + decision;
  return text;
}

}  // namespace packledger::cli
