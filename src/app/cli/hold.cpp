// packledger hold place|capture|release|show|list: units set aside, then used or given back.
#include "app/cli/command.hpp"
#include "app/cli/entry_words.hpp"
#include "app/cli/send_text.hpp"
#include "app/cli/table.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

std::string holds_path(const std::string& account) { return account_path(account) + "/holds"; }

class HoldPlace final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose units.")->required();
    app.add_option("--units", units_, "How many.")->required()->check(CLI::PositiveNumber);
    app.add_option("--to", destination_, "The country to be sent to: CN.")
        ->required()
        ->type_name("COUNTRY");
    app.add_option("--template", template_, "What kind of message it will be.")
        ->check(CLI::IsMember({"verification", "notification", "promotion"}))
        ->capture_default_str();
    app.add_option("--ttl", ttl_, "For how long: 6h; a day unless said, at most a week.")
        ->type_name("PERIOD");
    app.add_option("--hold", hold_, "The name of the hold; the same one is never placed twice.");
    app.footer("\nOnly packages are held, never money: all units or none.\n");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    if (hold_.empty()) hold_ = fresh_name("hold");
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("hold", hold_).member("units", units_);
    json.member("destination", destination_).member("template", template_);
    if (!ttl_.empty()) {
      const auto period = parse_period(ttl_);
      if (!period) return session.complain(ExitCode::usage, "--ttl takes 6h, 2d or PT6H");
      json.member("ttl", duration_text(*period));
    }
    json.end_object();
    return writing_.ask(session, {.method = "POST", .target = holds_path(account_), .body = body},
                        [&](const Json& answer) {
                          session.out()
                              << hold_ << ": " << units_text(integer_in(answer, "units"))
                              << " set aside: " << lines_text(value_in(answer, "lines"))
                              << ", until " << text_in(answer, "expires_at") << ", position "
                              << grouped(integer_in(answer, "position")) << '\n';
                        });
  }

 private:
  std::string account_;
  std::string hold_;
  std::int64_t units_ = 0;
  std::string destination_;
  std::string template_ = "verification";
  std::string ttl_;
  Writing writing_;
};

class HoldCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose hold.")->required();
    app.add_option("hold", hold_, "Its name.")->required();
  }

 protected:
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] const std::string& hold() const { return hold_; }
  [[nodiscard]] std::string path() const { return holds_path(account_) + "/" + escaped(hold_); }
  void tell_end(std::ostream& out, const Json& answer) const {
    out << hold_ << ": ";
    const std::int64_t captured = integer_in(answer, "captured");
    if (captured != 0) {
      out << units_text(captured) << " used: " << lines_text(value_in(answer, "lines")) << ", ";
    }
    const std::string back = lines_text(value_in(answer, "given_back"));
    out << (back.empty() ? "nothing given back" : "given back: " + back) << ", position "
        << grouped(integer_in(answer, "position")) << '\n';
  }

 private:
  std::string account_;
  std::string hold_;
};

class HoldCapture final : public HoldCommand {
 public:
  void declare(CLI::App& app) override {
    HoldCommand::declare(app);
    app.add_option("units", units_, "How many were sent; the rest is given back.")
        ->required()
        ->check(CLI::PositiveNumber);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter{body}.begin_object().member("units", units_).end_object();
    return writing_.ask(session, {.method = "POST", .target = path() + "/capture", .body = body},
                        [&](const Json& answer) { tell_end(session.out(), answer); });
  }

 private:
  std::int64_t units_ = 0;
  Writing writing_;
};

class HoldRelease final : public HoldCommand {
 public:
  void declare(CLI::App& app) override {
    HoldCommand::declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    return writing_.ask(session, {.method = "POST", .target = path() + "/release", .body = "{}"},
                        [&](const Json& answer) { tell_end(session.out(), answer); });
  }

 private:
  Writing writing_;
};

class HoldShow final : public HoldCommand {
 public:
  ExitCode run(Session& session) override {
    return session.show_local(
        account(), {.target = path()},
        [&](const Json& answer, const Zone& zone) { tell(session.out(), answer, zone); });
  }

 private:
  void tell(std::ostream& out, const Json& answer, const Zone& zone) const {
    out << hold() << ": " << text_in(answer, "state") << ", "
        << units_text(integer_in(answer, "units")) << " to " << text_in(answer, "destination")
        << ", " << text_in(answer, "template") << ": " << lines_text(value_in(answer, "lines"))
        << '\n';
    if (const auto at = instant_in(answer, "placed_at")) {
      out << "placed " << local_text(*at, zone);
    }
    if (const auto at = instant_in(answer, "expires_at")) {
      out << ", held until " << local_text(*at, zone);
    }
    if (const auto at = instant_in(answer, "ended_at")) out << ", ended " << local_text(*at, zone);
    if (const std::int64_t units = integer_in(answer, "captured"); units != 0) {
      out << ", " << units_text(units) << " used";
    }
    out << '\n';
  }
};

class HoldList final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose open holds.")->required();
  }

  ExitCode run(Session& session) override {
    Table table{{{"HOLD"},
                 {"UNITS", Align::right},
                 {"TO"},
                 {"TEMPLATE"},
                 {"FROM PACKAGES"},
                 {"PLACED"},
                 {"HELD UNTIL"}}};
    const auto zone =
        session.options.json ? Result<Zone, ExitCode>{Zone{}} : session.zone_of(account_);
    if (!zone) return zone.error();
    std::string cursor;
    do {
      std::string target = holds_path(account_) + "?limit=1000";
      add_query(target, "cursor", cursor);
      const auto page = session.ask({.target = target});
      if (!page) return page.error();
      if (session.options.json) session.out() << page->http().body << '\n';
      add_rows(table, page->json(), *zone);
      cursor = text_in(page->json(), "next_cursor");
    } while (!cursor.empty());
    if (session.options.json) return ExitCode::ok;
    session.out() << (table.empty() ? account_ + " has no open holds\n" : table.text(session.look));
    return ExitCode::ok;
  }

 private:
  static void add_rows(Table& table, const Json& page, const Zone& zone) {
    const auto when = [&](const Json& hold, std::string_view key) {
      const auto at = instant_in(hold, key);
      return at ? local_text(*at, zone) : std::string("-");
    };
    for (const Json& hold : value_in(page, "holds").elements()) {
      table.add({{std::string(text_in(hold, "hold")), Color::bold},
                 {grouped(integer_in(hold, "units"))},
                 {std::string(text_in(hold, "destination"))},
                 {std::string(text_in(hold, "template"))},
                 {lines_text(value_in(hold, "lines"))},
                 {when(hold, "placed_at")},
                 {when(hold, "expires_at")}});
    }
  }

  std::string account_;
};

}  // namespace

void add_hold_commands(CommandTree& tree) {
  CLI::App& group = tree.group("hold", "Set units aside, then use them or give them back.");
  tree.add(group, "place", "Set units aside for a while.", std::make_unique<HoldPlace>());
  tree.add(group, "capture", "Use held units; the rest is given back.",
           std::make_unique<HoldCapture>());
  tree.add(group, "release", "Give all held units back.", std::make_unique<HoldRelease>());
  tree.add(group, "show", "Show a hold.", std::make_unique<HoldShow>());
  tree.add(group, "list", "Show the open holds.", std::make_unique<HoldList>());
}

}  // namespace packledger::cli
