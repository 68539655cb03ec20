// packledger digest: one short text for the whole state, equal for equal states.
#include "app/cli/command.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class Digest final : public Command {
 public:
  void declare(CLI::App& app) override { app.footer("Equal digests mean equal ledgers."); }

  ExitCode run(Session& session) override {
    return session.show({.target = "/v1/digest"}, [&](const Json& answer) {
      session.out() << text_in(answer, "digest") << " at position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }
};

}  // namespace

void add_digest_command(CommandTree& tree) {
  tree.add(tree.root(), "digest", "Show the digest of the whole ledger.",
           std::make_unique<Digest>());
}

}  // namespace packledger::cli
