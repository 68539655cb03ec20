// packledger clock show|advance: the daemon's time, and moving it where it is a test clock.
#include "app/cli/command.hpp"
#include "app/cli/entry_text.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class ClockShow final : public Command {
 public:
  void declare(CLI::App& app) override { app.footer("Times are in UTC."); }
  ExitCode run(Session& session) override {
    return session.show({.target = "/v1/clock"}, [&](const Json& answer) {
      const bool test = value_in(answer, "test").flag().value_or(false);
      session.out() << text_in(answer, "now") << (test ? ", a test clock" : ", the real clock")
                    << '\n';
    });
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

}  // namespace

void add_clock_commands(CommandTree& tree) {
  CLI::App& group = tree.group("clock", "The daemon's time.");
  tree.add(group, "show", "Show the daemon's time.", std::make_unique<ClockShow>());
  tree.add(group, "advance", "Move the test clock; every timer due has fired afterwards.",
           std::make_unique<ClockAdvance>());
}

}  // namespace packledger::cli
