// packledger clock show|advance|accept: the daemon's time, moving it where it is a test clock, and
// believing a wall clock that leapt.
#include "app/cli/command.hpp"
#include "app/cli/entry_text.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

// "3 days, 2 h and 5 min"
std::string ahead_text(const Json& clock) {
  const auto now = instant_in(clock, "now");
  const auto wall = instant_in(clock, "wall");
  if (!now || !wall) return std::string(text_in(clock, "held_by"));
  // The two come from clocks that each count in whole milliseconds.
  return long_text(*wall - *now + Duration{1});
}

bool is_held(const Json& clock) { return value_in(clock, "held").flag().value_or(false); }

void tell_clock(std::ostream& out, const Json& clock) {
  const bool test = value_in(clock, "test").flag().value_or(false);
  out << text_in(clock, "now") << (test ? ", a test clock" : ", the real clock") << '\n';
  if (!is_held(clock)) return;
  out << "HELD: the wall clock says " << text_in(clock, "wall") << ", " << ahead_text(clock)
      << " ahead, and is not believed.\n"
      << "Nothing ends by it meanwhile. Set it right; or, if it is right: packledger clock "
         "accept\n";
}

class ClockShow final : public Command {
 public:
  void declare(CLI::App& app) override { app.footer("Times are in UTC."); }
  ExitCode run(Session& session) override {
    return session.show({.target = "/v1/clock"},
                        [&](const Json& answer) { tell_clock(session.out(), answer); });
  }
};

class ClockAdvance final : public Command {
 public:
  void declare(CLI::App& app) override {
    auto* const by = app.add_option("--by", by_, "By this much: 7d, PT1H.")->type_name("PERIOD");
    app.add_option("--to", to_, "To this instant.")->type_name("TIME")->excludes(by);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    if (!to_.empty()) {
      json.member("to", to_);
    } else if (const auto period = parse_period(by_)) {
      json.member("by", duration_text(*period));
    } else {
      return session.complain(ExitCode::usage,
                              "say how far: --by 7d, or --to 2024-06-01T00:00:00Z");
    }
    json.end_object();
    return session.show({.method = "POST", .target = "/v1/clock/advance", .body = body},
                        [&](const Json& answer) { tell(session.out(), answer); });
  }

 private:
  static void tell(std::ostream& out, const Json& answer) {
    const auto entries = value_in(answer, "entries").elements();
    for (const Json& entry : entries) out << entry_text(entry, Zone{}) << '\n';
    const std::int64_t total = integer_in(answer, "entries_total");
    if (total > static_cast<std::int64_t>(entries.size())) {
      out << "... " << grouped(total) << " in all\n";
    }
    out << "it is " << text_in(answer, "now") << ", " << grouped(total)
        << (total == 1 ? " timer" : " timers") << " fired, position "
        << grouped(integer_in(answer, "position")) << '\n';
  }

  std::string by_;
  std::string to_;
};

class ClockAccept final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_flag("--yes", yes_, "Without asking.");
    app.add_flag("--dry-run", dry_run_, "Only show how far the wall clock is ahead.");
    app.footer(
        "\nA wall clock that leaps ahead is not believed, because nothing that it ends can be\n"
        "undone. Accepting it says that it is right: what is due by it happens then.\n");
  }

  ExitCode run(Session& session) override {
    const auto clock = session.ask({.target = "/v1/clock"});
    if (!clock) return clock.error();
    if (!session.options.json) tell_clock(session.out(), clock->json());
    if (dry_run_ || !is_held(clock->json())) {
      if (session.options.json) {
        session.out() << clock->http().body << '\n';
      } else if (!dry_run_) {
        session.out() << "there is nothing to accept\n";
      }
      return ExitCode::ok;
    }
    if (!yes_) {
      const auto agreed = session.agree(
          "Everything that is due until " + std::string(text_in(clock->json(), "wall")) +
          " will happen now and cannot be undone. Is the wall clock right?");
      if (!agreed) return session.complain(ExitCode::usage, "nobody to ask: say --yes");
      if (!*agreed) {
        session.out() << "not accepted; nothing was changed\n";
        return ExitCode::ok;
      }
    }
    return session.show({.method = "POST", .target = "/v1/clock/accept", .body = "{}"},
                        [&](const Json& answer) {
                          session.out() << "accepted: it is " << text_in(answer, "now") << '\n';
                        });
  }

 private:
  bool yes_ = false;
  bool dry_run_ = false;
};

}  // namespace

void add_clock_commands(CommandTree& tree) {
  CLI::App& group = tree.group("clock", "The daemon's time.");
  tree.add(group, "show", "Show the daemon's time.", std::make_unique<ClockShow>());
  tree.add(group, "advance", "Move the test clock; every timer due has fired afterwards.",
           std::make_unique<ClockAdvance>());
  tree.add(group, "accept", "Believe a wall clock that leapt ahead; what is due happens then.",
           std::make_unique<ClockAccept>());
}

}  // namespace packledger::cli
