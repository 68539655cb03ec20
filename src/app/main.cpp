// packledgerd: reads the command line and the configuration, then runs the daemon.
#include "app/config.hpp"
#include "app/daemon.hpp"
#include "app/logging.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

constexpr std::string_view usual_config_file = "/etc/packledger/packledger.toml";

constexpr std::string_view footer = R"(
Flags win over the configuration file. Without --config the daemon reads
/etc/packledger/packledger.toml where it exists, else it runs with the defaults.
`packledger config print` shows every key with its default.

Exit codes:
  0  stopped in good order, or --check found nothing wrong
  1  something unexpected; the last line of the log says what
  2  the command line or the configuration is wrong
  3  the journal was refused, or a write to it failed; look before starting again
  5  the address is taken, forbidden, or not a loopback one)";

struct Flags {
  std::string config_file;
  std::optional<std::string> data;
  std::optional<std::string> listen;
  std::optional<std::string> test_clock;  // empty: without an instant
  bool check = false;
};

void define_flags(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", "packledgerd " PACKLEDGER_VERSION);
  app.add_option("--config", flags.config_file, "The configuration file")->type_name("FILE");
  app.add_option("--data", flags.data, "Where the journal lives (store.directory)")
      ->type_name("DIR");
  app.add_option("--listen", flags.listen,
                 "Where to serve (listen.address); port 0 takes any free one")
      ->type_name("HOST:PORT");
  app.add_option("--test-clock", flags.test_clock,
                 "Run on a clock that moves only by POST /v1/clock/advance, starting there")
      ->type_name("[INSTANT]")
      ->expected(0, 1);
  app.add_flag("--check", flags.check, "Check the configuration, then end");
  app.footer(std::string{footer});
}

using ConfigRead = Result<Config, std::vector<ConfigFault>>;

ConfigRead read_file(const Flags& flags) {
  if (!flags.config_file.empty()) return load_config(flags.config_file);
  std::error_code error;
  const std::string usual{usual_config_file};
  return std::filesystem::exists(usual, error) ? load_config(usual) : ConfigRead{Config{}};
}

// The file, then the flags over it.
ConfigRead read_config(const Flags& flags) {
  ConfigRead config = read_file(flags);
  if (!config) return config;
  std::vector<ConfigFault> faults;
  const auto set = [&](std::string_view key, const std::optional<std::string>& text) {
    if (!text) return;
    if (const auto done = set_config(*config, key, *text); !done) faults.push_back(done.error());
  };
  set("store.directory", flags.data);
  set("listen.address", flags.listen);
  if (flags.test_clock) set("clock.test", "true");
  if (flags.test_clock && !flags.test_clock->empty()) set("clock.test_start", flags.test_clock);
  if (!faults.empty()) return std::unexpected{std::move(faults)};
  return config;
}

ExitCode start(const Flags& flags) {
  const ConfigRead config = read_config(flags);
  if (!config) {
    for (const ConfigFault& fault : config.error())
      fmt::print(stderr, "packledgerd: {}\n", describe(fault));
    return ExitCode::usage;
  }
  if (flags.check) {
    fmt::print("packledgerd: the configuration is fine\n");
    return ExitCode::ok;
  }
  if (const auto started = start_logging(config->log); !started) {
    fmt::print(stderr, "packledgerd: cannot write the log: {}\n", started.error());
    return ExitCode::usage;
  }
  return run(*config);
}

int run_main(int argc, char** argv) {
  CLI::App app{"packledgerd keeps the ledger of prepaid packages and serves it over HTTP."};
  Flags flags;
  define_flags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error) == 0;  // prints it, or what is wrong
    return static_cast<int>(asked_for_help ? ExitCode::ok : ExitCode::usage);
  }
  return static_cast<int>(start(flags));
}

}  // namespace
}  // namespace packledger

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that goes away is no reason to die
  try {
    return packledger::run_main(argc, argv);
  } catch (const std::exception& error) {
    packledger::log_event(packledger::LogLevel::error, "unexpected_end",
                          {{"detail", std::string_view{error.what()}}});
    return static_cast<int>(packledger::ExitCode::unexpected);
  }
}
