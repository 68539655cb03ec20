// packledger statement: every charge, purchase, refund and expiry, with the figures before and
// after it.
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::int64_t page_lines_max = 1'000;  // what the daemon gives at once

// "o1.1 100 -> 97, o2.1 5 -> 0"
std::string packages_text(const Json& line) {
  std::string text;
  for (const Json& each : value_in(line, "packages").elements()) {
    text += (text.empty() ? "" : ", ") + std::string(text_in(each, "package")) + " " +
            grouped(integer_in(each, "before")) + " -> " + grouped(integer_in(each, "after"));
  }
  return text;
}

class Statement final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose statement.")->required();
    app.add_option("--from", from_, "Only what was recorded at this instant or later.")
        ->type_name("TIME");
    app.add_option("--to", to_, "Only what was recorded before this instant.")->type_name("TIME");
    app.add_option("--kind", kind_, "Only lines of this kind: order_placed.");
    app.add_option("--limit", limit_, "At most so many lines; 0 shows all.")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }

  ExitCode run(Session& session) override {
    const auto zone =
        session.options.json ? Result<Zone, ExitCode>{Zone{}} : session.zone_of(account_);
    if (!zone) return zone.error();
    Table table{{{"POSITION", Align::right},
                 {"AT"},
                 {"AMOUNT", Align::right},
                 {"BALANCE", Align::right},
                 {"PACKAGES"},
                 {"WHAT"}}};
    std::string currency;
    std::string cursor;
    std::int64_t told = 0;
    do {
      const auto page = ask_page(session, cursor, told);
      if (!page) return page.error();
      if (session.options.json) session.out() << page->http().body << '\n';
      const auto lines = value_in(page->json(), "lines").elements();
      for (const Json& line : lines) add_row(table, line, *zone);
      told += static_cast<std::int64_t>(lines.size());
      currency = text_in(page->json(), "currency");
      cursor = text_in(page->json(), "next_cursor");
    } while (!cursor.empty() && (limit_ == 0 || told < limit_));
    if (session.options.json) return ExitCode::ok;
    session.out() << (table.empty() ? account_ + " has no such lines\n" : table.text(session.look));
    if (!cursor.empty()) session.out() << "... and more: --limit 0 shows all\n";
    session.out() << colored("amounts in " + currency + ", times in " + zone->name, Color::dim,
                             session.look)
                  << '\n';
    return ExitCode::ok;
  }

 private:
  [[nodiscard]] Result<Answer, ExitCode> ask_page(Session& session, const std::string& cursor,
                                                  std::int64_t told) const {
    const std::int64_t left = limit_ == 0 ? page_lines_max : limit_ - told;
    std::string target = account_path(account_) +
                         "/statement?limit=" + std::to_string(std::min(left, page_lines_max));
    add_query(target, "from", from_);
    add_query(target, "to", to_);
    add_query(target, "kind", kind_);
    add_query(target, "cursor", cursor);
    return session.ask({.target = target});
  }

  static void add_row(Table& table, const Json& line, const Zone& zone) {
    const auto at = instant_in(line, "at");
    const std::string_view amount = text_in(line, "amount");
    const bool taken = amount.starts_with('-');
    table.add({{grouped(integer_in(line, "position"))},
               {at ? local_text(*at, zone) : "-"},
               {grouped(amount), taken ? Color::red : Color::green},
               {grouped(text_in(line, "balance_after"))},
               {packages_text(line)},
               {std::string(text_in(line, "text"))}});
  }

  std::string account_;
  std::string from_;
  std::string to_;
  std::string kind_;
  std::int64_t limit_ = 100;
};

}  // namespace

void add_statement_command(CommandTree& tree) {
  tree.add(tree.root(), "statement", "Show every move of money and units, line by line.",
           std::make_unique<Statement>());
}

}  // namespace packledger::cli
