// packledger config check|print|doc: the daemon's configuration, without a daemon.
#include "app/config.hpp"

#include "app/cli/command.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

// The values of the file, or the defaults where none is named; faults are told a line each.
Result<Config, ExitCode> read_config(Session& session, const std::string& file) {
  if (file.empty()) return Config{};
  auto config = load_config(file);
  if (config) return *std::move(config);
  for (const ConfigFault& fault : config.error()) session.err() << describe(fault) << '\n';
  return std::unexpected(ExitCode::usage);
}

class ConfigCheck final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("file", file_, "The file to check.")->required();
  }
  ExitCode run(Session& session) override {
    const auto config = read_config(session, file_);
    if (!config) return config.error();
    session.out() << file_ << " is fine\n";
    return ExitCode::ok;
  }

 private:
  std::string file_;
};

class ConfigPrint final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("file", file_, "Print these values; the defaults unless given.");
  }
  ExitCode run(Session& session) override {
    const auto config = read_config(session, file_);
    if (!config) return config.error();
    session.out() << print_config(*config);
    return ExitCode::ok;
  }

 private:
  std::string file_;
};

class ConfigDoc final : public Command {
 public:
  void declare(CLI::App& app) override { app.footer("A Markdown table of every key."); }
  ExitCode run(Session& session) override {
    session.out() << document_config();
    return ExitCode::ok;
  }
};

}  // namespace

void add_config_commands(CommandTree& tree) {
  CLI::App& group = tree.group("config", "Check, print and explain the daemon's configuration.");
  tree.add(group, "check", "Say what is wrong with a file, by line and key.",
           std::make_unique<ConfigCheck>());
  tree.add(group, "print", "Print all values with their help.", std::make_unique<ConfigPrint>());
  tree.add(group, "doc", "Print the documentation of every key.", std::make_unique<ConfigDoc>());
}

}  // namespace packledger::cli
