// packledger price-book show|publish
#include "app/cli/catalog_text.hpp"
#include "app/cli/command.hpp"
#include "app/cli/writing.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iterator>
#include <ostream>

namespace packledger::cli {
namespace {

class PriceBookShow final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--at", at_, "As it was at this instant.")->type_name("TIME");
  }

  ExitCode run(Session& session) override {
    std::string target = "/v1/price-book";
    add_query(target, "at", at_);
    return session.show({.target = target}, [&](const Json& book) {
      session.out() << products_text(book, session.look) << '\n'
                    << tariffs_text(book, session.look);
    });
  }

 private:
  std::string at_;
};

class PriceBookPublish final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("file", file_, "The price book, as JSON.")->required();
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::ifstream file{file_};
    if (!file) return session.complain(ExitCode::usage, "cannot read " + file_);
    const std::string body{std::istreambuf_iterator<char>{file}, {}};
    if (body.empty()) return session.complain(ExitCode::usage, file_ + " is empty");
    const Question question{.method = "PUT", .target = "/v1/price-book", .body = body};
    return writing_.ask(session, question, [&](const Json& answer) {
      session.out() << "published " << text_in(answer, "version") << ", in force from "
                    << text_in(answer, "effective_from") << ", position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  std::string file_;
  Writing writing_;
};

}  // namespace

void add_price_book_commands(CommandTree& tree) {
  CLI::App& group = tree.group("price-book", "Show or publish prices.");
  tree.add(group, "show", "Show products and tariffs in force.", std::make_unique<PriceBookShow>());
  tree.add(group, "publish", "Publish a price book from an instant on.",
           std::make_unique<PriceBookPublish>());
}

}  // namespace packledger::cli
