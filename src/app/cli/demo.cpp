// packledger demo: plays a month on a test clock and checks every figure that the daemon answers.
#include "app/cli/command.hpp"
#include "app/cli/demo_play.hpp"
#include "app/cli/demo_watched.hpp"
#include "app/cli/packages_view.hpp"
#include "app/cli/send_text.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr unsigned status_not_found = 404;

struct Prices {
  Money a;
  Money b;
  Price payg;
};

const Json* with_member(const Json& array, std::string_view key, std::string_view text) {
  for (const Json& each : array.elements()) {
    const Json& member = value_in(each, key);
    if (member.text() == text) return &each;
    for (const Json& inner : member.elements()) {
      if (inner.text() == text) return &each;
    }
  }
  return nullptr;
}

// The three prices that the demo needs; nothing where a book does not have them like that.
std::optional<Prices> prices_in(const Json& book) {
  const Json* const a = with_member(value_in(book, "products"), "product", demo_product_a);
  const Json* const b = with_member(value_in(book, "products"), "product", demo_product_b);
  const Json* const tariff = with_member(value_in(book, "payg"), "destinations", "TH");
  if (a == nullptr || b == nullptr || tariff == nullptr) return std::nullopt;
  const auto tiers = value_in(*tariff, "prices").elements();
  if (tiers.size() != 1 || text_in(book, "currency") != "CNY") return std::nullopt;
  const auto price_a = parse_money(text_in(*a, "price"));
  const auto price_b = parse_money(text_in(*b, "price"));
  const auto payg = parse_money(text_in(tiers.front(), "price"));
  if (!price_a || !price_b || !payg) return std::nullopt;
  return Prices{.a = *price_a, .b = *price_b, .payg = Price{payg->micros}};
}

DemoPaid paid_in(const Json& answer) {
  DemoPaid paid;
  for (const Json& line : value_in(answer, "lines").elements()) {
    const std::string_view package = text_in(line, "package");
    if (package == "A.1") paid.a += integer_in(line, "units");
    if (package == "B.1") paid.b += integer_in(line, "units");
  }
  for (const Json& line : value_in(answer, "payg").elements()) {
    paid.payg += integer_in(line, "units");
  }
  return paid;
}

std::string described(const DemoPaid& paid) {
  return "A " + grouped(paid.a) + ", B " + grouped(paid.b) + ", per use " + grouped(paid.payg);
}

