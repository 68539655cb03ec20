#include "app/cli/command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr const char* footer =
    "\nEvery command also takes the options above, before or after its own.\n"
    "\nExit codes:\n"
    "  0  done\n"
    "  1  unexpected: an answer that makes no sense, or a failed check\n"
    "  2  usage: the command line, or a file named on it, is wrong\n"
    "  3  the daemon refused; the sentence names its code\n"
    "  4  the daemon is unreachable or did not answer in time\n"
    "  5  a store, a head or a backup is not what it must be; the sentence says what is wrong\n"
    "  6  interrupted; what was done until then was said\n";

}  // namespace

CommandTree::CommandTree(Session& session)
    : session_{session},
      root_{std::make_unique<CLI::App>("Prepaid message packages, kept by packledgerd.",
                                       "packledger")} {
  GlobalOptions& options = session.options;
  root_->require_subcommand(1);
  root_->set_help_flag("-h,--help", "Say how this is used.");
  root_->add_option("--server", options.server, "Where the daemon listens.")
      ->envname("PACKLEDGER_SERVER")
      ->capture_default_str()
      ->type_name("URL");
  root_->add_option("--key", options.key, "The key to show to the daemon.")
      ->envname("PACKLEDGER_KEY")
      ->type_name("KEY");
  root_->add_flag("--json", options.json, "Print the daemon's own JSON.");
  root_->add_flag("--plain", options.plain, "Plain ASCII without colors, as when not a terminal.");
  root_->set_version_flag("--version", "packledger " + options.version, "Say which release it is.");
  root_->footer(footer);

  add_demo_command(*this);
  add_account_commands(*this);
  add_products_command(*this);
  add_price_book_commands(*this);
  add_buy_command(*this);
  add_order_commands(*this);
  add_grant_command(*this);
  add_packages_command(*this);
  add_send_command(*this);
  add_reverse_command(*this);
  add_hold_commands(*this);
  add_alarm_commands(*this);
  add_renewal_commands(*this);
  add_contacts_commands(*this);
  add_notices_command(*this);
  add_statement_command(*this);
  add_explain_command(*this);
  add_usage_command(*this);
  add_forecast_command(*this);
  add_invoice_commands(*this);
  add_watch_command(*this);
  add_journal_command(*this);
  add_clock_commands(*this);
  add_digest_command(*this);
  add_verify_command(*this);
  add_replay_command(*this);
  add_export_command(*this);
  add_import_command(*this);
  add_backup_commands(*this);
  add_traffic_command(*this);
  add_bench_command(*this);
  add_config_commands(*this);
  add_completion_command(*this);
}

CommandTree::~CommandTree() = default;

CLI::App& CommandTree::group(const std::string& name, const std::string& about) {
  CLI::App* const app = root_->add_subcommand(name, about);
  app->require_subcommand(1);
  return *app;
}

void CommandTree::add(CLI::App& parent, const std::string& name, const std::string& about,
                      std::unique_ptr<Command> command) {
  CLI::App* const app = parent.add_subcommand(name, about);
  command->declare(*app);
  app->callback([this, added = command.get()] { chosen_ = added; });
  commands_.push_back(std::move(command));
}

// CLI11 takes the options of the root only before the command; people write them anywhere. Its own
// way out, fallthrough, would take an account named `send` for the command.
std::vector<std::string> CommandTree::globals_first(std::span<const std::string> words) const {
  std::vector<std::string> globals;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const std::size_t equals = word.find('=');
    const bool named = word.starts_with("--") && word != "--help";
    const CLI::Option* const option =
        named ? root_->get_option_no_throw(word.substr(0, equals)) : nullptr;
    (option == nullptr ? rest : globals).push_back(word);
    const bool value_follows = option != nullptr && equals == std::string::npos &&
                               option->get_items_expected_max() > 0 && i + 1 < words.size();
    if (value_follows) globals.push_back(words[++i]);
  }
  globals.insert(globals.end(), rest.begin(), rest.end());
  return globals;
}

ExitCode CommandTree::run(std::span<const std::string> words) {
  std::vector<std::string> ordered = globals_first(words);
  std::ranges::reverse(ordered);  // CLI11 reads from the back
  try {
    root_->parse(std::move(ordered));
  } catch (const CLI::Error& error) {
    const int code = root_->exit(error, session_.out(), session_.err());
    return code == 0 ? ExitCode::ok : ExitCode::usage;
  }
  session_.options.server_given = root_->get_option("--server")->count() > 0;
  if (session_.options.plain) session_.look = {};
  if (chosen_ == nullptr) return session_.complain(ExitCode::usage, "no command was given");
  return chosen_->run(session_);
}

}  // namespace packledger::cli
