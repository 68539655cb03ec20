#include "tests/examples/table.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace packledger::examples {
namespace {

constexpr std::string_view spaces = " \t\r";

struct Words {
  std::vector<std::string> words;
  std::string comment;  // what stands after '#', if the line is nothing else
  bool open_quote = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

Words split(std::string_view line) {
  Words out;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(spaces, at)) != std::string_view::npos) {
    if (line[at] == '#') {
      if (out.words.empty()) out.comment = std::string(trimmed(line.substr(at + 1)));
      break;
    }
    if (line[at] == '"') {
      const std::size_t close = line.find('"', at + 1);
      out.open_quote = close == std::string_view::npos;
      if (out.open_quote) break;
      out.words.emplace_back(line.substr(at, close - at));  // the opening quote marks it as a text
      at = close + 1;
      continue;
    }
    const std::size_t end = std::min(line.find_first_of(spaces, at), line.size());
    out.words.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

Statement statement_of(std::vector<std::string> words, Place place) {
  Statement statement{std::move(place), {}, {}, false};
  for (std::string& word : words) {
    if (!statement.arrow && word == "->") {
      statement.arrow = true;
    } else {
      (statement.arrow ? statement.expected : statement.words).push_back(std::move(word));
    }
  }
  return statement;
}

class TableReader {
 public:
  TableReader(const std::string& folder, const std::string& file) : folder_(folder), file_(file) {}

  Result<Table, TableFault> read(std::string_view text) {
    while (!text.empty() && !fault_) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      take_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    close();
    if (fault_) return std::unexpected{*fault_};
    return std::move(table_);
  }

 private:
  Place here() const { return {file_, line_}; }
  void wrong(std::string detail) {
    if (!fault_) fault_ = TableFault{here(), std::move(detail)};
  }

  void take_line(std::string_view line) {
    ++line_;
    const Words words = split(line);
    if (words.open_quote) return wrong("a text has no closing quote");
    if (words.words.empty() && trimmed(line).empty()) {
      after_gap_ = true;
      return;
    }
    if (words.words.empty()) {
      if (after_gap_) open_scenario(words.comment);
      after_gap_ = false;
      return;
    }
    after_gap_ = false;
    take_statement(statement_of(words.words, here()));
  }

  void open_scenario(const std::string& title) {
    close();
    open_ = Scenario{here(), title, {}};
  }

  void close() {
    if (open_ && !open_->statements.empty()) table_.scenarios.push_back(std::move(*open_));
    open_.reset();
    setup_ = nullptr;
  }

  void take_statement(Statement statement) {
    if (statement.words.empty()) return wrong("nothing stands before the arrow");
    const std::string& verb = statement.words[0];
    if (verb == "include") return include(statement);
    if (verb == "setup") return open_setup(statement);
    if (verb == "as") return insert_setup(statement);
    if (setup_ != nullptr) {
      setup_->push_back(std::move(statement));
    } else if (open_) {
      open_->statements.push_back(std::move(statement));
    } else {
      wrong("a scenario begins with a title: a line with # after an empty line");
    }
  }

  void include(const Statement& statement) {
    if (statement.words.size() != 2) return wrong("include wants one file");
    auto other = read_table(folder_, statement.words[1]);
    if (!other) {
      fault_ = other.error();
      return;
    }
    table_.setups.merge(other->setups);
  }

  void open_setup(const Statement& statement) {
    if (statement.words.size() != 2) return wrong("setup wants one name");
    close();
    setup_ = &table_.setups[statement.words[1]];
    if (!setup_->empty()) wrong("there is a setup of this name already");
  }

  void insert_setup(const Statement& statement) {
    if (statement.words.size() != 2) return wrong("as wants one name");
    const auto found = table_.setups.find(statement.words[1]);
    if (found == table_.setups.end()) return wrong("there is no setup " + statement.words[1]);
    if (setup_ == nullptr && !open_) return wrong("as stands in a scenario or a setup");
    std::vector<Statement>& into = setup_ != nullptr ? *setup_ : open_->statements;
    into.insert(into.end(), found->second.begin(), found->second.end());
  }

  std::string folder_;
  std::string file_;
  int line_ = 0;
  bool after_gap_ = true;
  Table table_;
  std::optional<Scenario> open_;
  std::vector<Statement>* setup_ = nullptr;
  std::optional<TableFault> fault_;
};

}  // namespace

Result<Table, TableFault> parse_table(std::string_view text, const std::string& folder,
                                      const std::string& file) {
  return TableReader{folder, file}.read(text);
}

Result<Table, TableFault> read_table(const std::string& folder, const std::string& file) {
  const std::ifstream in(folder + file);
  if (!in) return std::unexpected{TableFault{{file, 0}, "cannot be read"}};
  std::stringstream text;
  text << in.rdbuf();
  return parse_table(text.str(), folder, file);
}

}  // namespace packledger::examples
