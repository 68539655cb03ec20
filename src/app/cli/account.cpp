// packledger account open|show|set|fund
#include "app/cli/command.hpp"
#include "app/cli/table.hpp"
#include "app/cli/writing.hpp"
#include "app/zones.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <ostream>

namespace packledger::cli {
namespace {

// Settings that an account is opened with and that can be changed later.
class Settings {
 public:
  void declare(CLI::App& app) {
    app.add_option("--zone", zone_, "Billing zone: +08:00, or a name such as Asia/Bangkok.");
    app.add_option("--order", order_, "Which package pays first.")
        ->check(CLI::IsMember({"effective_first", "expiry_first"}));
    app.add_option("--late-window", late_window_, "How late a send may draw on an ended package.");
    app.add_option("--acceptance-window", acceptance_window_, "How late a send is taken at all.");
    app.add_option("--reversal-window", reversal_window_, "How long a send may be reversed.");
    app.add_option("--order-ttl", order_ttl_, "How long an order waits for its payment.");
    app.add_option("--overdue-grace", overdue_grace_, "From overdue to suspended.");
    app.add_option("--prepaid-strict", prepaid_strict_, "Refuse what the balance cannot pay.")
        ->check(CLI::IsMember({"true", "false"}));
    app.add_option("--absorb-overage", absorb_overage_, "What a new package takes over.")
        ->check(CLI::IsMember({"none", "same_day"}));
    app.add_option("--reminders", reminders_, "How long before an expiry to remind, as P7D,P1D.")
        ->delimiter(',');
  }

  void write(JsonWriter& json) const {
    const std::array<std::pair<std::string_view, const std::string*>, 8> texts{
        {{"zone", &zone_},
         {"order", &order_},
         {"late_window", &late_window_},
         {"acceptance_window", &acceptance_window_},
         {"reversal_window", &reversal_window_},
         {"order_ttl", &order_ttl_},
         {"overdue_grace", &overdue_grace_},
         {"absorb_overage", &absorb_overage_}}};
    for (const auto& [name, value] : texts) {
      if (!value->empty()) json.member(name, *value);
    }
    if (!prepaid_strict_.empty()) json.member("prepaid_strict", prepaid_strict_ == "true");
    if (reminders_.empty()) return;
    json.key("reminders").begin_array();
    for (const std::string& each : reminders_) json.value(each);
    json.end_array();
  }

 private:
  std::string zone_;
  std::string order_;
  std::string late_window_;
  std::string acceptance_window_;
  std::string reversal_window_;
  std::string order_ttl_;
  std::string overdue_grace_;
  std::string prepaid_strict_;
  std::string absorb_overage_;
  std::vector<std::string> reminders_;
};

void tell_pools(std::ostream& out, const Json& account, Look look) {
  Table table{{{"POOL"},
               {"MODE"},
               {"LEFT"},
               {"REMAINING", Align::right},
               {"HELD", Align::right},
               {"QUOTA", Align::right}}};
  for (const Json& pool : value_in(account, "pools").elements()) {
    const std::int64_t remaining = integer_in(pool, "remaining");
    const std::int64_t quota = integer_in(pool, "quota");
    table.add({{std::string(text_in(pool, "pool"))},
               {std::string(text_in(pool, "mode"))},
               {bar(remaining, quota, 20, look), color_of(remaining, quota)},
               {grouped(remaining)},
               {grouped(integer_in(pool, "held"))},
               {grouped(quota)}});
  }
  if (!table.empty()) out << '\n' << table.text(look);
}

// Since when an account owes, and what follows from it.
void tell_standing(std::ostream& out, const Json& account, const Zone& zone) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> instants{
      {{"overdue_at", "overdue since "},
       {"suspends_at", "will be suspended at "},
       {"suspended_at", "suspended since "}}};
  for (const auto& [name, words] : instants) {
    if (const auto at = instant_in(account, name)) out << words << local_text(*at, zone) << '\n';
  }
}

void tell_account(Session& session, const Json& account) {
  std::ostream& out = session.out();
  const std::string currency{text_in(account, "currency")};
  out << text_in(account, "account") << ": " << text_in(account, "status") << ", balance "
      << grouped(text_in(account, "balance")) << ' ' << currency << '\n';
  const Zone zone = find_zone(text_in(account, "zone")).value_or(Zone{});
  if (const auto opened = instant_in(account, "opened_at")) {
    out << "opened " << local_text(*opened, zone) << ", times in " << zone.name << '\n';
  }
  const Json& totals = value_in(account, "totals");
  if (totals.is_object()) {
    out << "credited " << grouped(text_in(totals, "credited")) << ", purchased "
        << grouped(text_in(totals, "purchased")) << ", charged "
        << grouped(text_in(totals, "charged")) << ", refunded "
        << grouped(text_in(totals, "refunded")) << '\n';
  }
  tell_standing(out, account, zone);
  out << "order of use " << text_in(account, "order") << ", late window "
      << text_in(account, "late_window") << ", overdue grace " << text_in(account, "overdue_grace")
      << '\n';
  tell_pools(out, account, session.look);
  out << "as of position " << grouped(integer_in(account, "position")) << '\n';
}

class AccountOpen final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "The name of the new account.")->required();
    app.add_option("--currency", currency_, "Its currency, such as CNY.")->required();
    settings_.declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("account", account_).member("currency", currency_);
    settings_.write(json);
    json.end_object();
    const Question question{.method = "POST", .target = "/v1/accounts", .body = body};
    return writing_.ask(session, question, [&](const Json& answer) {
      session.out() << "opened " << account_ << " in " << currency_ << " at position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  std::string account_;
  std::string currency_;
  Settings settings_;
  Writing writing_;
};

class AccountShow final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "The account to show.")->required();
    app.add_option("--at", at_, "As it was at this instant.");
    app.add_option("--position", position_, "As it was after this entry.");
  }

  ExitCode run(Session& session) override {
    std::string target = account_path(account_);
    add_query(target, "at", at_);
    add_query(target, "position", position_);
    return session.show({.target = target},
                        [&](const Json& account) { tell_account(session, account); });
  }

 private:
  std::string account_;
  std::string at_;
  std::string position_;
};

