#include "tests/house/source.hpp"

#include <algorithm>
#include <utility>

namespace packledger::house {
namespace {

// Walks over a text once and says of every character whether it is code, comment or literal.
class Splitter {
 public:
  explicit Splitter(std::string_view text)
      : text_(text), code_(blank_like(text)), comments_(code_) {}

  void split() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        take_comment(text_.find('\n', at_));
      } else if (starts("/*")) {
        take_comment(end_after("*/", at_ + 2));
      } else if (starts("R\"") && !(at_ > 0 && is_word_character(text_[at_ - 1]))) {
        skip_raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
        skip_literal(text_[at_]);
      } else {
        take_code();
      }
    }
  }

  std::string code() { return std::move(code_); }
  std::string comments() { return std::move(comments_); }

 private:
  static std::string blank_like(std::string_view text) {
    std::string blank(text);
    std::ranges::replace_if(blank, [](char c) { return c != '\n'; }, ' ');
    return blank;
  }

  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // 1'000 is one number, not the beginning of a character.
  bool is_digit_separator() const { return at_ > 0 && is_word_character(text_[at_ - 1]); }

  std::size_t end_after(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? found : found + what.size();
  }

  void take_code() {
    code_[at_] = text_[at_];
    ++at_;
  }

  void take_comment(std::size_t until) {
    until = std::min(until, text_.size());
    for (; at_ < until; ++at_) comments_[at_] = text_[at_];
  }

  void skip_literal(char quote) {
    take_code();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ < text_.size()) take_code();
  }

  void skip_raw_string() {
    const std::size_t open = std::min(text_.find('(', at_), text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    at_ = std::min(end_after(close, open), text_.size());
  }

  std::string_view text_;
  std::string code_;
  std::string comments_;
  std::size_t at_ = 0;
};

}  // namespace

Source::Source(std::string file_path, std::string file_text)
    : path(std::move(file_path)), text(std::move(file_text)) {
  Splitter splitter(text);
  splitter.split();
  code = splitter.code();
  comments = splitter.comments();
}

std::vector<Include> includes_of(const Source& source) {
  const std::vector<std::string_view> code_lines = lines_of(source.code);
  const std::vector<std::string_view> text_lines = lines_of(source.text);
  std::vector<Include> includes;
  for (std::size_t i = 0; i < code_lines.size(); ++i) {
    const std::string_view code = trimmed(code_lines[i]);
    if (!code.starts_with('#') || !trimmed(code.substr(1)).starts_with("include")) continue;
    const std::string_view text = text_lines[i];  // in `code` a quoted target is blank
    const std::size_t open = text.find_first_of("<\"");
    if (open == std::string_view::npos) continue;
    const std::size_t close = text.find_first_of(">\"", open + 1);
    includes.push_back({.target = std::string(text.substr(open + 1, close - open - 1)),
                        .quoted = text[open] == '"',
                        .line = i + 1});
  }
  return includes;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  for (std::size_t at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_character(text[at - 1]);
    const bool ends = end == text.size() || !is_word_character(text[end]);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_header(const Source& source) { return source.path.ends_with(".hpp"); }
bool is_cpp(const Source& source) { return source.path.ends_with(".cpp"); }

}  // namespace packledger::house
