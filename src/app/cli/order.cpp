// packledger order show|pay|cancel: orders that wait for a payment made elsewhere.
#include "app/cli/command.hpp"
#include "app/cli/writing.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace packledger::cli {
namespace {

class OrderCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("account", account_, "Whose order.")->required();
    app.add_option("order", order_, "Its name.")->required();
  }

 protected:
  [[nodiscard]] std::string path() const {
    return account_path(account_) + "/orders/" + escaped(order_);
  }
  void tell(std::ostream& out, const Json& answer) const {
    out << order_ << ": " << text_in(answer, "status");
    const std::string_view price = text_in(answer, "price");
    if (!price.empty()) out << ", " << grouped(price) << ' ' << text_in(answer, "currency");
    const std::string_view until = text_in(answer, "times_out_at");
    if (!until.empty() && text_in(answer, "status") == "pending_payment") {
      out << ", to be paid before " << until;
    }
    out << ", position " << grouped(integer_in(answer, "position")) << '\n';
  }

 private:
  std::string account_;
  std::string order_;
};

class OrderShow final : public OrderCommand {
 public:
  ExitCode run(Session& session) override {
    return session.show({.target = path()},
                        [&](const Json& answer) { tell(session.out(), answer); });
  }
};

class OrderPay final : public OrderCommand {
 public:
  void declare(CLI::App& app) override {
    OrderCommand::declare(app);
    app.add_option("--reference", reference_, "What the payment is called elsewhere.");
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    std::string body;
    JsonWriter{body}.begin_object().member("payment_reference", reference_).end_object();
    return writing_.ask(session, {.method = "POST", .target = path() + "/pay", .body = body},
                        [&](const Json& answer) { tell(session.out(), answer); });
  }

 private:
  Writing writing_;
  std::string reference_ = "command-line";
};

class OrderCancel final : public OrderCommand {
 public:
  void declare(CLI::App& app) override {
    OrderCommand::declare(app);
    writing_.declare(app);
  }

  ExitCode run(Session& session) override {
    return writing_.ask(session, {.method = "POST", .target = path() + "/cancel", .body = "{}"},
                        [&](const Json& answer) { tell(session.out(), answer); });
  }

 private:
  Writing writing_;
};

}  // namespace

void add_order_commands(CommandTree& tree) {
  CLI::App& group = tree.group("order", "Pay, cancel or look at an order.");
  tree.add(group, "show", "Show an order.", std::make_unique<OrderShow>());
  tree.add(group, "pay", "Say that an order was paid elsewhere.", std::make_unique<OrderPay>());
  tree.add(group, "cancel", "Cancel an order that is not paid.", std::make_unique<OrderCancel>());
}

}  // namespace packledger::cli
