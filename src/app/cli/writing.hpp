// Writing: what all commands that change something have in common: --dry-run, and telling what
// came of it, or would come, down to the last consequence.
//
// Owner: the command; one thread.
#pragma once

#include "app/cli/session.hpp"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace packledger::cli {

class Writing {
 public:
  // Adds --dry-run.
  void declare(CLI::App& app);
  [[nodiscard]] bool dry_run() const { return dry_run_; }

  using Tell = std::function<void(const Json&)>;
  // Asks. Then prints the daemon's JSON where that is wanted; else lets `tell` say what was done
  // and adds the consequences. Of a dry run it says which entries would be made, below what `quote`
  // says of it, where there is one.
  [[nodiscard]] ExitCode ask(Session& session, Question question, const Tell& tell,
                             const Tell& quote = {}) const;

 private:
  bool dry_run_ = false;
};

// "  -> alarm_raised          low: 900 of 1,000 units left, told nobody"
[[nodiscard]] std::string consequence_text(const Json& entry);
// A line for each consequence that an answer tells of; empty where there are none.
[[nodiscard]] std::string consequences_text(const Json& answer);
// What a dry run would enter, a line each, consequences set in.
[[nodiscard]] std::string dry_run_text(const Json& answer);
// "warning: …" lines of a rule that was set.
[[nodiscard]] std::string warnings_text(const Json& answer);

}  // namespace packledger::cli
