// packledger send: publishes one send, or a file of them.
#include "app/cli/command.hpp"
#include "app/cli/send_file.hpp"
#include "app/cli/send_text.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <ostream>

namespace packledger::cli {
namespace {

class Send final : public Command {
 public:
  void declare(CLI::App& app) override {
    auto* const account = app.add_option("account", account_, "Who sends.");
    app.add_option("--send", send_, "The name of the send; the same one is never counted twice.");
    app.add_option("--to", destination_, "The country it goes to: TH.")->type_name("COUNTRY");
    app.add_option("--template", template_, "What kind of message it is.")
        ->check(CLI::IsMember({"verification", "notification", "promotion"}))
        ->capture_default_str();
    app.add_option("--units", units_, "How many parts it has.");
    app.add_option("--text", text_, "Its text: the daemon counts the parts and keeps no text.");
    app.add_option("--signature", signature_, "The signature of the text.");
    app.add_option("--at", at_, "When it was sent; now unless said.")->type_name("TIME");
    app.add_flag("--not-billable", not_billable_, "Recorded, but nothing pays for it.");
    app.add_flag("--dry-run", dry_run_,
                 "Only show what would happen; of a file each thousand lines by themselves.");
    app.add_option("--file", file_,
                   "Publish the sends of this file, one JSON object a line; - is "
                   "the standard input. May be run again: nothing counts twice.")
        ->excludes(account);
    app.add_option("--from-line", from_line_, "Start at this line of the file.")
        ->check(CLI::PositiveNumber);
  }

  ExitCode run(Session& session) override {
    if (!file_.empty()) return publish(session);
    if (account_.empty() || destination_.empty()) {
      return session.complain(ExitCode::usage,
                              "say who sends where: packledger send ACCOUNT --to "
                              "COUNTRY --units N, or give a --file");
    }
    if (!units_ && text_.empty()) {
      return session.complain(ExitCode::usage, "say how much is sent: --units N or --text TEXT");
    }
    std::string target = "/v1/sends";
    if (dry_run_) add_query(target, "dry_run", "true");
    ExitCode code = ExitCode::ok;
    const ExitCode asked = session.show({.method = "POST", .target = target, .body = body()},
                                        [&](const Json& result) { code = tell(session, result); });
    return asked == ExitCode::ok ? code : asked;
  }

 private:
  ExitCode publish(Session& session) const {
    if (file_ == "-") return publish_sends(session, std::cin, publishing());
    std::ifstream file{file_};
    if (!file) return session.complain(ExitCode::usage, "cannot read " + file_);
    return publish_sends(session, file, publishing());
  }

  [[nodiscard]] Publishing publishing() const {
    return {.from_line = from_line_, .dry_run = dry_run_};
  }

  [[nodiscard]] std::string body() {
    if (send_.empty()) send_ = fresh_name("send");
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("account", account_).member("send", send_);
    json.member("destination", destination_).member("template", template_);
    if (units_) json.member("units", *units_);
    if (!text_.empty()) json.member("text", text_);
    if (!signature_.empty()) json.member("signature", signature_);
    if (!at_.empty()) json.member("occurred_at", at_);
    if (not_billable_) json.member("billable", false);
    json.end_object();
    return body;
  }

  // The answer to a send that was kept does not tell what followed; it stands right behind the send
  // in the journal. A daemon that does not show its journal leaves it at that.
  static void tell_consequences(Session& session, const Json& result) {
    constexpr int lines_max = 100;
    std::string target = "/v1/journal?limit=" + std::to_string(lines_max);
    add_query(target, "from", std::to_string(integer_in(result, "position") + 1));
    const auto journal = session.ask_any({.target = target});
    if (!journal || journal->status / 100 != 2) return;
    std::string_view lines = journal->body;
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      const auto entry = parse_json(lines.substr(0, end));
      lines.remove_prefix(std::min(end + 1, lines.size()));
      if (!entry || value_in(entry->root(), "caused_by").is_null()) return;
      session.out() << consequence_text(entry->root());
    }
  }

  ExitCode tell(Session& session, const Json& result) const {
    if (text_in(result, "result") == "rejected") {
      return session.complain(ExitCode::refused, send_ + " was " + result_text(result));
    }
    session.out() << send_ << ": " << result_text(result);
    if (dry_run_) {
      session.out() << "; nothing was recorded\n";
    } else {
      session.out() << ", position " << grouped(integer_in(result, "position")) << '\n';
    }
    session.out() << consequences_text(result);  // of a dry run
    if (!dry_run_ && text_in(result, "result") == "recorded") tell_consequences(session, result);
    return ExitCode::ok;
  }

  std::string account_;
  std::string send_;
  std::string destination_;
  std::string template_ = "verification";
  std::optional<std::int64_t> units_;
  std::string text_;
  std::string signature_;
  std::string at_;
  bool not_billable_ = false;
  bool dry_run_ = false;
  std::string file_;
  std::int64_t from_line_ = 1;
};

}  // namespace

void add_send_command(CommandTree& tree) {
  tree.add(tree.root(), "send", "Publish a send, or a file of them.", std::make_unique<Send>());
}

}  // namespace packledger::cli