class AccountSet final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "The account to change.")->required();
    app.add_option("--mode", modes_,
                   "What happens when a pool is used up: CN=stop_before_excess or CN=pay_per_use.")
        ->type_name("POOL=MODE");
    settings_.declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter json{body};
    json.begin_object();
    settings_.write(json);
    if (!modes_.empty() && !write_modes(json)) {
      return session.complain(ExitCode::usage, "--mode takes POOL=MODE, as CN=pay_per_use");
    }
    json.end_object();
    if (body == "{}") return session.complain(ExitCode::usage, "nothing to set was given");
    const Question question{.method = "PATCH", .target = account_path(account_), .body = body};
    return writing_.ask(session, question, [&](const Json& answer) {
      session.out() << "changed " << account_ << " at position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  bool write_modes(JsonWriter& json) const {
    json.key("modes").begin_object();
    for (const std::string& each : modes_) {
      const std::size_t equals = each.find('=');
      if (equals == std::string::npos || equals == 0) return false;
      json.member(each.substr(0, equals), each.substr(equals + 1));
    }
    json.end_object();
    return true;
  }

  std::string account_;
  std::vector<std::string> modes_;
  Settings settings_;
  Writing writing_;
};

class AccountFund final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "The account.")->required();
    app.add_option("amount", amount_, "What to add: 1000 or 0.132; below zero to correct.")
        ->required();
    app.add_option("--reason", reason_, "Why, for the journal.");
    app.add_option("--once", key_, "A key: the same one never adds twice.")->type_name("KEY");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("amount", amount_);
    if (!reason_.empty()) json.member("reason", reason_);
    json.end_object();
    Question question{.method = "POST", .target = account_path(account_) + "/funds", .body = body};
    if (!key_.empty()) question.headers.push_back({"Idempotency-Key", key_});
    return writing_.ask(session, question, [&](const Json& answer) {
      session.out() << account_ << ": " << grouped(text_in(answer, "amount")) << ' '
                    << text_in(answer, "currency") << ", balance "
                    << grouped(text_in(answer, "balance")) << ", position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  std::string account_;
  std::string amount_;
  std::string reason_;
  std::string key_;
  Writing writing_;
};

}  // namespace

void add_account_commands(CommandTree& tree) {
  CLI::App& group = tree.group("account", "Open accounts, look at them, set and fund them.");
  tree.add(group, "open", "Open an account.", std::make_unique<AccountOpen>());
  tree.add(group, "show", "Show balance, pools and settings.", std::make_unique<AccountShow>());
  tree.add(group, "set", "Change settings and service modes.", std::make_unique<AccountSet>());
  tree.add(group, "fund", "Add money, or correct the balance.", std::make_unique<AccountFund>());
}

}  // namespace packledger::cli
