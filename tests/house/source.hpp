// One source file as the checks see it: its path, its text, and the text split into code and
// comments. Both views keep every line break and column, so positions agree in all three.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::house {

struct Source {
  Source(std::string file_path, std::string file_text);

  std::string path;      // relative to the root of the tree, with forward slashes
  std::string text;      // as it is on disk
  std::string code;      // comments and the insides of literals are blank
  std::string comments;  // everything but comments is blank
};

struct Include {
  std::string target;
  bool quoted = false;  // "target" rather than <target>
  std::size_t line = 0;
};

std::vector<Include> includes_of(const Source& source);

std::vector<std::string_view> lines_of(std::string_view text);

// The line, from 1, on which `position` lies.
std::size_t line_at(std::string_view text, std::size_t position);

// Where `word` stands with no letter, digit or underscore beside it; npos where it does not.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);

bool is_word_character(char c);
std::string_view trimmed(std::string_view text);

bool is_header(const Source& source);
bool is_cpp(const Source& source);  // a translation unit

}  // namespace packledger::house
