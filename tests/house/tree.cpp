#include "tests/house/tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace packledger::house {
namespace {

const std::filesystem::path root{PACKLEDGER_SOURCE_DIR};

template <class Wanted> std::vector<Source> files_of_tree(Wanted wanted) {
  std::vector<Source> sources;
  for (const std::string& path : paths_of_tree()) {
    if (!wanted(path)) continue;
    if (std::optional<Source> source = file_of_tree(path)) sources.push_back(*std::move(source));
  }
  return sources;
}

}  // namespace

std::vector<std::string> paths_of_tree() {
  std::vector<std::string> paths;
  for (const char* folder : {"include", "src", "tests", "bench", "proto", "docs"}) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path().lexically_relative(root).string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<Source> cpp_of_tree() {
  return files_of_tree(
      [](const std::string& path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); });
}

std::vector<Source> cmake_of_tree() {
  return files_of_tree([](const std::string& path) { return path.ends_with("/CMakeLists.txt"); });
}

std::optional<Source> file_of_tree(std::string_view path) {
  std::ifstream file(root / path, std::ios::binary);
  if (!file) return std::nullopt;
  return Source{std::string(path), std::string(std::istreambuf_iterator<char>(file), {})};
}

}  // namespace packledger::house
