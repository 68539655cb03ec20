// packledger renewal set|show|on|off|remove: a new package of the mainland when little is left, or
// before the last one ends.
#include "app/cli/command.hpp"
#include "app/cli/entry_words.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <ostream>

namespace packledger::cli {
namespace {

class RenewalCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose renewal.")->required();
  }

 protected:
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] std::string path() const { return account_path(account_) + "/renewal"; }
  void tell_set(std::ostream& out, const Json& answer) const {
    const bool enabled = value_in(answer, "enabled").flag().value_or(false);
    out << account_ << ": " << (enabled ? "renews " : "would renew, but it is off: ")
        << renewal_text(answer) << ", at most " << integer_in(answer, "max_per_day") << " a day\n"
        << "set at position " << grouped(integer_in(answer, "position")) << '\n';
  }

 private:
  std::string account_;
};

class RenewalSet final : public RenewalCommand {
 public:
  void declare(CLI::App& app) override {
    RenewalCommand::declare(app);
    app.add_option("--quantity", quantity_, "How many units a new package has.")
        ->required()
        ->check(CLI::PositiveNumber);
    app.add_option("--threshold", threshold_, "Renews once so many units, or fewer, are left.")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--pre-expiry", pre_expiry_, "Renews before the last package ends.");
    app.add_option("--product", product_, "What to buy; what the price book says unless said.");
    app.add_option("--max-per-day", max_per_day_, "At most so many a day.")
        ->check(CLI::PositiveNumber);
    app.add_option("--pool", pool_, "Of which packages; there is only CN.");
    app.add_flag("--off", off_, "Only set it; `renewal on` switches it on.");
    app.footer(
        "\nThe balance pays. Where it cannot, the renewal is tried again whenever money comes in,\n"
        "and once a day.\n");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    if (!threshold_ && !pre_expiry_) {
      return session.complain(ExitCode::usage, "say when to renew: --threshold N, --pre-expiry");
    }
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("enabled", !off_);
    if (!pool_.empty()) json.member("pool", pool_);
    if (threshold_) json.member("threshold", *threshold_);
    json.member("pre_expiry", pre_expiry_).member("quantity", quantity_);
    if (!product_.empty()) json.member("product", product_);
    if (max_per_day_) json.member("max_per_day", *max_per_day_);
    json.end_object();
    return writing_.ask(session, {.method = "PUT", .target = path(), .body = body},
                        [&](const Json& answer) { tell_set(session.out(), answer); });
  }

 private:
  std::int64_t quantity_ = 0;
  std::optional<std::int64_t> threshold_;
  bool pre_expiry_ = false;
  std::string product_;
  std::optional<std::int64_t> max_per_day_;
  std::string pool_;
  bool off_ = false;
  Writing writing_;
};

// The rule as it stands, set again with the switch turned.
class RenewalSwitch final : public RenewalCommand {
 public:
  explicit RenewalSwitch(bool enabled) : enabled_{enabled} {}

  void declare(CLI::App& app) override {
    RenewalCommand::declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    const auto stands = session.ask({.target = path()});
    if (!stands) return stands.error();
    const Json& rule = stands->json();
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("enabled", enabled_).member("pool", text_in(rule, "pool"));
    if (const auto threshold = value_in(rule, "threshold").integer()) {
      json.member("threshold", *threshold);
    }
    json.member("pre_expiry", value_in(rule, "pre_expiry").flag().value_or(false));
    json.member("quantity", integer_in(rule, "quantity"));
    json.member("product", text_in(rule, "product"));
    json.member("max_per_day", integer_in(rule, "max_per_day")).end_object();
    return writing_.ask(session, {.method = "PUT", .target = path(), .body = body},
                        [&](const Json& answer) { tell_set(session.out(), answer); });
  }

 private:
  bool enabled_;
  Writing writing_;
};

class RenewalShow final : public RenewalCommand {
 public:
  ExitCode run(Session& session) override {
    return session.show_local(
        account(), {.target = path()},
        [&](const Json& answer, const Zone& zone) { tell(session.out(), answer, zone); });
  }

 private:
  void tell(std::ostream& out, const Json& rule, const Zone& zone) const {
    const bool enabled = value_in(rule, "enabled").flag().value_or(false);
    const std::string currency{text_in(rule, "currency")};
    out << account() << ": " << (enabled ? "on" : "off") << ", " << renewal_text(rule)
        << ", at most " << integer_in(rule, "max_per_day") << " a day\n";
    const std::string_view price = text_in(rule, "price");
    out << "it would cost "
        << (price.empty() ? "what the price book does not say" : grouped(price) + " " + currency)
        << ", the balance is " << grouped(text_in(rule, "balance")) << ' ' << currency << ", "
        << grouped(integer_in(rule, "total")) << " units are left\n";
    out << "renewed today: " << grouped(integer_in(rule, "renewed_today")) << '\n';
    const Json& next = value_in(rule, "next");
    if (const auto at = instant_in(next, "at")) {
      out << "next, before the end of " << text_in(next, "package") << ": " << local_text(*at, zone)
          << '\n';
    }
    const Json& pending = value_in(rule, "pending");
    if (!pending.is_object()) return;
    out << "waits to be paid, since position " << grouped(integer_in(pending, "cause"));
    if (const auto at = instant_in(pending, "retry_at")) {
      out << "; tried again when money comes in, and at " << local_text(*at, zone);
    }
    out << '\n';
  }
};

class RenewalRemove final : public RenewalCommand {
 public:
  void declare(CLI::App& app) override {
    RenewalCommand::declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    return writing_.ask(session, {.method = "DELETE", .target = path()}, [&](const Json& answer) {
      session.out() << account() << ": the renewal is removed, position "
                    << grouped(integer_in(answer, "position")) << '\n';
    });
  }

 private:
  Writing writing_;
};

}  // namespace

void add_renewal_commands(CommandTree& tree) {
  CLI::App& group = tree.group("renewal", "Buy a new package by itself when one is needed.");
  tree.add(group, "set", "Set when to renew and what to buy.", std::make_unique<RenewalSet>());
  tree.add(group, "show", "Show the rule and how it stands.", std::make_unique<RenewalShow>());
  tree.add(group, "on", "Switch it on.", std::make_unique<RenewalSwitch>(true));
  tree.add(group, "off", "Switch it off; the rule stays.", std::make_unique<RenewalSwitch>(false));
  tree.add(group, "remove", "Remove the rule.", std::make_unique<RenewalRemove>());
}

}  // namespace packledger::cli
