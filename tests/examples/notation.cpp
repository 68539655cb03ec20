#include "tests/examples/notation.hpp"

#include "tests/examples/line.hpp"

#include <algorithm>
#include <cctype>

namespace packledger::examples {
namespace {

// "P3@0.060" is "P3@0.06"; "470.00" is "470"; everything else is what it is.
std::string canonical_piece(std::string_view piece) {
  const std::size_t at = piece.find('@');
  if (at != std::string_view::npos) {
    const auto price = parse_money(piece.substr(at + 1));
    if (price) return std::string(piece.substr(0, at + 1)) + money_text(*price);
  } else if (const auto amount = parse_money(piece)) {
    return money_text(*amount);
  }
  return std::string(piece);
}

std::string canonical_word(std::string_view word) {
  std::string out;
  while (!word.empty()) {
    const std::size_t end = std::min(word.find('+'), word.size());
    out += (out.empty() ? "" : "+") + canonical_piece(word.substr(0, end));
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  return out;
}

}  // namespace

std::string outcome_text(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::done: return outcome.told.empty() ? "done" : outcome.told;
    case Outcome::Kind::again: return outcome.told.empty() ? "again" : "again " + outcome.told;
    case Outcome::Kind::refused: break;
  }
  if (outcome.code == "duplicate") return "duplicate " + outcome.told;
  if (outcome.code == "conflict") return "conflict " + outcome.field;
  return "reject " + outcome.code + (outcome.field.empty() ? "" : " " + outcome.field);
}

std::string canonical(const std::vector<std::string>& expected) {
  std::string out;
  for (const std::string& word : expected) out += (out.empty() ? "" : " ") + canonical_word(word);
  return out;
}

std::string canonical_fact(const std::string& value) {
  if (value.find('T') != std::string::npos) {
    if (const auto t = parse_time(value)) return time_text(*t);
  }
  if (const auto d = parse_duration(value)) return duration_text(*d);
  if (const auto n = parse_number(value)) return std::to_string(*n);
  if (const auto amount = parse_money(value)) return money_text(*amount);
  return value;
}

std::string joined(const std::vector<std::string>& pieces) {
  if (pieces.empty()) return "nothing";
  std::string out;
  for (const std::string& piece : pieces) out += (out.empty() ? "" : "+") + piece;
  return out;
}

std::string line_text(std::string_view package, std::int64_t units) {
  const bool digit = std::isdigit(static_cast<unsigned char>(package.back())) != 0;
  return std::string(package) + (digit ? ":" : "") + std::to_string(units);
}

std::string charge_text(std::int64_t units, Money unit_price) {
  return "P" + std::to_string(units) + "@" + money_text(unit_price);
}

}  // namespace packledger::examples
