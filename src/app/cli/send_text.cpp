#include "app/cli/send_text.hpp"

#include "app/cli/figures.hpp"
#include "app/cli/session.hpp"

namespace packledger::cli {
namespace {

std::string charge_text(const Json& line) {
  return grouped(integer_in(line, "units")) + " per use at " +
         std::string(text_in(line, "unit_price")) + " = " + grouped(text_in(line, "amount")) + " " +
         std::string(text_in(line, "currency"));
}

std::string line_text(const Json& line) {
  std::string text =
      std::string(text_in(line, "package")) + " " + grouped(integer_in(line, "units"));
  if (text_in(line, "to") == "forfeited") text += " forfeited";
  return text;
}

std::string joined(const Json& result, std::string_view with) {
  std::string text;
  for (const Json& line : value_in(result, "lines").elements()) {
    text += (text.empty() ? "" : std::string(with)) + line_text(line);
  }
  for (const Json& line : value_in(result, "payg").elements()) {
    text += (text.empty() ? "" : std::string(with)) + charge_text(line);
  }
  return text;
}

std::int64_t units_of(const Json& result) {
  std::int64_t units = 0;
  for (const std::string_view part : {"lines", "payg"}) {
    for (const Json& line : value_in(result, part).elements()) units += integer_in(line, "units");
  }
  return units;
}

}  // namespace

std::string units_text(std::int64_t units) {
  return grouped(units) + (units == 1 ? " unit" : " units");
}

std::string paid_text(const Json& result) {
  std::string text = joined(result, " + ");
  const std::string_view adjustment = text_in(result, "adjustment");
  if (!adjustment.empty()) text += ", month adjusted by " + grouped(adjustment);
  return text.empty() ? "nothing to pay" : text;
}

std::string result_text(const Json& result) {
  const std::string_view kind = text_in(result, "result");
  if (kind == "rejected") {
    std::string text = "rejected: " + std::string(text_in(result, "code"));
    const std::string_view field = text_in(result, "field");
    if (!field.empty()) text += " (" + std::string(field) + ")";
    const std::string_view detail = text_in(result, "detail");
    return detail.empty() ? text : text + ": " + std::string(detail);
  }
  return units_text(units_of(result)) + " " + std::string(kind) + ": " + paid_text(result);
}

std::string reversal_text(const Json& answer) {
  return units_text(units_of(answer)) + " given back: " + joined(answer, ", ");
}

}  // namespace packledger::cli
