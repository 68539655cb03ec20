#include "app/cli/writing.hpp"

#include "app/cli/entry_text.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::string_view indent = "  ";

std::string lines_of(const Json& entries) {
  std::string text;
  for (const Json& entry : entries.elements()) {
    const bool consequence = !value_in(entry, "caused_by").is_null();
    text += consequence ? consequence_text(entry) : std::string(indent) + deed_text(entry) + "\n";
  }
  return text;
}

}  // namespace

void Writing::declare(CLI::App& app) {
  app.add_flag("--dry-run", dry_run_, "Only show what would be entered; nothing is kept.");
}

ExitCode Writing::ask(Session& session, Question question, const Tell& tell,
                      const Tell& quote) const {
  if (dry_run_) add_query(question.target, "dry_run", "true");
  return session.show(question, [&](const Json& answer) {
    if (dry_run_) {
      if (quote) quote(answer);
      session.out() << warnings_text(answer) << dry_run_text(answer);
      return;
    }
    tell(answer);
    session.out() << warnings_text(answer) << consequences_text(answer);
  });
}

std::string consequence_text(const Json& entry) {
  return std::string(indent) + "-> " + deed_text(entry) + "\n";
}

std::string consequences_text(const Json& answer) {
  return lines_of(value_in(answer, "consequences"));
}

std::string dry_run_text(const Json& answer) {
  const std::string lines = lines_of(value_in(answer, "entries"));
  return lines.empty() ? "dry run: nothing would be entered\n"
                       : "dry run: nothing was kept; this would be entered:\n" + lines;
}

std::string warnings_text(const Json& answer) {
  std::string text;
  for (const Json& each : value_in(answer, "warnings").elements()) {
    text += "warning: " + std::string(text_in(each, "code")) + ": " +
            std::string(text_in(each, "detail")) + "\n";
  }
  return text;
}

}  // namespace packledger::cli
