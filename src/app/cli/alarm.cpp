// packledger alarm set|list|show|remove: who is told when units or money run low.
#include "app/cli/command.hpp"
#include "app/cli/entry_words.hpp"
#include "app/cli/table.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <optional>
#include <ostream>

namespace packledger::cli {
namespace {

std::string joined(const Json& texts, std::string_view where_none) {
  std::string text;
  for (const Json& each : texts.elements()) {
    text += (text.empty() ? "" : ", ") + std::string(each.text().value_or("?"));
  }
  return text.empty() ? std::string(where_none) : text;
}

// "the total of CN", "a package of CN", "the end of CN", "the balance"
std::string what_text(const Json& alarm) {
  const std::string_view kind = text_in(alarm, "kind");
  if (kind == "balance") return "the balance";
  const std::string_view part = kind == "total"         ? "the total"
                                : kind == "per_package" ? "a package"
                                                        : "the end";
  return std::string(part) + " of " + std::string(text_in(alarm, "pool"));
}

void tell_alarm(std::ostream& out, const Json& alarm, const Zone& zone) {
  out << text_in(alarm, "alarm") << ": fires when " << what_text(alarm) << " is "
      << condition_text(alarm) << ", tells " << joined(value_in(alarm, "contacts"), "all contacts");
  if (text_in(alarm, "cooldown") != "PT0S") {
    out << ", then silent for " << text_in(alarm, "cooldown");
  }
  out << '\n';
  const std::string_view state = text_in(alarm, "state");
  if (state.empty()) return;
  const std::int64_t firings = integer_in(alarm, "firings");
  out << state << ", ";
  if (firings == 0) {
    out << "never fired";
  } else {
    out << "fired " << grouped(firings) << (firings == 1 ? " time" : " times");
  }
  if (const auto at = instant_in(alarm, "fired_at")) out << ", last at " << local_text(*at, zone);
  if (const auto at = instant_in(alarm, "runs_out_at"))
    out << ", " << text_in(alarm, "pool") << " ends by " << local_text(*at, zone);
  const std::string packages = joined(value_in(alarm, "fired_packages"), "");
  if (!packages.empty()) out << ", fired for " << packages;
  out << '\n';
}

class AlarmCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose alarm.")->required();
    app.add_option("alarm", alarm_, "Its name.")->required();
  }

 protected:
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] const std::string& alarm() const { return alarm_; }
  [[nodiscard]] std::string path() const {
    return account_path(account_) + "/alarms/" + escaped(alarm_);
  }

 private:
  std::string account_;
  std::string alarm_;
};

// "P1=100"
struct PackageUnits {
  std::string package;
  std::int64_t units = 0;
};

std::optional<PackageUnits> parse_package_units(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  PackageUnits one{.package = std::string(text.substr(0, equals))};
  const std::string_view units = text.substr(equals + 1);
  const auto read = std::from_chars(units.data(), units.data() + units.size(), one.units);
  const bool whole = read.ec == std::errc{} && read.ptr == units.data() + units.size();
  return whole ? std::optional{one} : std::nullopt;
}

class AlarmSet final : public AlarmCommand {
 public:
  void declare(CLI::App& app) override {
    AlarmCommand::declare(app);
    auto* const units = app.add_option("--units", units_, "Fires at so many units; 0: none left.")
                            ->check(CLI::NonNegativeNumber);
    auto* const percent = app.add_option("--percent", percent_, "Fires at this part of the quota.")
                              ->check(CLI::Range(1, 100))
                              ->excludes(units);
    auto* const amount = app.add_option("--amount", amount_, "Fires at this balance.")
                             ->type_name("MONEY")
                             ->excludes(units)
                             ->excludes(percent);
    auto* const within =
        app.add_option("--within", within_, "Fires when the pool runs out so soon: 3d.")
            ->type_name("PERIOD")
            ->excludes(units)
            ->excludes(percent)
            ->excludes(amount);
    app.add_flag("--per-package", per_package_, "Looks at every package, not at their total.")
        ->excludes(amount)
        ->excludes(within);
    app.add_option("--package", packages_, "Another threshold for one package: o1.1=500.")
        ->type_name("PACKAGE=UNITS")
        ->excludes(amount)
        ->excludes(within);
    app.add_option("--pool", pool_, "Of which packages; CN unless said.")->excludes(amount);
    app.add_option("--when", when_, "Whether the threshold itself fires.")
        ->check(CLI::IsMember({"below", "at_or_below"}));
    app.add_option("--contacts", contacts_, "Whom to tell; all contacts unless said.")
        ->delimiter(',');
    app.add_option("--cooldown", cooldown_, "Silent for so long after a firing: 24h.")
        ->type_name("PERIOD");
    app.footer(
        "\nAn alarm fires once. It can fire again after units or money have come in, or after the\n"
        "rule was changed. The same rule again changes nothing.\n");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    const bool threshold = units_ || percent_ || !amount_.empty() || !packages_.empty();
    if (!threshold && within_.empty()) {
      return session.complain(ExitCode::usage,
                              "say when it fires: --units N, --percent N, --amount MONEY, "
                              "--package or --within PERIOD");
    }
    const auto within = within_.empty() ? std::nullopt : parse_period(within_);
    if (!within_.empty() && !within)
      return session.complain(ExitCode::usage, "--within takes 72h, 3d or PT72H");
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("kind", kind());
    if (!pool_.empty()) json.member("pool", pool_);
    if (!write_threshold(json, within)) {
      return session.complain(ExitCode::usage, "--package takes PACKAGE=UNITS, as o1.1=500");
    }
    if (!when_.empty()) json.member("when", when_);
    write_contacts(json);
    if (!cooldown_.empty()) {
      const auto period = parse_period(cooldown_);
      if (!period) return session.complain(ExitCode::usage, "--cooldown takes 24h, 7d or PT24H");
      json.member("cooldown", duration_text(*period));
    }
    json.end_object();
    return writing_.ask(
        session, {.method = "PUT", .target = path(), .body = body}, [&](const Json& answer) {
          tell_alarm(session.out(), answer, Zone{});
          session.out() << "set at position " << grouped(integer_in(answer, "position")) << '\n';
        });
  }

