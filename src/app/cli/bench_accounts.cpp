#include "app/cli/bench_accounts.hpp"

#include "app/cli/bench_work.hpp"
#include "packledger/ledger/money.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace packledger::cli {
namespace {

// ISO 4217 reserves it for tests: a book in it touches nobody's prices.
constexpr std::string_view currency = "XTS";
constexpr std::string_view book_version = "bench";
constexpr Price unit_price{1'000};             // 0.001
constexpr std::string_view funds = "1000000";  // a thousand million units per use
constexpr std::string_view country = "CN";

// Each question of a connection is taken up when the one before is answered: connections are what
// fills the groups of the daemon, the questions behind them keep it from waiting for us.
constexpr std::int64_t connections_max = 512;
constexpr std::size_t questions_max = 8;  // of a connection

std::string complaint(const LoadAnswer& answer) {
  const auto problem = parse_json(answer.body);
  const std::string_view code = problem ? text_in(problem->root(), "code") : std::string_view{};
  if (code.empty()) return "an answer that makes no sense: " + std::string(answer.body);
  return "the daemon refused: " + std::string(code) + ": " +
         std::string(text_in(problem->root(), "detail"));
}

}  // namespace

std::string BenchAccounts::name(std::int64_t account) const {
  return bench_account(supply_.prefix, account);
}

Result<BenchAccounts::Opened, ExitCode> BenchAccounts::open() {
  earlier_.assign(static_cast<std::size_t>(supply_.accounts), 0);
  const auto some = is_known(0);
  if (!some) return std::unexpected(some.error());
  // They are opened in order: where the last is there, all are.
  const auto all = *some ? is_known(supply_.accounts - 1) : some;
  if (!all) return std::unexpected(all.error());
  ExitCode code = ExitCode::ok;
  if (!*all) {
    code = publish_book();
    const auto make = [this](std::int64_t account, std::int64_t chore) {
      return opening(account, chore);
    };
    if (code == ExitCode::ok) code = perform({.chores = 2 + supply_.packages, .make = make});
  }
  if (code == ExitCode::ok && *some) code = read_before();
  if (code != ExitCode::ok) return std::unexpected(code);
  return *all ? Opened::known : Opened::fresh;
}

Result<bool, ExitCode> BenchAccounts::is_known(std::int64_t account) {
  const auto answer = session_.ask_any({.target = account_path(name(account))});
  if (!answer) return std::unexpected(answer.error());
  return answer->status / 100 == 2;
}

ExitCode BenchAccounts::read_before() {
  if (const ExitCode code = read(); code != ExitCode::ok) return code;
  before_ = std::exchange(figures_, {});
  earlier_ = shown_;
  return ExitCode::ok;
}

ExitCode BenchAccounts::publish_book() {
  const auto known =
      session_.ask_any({.target = "/v1/price-book?currency=" + std::string(currency)});
  if (!known) return known.error();
  if (known->status / 100 == 2) {
    const auto book = parse_json(known->body);
    if (book && text_in(book->root(), "version") == book_version) return ExitCode::ok;
  }
  const auto clock = session_.ask({.target = "/v1/clock"});
  if (!clock) return clock.error();
  std::string body;
  JsonWriter json{body};
  json.begin_object().member("version", book_version);
  json.member("effective_from", text_in(clock->json(), "now")).member("currency", currency);
  json.key("products").begin_array().end_array().key("payg").begin_array().begin_object();
  json.key("destinations").begin_array().value(country).end_array();
  json.key("prices").begin_array().begin_object();
  json.member("price", money_text(Money{unit_price.micros})).end_object().end_array();
  json.end_object().end_array().end_object();
  const auto put = session_.ask({.method = "PUT", .target = "/v1/price-book", .body = body});
  return put ? ExitCode::ok : put.error();
}

// Opened, funded, then a package each: the first ends a year before the next and is used first.
BenchAccounts::Chore BenchAccounts::opening(std::int64_t account, std::int64_t chore) const {
  Chore made{.method = "POST", .target = "/v1/accounts"};
  JsonWriter json{made.body};
  json.begin_object();
  if (chore == 0) {
    json.member("account", name(account)).member("currency", currency).end_object();
    return made;
  }
  made.target = account_path(name(account));
  if (chore == 1) {
    made.target += "/funds";
    json.member("amount", funds).end_object();
    return made;
  }
  const std::int64_t package = chore - 1;
  made.target += "/packages";
  json.member("package", "p" + std::to_string(package)).member("quota", supply_.quota);
  json.key("destinations").begin_array().value(country).end_array();
  json.member("validity", "P" + std::to_string(package) + "Y").end_object();
  return made;
}

ExitCode BenchAccounts::perform(const Round& round) {
  const std::int64_t connections = std::min(connections_max, supply_.accounts);
  LoadClient client{
      session_.options.server,
      {.connections = static_cast<std::size_t>(connections), .client = session_.client_options()}};
  if (const auto connected = client.connect(); !connected) {
    return session_.complain(ExitCode::unreachable, connected.error().detail);
  }
  const std::int64_t total = supply_.accounts * round.chores;
  std::vector<std::deque<std::int64_t>> asked(static_cast<std::size_t>(connections));
  std::int64_t answered = 0;
  std::string wrong;
  const auto take = [&](const LoadAnswer& answer) {
    const std::int64_t number = asked[answer.connection].front();
    asked[answer.connection].pop_front();
    ++answered;
    const bool kept = answer.status / 100 == 2;
    const bool fits = kept && (!round.take || round.take(number / round.chores,
                                                         number % round.chores, answer.body));
    if (!fits && wrong.empty()) wrong = complaint(answer);
  };
  for (std::int64_t next = 0; answered < total && wrong.empty();) {
    while (next < total) {
      const auto line = static_cast<std::size_t>(next / round.chores % connections);
      if (asked[line].size() == questions_max) break;
      const Chore chore = round.make(next / round.chores, next % round.chores);
      client.ask(line, {.method = chore.method,
                        .target = chore.target,
                        .media_type = chore.body.empty() ? "" : "application/json",
                        .body = chore.body});
      asked[line].push_back(next++);
    }
    if (const auto waited = client.wait(std::nullopt, take); !waited) {
      return session_.complain(ExitCode::unreachable, waited.error().detail);
    }
  }
  return wrong.empty() ? ExitCode::ok : session_.complain(ExitCode::refused, wrong);
}

ExitCode BenchAccounts::read() {
  figures_ = {};
  shown_.assign(static_cast<std::size_t>(supply_.accounts), 0);
  const auto make = [this](std::int64_t account, std::int64_t chore) {
    return Chore{.target =
                     account_path(name(account)) + (chore == 0 ? "" : "/packages?limit=1000")};
  };
  const auto take = [this](std::int64_t account, std::int64_t chore, std::string_view body) {
    return chore == 0 ? add_account(account, body) : add_packages(account, body);
  };
  return perform({.chores = 2, .make = make, .take = take});
}

Result<BenchFigures, ExitCode> BenchAccounts::check(std::span<const std::int64_t> units) {
  if (const ExitCode code = read(); code != ExitCode::ok) return std::unexpected(code);
  figures_.used -= before_.used;
  figures_.charged -= before_.charged;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const std::int64_t paid = shown_[i] - earlier_[i];
    if (paid == units[i]) continue;
    figures_.wrong.push_back(name(static_cast<std::int64_t>(i)) + ": " + grouped(units[i]) +
                             " units were recorded, " + grouped(paid) + " were used or charged");
  }
  return figures_;
}

