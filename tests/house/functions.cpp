// Finds functions by their braces, without parsing C++: good enough for code that clang-format
// lays out, and tested on the forms that it must not mistake.
#include "tests/house/shape.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace packledger::house {
namespace {

enum class Scope { container, function, initializer };

struct Function {
  std::string name;
  std::size_t first_line = 0;
  std::size_t last_line = 0;
};

bool names_container(std::string_view text) {
  constexpr std::array<std::string_view, 6> words{"namespace", "class", "struct",
                                                  "union",     "enum",  "extern"};
  return std::ranges::any_of(words, [&](std::string_view word) {
    return find_word(text, word) != std::string_view::npos;
  });
}

// Whether `head` assigns outside of parentheses: what follows in braces is then a value.
bool assigns(std::string_view head) {
  if (find_word(head, "operator") != std::string_view::npos) return false;
  int depth = 0;
  for (const char c : head) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == '=' && depth == 0) return true;
  }
  return false;
}

// Whether the last brace of `Account(int a) : a_{a}, b_{b} {` is still to come.
bool is_member_of_initializer_list(std::string_view head) {
  const std::size_t colon = head.rfind(':');
  const std::size_t close = head.substr(0, colon).rfind(')');
  if (colon == std::string_view::npos || close == std::string_view::npos) return false;
  if (colon > 0 && head[colon - 1] == ':')
    return is_member_of_initializer_list(head.substr(0, colon - 1));
  return true;
}

// What a brace opens, told by the text between the end of the last declaration and itself.
Scope scope_opened_by(std::string_view head) {
  head = trimmed(head);
  const std::size_t close = head.rfind(')');
  if (close == std::string_view::npos) {
    return names_container(head) ? Scope::container : Scope::initializer;
  }
  if (names_container(head.substr(close))) return Scope::container;
  if (head.ends_with(')')) return Scope::function;
  const bool name_before = is_word_character(head.back()) || head.back() == '>';
  if (name_before && is_member_of_initializer_list(head)) return Scope::initializer;
  const bool lambda = head.contains("](");
  return assigns(head) && !lambda ? Scope::initializer : Scope::function;
}

std::string name_in(std::string_view head) {
  head = head.substr(0, head.find('('));
  const auto is_part = [](char c) { return is_word_character(c) || c == ':' || c == '~'; };
  const auto begin = std::find_if_not(head.rbegin(), head.rend(), is_part).base();
  return {begin, head.end()};
}

class FunctionFinder {
 public:
  explicit FunctionFinder(std::string_view code) : code_(code) { blank_preprocessor(); }

  std::vector<Function> find() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      switch (code_[at_]) {
        case '{': open(); break;
        case '}': close(); break;
        case ';': end_declaration(); break;
        case ':': end_access_specifier(); break;
        default: break;
      }
    }
    return std::move(functions_);
  }

 private:
  // A macro's braces need not match, and its lines end where declarations do not.
  void blank_preprocessor() {
    bool continued = false;
    std::size_t begin = 0;
    for (const std::string_view line : lines_of(code_)) {
      const bool directive = continued || trimmed(line).starts_with('#');
      continued = directive && line.ends_with('\\');
      if (directive)
        std::fill_n(code_.begin() + static_cast<std::ptrdiff_t>(begin), line.size(), ' ');
      begin += line.size() + 1;
    }
  }

  bool inside_function() const {
    return std::ranges::find(scopes_, Scope::function) != scopes_.end();
  }

  std::string_view head() const {
    return std::string_view(code_).substr(head_begin_, at_ - head_begin_);
  }

  void open() {
    const Scope scope = inside_function() ? Scope::initializer : scope_opened_by(head());
    if (scope == Scope::function) {
      const std::string_view text = head();
      const std::size_t first = text.find_first_not_of(" \n");
      functions_.push_back({.name = name_in(text),
                            .first_line = line_at(code_, head_begin_ + first),
                            .last_line = 0});
    }
    scopes_.push_back(scope);
    if (scope == Scope::container) head_begin_ = at_ + 1;
  }

  void close() {
    if (scopes_.empty()) return;
    const Scope scope = scopes_.back();
    scopes_.pop_back();
    if (scope == Scope::function) functions_.back().last_line = line_at(code_, at_);
    if (scope != Scope::initializer) head_begin_ = at_ + 1;
  }

  void end_declaration() {
    if (!inside_function()) head_begin_ = at_ + 1;
  }

  void end_access_specifier() {
    const std::string_view word = trimmed(head());
    if (word == "public" || word == "private" || word == "protected") head_begin_ = at_ + 1;
  }

  std::string code_;
  std::vector<Scope> scopes_;
  std::vector<Function> functions_;
  std::size_t head_begin_ = 0;
  std::size_t at_ = 0;
};

}  // namespace

Findings check_functions(const Source& source) {
  Findings findings;
  for (const Function& function : FunctionFinder(source.code).find()) {
    const std::size_t lines = function.last_line + 1 - function.first_line;
    if (function.last_line == 0 || lines <= function_lines_max) continue;
    findings.push_back(
        {source.path, function.first_line,
         function.name + " has " + std::to_string(lines) + " lines, the wall is " +
             std::to_string(function_lines_max) +
             ": keep the branches here, move the leaves into functions of their own"});
  }
  return findings;
}

}  // namespace packledger::house
