// packledger journal: the entries, as lines for people or as NDJSON.
#include "app/cli/command.hpp"
#include "app/cli/entry_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
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
    app.add_flag("--follow", follow_, "Go on with what comes, until interrupted.");
  }

  ExitCode run(Session& session) override {
    Zone zone;
    if (!account_.empty() && !session.options.json) {
      auto of_account = session.zone_of(account_);
      if (!of_account) return of_account.error();
      zone = *std::move(of_account);
    }
    if (follow_) limit_ = 0;
    std::int64_t left = limit_;
    bool more = true;
    while (more && (limit_ == 0 || left > 0)) {
      const std::int64_t page = limit_ == 0 ? page_lines_max : std::min(left, page_lines_max);
      const auto shown = show_page(session, zone, page);
      if (!shown) return shown.error();
      left -= *shown;
      more = follow_ || from_ <= last_;
      waiting_ = from_ > last_;
    }
    return ExitCode::ok;
  }

 private:
  // How many lines there were; moves from_ to where the daemon says that the next page starts.
  Result<std::int64_t, ExitCode> show_page(Session& session, const Zone& zone, std::int64_t page) {
    std::string target = "/v1/journal?from=" + std::to_string(from_);
    add_query(target, "limit", std::to_string(page));
    add_query(target, "account", account_);
    add_query(target, "kind", kind_);
    if (waiting_) add_query(target, "after", std::to_string(from_));
    if (waiting_) add_query(target, "wait", "30");
    const auto answer = session.ask_raw({.target = target});
    if (!answer) return std::unexpected(answer.error());
    const auto next = number(answer->header("Packledger-Next"));
    const auto last = number(answer->header("Packledger-Position"));
    if (!next || !last || *next < from_) {
      return std::unexpected(
          session.complain(ExitCode::unexpected, "the journal does not say where it goes on"));
    }
    from_ = *next;
    last_ = *last;
    return show_lines(session, zone, answer->body);
  }

  Result<std::int64_t, ExitCode> show_lines(Session& session, const Zone& zone,
                                            std::string_view body) const {
    std::int64_t lines = 0;
    for (; !body.empty(); ++lines) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      const std::string_view line = body.substr(0, end);
      body.remove_prefix(std::min(end + 1, body.size()));
      const auto entry = parse_json(line);
      if (!entry) {
        return std::unexpected(
            session.complain(ExitCode::unexpected, "a line of the journal is not JSON"));
      }
      if (session.options.json) {
        session.out() << line << '\n';
      } else {
        session.out() << entry_text(entry->root(), zone) << '\n';
      }
    }
    session.out().flush();
    return lines;
  }

  static std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{}) return std::nullopt;
    return value;
  }

  std::string account_;
  std::string kind_;
  std::int64_t from_ = 1;
  std::int64_t limit_ = 100;
  bool follow_ = false;
  std::int64_t last_ = 0;  // of the journal, as the daemon told with the last page
  bool waiting_ = false;   // all is shown: ask for what comes
};

}  // namespace

void add_journal_command(CommandTree& tree) {
  tree.add(tree.root(), "journal", "Show the entries of the journal.", std::make_unique<Journal>());
}

}  // namespace packledger::cli
