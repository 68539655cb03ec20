#include "app/cli/completion_script.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace packledger::cli {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void add_options(std::vector<CompletionWord>& words, const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const std::string word = "--" + name;
      const bool known = std::ranges::any_of(words, [&](const auto& w) { return w.word == word; });
      if (!known) words.push_back({word, first_line(option->get_description()), false});
    }
  }
}

void add_nodes(std::vector<CompletionNode>& nodes, const CLI::App& app, const CLI::App& root,
               const std::string& path) {
  CompletionNode node{path, {}};
  const std::vector<const CLI::App*> children =
      app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* child : children) {
    node.words.push_back({child->get_name(), first_line(child->get_description()), true});
  }
  add_options(node.words, app);
  add_options(node.words, root);
  nodes.push_back(std::move(node));
  for (const CLI::App* child : children) {
    add_nodes(nodes, *child, root, path + " " + child->get_name());
  }
}

// 'as one word of a shell': our descriptions may hold apostrophes.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char each : text) {
    if (each == '\'') {
      out += "'\\''";
    } else {
      out += each;
    }
  }
  return out + "'";
}

// 'a path'|'another path': the pattern of a case over all nodes but the root.
std::string all_paths(const std::vector<CompletionNode>& nodes) {
  std::string out;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    out += (i == 1 ? "" : "|") + in_quotes(nodes[i].path);
  }
  return out;
}

}  // namespace

std::vector<CompletionNode> completion_nodes(const CLI::App& root) {
  std::vector<CompletionNode> nodes;
  add_nodes(nodes, root, root, root.get_name());
  return nodes;
}

std::string bash_completion(const std::vector<CompletionNode>& nodes) {
  std::string out =
      "# bash completion for packledger, made by `packledger completion bash`.\n"
      "_packledger() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} path=packledger words= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n"
      "      " +
      all_paths(nodes) +
      ") path+=\" ${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case $path in\n";
  for (const CompletionNode& node : nodes) {
    std::string words;
    for (const CompletionWord& each : node.words) words += (words.empty() ? "" : " ") + each.word;
    out += "    " + in_quotes(node.path) + ") words=" + in_quotes(words) + " ;;\n";
  }
  out +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "}\n"
      "complete -o default -F _packledger packledger\n";
  return out;
}

std::string zsh_completion(const std::vector<CompletionNode>& nodes) {
  std::string out =
      "#compdef packledger\n"
      "# zsh completion for packledger, made by `packledger completion zsh`.\n"
      "_packledger() {\n"
      "  local place=packledger i\n"
      "  local -a offers\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$place ${words[i]}\" in\n"
      "      (" +
      all_paths(nodes) +
      ") place+=\" ${words[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case $place in\n";
  for (const CompletionNode& node : nodes) {
    out += "    (" + in_quotes(node.path) + ") offers=(\n";
    for (const CompletionWord& each : node.words) {
      std::string about;
      for (const char letter : each.about) about += letter == ':' ? ";" : std::string(1, letter);
      out += "      " + in_quotes(each.word + ":" + about) + "\n";
    }
    out += "    ) ;;\n";
  }
  out +=
      "  esac\n"
      "  _describe packledger offers || _files\n"
      "}\n"
      "# Run as an autoloaded function, or read by `source`.\n"
      "if [[ ${funcstack[1]} == _packledger ]]; then _packledger \"$@\"; "
      "else compdef _packledger packledger; fi\n";
  return out;
}

std::string fish_completion(const std::vector<CompletionNode>& nodes) {
  std::string out =
      "# fish completion for packledger, made by `packledger completion fish`.\n"
      "function __packledger_at\n"
      "  set -l place packledger\n"
      "  set -l words (commandline -opc)\n"
      "  for word in $words[2..-1]\n"
      "    switch \"$place $word\"\n";
  out += "      case";
  for (std::size_t i = 1; i < nodes.size(); ++i) out += " " + in_quotes(nodes[i].path);
  out +=
      "\n"
      "        set place \"$place $word\"\n"
      "    end\n"
      "  end\n"
      "  test \"$place\" = \"$argv[1]\"\n"
      "end\n";
  for (const CompletionNode& node : nodes) {
    const std::string where = "complete -c packledger -n \"__packledger_at '" + node.path + "'\"";
    for (const CompletionWord& each : node.words) {
      out += where + (each.command ? " -f -a " + each.word : " -l " + each.word.substr(2)) +
             " -d " + in_quotes(each.about) + "\n";
    }
  }
  return out;
}

}  // namespace packledger::cli
