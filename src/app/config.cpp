#include "app/config.hpp"

#include "app/config_keys.hpp"
#include "wire/json_writer.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <tuple>
#include <utility>

namespace packledger {

namespace {

const ConfigKey* find_key(std::string_view name) {
  const auto found = std::ranges::find(all_config_keys(), name, &ConfigKey::name);
  return found == all_config_keys().end() ? nullptr : &*found;
}

std::string_view section_of(std::string_view name) { return name.substr(0, name.find('.')); }

bool is_section(std::string_view name) {
  return std::ranges::any_of(all_config_keys(),
                             [&](const ConfigKey& key) { return section_of(key.name) == name; });
}

// ---- reading ----

// JSON's escapes are among those of TOML.
std::string quoted_text(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

std::string expected_but(const ConfigKey& key, std::string_view got) {
  return "expected " + key.allowed + ", got " + std::string{got};
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none: return "nothing";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a text in quotes";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a time without quotes";
  }
  std::unreachable();
}

// What stands in the file, as text; nothing where it is of another type than the key.
std::optional<std::string> text_of(const toml::node& node, Written written) {
  switch (written) {
    case Written::text: return node.value_exact<std::string>();
    case Written::integer: {
      const auto value = node.value_exact<std::int64_t>();
      return value ? std::optional{std::to_string(*value)} : std::nullopt;
    }
    case Written::flag: {
      const auto value = node.value_exact<bool>();
      return value ? std::optional<std::string>{*value ? "true" : "false"} : std::nullopt;
    }
  }
  std::unreachable();
}

// The problem, or nothing where all is well.
std::optional<std::string> read_key(Config& config, std::string_view name, const toml::node& node) {
  const ConfigKey* key = find_key(name);
  if (key == nullptr) return "unknown key";
  const std::optional<std::string> text = text_of(node, key->written);
  if (!text) return expected_but(*key, kind_of(node));
  if (key->write(config, *text)) return std::nullopt;
  return expected_but(*key, key->written == Written::text ? quoted_text(*text) : *text);
}

// Every key of the file is passed to `visit` with its full name; so is every part of it that is
// neither a key nor one of our sections.
void visit_keys(const toml::table& root,
                const std::function<void(const std::string&, const toml::node&)>& visit) {
  for (const auto& [section, node] : root) {
    const toml::table* table = node.as_table();
    if (table == nullptr || !is_section(section.str())) {
      visit(std::string{section.str()}, node);
      continue;
    }
    for (const auto& [name, value] : *table) {
      visit(std::string{section.str()} + "." + std::string{name.str()}, value);
    }
  }
}

}  // namespace

std::string describe(const ConfigFault& fault) {
  std::string text = fault.file;
  if (fault.line > 0) text += ":" + std::to_string(fault.line);
  for (const std::string* part : {&fault.key, &fault.problem}) {
    if (part->empty()) continue;
    if (!text.empty()) text += ": ";
    text += *part;
  }
  return text;
}

Result<Config, std::vector<ConfigFault>> parse_config(std::string_view toml,
                                                      std::string_view file) {
  Config config;
  std::vector<ConfigFault> faults;
  try {
    const toml::table root = toml::parse(toml, file);
    visit_keys(root, [&](const std::string& name, const toml::node& node) {
      std::optional<std::string> problem = read_key(config, name, node);
      if (!problem) return;
      faults.push_back({std::string{file}, node.source().begin.line, name, std::move(*problem)});
    });
  } catch (const toml::parse_error& error) {
    const std::size_t line = error.source().begin.line;
    faults.push_back({std::string{file}, line, {}, std::string{error.description()}});
  }
  if (faults.empty()) return config;
  std::ranges::sort(faults, {},
                    [](const ConfigFault& fault) { return std::tie(fault.line, fault.key); });
  return std::unexpected{std::move(faults)};
}

Result<Config, std::vector<ConfigFault>> load_config(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  in.peek();  // a directory can be opened, but not read
  if (!in.is_open() || in.bad()) {
    return std::unexpected{std::vector{ConfigFault{file, 0, {}, "cannot be read"}}};
  }
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return parse_config(text, file);
}

Result<void, ConfigFault> set_config(Config& config, std::string_view name, std::string_view text) {
  const ConfigKey* key = find_key(name);
  if (key == nullptr) return std::unexpected{ConfigFault{{}, 0, std::string{name}, "unknown key"}};
  if (key->write(config, text)) return {};
  return std::unexpected{
      ConfigFault{{}, 0, std::string{name}, expected_but(*key, quoted_text(text))}};
}

// ---- writing ----

namespace {

std::string toml_value(const ConfigKey& key, const Config& config) {
  const std::string text = key.read(config);
  return key.written == Written::text ? quoted_text(text) : text;
}

}  // namespace

std::string print_config(const Config& config) {
  const Config defaults;
  std::string out =
      "# The configuration of packledgerd. Every key is optional; flags win over this file.\n";
  std::string_view section;
  for (const ConfigKey& key : all_config_keys()) {
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      out += "\n[" + std::string{section} + "]\n";
    }
    out += "# " + std::string{key.help} + "\n";
    out += "# Default " + toml_value(key, defaults) + ": " + key.allowed + ".\n";
    out += std::string{key.name.substr(section.size() + 1)} + " = " + toml_value(key, config);
    out += "\n";
  }
  return out;
}

std::string document_config() {
  const Config defaults;
  std::string out = "| ConfigKey | Default | Allowed | What it does |\n|---|---|---|---|\n";
  for (const ConfigKey& key : all_config_keys()) {
    out += "| `" + std::string{key.name} + "` | `" + toml_value(key, defaults) + "` | ";
    out += key.allowed + " | " + std::string{key.help} + " |\n";
  }
  return out;
}

}  // namespace packledger
