// Completion scripts, made from the tree of commands itself: a command or option that is added
// there is completed without being written down again. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace packledger::cli {

struct CompletionWord {
  std::string word;   // "open", "--currency"
  std::string about;  // one line
  bool command = false;
};

// One command with what may stand behind it.
struct CompletionNode {
  std::string path;  // "packledger account open"
  std::vector<CompletionWord> words;
};

// Parents before their children; every node also knows the options of the root.
[[nodiscard]] std::vector<CompletionNode> completion_nodes(const CLI::App& root);

[[nodiscard]] std::string bash_completion(const std::vector<CompletionNode>& nodes);
[[nodiscard]] std::string zsh_completion(const std::vector<CompletionNode>& nodes);
[[nodiscard]] std::string fish_completion(const std::vector<CompletionNode>& nodes);

}  // namespace packledger::cli
