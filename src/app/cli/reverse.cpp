// packledger reverse: gives units of a send back.
#include "app/cli/command.hpp"
#include "app/cli/send_text.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class Reverse final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose send.")->required();
    app.add_option("send", send_, "Its name.")->required();
    app.add_option("units", units_, "How many units to give back.")
        ->required()
        ->check(CLI::PositiveNumber);
    app.add_option("--reversal", reversal_, "Its own name; the same one never reverses twice.");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    if (reversal_.empty()) reversal_ = fresh_name("reversal");
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("reversal", reversal_).member("units", units_).end_object();
    const std::string target = account_path(account_) + "/sends/" + escaped(send_) + "/reversals";
    const Question question{.method = "POST", .target = target, .body = body};
    return writing_.ask(session, question, [&](const Json& answer) {
      session.out() << send_ << ": " << reversal_text(answer) << ", position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  std::string account_;
  std::string send_;
  std::int64_t units_ = 0;
  std::string reversal_;
  Writing writing_;
};

}  // namespace

void add_reverse_command(CommandTree& tree) {
  tree.add(tree.root(), "reverse", "Give units of a send back.", std::make_unique<Reverse>());
}

}  // namespace packledger::cli
