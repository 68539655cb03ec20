#include "tests/house/shape.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace packledger::house {
namespace {

constexpr std::array<std::string_view, 11> empty_names{"util",     "utils", "common",   "helper",
                                                       "helpers",  "base",  "manager",  "impl",
                                                       "managers", "misc",  "utilities"};

// Bytes that begin a character; the others of UTF-8 continue one.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_owner(std::string_view after_todo) {
  return after_todo.starts_with('(') && after_todo.find(')') > 1 &&
         after_todo.find(')') != std::string_view::npos;
}

bool has_condition(std::string_view after_todo) {
  constexpr std::array<std::string_view, 5> conditions{"when", "once", "until", "after", "if"};
  return std::ranges::any_of(conditions, [&](std::string_view word) {
    return find_word(after_todo, word) != std::string_view::npos;
  });
}

}  // namespace

Findings check_lines(const Source& source) {
  Findings findings;
  const std::vector<std::string_view> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t columns = columns_of(lines[i]);
    if (columns > columns_max) {
      findings.push_back({source.path, i + 1,
                          std::to_string(columns) + " columns, the wall is " +
                              std::to_string(columns_max) + ": break the line"});
    }
  }
  if (lines.size() > file_lines_max) {
    findings.push_back({source.path, lines.size(),
                        std::to_string(lines.size()) + " lines, the wall is " +
                            std::to_string(file_lines_max) +
                            ": split the file by what its parts decide"});
  }
  return findings;
}

Findings check_opening(const Source& source) {
  if (!is_header(source) || source.text.starts_with("//")) return {};
  return {{source.path, 1,
           "open the header with a comment: what this is, who owns it, on which thread"}};
}

Findings check_todos(const Source& source) {
  Findings findings;
  const std::vector<std::string_view> lines = lines_of(source.comments);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string_view word : {"TODO", "FIXME", "XXX", "HACK"}) {
      const std::size_t at = find_word(lines[i], word);
      if (at == std::string_view::npos) continue;
      const std::string_view rest = lines[i].substr(at + word.size());
      if (word == "TODO" && has_owner(rest) && has_condition(rest)) continue;
      findings.push_back({source.path, i + 1,
                          std::string(word) +
                              " without name and condition: write "
                              "\"TODO(name): what, when <condition>\" on one line, or do it now"});
    }
  }
  return findings;
}

Findings check_names(const Source& source) {
  Findings findings;
  std::string_view rest = source.path;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    const std::string_view stem = part.substr(0, part.find('.'));
    if (std::ranges::find(empty_names, stem) != empty_names.end()) {
      findings.push_back({source.path, 0,
                          "\"" + std::string(part) +
                              "\" says nothing: name the file or folder "
                              "after what it holds"});
    }
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  return findings;
}

}  // namespace packledger::house
