// packledger forecast: when packages run out, what will be forfeited, and the rhythm behind it.
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "app/zones.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::array<std::string_view, 6> shades{" ", "·", "░", "▒", "▓", "█"};
constexpr std::array<std::string_view, 6> plain_shades{" ", ".", ":", "+", "*", "#"};

std::string when(const Json& of, std::string_view key, const Zone& zone) {
  const auto at = instant_in(of, key);
  return at ? local_text(*at, zone) : "-";
}

std::string number(const Json& of, std::string_view key) {
  const auto value = value_in(of, key).integer();
  return value ? grouped(*value) : "-";
}

std::string pools_table(const Json& forecast, const Zone& zone, Look look) {
  Table table{{{"POOL"},
               {"REMAINING", Align::right},
               {"A DAY", Align::right},
               {"RUNS OUT"},
               {"WHY"},
               {"FORFEITED", Align::right}}};
  for (const Json& pool : value_in(forecast, "pools").elements()) {
    const std::string_view reason = text_in(pool, "reason");
    table.add({{std::string(text_in(pool, "pool")), Color::bold},
               {number(pool, "remaining")},
               {number(pool, "units_per_day")},
               {when(pool, "runs_out_at", zone), Color::yellow},
               {reason == "used_up" ? "used up"
                : reason.empty()    ? "-"
                                    : std::string(reason)},
               {number(pool, "forfeited")}});
  }
  return table.empty() ? "" : table.text(look);
}

std::string packages_table(const Json& forecast, const Zone& zone, Look look) {
  Table table{{{"PACKAGE"},
               {"POOL"},
               {"REMAINING", Align::right},
               {"RUNS OUT"},
               {"EXPIRES"},
               {"FORFEITED", Align::right}}};
  for (const Json& package : value_in(forecast, "packages").elements()) {
    const auto forfeited = value_in(package, "forfeited").integer();
    table.add(
        {{std::string(text_in(package, "package")), Color::bold},
         {std::string(text_in(package, "pool"))},
         {number(package, "remaining")},
         {when(package, "runs_out_at", zone)},
         {when(package, "expires_at", zone)},
         {number(package, "forfeited"), forfeited.value_or(0) > 0 ? Color::red : Color::none}});
  }
  return table.empty() ? "" : "\n" + table.text(look);
}

// A shade for each hour of the week: darker is more.
std::string rhythm_text(const Json& forecast, Look look) {
  std::int64_t most = 0;
  for (const Json& day : value_in(forecast, "rhythm").elements())
    for (const Json& hour : value_in(day, "hours").elements())
      most = std::max(most, hour.integer().value_or(0));
  if (most == 0) return "";
  std::string text = "\n           0     6     12    18\n";
  for (const Json& day : value_in(forecast, "rhythm").elements()) {
    const std::string_view weekday = text_in(day, "weekday");
    std::string name{weekday.empty() ? "every day" : weekday};
    name.resize(11, ' ');
    text += name;
    std::string shown;
    for (const Json& hour : value_in(day, "hours").elements()) {
      const std::int64_t units = std::max<std::int64_t>(0, hour.integer().value_or(0));
      const auto steps = static_cast<__int128>(shades.size() - 1);
      const auto shade = static_cast<std::size_t>((units * steps + most - 1) / most);
      shown += (look.blocks ? shades : plain_shades).at(shade);
    }
    text += shown.substr(0, shown.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string renewals_text(const Json& forecast, const Zone& zone) {
  std::string text;
  for (const Json& renewal : value_in(forecast, "renewals").elements()) {
    const bool by_threshold = text_in(renewal, "trigger") == "threshold";
    text += "renewal of " + number(renewal, "quantity") + " units in " +
            std::string(text_in(renewal, "pool")) + " at " + when(renewal, "at", zone) + ", " +
            (by_threshold ? "at the threshold"
                          : "before " + std::string(text_in(renewal, "package")) + " ends") +
            "\n";
  }
  return text.empty() ? "" : "\n" + text;
}

std::string basis_text(const Json& forecast) {
  const Json& basis = value_in(forecast, "basis");
  const std::int64_t days = integer_in(basis, "days");
  if (days == 0) return "too little is known: less than a day has passed since the first send";
  return "based on the " + number(basis, "units") + " units of the last " + std::to_string(days) +
         (days == 1 ? " day" : " days") + ", if it goes on like that";
}

class Forecast final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose packages.")->required();
    app.add_option("--at", at_, "As it was foreseen at this instant.")->type_name("TIME");
    app.add_option("--position", position_, "As it was foreseen after this entry.");
  }

  ExitCode run(Session& session) override {
    std::string target = account_path(account_) + "/forecast";
    add_query(target, "at", at_);
    add_query(target, "position", position_);
    return session.show({.target = target}, [&session](const Json& forecast) {
      const Zone zone = find_zone(text_in(forecast, "zone")).value_or(Zone{});
      const Look look = session.look;
      session.out() << pools_table(forecast, zone, look) << packages_table(forecast, zone, look)
                    << renewals_text(forecast, zone) << rhythm_text(forecast, look)
                    << colored(basis_text(forecast) + "; as of position " +
                                   number(forecast, "position") + ", times in " + zone.name,
                               Color::dim, look)
                    << '\n';
    });
  }

 private:
  std::string account_;
  std::string at_;
  std::string position_;
};

}  // namespace

void add_forecast_command(CommandTree& tree) {
  tree.add(tree.root(), "forecast", "Say when packages run out, and what will be forfeited.",
           std::make_unique<Forecast>());
}

}  // namespace packledger::cli