class Demo final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.footer(
        "\nIt needs a daemon with a test clock, moves that clock through a May, and leaves its "
        "three\n"
        "accounts behind. On a throwaway ledger:\n"
        "  packledgerd --test-clock 2024-04-30T00:00:00+08:00 --data \"$(mktemp -d)\"\n");
  }

  ExitCode run(Session& session) override {
    session_ = &session;
    if (const ExitCode code = prepare(); code != ExitCode::ok) return code;
    std::string_view when;
    for (const DemoStep& step : demo_steps()) {
      if (step.when != when) {
        if (!when.empty()) {
          if (const ExitCode code = show_acted(); code != ExitCode::ok) return code;
        }
        when = step.when;
        if (const ExitCode code = advance(when); code != ExitCode::ok) return code;
      }
      if (const ExitCode code = play(step); code != ExitCode::ok) return code;
    }
    if (const ExitCode code = show_acted(); code != ExitCode::ok) return code;
    if (const ExitCode code = watch(); code != ExitCode::ok) return code;
    return tell_end();
  }

 private:
  struct Customer {
    std::string account;
    Money balance;  // as it must be
    DemoLeft left;  // as it must be
    std::string last_send;
    bool acted = false;  // since the clock last moved
  };

  // ---- what is said ----

  void say(const std::string& text) {
    if (!session_->options.json) session_->out() << text << '\n';
  }

  void expect(bool holds, const std::string& what) {
    if (holds) return;
    ++differences_;
    session_->complain(ExitCode::unexpected, "not as worked out: " + what);
  }

  // ---- before the first step ----

  ExitCode prepare() {
    const auto clock = session_->ask({.target = "/v1/clock"});
    if (!clock) return clock.error();
    const auto now = instant_in(clock->json(), "now");
    if (!now || !value_in(clock->json(), "test").flag().value_or(false)) {
      return session_->complain(
          ExitCode::refused,
          "the daemon at " + session_->options.server +
              " runs on real time. Start one on a test clock and a throwaway ledger:\n"
              "  packledgerd --test-clock 2024-04-30T00:00:00+08:00 --data \"$(mktemp -d)\"");
    }
    year_ = demo_year(*now);
    say("Two customers buy the same two packages for Thailand and send through May " +
        std::to_string(year_) + ", on the test clock of " + session_->options.server + ".");
    if (const ExitCode code = find_prices(*now); code != ExitCode::ok) return code;
    say("A is " + std::string(demo_product_a) + ": 10,000 units for " +
        grouped(money_text(prices_.a)) + " CNY; B is " + std::string(demo_product_b) +
        ": 50,000 units for " + grouped(money_text(prices_.b)) +
        " CNY. Without a package a unit costs " + money_text(prices_.payg) + " CNY.");
    return open_accounts();
  }

  // The book in force, or one of our own where there is none.
  ExitCode find_prices(Instant now) {
    auto book = session_->ask_any({.target = "/v1/price-book"});
    if (!book) return book.error();
    if (book->status == status_not_found) {
      const auto published = session_->ask(
          {.method = "PUT", .target = "/v1/price-book", .body = demo_price_book(now)});
      if (!published) return published.error();
      say("There was no price book in force; one with the two packages is published.");
    }
    return read_prices();
  }

  ExitCode read_prices() {
    const auto book = session_->ask({.target = "/v1/price-book"});
    if (!book) return book.error();
    const auto prices = prices_in(book->json());
    if (!prices) {
      return session_->complain(
          ExitCode::refused, "the price book in force, " +
                                 std::string(text_in(book->json(), "version")) + ", has not " +
                                 std::string(demo_product_a) + ", " + std::string(demo_product_b) +
                                 " and one price for TH in CNY; play on an empty ledger");
    }
    prices_ = *prices;
    return ExitCode::ok;
  }

  ExitCode open_accounts() {
    const auto digest = session_->ask({.target = "/v1/digest"});
    if (!digest) return digest.error();
    prefix_ = "demo-" + std::to_string(integer_in(digest->json(), "position")) + ".";
    for (std::size_t i = 0; i < demo_customers; ++i) {
      Customer& customer = customers_.at(i);
      customer.account = prefix_ + std::string(name_of(static_cast<DemoCustomer>(i)));
      customer.balance = demo_spare + prices_.a + prices_.b;
      std::string body;
      JsonWriter{body}
          .begin_object()
          .member("account", customer.account)
          .member("currency", "CNY")
          .member("zone", demo_zone)
          .end_object();
      auto answer = session_->ask({.method = "POST", .target = "/v1/accounts", .body = body});
      if (!answer) return answer.error();
      body.clear();
      JsonWriter{body}
          .begin_object()
          .member("amount", money_text(customer.balance))
          .member("reason", "demo")
          .end_object();
      answer = session_->ask(
          {.method = "POST", .target = account_path(customer.account) + "/funds", .body = body});
      if (!answer) return answer.error();
      say("Account " + customer.account + " is opened with " +
          grouped(text_in(answer->json(), "balance")) + " CNY.");
    }
    return ExitCode::ok;
  }

  // ---- the steps ----

  ExitCode advance(std::string_view when) {
    const Instant to = demo_instant(year_, when);
    std::string body;
    JsonWriter{body}.begin_object().member("to", instant_text(to)).end_object();
    const auto answer =
        session_->ask({.method = "POST", .target = "/v1/clock/advance", .body = body});
    if (!answer) return answer.error();
    say("");
    say(colored(local_text_exact(to, *fixed_zone(demo_zone)), Color::bold, session_->look));
    for (const Json& entry : value_in(answer->json(), "entries").elements()) {
      if (text_in(entry, "kind") != "package_expired") continue;
      const std::string package{text_in(value_in(entry, "input"), "package")};
      const Json& decision = value_in(entry, "decision");
      say("  timer: " + package + " of " + std::string(text_in(entry, "account")) +
          " has ended and forfeits " + grouped(integer_in(decision, "forfeited")) + " units.");
    }
    return read_prices();  // a book may have come into force meanwhile
  }

  ExitCode play(const DemoStep& step) {
    Customer& customer = customers_.at(static_cast<std::size_t>(step.who));
    customer.acted = true;
    customer.left = step.left;
    switch (step.act) {
      case DemoAct::buy_a: return buy(customer, step, "A", demo_product_a, prices_.a);
      case DemoAct::buy_b: return buy(customer, step, "B", demo_product_b, prices_.b);
      case DemoAct::send: return send(customer, step);
      case DemoAct::reverse: return reverse(customer, step);
    }
    return ExitCode::unexpected;
  }

  ExitCode buy(Customer& customer, const DemoStep& step, std::string_view order,
               std::string_view product, Money price) {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("order", order)
        .member("product", product)
        .member("pay", "balance")
        .end_object();
    const auto answer = session_->ask(
        {.method = "POST", .target = account_path(customer.account) + "/orders", .body = body});
    if (!answer) return answer.error();
    customer.balance -= price;
    const std::string_view paid = text_in(answer->json(), "price");
    expect(parse_money(paid) == price, std::string(product) + " costs " + std::string(paid));
    say("  " + std::string(name_of(step.who)) + " buys " + std::string(order) + " for " +
        grouped(paid) + " CNY: " + std::string(step.why));
    return ExitCode::ok;
  }

  ExitCode send(Customer& customer, const DemoStep& step) {
    customer.last_send = "send-" + std::to_string(++sends_);
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("account", customer.account)
        .member("send", customer.last_send)
        .member("units", step.units)
        .member("destination", "TH")
        .member("template", "verification")
        .end_object();
    const auto answer = session_->ask({.method = "POST", .target = "/v1/sends", .body = body});
    if (!answer) return answer.error();
    const Json& result = answer->json();
    expect(text_in(result, "result") == "recorded",
           customer.last_send + ": " + result_text(result));
    expect_paid(result, step, customer.last_send);
    customer.balance -= charge(prices_.payg, Units{step.paid.payg}).value_or(Money{});
    say("  " + std::string(name_of(step.who)) + " sends " + units_text(step.units) + " -> " +
        colored(paid_text(result), Color::green, session_->look) + ". " + std::string(step.why));
    return ExitCode::ok;
  }

  ExitCode reverse(Customer& customer, const DemoStep& step) {
    std::string body;
    JsonWriter{body}
        .begin_object()
        .member("reversal", customer.last_send + ".back")
        .member("units", step.units)
        .end_object();
    const auto answer = session_->ask(
        {.method = "POST",
         .target = account_path(customer.account) + "/sends/" + customer.last_send + "/reversals",
         .body = body});
    if (!answer) return answer.error();
    expect_paid(answer->json(), step, customer.last_send + ".back");
    customer.balance += charge(prices_.payg, Units{step.paid.payg}).value_or(Money{});
    say("  " + std::string(name_of(step.who)) + " takes it back -> " +
        colored(reversal_text(answer->json()), Color::green, session_->look) + ". " +
        std::string(step.why));
    return ExitCode::ok;
  }

  void expect_paid(const Json& answer, const DemoStep& step, const std::string& name) {
    const DemoPaid paid = paid_in(answer);
    expect(paid == step.paid,
           name + " should be " + described(step.paid) + " but is " + described(paid));
    for (const Json& line : value_in(answer, "payg").elements()) {
      expect(text_in(line, "unit_price") == money_text(prices_.payg),
             name + " is charged at " + std::string(text_in(line, "unit_price")));
    }
  }

  // ---- what is left ----

  ExitCode show_acted() {
    for (Customer& customer : customers_) {
      if (!std::exchange(customer.acted, false)) continue;
      if (const ExitCode code = show(customer); code != ExitCode::ok) return code;
    }
    return ExitCode::ok;
  }

  ExitCode show(const Customer& customer) {
    const auto account = session_->ask({.target = account_path(customer.account)});
    if (!account) return account.error();
    const auto packages = session_->ask({.target = account_path(customer.account) + "/packages"});
    if (!packages) return packages.error();
    std::vector<PackageRow> rows;
    DemoLeft left;
    for (const Json& package : value_in(packages->json(), "packages").elements()) {
      rows.push_back(package_row(package));
      if (rows.back().package == "A.1") left.a = rows.back().remaining;
      if (rows.back().package == "B.1") left.b = rows.back().remaining;
    }
    const std::string_view balance = text_in(account->json(), "balance");
    expect(parse_money(balance) == customer.balance, customer.account + " should have " +
                                                         money_text(customer.balance) +
                                                         " CNY but has " + std::string(balance));
    expect(left == customer.left, customer.account + " should have left A " +
                                      grouped(customer.left.a) + ", B " + grouped(customer.left.b) +
                                      " but has A " + grouped(left.a) + ", B " + grouped(left.b));
    say("");
    say("  " + customer.account + ", balance " + grouped(balance) + " CNY");
    if (!rows.empty()) say_indented(packages_table(rows, *fixed_zone(demo_zone), session_->look));
    return ExitCode::ok;
  }

  void say_indented(std::string_view lines) {
    while (!lines.empty()) {
      const std::size_t end = lines.find('\n');
      say("  " + std::string(lines.substr(0, end)));
      lines.remove_prefix(end + 1);
    }
  }

  // ---- after the last step ----

  ExitCode watch() {
    return play_watched(*session_,
                        {.account = prefix_ + "watched",
                         .say = [this](const std::string& text) { say(text); },
                         .differ = [this](const std::string& what) { expect(false, what); }});
  }

  ExitCode tell_end() {
    say("");
    say(colored("What it came to", Color::bold, session_->look));
    for (std::size_t i = 0; i < demo_customers; ++i) {
      if (const ExitCode code = tell_totals(static_cast<DemoCustomer>(i)); code != ExitCode::ok) {
        return code;
      }
    }
    const auto digest = session_->ask({.target = "/v1/digest"});
    if (!digest) return digest.error();
    if (session_->options.json) session_->out() << digest->http().body << '\n';
    say("  position " + grouped(integer_in(digest->json(), "position")) + ", digest " +
        std::string(text_in(digest->json(), "digest")));
    if (differences_ != 0) {
      return session_->complain(ExitCode::unexpected,
                                std::to_string(differences_) + " figures are not as worked out");
    }
    say("Every figure above is the daemon's, and all are as worked out by hand.");
    return ExitCode::ok;
  }

  ExitCode tell_totals(DemoCustomer which) {
    const Customer& customer = customers_.at(static_cast<std::size_t>(which));
    const DemoEnd end = demo_end(which);
    const auto account = session_->ask({.target = account_path(customer.account)});
    if (!account) return account.error();
    const auto packages = session_->ask({.target = account_path(customer.account) + "/packages"});
    if (!packages) return packages.error();
    if (session_->options.json) {
      session_->out() << account->http().body << '\n' << packages->http().body << '\n';
    }
    PackageRow a;
    PackageRow b;
    for (const Json& package : value_in(packages->json(), "packages").elements()) {
      PackageRow row = package_row(package);
      expect(row.quota == row.remaining + row.held + row.used + row.forfeited + row.refunded,
             row.package + " does not add up");
      (row.package == "A.1" ? a : b) = std::move(row);
    }
    expect(a.used == end.used.a && b.used == end.used.b, customer.account + ": used");
    expect(a.forfeited == end.forfeited.a && b.forfeited == end.forfeited.b,
           customer.account + ": forfeited");
    const Json& totals = value_in(account->json(), "totals");
    say("  " + customer.account + ": A used " + grouped(a.used) + " and forfeited " +
        grouped(a.forfeited) + ", B used " + grouped(b.used) + " and forfeited " +
        grouped(b.forfeited) + "; packages " + grouped(text_in(totals, "purchased")) +
        " CNY, per use " + std::string(text_in(totals, "charged")) + " less " +
        std::string(text_in(totals, "refunded")) + " refunded, balance " +
        grouped(text_in(account->json(), "balance")) + " CNY.");
    return ExitCode::ok;
  }

  Session* session_ = nullptr;
  std::string prefix_;  // of the accounts
  std::int64_t year_ = 0;
  Prices prices_;
  std::array<Customer, demo_customers> customers_;
  int sends_ = 0;
  int differences_ = 0;
};

}  // namespace

void add_demo_command(CommandTree& tree) {
  tree.add(tree.root(), "demo", "Play a month of two packages on a test clock.",
           std::make_unique<Demo>());
}

}  // namespace packledger::cli
