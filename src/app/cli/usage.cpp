// packledger usage: how much was sent, step by step, as a table and a chart.
#include "app/cli/command.hpp"
#include "app/cli/usage_view.hpp"
#include "app/zones.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <ostream>

namespace packledger::cli {
namespace {

class Usage final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose usage.")->required();
    auto* range = app.add_option("--range", range_, "Which days; today unless said.")
                      ->check(CLI::IsMember({"today", "yesterday", "7d", "30d"}));
    auto* from = app.add_option("--from", from_, "From this instant on.")->type_name("TIME");
    from->excludes(range);
    app.add_option("--to", to_, "Until just before this instant; else up to now.")
        ->type_name("TIME")
        ->needs(from);
    app.add_option("--step", step_, "How long a point is; by itself hours, or days.")
        ->check(CLI::IsMember({"hour", "day", "month"}));
    app.add_option("--zone", zone_, "Days of this zone; else of the account's.")->type_name("ZONE");
    auto* package = app.add_option("--package", package_, "Only what this package paid.");
    app.add_flag("--payg", payg_, "Only pay-as-you-go.")->excludes(package);
    app.add_option("--destination", destination_, "Only sends to this country: TH.");
    app.add_option("--template", template_, "Only sends of this template.")
        ->check(CLI::IsMember({"verification", "notification", "promotion"}));
    app.add_option("--at", at_, "As it was at this instant.")->type_name("TIME");
    app.add_option("--position", position_, "As it was after this entry.");
    app.add_option("--by", by_, "Sums in place of points.")
        ->check(CLI::IsMember({"package", "destination", "template"}));
  }

  ExitCode run(Session& session) override {
    std::string target = account_path(account_) + "/usage";
    add_query(target, "range", range_);
    add_query(target, "from", from_);
    add_query(target, "to", to_);
    add_query(target, "step", step_);
    add_query(target, "zone", zone_);
    add_query(target, "package", package_);
    add_query(target, "payg", payg_ ? "true" : "");
    add_query(target, "destination", destination_);
    add_query(target, "template", template_);
    add_query(target, "at", at_);
    add_query(target, "position", position_);
    return session.show({.target = target}, [&](const Json& usage) { tell(session, usage); });
  }

 private:
  void tell(Session& session, const Json& usage) const {
    static const std::map<std::string, UsageBy> by{{"package", UsageBy::package},
                                                   {"destination", UsageBy::destination},
                                                   {"template", UsageBy::type}};
    const Zone zone = find_zone(text_in(usage, "zone")).value_or(Zone{});
    const auto sums = by.find(by_);
    session.out() << (sums == by.end() ? usage_points_table(usage, zone, session.look)
                                       : usage_sums_table(usage, sums->second, session.look))
                  << colored(usage_footing(usage), Color::dim, session.look) << '\n';
  }

  std::string account_;
  std::string range_;
  std::string from_;
  std::string to_;
  std::string step_;
  std::string zone_;
  std::string package_;
  bool payg_ = false;
  std::string destination_;
  std::string template_;
  std::string at_;
  std::string position_;
  std::string by_;
};

}  // namespace

void add_usage_command(CommandTree& tree) {
  tree.add(tree.root(), "usage", "Show how much was sent, as a table and a chart.",
           std::make_unique<Usage>());
}

}  // namespace packledger::cli
