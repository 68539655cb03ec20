#include "app/cli/table.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <utility>

namespace packledger::cli {
namespace {

constexpr std::string_view gap = "  ";

}  // namespace

void Table::add(std::vector<Cell> row) {
  ENSURE(row.size() == columns_.size(), "a row has a cell for every column");
  rows_.push_back(std::move(row));
}

void Table::add_total(std::vector<Cell> row) {
  ENSURE(row.size() == columns_.size(), "a row has a cell for every column");
  totals_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].title);
    for (const auto* rows : {&rows_, &totals_}) {
      for (const auto& row : *rows) width = std::max(width, columns_of(row[i].text));
    }
    widths.push_back(width);
  }
  return widths;
}

void Table::append_row(std::string& out, const std::vector<Cell>& row,
                       const std::vector<std::size_t>& widths, Look look) const {
  std::string line;
  std::string spaces;  // held back, so that none is left at the end of the line
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) spaces += gap;
    const std::string padding(widths[i] - columns_of(row[i].text), ' ');
    const bool right = columns_[i].align == Align::right;
    if (right) spaces += padding;
    if (!row[i].text.empty()) {
      line += std::exchange(spaces, {});
      line += colored(row[i].text, row[i].color, look);
    }
    if (!right) spaces += padding;
  }
  out += line;
  out += '\n';
}

std::string Table::text(Look look) const {
  const std::vector<std::size_t> wide = widths();
  std::string out;
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Color::dim});
  append_row(out, titles, wide, look);
  for (const auto& row : rows_) append_row(out, row, wide, look);
  if (totals_.empty()) return out;
  std::size_t total = gap.size() * (columns_.size() - 1);
  for (const std::size_t width : wide) total += width;
  std::string rule;
  for (std::size_t i = 0; i < total; ++i) rule += look.blocks ? "─" : "-";
  out += colored(rule, Color::dim, look) + '\n';
  for (const auto& row : totals_) append_row(out, row, wide, look);
  return out;
}

}  // namespace packledger::cli
