// Tables: worked examples as plain text, for people who know tariffs and for the program that
// checks them. Cut into scenarios and statements here; what the words mean is the Player's affair.
//
// Owner: the tests. Plain values, any thread.
//
//   # A title opens a scenario. It stands after an empty line, or at the start of the file.
//   as      thailand                         # what setup "thailand" holds, in its place
//   send    acme s1 3 TH  at 2024-05-10T00:00   -> A1+B2
//
//   setup   thailand                         # opens a setup: lines that scenarios share
//   account acme CNY
//
//   include books.table                      # the setups of another file of the same folder
//
// Invariants:
//  1. A paragraph of comments alone is prose and no scenario.
//  2. What cannot be understood is a fault with file and line, never skipped.
#pragma once

#include "packledger/ledger/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::examples {

struct Place {
  std::string file;
  int line = 0;
};

struct Statement {
  Place place;
  std::vector<std::string> words;     // before the arrow; a quoted text is one word
  std::vector<std::string> expected;  // after the arrow
  bool arrow = false;
};

struct Scenario {
  Place place;
  std::string title;
  std::vector<Statement> statements;
};

struct Table {
  std::vector<Scenario> scenarios;
  std::map<std::string, std::vector<Statement>> setups;
};

struct TableFault {
  Place place;
  std::string detail;
};

// The table in this file. `folder` ends in a slash.
[[nodiscard]] Result<Table, TableFault> read_table(const std::string& folder,
                                                   const std::string& file);

// The same of a text, for the tests of the language itself.
[[nodiscard]] Result<Table, TableFault> parse_table(std::string_view text,
                                                    const std::string& folder,
                                                    const std::string& file);

}  // namespace packledger::examples
