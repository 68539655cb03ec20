// packledger buy: an order for packages, or with --dry-run its quote.
#include "app/cli/command.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class Buy final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Who buys.")->required();
    app.add_option("product", product_, "What, by its name in the price book.")->required();
    app.add_option("--order", order_, "The name of the order; the same one never buys twice.");
    app.add_option("--quota", quota_, "Units, of a product that leaves them open.")
        ->check(CLI::PositiveNumber);
    app.add_option("--copies", copies_, "How many packages.")->check(CLI::PositiveNumber);
    app.add_flag("--external", external_, "Paid elsewhere: it waits for `order pay`.");
    app.add_option("--renews", renews_,
                   "An ended package, in its grace or retention, that the new one follows.");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    if (order_.empty()) order_ = fresh_name("order");
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("order", order_).member("product", product_);
    if (quota_ != 0) json.member("quota", quota_);
    if (copies_ != 0) json.member("copies", copies_);
    json.member("pay", external_ ? "external" : "balance");
    if (!renews_.empty()) json.member("renews", renews_);
    json.end_object();
    return writing_.ask(
        session, {.method = "POST", .target = account_path(account_) + "/orders", .body = body},
        [&](const Json& answer) { tell(session.out(), answer); },
        [&](const Json& answer) { tell_quote(session.out(), answer); });
  }

 private:
  [[nodiscard]] std::string bought(const Json& order) const {
    return std::to_string(integer_in(order, "copies")) + " x " + product_ + " of " +
           grouped(integer_in(order, "quota")) + " units for " + grouped(text_in(order, "price")) +
           " " + std::string(text_in(order, "currency"));
  }

  void tell_quote(std::ostream& out, const Json& order) const {
    out << "a quote: " << bought(order) << "; nothing was bought\n";
  }

  void tell(std::ostream& out, const Json& order) const {
    out << order_ << ": " << bought(order) << ", " << text_in(order, "status");
    if (external_) {
      out << "; pay with: packledger order pay " << account_ << ' ' << order_;
    } else {
      out << ", balance " << grouped(text_in(order, "balance"));
    }
    out << "\nposition " << grouped(integer_in(order, "position")) << '\n';
  }

  std::string account_;
  std::string product_;
  std::string order_;
  std::string renews_;
  std::int64_t quota_ = 0;
  std::int64_t copies_ = 0;
  bool external_ = false;
  Writing writing_;
};

}  // namespace

void add_buy_command(CommandTree& tree) {
  tree.add(tree.root(), "buy", "Buy packages from the price book.", std::make_unique<Buy>());
}

}  // namespace packledger::cli
