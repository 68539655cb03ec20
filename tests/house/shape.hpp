// Sizes and manners of a single file: columns, lengths, how a header opens, what is left to do, how
// files and folders are named.
#pragma once

#include "tests/house/finding.hpp"
#include "tests/house/source.hpp"

#include <cstddef>

namespace packledger::house {

inline constexpr std::size_t columns_max = 100;
inline constexpr std::size_t file_lines_max = 500;
inline constexpr std::size_t function_lines_max = 70;

Findings check_lines(const Source& source);      // columns and lines of the file
Findings check_functions(const Source& source);  // lines of each function, signature included
Findings check_opening(const Source& source);    // a header opens with a comment
Findings check_todos(const Source& source);      // what is left to do, by whom, when
Findings check_names(const Source& source);      // no util, no helpers

}  // namespace packledger::house
