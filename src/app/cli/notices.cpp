// packledger notices: what was told about an account, and to whom.
#include "app/cli/command.hpp"
#include "app/cli/entry_words.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::int64_t page_lines_max = 1'000;  // what the daemon gives at once

class Notices final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose notices.")->required();
    app.add_option("--topic", topic_, "Only those about this.")
        ->check(CLI::IsMember({"alarm", "reminder", "renewal", "account"}));
    app.add_option("--from", from_, "Only those from this instant on.")->type_name("TIME");
    app.add_option("--limit", limit_, "At most so many; 0 shows all.")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }

  ExitCode run(Session& session) override {
    const auto zone =
        session.options.json ? Result<Zone, ExitCode>{Zone{}} : session.zone_of(account_);
    if (!zone) return zone.error();
    std::string cursor;
    std::int64_t told = 0;
    do {
      const std::int64_t left = limit_ == 0 ? page_lines_max : limit_ - told;
      std::string target = account_path(account_) +
                           "/notices?limit=" + std::to_string(std::min(left, page_lines_max));
      add_query(target, "topic", topic_);
      add_query(target, "from", from_);
      add_query(target, "cursor", cursor);
      const auto page = session.ask({.target = target});
      if (!page) return page.error();
      if (session.options.json) session.out() << page->http().body << '\n';
      const auto notices = value_in(page->json(), "notices").elements();
      if (!session.options.json) {
        for (const Json& notice : notices) tell(session, notice, *zone);
      }
      told += static_cast<std::int64_t>(notices.size());
      cursor = text_in(page->json(), "next_cursor");
    } while (!cursor.empty() && (limit_ == 0 || told < limit_));
    if (told == 0 && !session.options.json) {
      session.out() << account_ << " has no such notices\n";
    } else if (!cursor.empty() && !session.options.json) {
      session.out() << "... and more: --limit 0 shows all\n";
    }
    return ExitCode::ok;
  }

 private:
  static void tell(Session& session, const Json& notice, const Zone& zone) {
    const auto at = instant_in(notice, "at");
    session.out() << colored(at ? local_text(*at, zone) : "-", Color::bold, session.look) << "  "
                  << text_in(notice, "text") << '\n'
                  << colored("    " + std::string(text_in(notice, "kind")) + ", told " +
                                 told_text(value_in(notice, "told")) + ", notice " +
                                 std::string(text_in(notice, "notice")),
                             Color::dim, session.look)
                  << '\n';
  }

  std::string account_;
  std::string topic_;
  std::string from_;
  std::int64_t limit_ = 100;
};

}  // namespace

void add_notices_command(CommandTree& tree) {
  tree.add(tree.root(), "notices", "Show what was told about an account, and to whom.",
           std::make_unique<Notices>());
}

}  // namespace packledger::cli
