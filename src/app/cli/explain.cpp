// packledger explain: why the figures of an account are what they are.
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace packledger::cli {
namespace {

constexpr std::int64_t page_lines_max = 1'000;  // what the daemon gives at once

constexpr std::array<std::string_view, 5> unit_members{"remaining", "held", "used", "forfeited",
                                                       "refunded"};

// "+1,000", "-3", "0"
std::string change_text(std::int64_t change) { return (change > 0 ? "+" : "") + grouped(change); }

std::string positions_text(const Json& part) {
  const std::int64_t first = integer_in(part, "first_position");
  const std::int64_t last = integer_in(part, "last_position");
  return first == last ? grouped(first) : grouped(first) + " to " + grouped(last);
}

bool is_true(const Json& object, std::string_view key) {
  return value_in(object, key).flag().value_or(false);
}

class Explain final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose figures.")->required();
    const std::array subjects{
        app.add_flag("--balance", balance_, "What moved the balance, entry by entry."),
        app.add_option("--package", package_, "What moved the units of this package."),
        app.add_option("--alarm", alarm_, "When this alarm fired, and by which entry."),
        app.add_flag("--renewal", renewal_, "What automatic renewal did, and by which entry."),
        app.add_option("--entry", entry_, "What caused this entry, and what it brought about.")
            ->check(CLI::PositiveNumber),
        app.add_option("--send", send_, "Who paid for this send, and why not the others.")};
    for (CLI::Option* one : subjects) {
      for (CLI::Option* other : subjects) {
        if (one != other) one->excludes(other);
      }
    }
    app.add_option("--at", at_, "As it was at this instant.")->type_name("TIME");
    app.add_option("--position", position_, "As it was after this entry.");
    app.add_option("--limit", limit_, "At most so many lines or packages; 0 shows all.")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }

  ExitCode run(Session& session) override {
    return send_.empty() ? explain(session) : explain_send(session);
  }

 private:
  ExitCode explain(Session& session) {
    const auto zone =
        session.options.json ? Result<Zone, ExitCode>{Zone{}} : session.zone_of(account_);
    if (!zone) return zone.error();
    std::string cursor;
    std::int64_t told = 0;
    bool agrees = true;
    do {
      const auto page = ask_page(session, cursor, told);
      if (!page) return page.error();
      const Json& json = page->json();
      agrees = value_in(json, "agrees").flag().value_or(true);
      if (session.options.json) {
        session.out() << page->http().body << '\n';
      } else {
        tell(session, json, *zone, cursor.empty());
      }
      told += static_cast<std::int64_t>(value_in(json, "lines").elements().size() +
                                        value_in(json, "packages").elements().size());
      cursor = text_in(json, "next_cursor");
    } while (!cursor.empty() && (limit_ == 0 || told < limit_));
    if (!cursor.empty() && !session.options.json)
      session.out() << "... and more: --limit 0 shows all\n";
    if (agrees) return ExitCode::ok;
    return session.complain(ExitCode::unexpected,
                            "the ledger does not say what the journal adds up to: run verify");
  }

  [[nodiscard]] Result<Answer, ExitCode> ask_page(Session& session, const std::string& cursor,
                                                  std::int64_t told) const {
    const std::int64_t left = limit_ == 0 ? page_lines_max : limit_ - told;
    std::string target =
        account_path(account_) + "/explain?limit=" + std::to_string(std::min(left, page_lines_max));
    add_query(target, "balance", balance_ ? "true" : "");
    add_query(target, "package", package_);
    add_query(target, "alarm", alarm_);
    add_query(target, "renewal", renewal_ ? "true" : "");
    add_query(target, "entry", entry_);
    add_query(target, "at", at_);
    add_query(target, "position", position_);
    add_query(target, "cursor", cursor);
    return session.ask({.target = target});
  }

  void tell(Session& session, const Json& page, const Zone& zone, bool first) const {
    const std::string currency{text_in(page, "currency")};
    if (const Json& balance = value_in(page, "balance"); balance.is_object() && first)
      tell_balance(session, balance, currency);
    if (const Json& package = value_in(page, "package"); package.is_object() && first)
      tell_package(session, package);
    for (const Json& package : value_in(page, "packages").elements())
      tell_package(session, package);
    for (const Json& cause : value_in(page, "because").elements()) {
      session.out() << "because of entry " << grouped(integer_in(cause, "position")) << ": "
                    << text_in(cause, "text") << '\n';
    }
    for (const Json& line : value_in(page, "lines").elements()) tell_line(session, line, zone);
    if (first && value_in(page, "lines").is_array() && value_in(page, "lines").elements().empty())
      session.out() << "no entries\n";
  }

  static std::string verdict(const Json& figure, Look look) {
    return is_true(figure, "agrees")
               ? colored("  the ledger says the same", Color::green, look)
               : colored("  the ledger does NOT say the same", Color::red, look);
  }

  void tell_balance(Session& session, const Json& balance, const std::string& currency) const {
    Table table{
        {{"  ENTRIES OF KIND"}, {"COUNT", Align::right}, {"AMOUNT", Align::right}, {"POSITIONS"}}};
    for (const Json& part : value_in(balance, "made_of").elements()) {
      const std::string_view amount = text_in(part, "amount");
      table.add({{"  " + std::string(text_in(part, "kind"))},
                 {grouped(integer_in(part, "entries"))},
                 {(amount.starts_with('-') ? "" : "+") + grouped(amount)},
                 {positions_text(part)}});
    }
    session.out() << colored("Balance: " + grouped(text_in(balance, "amount")) + " " + currency,
                             Color::bold, session.look)
                  << verdict(balance, session.look) << '\n';
    if (!table.empty()) session.out() << table.text(session.look);
  }

  static void tell_package(Session& session, const Json& package) {
    Table table{{{"  ENTRIES OF KIND"},
                 {"COUNT", Align::right},
                 {"REMAINING", Align::right},
                 {"HELD", Align::right},
                 {"USED", Align::right},
                 {"FORFEITED", Align::right},
                 {"REFUNDED", Align::right},
                 {"POSITIONS"}}};
    for (const Json& part : value_in(package, "made_of").elements()) {
      std::vector<Cell> row{{"  " + std::string(text_in(part, "kind"))},
                            {grouped(integer_in(part, "entries"))}};
      for (const std::string_view member : unit_members)
        row.push_back({change_text(integer_in(part, member))});
      row.push_back({positions_text(part)});
      table.add(std::move(row));
    }
    std::vector<Cell> sums{{"  now"}, {}};
    for (const std::string_view member : unit_members)
      sums.push_back({grouped(integer_in(package, member))});
    sums.emplace_back();
    if (!table.empty()) table.add_total(std::move(sums));
    session.out() << colored("Package " + std::string(text_in(package, "package")) + " of " +
                                 grouped(integer_in(package, "quota")) + " units",
                             Color::bold, session.look)
                  << verdict(package, session.look) << '\n'
                  << (table.empty() ? "  nothing has moved it\n" : table.text(session.look));
  }

  static void tell_line(Session& session, const Json& line, const Zone& zone) {
    const auto at = instant_in(line, "at");
    session.out() << grouped(integer_in(line, "position")) << "  "
                  << colored(at ? local_text(*at, zone) : "-", Color::bold, session.look) << "  "
                  << (text_in(line, "text").empty() ? text_in(line, "kind") : text_in(line, "text"))
                  << '\n';
    std::string figures;
    if (!text_in(line, "amount").empty())
      figures = "balance " + grouped(text_in(line, "balance_before")) + " -> " +
                grouped(text_in(line, "balance_after"));
    for (const Json& each : value_in(line, "packages").elements()) {
      figures += (figures.empty() ? "" : ", ") + std::string(text_in(each, "package")) + " " +
                 grouped(integer_in(each, "before")) + " -> " + grouped(integer_in(each, "after"));
    }
    if (!figures.empty())
      session.out() << colored("    " + figures, Color::dim, session.look) << '\n';
    if (const Json& because = value_in(line, "because"); because.is_object()) {
      session.out() << colored("    because of " + grouped(integer_in(because, "position")) + ": " +
                                   std::string(text_in(because, "text")),
                               Color::dim, session.look)
                    << '\n';
    }
  }

  ExitCode explain_send(Session& session) const {
    std::string target = account_path(account_) + "/sends/" + escaped(send_);
    add_query(target, "at", at_);
    add_query(target, "position", position_);
    return session.show({.target = target}, [&](const Json& send) {
      session.out() << colored("Send " + send_ + ": " + grouped(integer_in(send, "units")) +
                                   " units to " + std::string(text_in(send, "destination")) + ", " +
                                   std::string(text_in(send, "template")),
                               Color::bold, session.look)
                    << ", entry " << grouped(integer_in(send, "recorded_position")) << '\n';
      Table table{{{"PACKAGE"}, {"UNITS", Align::right}, {"WHY"}}};
      for (const Json& line : value_in(send, "lines").elements())
        table.add({{std::string(text_in(line, "package"))},
                   {grouped(integer_in(line, "units"))},
                   {"paid", Color::green}});
      for (const Json& line : value_in(send, "payg").elements())
        table.add({{"-"},
                   {grouped(integer_in(line, "units"))},
                   {"charged at " + std::string(text_in(line, "unit_price")), Color::yellow}});
      for (const Json& other : value_in(send, "not_paid").elements())
        table.add({{std::string(text_in(other, "package"))},
                   {"0"},
                   {std::string(text_in(other, "why")), Color::dim}});
      session.out() << table.text(session.look);
      if (const std::int64_t back = integer_in(send, "reversed"); back > 0)
        session.out() << grouped(back) << " of them were given back\n";
    });
  }

  std::string account_;
  bool balance_ = false;
  std::string package_;
  std::string alarm_;
  bool renewal_ = false;
  std::string entry_;
  std::string send_;
  std::string at_;
  std::string position_;
  std::int64_t limit_ = 100;
};

}  // namespace

void add_explain_command(CommandTree& tree) {
  tree.add(tree.root(), "explain", "Show why the figures of an account are what they are.",
           std::make_unique<Explain>());
}

}  // namespace packledger::cli
