// packledger journal: the entries, as lines for people or as NDJSON.
#include "app/cli/command.hpp"
#include "app/cli/entry_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::int64_t page_lines_max = 1'000;  // what the daemon gives at once

class Journal final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--account", account_, "Only entries of this account.");
    app.add_option("--kind", kind_, "Only entries of this kind: send_recorded.");
    app.add_option("--from", from_, "Start at this position.")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--limit", limit_, "At most so many lines; 0 shows all.")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }

  ExitCode run(Session& session) override {
    Zone zone;
    if (!account_.empty() && !session.options.json) {
      auto of_account = session.zone_of(account_);
      if (!of_account) return of_account.error();
      zone = *std::move(of_account);
    }
    std::int64_t left = limit_;
    bool more = true;
    while (more && (limit_ == 0 || left > 0)) {
      const std::int64_t page = limit_ == 0 ? page_lines_max : std::min(left, page_lines_max);
      const auto shown = show_page(session, zone, page);
      if (!shown) return shown.error();
      left -= *shown;
      more = *shown == page;
    }
    return ExitCode::ok;
  }

 private:
  // How many lines there were; moves from_ behind the last.
  Result<std::int64_t, ExitCode> show_page(Session& session, const Zone& zone, std::int64_t page) {
    std::string target = "/v1/journal?from=" + std::to_string(from_);
    add_query(target, "limit", std::to_string(page));
    add_query(target, "account", account_);
    add_query(target, "kind", kind_);
    const auto answer = session.ask_raw({.target = target});
    if (!answer) return std::unexpected(answer.error());
    std::int64_t lines = 0;
    std::string_view rest = answer->body;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto entry = parse_json(line);
      if (!entry) {
        return std::unexpected(
            session.complain(ExitCode::unexpected, "a line of the journal is not JSON"));
      }
      from_ = integer_in(entry->root(), "position") + 1;
      ++lines;
      if (session.options.json) {
        session.out() << line << '\n';
      } else {
        session.out() << entry_text(entry->root(), zone) << '\n';
      }
    }
    return lines;
  }

  std::string account_;
  std::string kind_;
  std::int64_t from_ = 1;
  std::int64_t limit_ = 100;
};

}  // namespace

void add_journal_command(CommandTree& tree) {
  tree.add(tree.root(), "journal", "Show the entries of the journal.", std::make_unique<Journal>());
}

}  // namespace packledger::cli