 private:
  [[nodiscard]] std::string_view kind() const {
    if (!amount_.empty()) return "balance";
    if (!within_.empty()) return "runs_out_within";
    return per_package_ || !packages_.empty() ? "per_package" : "total";
  }
  [[nodiscard]] bool write_threshold(JsonWriter& json, std::optional<Duration> within) const {
    json.key("threshold").begin_object();
    if (within) json.member("within", duration_text(*within));
    if (units_) json.member("units", *units_);
    if (percent_) json.member("percent", *percent_);
    if (!amount_.empty()) json.member("amount", amount_);
    if (!packages_.empty()) {
      json.key("per_package").begin_object();
      for (const std::string& text : packages_) {
        const auto one = parse_package_units(text);
        if (!one) return false;
        json.member(one->package, one->units);
      }
      json.end_object();
    }
    json.end_object();
    return true;
  }
  void write_contacts(JsonWriter& json) const {
    if (contacts_.empty()) return;
    json.key("contacts").begin_array();
    for (const std::string& each : contacts_) json.value(each);
    json.end_array();
  }

  std::optional<std::int64_t> units_;
  std::optional<std::int64_t> percent_;
  std::string amount_;
  std::string within_;
  bool per_package_ = false;
  std::vector<std::string> packages_;
  std::string pool_;
  std::string when_;
  std::vector<std::string> contacts_;
  std::string cooldown_;
  Writing writing_;
};

class AlarmList final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose alarms.")->required();
  }

  ExitCode run(Session& session) override {
    return session.show_local(
        account_, {.target = account_path(account_) + "/alarms"},
        [&](const Json& answer, const Zone& zone) { tell(session, answer, zone); });
  }

 private:
  void tell(Session& session, const Json& answer, const Zone& zone) const {
    Table table{{{"ALARM"},
                 {"OF"},
                 {"FIRES"},
                 {"TELLS"},
                 {"STATE"},
                 {"FIRINGS", Align::right},
                 {"LAST FIRED"}}};
    for (const Json& alarm : value_in(answer, "alarms").elements()) {
      const bool fired = text_in(alarm, "state") == "fired";
      const auto at = instant_in(alarm, "fired_at");
      table.add({{std::string(text_in(alarm, "alarm")), Color::bold},
                 {what_text(alarm)},
                 {condition_text(alarm)},
                 {joined(value_in(alarm, "contacts"), "all")},
                 {std::string(text_in(alarm, "state")), fired ? Color::red : Color::green},
                 {grouped(integer_in(alarm, "firings"))},
                 {at ? local_text(*at, zone) : "-"}});
    }
    if (table.empty()) {
      session.out() << account_ << " has no alarms\n";
    } else {
      session.out() << table.text(session.look);
    }
    session.out() << colored("as of position " + grouped(integer_in(answer, "position")) +
                                 ", times in " + zone.name,
                             Color::dim, session.look)
                  << '\n';
  }

  std::string account_;
};

class AlarmShow final : public AlarmCommand {
 public:
  ExitCode run(Session& session) override {
    return session.show_local(
        account(), {.target = path()},
        [&](const Json& answer, const Zone& zone) { tell_alarm(session.out(), answer, zone); });
  }
};

class AlarmRemove final : public AlarmCommand {
 public:
  void declare(CLI::App& app) override {
    AlarmCommand::declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    return writing_.ask(session, {.method = "DELETE", .target = path()}, [&](const Json& answer) {
      session.out() << "removed " << alarm() << " at position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  Writing writing_;
};

}  // namespace

void add_alarm_commands(CommandTree& tree) {
  CLI::App& group = tree.group("alarm", "Tell somebody when units or money run low, or will.");
  tree.add(group, "set", "Set an alarm, or change it.", std::make_unique<AlarmSet>());
  tree.add(group, "list", "Show all alarms of an account.", std::make_unique<AlarmList>());
  tree.add(group, "show", "Show an alarm and whether it has fired.", std::make_unique<AlarmShow>());
  tree.add(group, "remove", "Remove an alarm.", std::make_unique<AlarmRemove>());
}

}  // namespace packledger::cli