bool BenchAccounts::add_account(std::int64_t account, std::string_view body) {
  const auto shown = parse_json(body);
  if (!shown) return false;
  const auto charged = parse_money(text_in(value_in(shown->root(), "totals"), "charged"));
  if (!charged) return false;
  if (charged->micros % unit_price.micros != 0) {
    figures_.wrong.push_back(name(account) + ": charged " + money_text(*charged) +
                             ", which is no number of units");
  }
  const std::int64_t units = charged->micros / unit_price.micros;
  figures_.charged += units;
  shown_[static_cast<std::size_t>(account)] += units;
  return true;
}

bool BenchAccounts::add_packages(std::int64_t account, std::string_view body) {
  const auto shown = parse_json(body);
  if (!shown) return false;
  const std::span<const Json> packages = value_in(shown->root(), "packages").elements();
  if (static_cast<std::int64_t>(packages.size()) != supply_.packages) {
    figures_.wrong.push_back(name(account) + ": " + std::to_string(packages.size()) + " packages");
  }
  for (const Json& package : packages) {
    const std::int64_t used = integer_in(package, "used");
    const std::int64_t rest = integer_in(package, "remaining") + integer_in(package, "held") +
                              integer_in(package, "forfeited") + integer_in(package, "refunded");
    if (integer_in(package, "quota") != supply_.quota || used + rest != supply_.quota) {
      figures_.wrong.push_back(name(account) + " " + std::string(text_in(package, "package")) +
                               ": the parts of the quota do not add up");
    }
    figures_.used += used;
    shown_[static_cast<std::size_t>(account)] += used;
  }
  return true;
}

}  // namespace packledger::cli
