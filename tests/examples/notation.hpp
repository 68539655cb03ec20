// Notation: how results are written in the tables, in one way only, so that texts can be compared.
//
//   A1+B2+P1@0.132      one unit from A, two from B, one charged at 0.132
//   o1.1:150            a package whose name ends in a digit
//   P1@0.04 adjusted -500      a volume tariff repriced what was charged before
//   A1(forfeited)       given back to a package that has ended
//   nothing             no package paid and nothing was charged
//
// Pure functions, any thread.
#pragma once

#include "tests/examples/driver.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace packledger::examples {

// "done", "price 470", "again price 470", "duplicate A1", "conflict units", "reject no_tariff".
[[nodiscard]] std::string outcome_text(const Outcome& outcome);

// The expected words as outcome_text would write them.
[[nodiscard]] std::string canonical(const std::vector<std::string>& expected);

// The same instant, number or amount in the one way in which facts are written.
[[nodiscard]] std::string canonical_fact(const std::string& value);

// Joins the pieces of a result with '+'; "nothing" where there are none.
[[nodiscard]] std::string joined(const std::vector<std::string>& pieces);

}  // namespace packledger::examples
