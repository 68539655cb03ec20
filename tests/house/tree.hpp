// The source tree on disk, read once per test: the only file access of the house test.
#pragma once

#include "tests/house/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::house {

// Paths of all files under include, src, tests, bench, proto and docs, sorted, from the root on.
std::vector<std::string> paths_of_tree();

// The C++ files among them.
std::vector<Source> cpp_of_tree();

// Every CMakeLists.txt among them.
std::vector<Source> cmake_of_tree();

// Nothing where the tree has no such file.
std::optional<Source> file_of_tree(std::string_view path);

}  // namespace packledger::house
