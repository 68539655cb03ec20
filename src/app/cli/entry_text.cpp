#include "app/cli/entry_text.hpp"

#include "app/cli/entry_words.hpp"
#include "app/cli/figures.hpp"
#include "app/cli/session.hpp"

#include <algorithm>

namespace packledger::cli {
namespace {

constexpr std::size_t position_columns = 8;
constexpr std::size_t kind_columns = 20;

std::string padded(std::string text, std::size_t columns) {
  if (text.size() < columns) text.append(columns - text.size(), ' ');
  return text;
}

}  // namespace

std::string entry_text(const Json& entry, const Zone& zone) {
  const std::string position = std::to_string(integer_in(entry, "position"));
  std::string text(position_columns - std::min(position.size(), position_columns), ' ');
  text += position;
  const auto at = instant_in(entry, "occurred_at");
  text += "  " + (at ? local_text_exact(*at, zone) : std::string("-"));
  text += "  " + padded(std::string(text_in(entry, "kind")), kind_columns);
  const std::string_view account = text_in(entry, "account");
  if (!account.empty()) text += "  " + std::string(account);
  const std::string rest = entry_words(entry);
  return rest.empty() ? text : text + "  " + rest;
}

std::string deed_text(const Json& entry) {
  const std::string kind{text_in(entry, "kind")};
  const std::string words = entry_words(entry);
  return words.empty() ? kind : padded(kind, kind_columns) + "  " + words;
}

}  // namespace packledger::cli
