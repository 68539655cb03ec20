// packledger packages: the packages of an account as a table.
#include "app/cli/command.hpp"
#include "app/cli/packages_view.hpp"
#include "app/zones.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace packledger::cli {
namespace {

class Packages final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose packages.")->required();
    app.add_option("--expiring-within", within_, "Only those that end so soon: 7d, 36h, 2w.")
        ->type_name("PERIOD");
    app.add_option("--state", state_, "Only those in this state.")
        ->check(CLI::IsMember({"pending_payment", "scheduled", "active", "used_up", "expired_grace",
                               "expired_retention", "released", "cancelled", "refunded"}));
    app.add_option("--pool", pool_, "Only those of this pool: TH.");
    app.add_option("--at", at_, "As they were at this instant.")->type_name("TIME");
    app.add_option("--position", position_, "As they were after this entry.");
  }

  ExitCode run(Session& session) override {
    std::optional<Duration> period;
    if (!within_.empty()) {
      period = parse_period(within_);
      if (!period) {
        return session.complain(ExitCode::usage, "--expiring-within takes 7d, 36h, 2w or P7D");
      }
    }
    std::vector<PackageRow> rows;
    std::int64_t position = 0;
    if (const ExitCode code = read(session, rows, position); code != ExitCode::ok) return code;
    if (session.options.json) return ExitCode::ok;
    if (period) {
      const auto now = now_of(session);
      if (!now) return now.error();
      std::erase_if(rows, [&](const auto& row) { return !expires_within(row, *now, *period); });
    }
    return tell(session, rows, position);
  }

 private:
  // All pages; with --json each is printed as it came.
  ExitCode read(Session& session, std::vector<PackageRow>& rows, std::int64_t& position) const {
    std::string cursor;
    do {
      std::string target = account_path(account_) + "/packages?limit=1000";
      add_query(target, "state", state_);
      add_query(target, "pool", pool_);
      add_query(target, "at", at_);
      add_query(target, "position", position_);
      add_query(target, "cursor", cursor);
      const auto page = session.ask({.target = target});
      if (!page) return page.error();
      if (session.options.json) session.out() << page->http().body << '\n';
      for (const Json& package : value_in(page->json(), "packages").elements()) {
        rows.push_back(package_row(package));
      }
      position = integer_in(page->json(), "position");
      cursor = text_in(page->json(), "next_cursor");
    } while (!cursor.empty());
    return ExitCode::ok;
  }

  [[nodiscard]] Result<Instant, ExitCode> now_of(Session& session) const {
    if (const auto at = parse_instant(at_)) return *at;
    const auto clock = session.ask({.target = "/v1/clock"});
    if (!clock) return std::unexpected(clock.error());
    if (const auto now = instant_in(clock->json(), "now")) return *now;
    return std::unexpected(
        session.complain(ExitCode::unexpected, "the daemon does not say what time it is"));
  }

  ExitCode tell(Session& session, const std::vector<PackageRow>& rows,
                std::int64_t position) const {
    const auto zone = session.zone_of(account_);
    if (!zone) return zone.error();
    std::ostream& out = session.out();
    if (rows.empty()) {
      out << account_ << " has no such packages\n";
    } else {
      out << packages_table(rows, *zone, session.look);
    }
    out << colored("as of position " + grouped(position) + ", times in " + zone->name, Color::dim,
                   session.look)
        << '\n';
    return ExitCode::ok;
  }

  std::string account_;
  std::string within_;
  std::string state_;
  std::string pool_;
  std::string at_;
  std::string position_;
};

}  // namespace

void add_packages_command(CommandTree& tree) {
  tree.add(tree.root(), "packages", "Show what is left of an account's packages.",
           std::make_unique<Packages>());
}

}  // namespace packledger::cli
