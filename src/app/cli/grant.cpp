// packledger grant: a package that was given, or sold elsewhere.
#include "app/cli/command.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& each : texts) json.value(each);
  json.end_array();
}

class Grant final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Who gets it.")->required();
    app.add_option("package", package_, "Its name; the same one is never granted twice.")
        ->required();
    app.add_option("--quota", quota_, "Units.")->required()->check(CLI::PositiveNumber);
    app.add_option("--to", destinations_, "Where it pays: CN, or TH,ID, or * for everywhere.")
        ->required()
        ->delimiter(',');
    app.add_option("--template", templates_, "What it pays: verification,notification,promotion.")
        ->delimiter(',');
    app.add_option("--mode", mode_, "What happens when it is used up.")
        ->check(CLI::IsMember({"pay_per_use", "stop_before_excess"}));
    app.add_option("--priority", priority_, "Smaller pays first; 100 unless said.");
    app.add_option("--effective-at", effective_at_, "Its first instant; now unless said.");
    auto* const until = app.add_option("--until", expires_at_, "The first instant it is over.");
    app.add_option("--validity", validity_, "How long it lives: P1M, P24M.")->excludes(until);
    app.add_option("--expiry", expiry_, "Where in the day a validity ends.")
        ->check(CLI::IsMember({"exact", "start_of_day", "end_of_day"}));
    app.add_option("--price-paid", price_paid_, "What was paid for it elsewhere.");
    app.add_option("--reason", reason_, "Why, for the journal.");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    if (expires_at_.empty() && validity_.empty()) {
      return session.complain(ExitCode::usage, "say how long it lives: --until or --validity");
    }
    return writing_.ask(
        session, {.method = "POST", .target = account_path(account_) + "/packages", .body = body()},
        [&](const Json& answer) {
          session.out() << "granted " << package_ << ": " << grouped(integer_in(answer, "quota"))
                        << " units in " << text_in(answer, "pool") << " until "
                        << text_in(answer, "expires_at") << ", position "
                        << grouped(integer_in(answer, "position")) << '\n';
        });
  }

 private:
  [[nodiscard]] std::string body() const {
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("package", package_).member("quota", quota_);
    write_list(json, "destinations", destinations_);
    if (!templates_.empty()) write_list(json, "templates", templates_);
    if (priority_) json.member("priority", *priority_);
    const std::pair<std::string_view, const std::string*> texts[] = {
        {"mode", &mode_},
        {"effective_at", &effective_at_},
        {"expires_at", &expires_at_},
        {"validity", &validity_},
        {"expiry", &expiry_},
        {"price_paid", &price_paid_},
        {"reason", &reason_}};
    for (const auto& [name, value] : texts) {
      if (!value->empty()) json.member(name, *value);
    }
    json.end_object();
    return body;
  }

  std::string account_;
  std::string package_;
  std::int64_t quota_ = 0;
  std::vector<std::string> destinations_;
  std::vector<std::string> templates_;
  std::string mode_;
  std::optional<std::int64_t> priority_;
  std::string effective_at_;
  std::string expires_at_;
  std::string validity_;
  std::string expiry_;
  std::string price_paid_;
  std::string reason_;
  Writing writing_;
};

}  // namespace

void add_grant_command(CommandTree& tree) {
  tree.add(tree.root(), "grant", "Grant a package: a gift, or one sold elsewhere.",
           std::make_unique<Grant>());
}

}  // namespace packledger::cli
