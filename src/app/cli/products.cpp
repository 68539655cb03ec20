// packledger products: what can be bought.
#include "app/cli/catalog_text.hpp"
#include "app/cli/command.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class Products final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--at", at_, "As they were at this instant.")->type_name("TIME");
  }

  ExitCode run(Session& session) override {
    std::string target = "/v1/products";
    add_query(target, "at", at_);
    return session.show({.target = target}, [&](const Json& answer) {
      session.out() << products_text(answer, session.look);
    });
  }

 private:
  std::string at_;
};

}  // namespace

void add_products_command(CommandTree& tree) {
  tree.add(tree.root(), "products", "Show what can be bought.", std::make_unique<Products>());
}

}  // namespace packledger::cli
