// Commands and the tree that they hang in. Each command declares its options in CLI11's words and
// then runs with what was given; help, checks and shell completion all come from that one tree.
//
// Owner: main, or a test; one thread.
#pragma once

#include "app/cli/session.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace packledger::cli {

class Command {
 public:
  virtual ~Command() = default;
  // Adds the options and operands of the command; they are bound to members of this object.
  virtual void declare(CLI::App& app) = 0;
  // Does it. What is to be said goes to the session's streams.
  [[nodiscard]] virtual ExitCode run(Session& session) = 0;
};

class CommandTree {
 public:
  // The tree of all commands; global options are bound to those of the session.
  explicit CommandTree(Session& session);
  ~CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  [[nodiscard]] CLI::App& root() { return *root_; }
  // A command that only holds others: `account`.
  [[nodiscard]] CLI::App& group(const std::string& name, const std::string& about);
  void add(CLI::App& parent, const std::string& name, const std::string& about,
           std::unique_ptr<Command> command);

  // Reads the words after the program's name, then runs what they ask for.
  [[nodiscard]] ExitCode run(std::span<const std::string> words);

 private:
  [[nodiscard]] std::vector<std::string> globals_first(std::span<const std::string> words) const;

  Session& session_;
  std::unique_ptr<CLI::App> root_;
  std::vector<std::unique_ptr<Command>> commands_;
  Command* chosen_ = nullptr;
};

// One per file.
void add_account_commands(CommandTree& tree);
void add_alarm_commands(CommandTree& tree);
void add_backup_commands(CommandTree& tree);
void add_bench_command(CommandTree& tree);
void add_buy_command(CommandTree& tree);
void add_clock_commands(CommandTree& tree);
void add_completion_command(CommandTree& tree);
void add_config_commands(CommandTree& tree);
void add_contacts_commands(CommandTree& tree);
void add_demo_command(CommandTree& tree);
void add_digest_command(CommandTree& tree);
void add_explain_command(CommandTree& tree);
void add_export_command(CommandTree& tree);
void add_forecast_command(CommandTree& tree);
void add_grant_command(CommandTree& tree);
void add_hold_commands(CommandTree& tree);
void add_import_command(CommandTree& tree);
void add_invoice_commands(CommandTree& tree);
void add_journal_command(CommandTree& tree);
void add_notices_command(CommandTree& tree);
void add_order_commands(CommandTree& tree);
void add_packages_command(CommandTree& tree);
void add_price_book_commands(CommandTree& tree);
void add_products_command(CommandTree& tree);
void add_renewal_commands(CommandTree& tree);
void add_replay_command(CommandTree& tree);
void add_reverse_command(CommandTree& tree);
void add_send_command(CommandTree& tree);
void add_statement_command(CommandTree& tree);
void add_traffic_command(CommandTree& tree);
void add_usage_command(CommandTree& tree);
void add_verify_command(CommandTree& tree);
void add_watch_command(CommandTree& tree);

}  // namespace packledger::cli
