#include "tests/house/promises.hpp"

#include <algorithm>

namespace packledger::house {
namespace {

constexpr std::string_view golden_folder = "tests/wire/golden/";

// What stands between the braces that open after `keyword` and `name`; empty where nothing does.
std::string_view body_of(std::string_view code, std::string_view keyword, std::string_view name) {
  for (std::size_t at = find_word(code, keyword); at != std::string_view::npos;
       at = find_word(code, keyword, at + 1)) {
    const std::string_view rest = code.substr(at);
    const std::size_t open = rest.find('{');
    if (open == std::string_view::npos) return {};
    if (find_word(rest.substr(0, open), name) == std::string_view::npos) continue;
    return rest.substr(open + 1, rest.find('}') - open - 1);
  }
  return {};
}

std::string first_word(std::string_view text) {
  text = trimmed(text);
  return std::string(text.substr(0, text.find_first_of(" \t\n=,[")));
}

std::vector<std::string> first_words(std::string_view body, char separator) {
  std::vector<std::string> words;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find(separator), body.size());
    std::string word = first_word(body.substr(0, end));
    if (!word.empty()) words.push_back(std::move(word));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return words;
}

// A CMakeLists.txt speaks of the files under its folder by their path from there.
bool names(const Source& cmake_lists, std::string_view path) {
  const std::string_view folder =
      std::string_view(cmake_lists.path).substr(0, cmake_lists.path.rfind('/') + 1);
  if (!path.starts_with(folder)) return false;
  path.remove_prefix(folder.size());
  constexpr std::string_view separators = " \t()\"";
  for (std::string_view line : lines_of(cmake_lists.text)) {
    line = line.substr(0, line.find('#'));
    for (std::size_t at = line.find(path); at != std::string_view::npos;
         at = line.find(path, at + 1)) {
      const std::size_t end = at + path.size();
      const bool begins = at == 0 || separators.contains(line[at - 1]);
      if (begins && (end == line.size() || separators.contains(line[end]))) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> enumerators_of(const Source& source, std::string_view name) {
  return first_words(body_of(source.code, "enum", name), ',');
}

std::vector<std::string> messages_of_oneof(const Source& proto, std::string_view name) {
  std::vector<std::string> types = first_words(body_of(proto.code, "oneof", name), ';');
  for (std::string& type : types) type.erase(0, type.rfind('.') + 1);
  return types;
}

std::string snake_case(std::string_view pascal_case) {
  const auto is_upper = [&](std::size_t i) {
    return i < pascal_case.size() && pascal_case[i] >= 'A' && pascal_case[i] <= 'Z';
  };
  std::string snake;
  for (std::size_t i = 0; i < pascal_case.size(); ++i) {
    const bool last_of_capitals = i + 1 < pascal_case.size() && !is_upper(i + 1);
    if (i > 0 && is_upper(i) && (!is_upper(i - 1) || last_of_capitals)) snake += '_';
    snake += is_upper(i) ? static_cast<char>(pascal_case[i] - 'A' + 'a') : pascal_case[i];
  }
  return snake;
}

Findings check_rejects(const Source& reject_header, std::span<const Source> documents) {
  const std::vector<std::string> rejects = enumerators_of(reject_header, "Reject");
  if (rejects.empty()) return {{reject_header.path, 0, "declare `enum class Reject` here"}};
  Findings findings;
  for (const std::string& reject : rejects) {
    const bool documented = std::ranges::any_of(documents, [&](const Source& document) {
      return document.text.contains("`" + reject + "`");
    });
    if (documented) continue;
    findings.push_back(
        {reject_header.path, line_at(reject_header.code, find_word(reject_header.code, reject)),
         reject + " is told nowhere: say in docs/rules.md when `" + reject + "` is answered"});
  }
  return findings;
}

Findings check_golden(const Source& entry_proto, std::span<const std::string> paths) {
  const std::vector<std::string> messages = messages_of_oneof(entry_proto, "input");
  if (messages.empty()) {
    return {{entry_proto.path, 0, "declare what may be stored in `oneof input`"}};
  }
  Findings findings;
  for (const std::string& message : messages) {
    const std::string golden = std::string(golden_folder) + snake_case(message) + ".hex";
    if (std::ranges::find(paths, golden) != paths.end()) continue;
    findings.push_back({entry_proto.path,
                        line_at(entry_proto.code, find_word(entry_proto.code, message)),
                        message + " has no golden bytes: keep an encoded example in " + golden +
                            ", it must decode for ever"});
  }
  return findings;
}

Findings check_built(std::span<const Source> sources, std::span<const Source> cmake_lists) {
  Findings findings;
  for (const Source& source : sources) {
    if (!is_cpp(source)) continue;
    const bool built = std::ranges::any_of(
        cmake_lists, [&](const Source& lists) { return names(lists, source.path); });
    if (built) continue;
    findings.push_back(
        {source.path, 0, "is never built: name it in the CMakeLists.txt of its folder"});
  }
  return findings;
}

}  // namespace packledger::house
