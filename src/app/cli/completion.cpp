// packledger completion bash|zsh|fish: what a shell needs to complete our words.
#include "app/cli/command.hpp"
#include "app/cli/completion_script.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class Completion final : public Command {
 public:
  explicit Completion(const CLI::App& root) : root_{root} {}

  void declare(CLI::App& app) override {
    app.add_option("shell", shell_, "Which shell.")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    app.footer(
        "\nbash: packledger completion bash > /etc/bash_completion.d/packledger\n"
        "zsh:  packledger completion zsh > \"${fpath[1]}/_packledger\"\n"
        "fish: packledger completion fish > ~/.config/fish/completions/packledger.fish\n");
  }

  ExitCode run(Session& session) override {
    const std::vector<CompletionNode> nodes = completion_nodes(root_);
    if (shell_ == "bash") session.out() << bash_completion(nodes);
    if (shell_ == "zsh") session.out() << zsh_completion(nodes);
    if (shell_ == "fish") session.out() << fish_completion(nodes);
    return ExitCode::ok;
  }

 private:
  const CLI::App& root_;
  std::string shell_;
};

}  // namespace

void add_completion_command(CommandTree& tree) {
  tree.add(tree.root(), "completion", "Print a completion script for a shell.",
           std::make_unique<Completion>(tree.root()));
}

}  // namespace packledger::cli
