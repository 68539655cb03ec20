// A table of texts for a terminal: columns as wide as their widest cell, two spaces between them.
// Owner: the caller; one thread.
#pragma once

#include "app/cli/figures.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string title = {};
  Align align = Align::left;
};

struct Cell {
  std::string text = {};
  Color color = Color::none;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}
  // One cell per column.
  void add(std::vector<Cell> row);
  // A line under the rows, such as their totals; set apart by a rule.
  void add_total(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // Every line ends with a newline and has no space before it.
  [[nodiscard]] std::string text(Look look) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;
  void append_row(std::string& out, const std::vector<Cell>& row,
                  const std::vector<std::size_t>& widths, Look look) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::vector<Cell>> totals_;
};

}  // namespace packledger::cli
