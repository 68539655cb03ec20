// packledger traffic: a realistic month for a few thousand accounts on a test clock, from a seed,
// and the check that nothing was lost and nothing was made.
#include "app/cli/command.hpp"
#include "app/cli/traffic_plan.hpp"
#include "app/cli/traffic_rules.hpp"
#include "app/cli/traffic_sums.hpp"
#include "app/system_clock.hpp"
#include "wire/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

namespace packledger::cli {
namespace {

constexpr std::size_t batch_sends_max = 1'000;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::size_t wrong_lines_max = 20;

std::vector<TrafficProduct> products_in(const Json& book) {
  std::vector<TrafficProduct> products;
  for (const Json& each : value_in(book, "products").elements()) {
    TrafficProduct product{.name = std::string(text_in(each, "product"))};
    const auto destinations = value_in(each, "destinations").elements();
    if (!destinations.empty()) product.home = destinations.front().text().value_or("CN");
    if (product.home.empty() || product.home == "*") product.home = "CN";
    const Json& quota = value_in(each, "quota");
    product.quota_min = quota.integer().value_or(integer_in(quota, "min"));
    product.quota_max = quota.integer().value_or(integer_in(quota, "max"));
    product.stops = text_in(each, "mode") == "stop_before_excess";
    products.push_back(std::move(product));
  }
  return products;
}

void write_send(JsonWriter& json, const TrafficSend& send, std::string_view account) {
  json.begin_object().member("account", account).member("send", send.name);
  json.member("units", send.units).member("occurred_at", instant_text(send.occurred_at));
  json.member("destination", send.destination).member("template", send.type);
  if (!send.billable) json.member("billable", false);
  json.end_object();
}

class Traffic final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--accounts", size_.accounts, "How many accounts.")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->capture_default_str();
    app.add_option("--sends", size_.sends, "How many sends in all.")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    app.add_option("--days", size_.days, "How long the month is.")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{366}))
        ->capture_default_str();
    app.add_option("--seed", size_.seed, "The same seed makes the same month.")
        ->capture_default_str();
    app.add_option("--book", book_, "Publish this price book first.")->type_name("FILE");
    app.footer("\nIt needs a daemon with a test clock, and a price book that sells packages.");
  }

  ExitCode run(Session& session) override {
    session_ = &session;
    ExitCode code = prepare();
    if (code == ExitCode::ok) code = open_accounts();
    if (code == ExitCode::ok) code = play();
    if (code == ExitCode::ok) code = check();
    return code;
  }

 private:
  void say(const std::string& text) {
    if (!session_->options.json) session_->out() << text << std::endl;
  }

  // ---- before ----

  ExitCode prepare() {
    const auto clock = session_->ask({.target = "/v1/clock"});
    if (!clock) return clock.error();
    auto now = instant_in(clock->json(), "now");
    if (!now || !value_in(clock->json(), "test").flag().value_or(false)) {
      return session_->complain(ExitCode::refused,
                                "the daemon runs on real time; start one with --test-clock");
    }
    if (!book_.empty()) {
      if (const ExitCode code = publish_book(*now); code != ExitCode::ok) return code;
    }
    const auto book = session_->ask({.target = "/v1/price-book"});
    if (!book) return book.error();
    currency_ = text_in(book->json(), "currency");
    std::vector<TrafficProduct> products = products_in(book->json());
    if (products.empty()) {
      return session_->complain(ExitCode::refused, "the price book in force sells no packages");
    }
    start_ = Instant{(now->ms + hour_ms - 1) / hour_ms * hour_ms};
    if (const ExitCode code = advance(start_); code != ExitCode::ok) return code;
    const auto digest = session_->ask({.target = "/v1/digest"});
    if (!digest) return digest.error();
    const std::int64_t position = integer_in(digest->json(), "position");
    const std::string prefix =
        "t" + std::to_string(size_.seed) + "-" + std::to_string(position) + "-";
    plan_.emplace(size_, prefix, std::move(products));
    rules_.emplace(*session_, *plan_, sums_,
                   TrafficRules::Scope{.prefix = prefix, .from = position + 1});
    return ExitCode::ok;
  }

  // A book that starts later moves the clock to its start.
  ExitCode publish_book(Instant& now) {
    std::ifstream file{book_};
    if (!file) return session_->complain(ExitCode::usage, "cannot read " + book_);
    const std::string body{std::istreambuf_iterator<char>{file}, {}};
    const auto answer = session_->ask({.method = "PUT", .target = "/v1/price-book", .body = body});
    if (!answer) return answer.error();
    const auto from = instant_in(answer->json(), "effective_from");
    if (!from || *from <= now) return ExitCode::ok;
    now = *from;
    return advance(now);
  }

  ExitCode advance(Instant to) {
    std::string body;
    JsonWriter{body}.begin_object().member("to", instant_text(to)).end_object();
    const auto answer =
        session_->ask({.method = "POST", .target = "/v1/clock/advance", .body = body});
    if (!answer) return answer.error();
    timers_ += integer_in(answer->json(), "entries_total");
    return ExitCode::ok;
  }

  ExitCode open_accounts() {
    const Stopwatch watch;
    for (const TrafficAccount& account : plan_->accounts()) {
      std::string body;
      JsonWriter json{body};
      json.begin_object().member("account", account.name).member("currency", currency_);
      if (account.strict) json.member("prepaid_strict", true);
      json.member("overdue_grace", "P5D");
      json.end_object();
      const auto answer = session_->ask({.method = "POST", .target = "/v1/accounts", .body = body});
      if (!answer) return answer.error();
      const ExitCode code = fund(account, Money{account.spare * 1'000'000});
      if (code != ExitCode::ok) return code;
      for (std::size_t i = 0; i < account.purchases.size(); ++i) {
        if (account.purchases[i].hour != 0) {
          later_.emplace(account.purchases[i].hour, std::pair{&account, i});
          continue;
        }
        if (const ExitCode bought = buy(account, i); bought != ExitCode::ok) return bought;
      }
      if (const ExitCode set = rules_->set_up(account); set != ExitCode::ok) return set;
    }
    say(grouped(size_.accounts) + " accounts opened, funded and supplied in " +
        std::to_string(watch.elapsed().ms / 1'000) + " s");
    return ExitCode::ok;
  }

  ExitCode fund(const TrafficAccount& account, Money amount) {
    std::string body;
    JsonWriter{body}.begin_object().member("amount", money_text(amount)).end_object();
    const auto answer = session_->ask(
        {.method = "POST", .target = account_path(account.name) + "/funds", .body = body});
    if (!answer) return answer.error();
    sums_.credited += amount;
    return ExitCode::ok;
  }

  // Asks for the price, pays in what is missing, and buys.
  ExitCode buy(const TrafficAccount& account, std::size_t index) {
    const TrafficPurchase& purchase = account.purchases[index];
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("order", "p" + std::to_string(index));
    json.member("product", plan_->products()[purchase.product].name);
    if (purchase.quota != 0) json.member("quota", purchase.quota);
    json.member("pay", "balance").end_object();
    const std::string target = account_path(account.name) + "/orders";
    const std::string key =
        plan_->products()[purchase.product].name + "/" + std::to_string(purchase.quota);
    if (!prices_.contains(key)) {
      if (const ExitCode code = learn_price(account, purchase, key); code != ExitCode::ok) {
        return code;
      }
    }
    if (const ExitCode code = pay_in(account, prices_[key]); code != ExitCode::ok) return code;
    const auto answer = session_->ask({.method = "POST", .target = target, .body = body});
    if (!answer) return answer.error();
    const auto price = parse_money(text_in(answer->json(), "price"));
    if (!price) return session_->complain(ExitCode::unexpected, "an order without a price");
    sums_.purchased += *price;
    sums_.quota += integer_in(answer->json(), "quota") *
                   std::max<std::int64_t>(integer_in(answer->json(), "copies"), 1);
    return ExitCode::ok;
  }

  // What the balance lacks for the price, and a little more.
  ExitCode pay_in(const TrafficAccount& account, Money price) {
    const auto shown = session_->ask({.target = account_path(account.name)});
    if (!shown) return shown.error();
    const auto balance = parse_money(text_in(shown->json(), "balance"));
    if (!balance) return session_->complain(ExitCode::unexpected, "an account without a balance");
    if (*balance >= price) return ExitCode::ok;
    return fund(account, price - *balance + Money{account.spare * 1'000'000});
  }

  // A quote of an order that is paid elsewhere asks nothing of the balance.
  ExitCode learn_price(const TrafficAccount& account, const TrafficPurchase& purchase,
                       const std::string& key) {
    std::string body;
    JsonWriter json{body};
    json.begin_object().member("order", "quote");
    json.member("product", plan_->products()[purchase.product].name);
    if (purchase.quota != 0) json.member("quota", purchase.quota);
    json.member("pay", "external").end_object();
    const auto quote = session_->ask({.method = "POST",
                                      .target = account_path(account.name) + "/orders?dry_run=true",
                                      .body = body});
    if (!quote) return quote.error();
    const auto price = parse_money(text_in(quote->json(), "price"));
    if (!price) return session_->complain(ExitCode::unexpected, "a quote without a price");
    prices_[key] = *price;
    return ExitCode::ok;
  }

  // ---- the month ----

  ExitCode play() {
    const Stopwatch watch;
    for (std::int64_t hour = 0; hour < plan_->hours(); ++hour) {
      if (const ExitCode code = play_hour(hour); code != ExitCode::ok) return code;
      if (hour % 24 != 23) continue;
      if (const ExitCode code = collect(); code != ExitCode::ok) return code;
      say("day " + std::to_string(hour / 24 + 1) + ": " + grouped(sums_.recorded) +
          " sends recorded, " + grouped(timers_) + " timers fired");
    }
    seconds_ms_ = std::max<std::int64_t>(watch.elapsed().ms, 1);
    return rules_->end_holds();
  }

  // Owners who were told that they owe pay by the end of the day, most of them.
  ExitCode collect() {
    return rules_->collect([this](const TrafficAccount& account, Money owed) {
      return fund(account, owed + Money{account.spare * 1'000'000});
    });
  }

  ExitCode play_hour(std::int64_t hour) {
    const Instant begin = start_ + Duration{hour * hour_ms};
    const auto [first, last] = later_.equal_range(hour);
    for (auto each = first; each != last; ++each) {
      const ExitCode code = buy(*each->second.first, each->second.second);
      if (code != ExitCode::ok) return code;
    }
    for (const std::size_t who : plan_->top_ups()) {
      const ExitCode code = fund(plan_->accounts()[who], Money{500'000'000});
      if (code != ExitCode::ok) return code;
    }
    if (const ExitCode code = advance(begin + Duration{hour_ms}); code != ExitCode::ok) return code;
    if (const ExitCode code = rules_->play_holds(); code != ExitCode::ok) return code;
    const std::vector<TrafficSend> sends = plan_->sends_of_hour(hour, begin);
    for (std::size_t at = 0; at < sends.size(); at += batch_sends_max) {
      const std::size_t count = std::min(batch_sends_max, sends.size() - at);
      const ExitCode code = publish({sends.data() + at, count}, hour % 2 == 0);
      if (code != ExitCode::ok) return code;
    }
    return ExitCode::ok;
  }

  ExitCode publish(std::span<const TrafficSend> sends, bool as_lines) {
    const Stopwatch watch;
    std::string body = as_lines ? "" : "[";
    for (std::size_t i = 0; i < sends.size(); ++i) {
      JsonWriter json{body};
      if (i != 0 && !as_lines) body += ',';
      write_send(json, sends[i], plan_->accounts()[sends[i].account].name);
      if (as_lines) body += '\n';
    }
    if (!as_lines) body += ']';
    const auto answer = session_->ask_raw(
        {.method = "POST",
         .target = "/v1/sends",
         .body = body,
         .headers = {{"Content-Type", as_lines ? "application/x-ndjson" : "application/json"}}});
    if (!answer) return answer.error();
    published_ += static_cast<std::int64_t>(sends.size());
    publish_ms_ += watch.elapsed().ms;
    return as_lines ? take_lines(answer->body, sends) : take_array(answer->body, sends);
  }

  ExitCode take_array(std::string_view body, std::span<const TrafficSend> sends) {
    const auto results = parse_json(body);
    if (!results || results->root().elements().size() != sends.size()) return misfit();
    for (std::size_t i = 0; i < sends.size(); ++i) {
      const ExitCode code = take(results->root().elements()[i], sends[i]);
      if (code != ExitCode::ok) return code;
    }
    return ExitCode::ok;
  }

  ExitCode take_lines(std::string_view body, std::span<const TrafficSend> sends) {
    std::size_t index = 0;
    while (!body.empty()) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      const auto result = parse_json(body.substr(0, end));
      if (!result || index == sends.size()) return misfit();
      const ExitCode code = take(result->root(), sends[index++]);
      if (code != ExitCode::ok) return code;
      body.remove_prefix(std::min(end + 1, body.size()));
    }
    return index == sends.size() ? ExitCode::ok : misfit();
  }

  ExitCode misfit() {
    return session_->complain(ExitCode::unexpected, "the answer does not fit what was published");
  }

  ExitCode take(const Json& result, const TrafficSend& send) {
    const bool fits = text_in(result, "send") == send.name && sums_.add_send(result);
    if (!fits) return misfit();
    if (text_in(result, "result") != "recorded") return ExitCode::ok;
    const std::int64_t units = plan_->units_to_reverse(send);
    return units == 0 ? ExitCode::ok : reverse(send, units);
  }

  ExitCode reverse(const TrafficSend& send, std::int64_t units) {
    std::string body;
    JsonWriter{body}.begin_object().member("reversal", "r").member("units", units).end_object();
    const std::string& account = plan_->accounts()[send.account].name;
    const auto answer =
        session_->ask({.method = "POST",
                       .target = account_path(account) + "/sends/" + send.name + "/reversals",
                       .body = body});
    if (!answer) return answer.error();
    return sums_.add_reversal(answer->json()) ? ExitCode::ok : misfit();
  }

  // ---- after ----

  ExitCode check() {
    if (const ExitCode code = rules_->learn(); code != ExitCode::ok) return code;
    TrafficState state;
    std::vector<std::string> wrong;
    for (const TrafficAccount& each : plan_->accounts()) {
      const auto account = session_->ask({.target = account_path(each.name)});
      if (!account) return account.error();
      state.add_account(account->json(), wrong);
      const auto packages =
          session_->ask({.target = account_path(each.name) + "/packages?limit=1000"});
      if (!packages) return packages.error();
      for (const Json& package : value_in(packages->json(), "packages").elements()) {
        state.add_package(each.name, package, wrong);
      }
    }
    compare(sums_, state, wrong);
    const auto digest = session_->ask({.target = "/v1/digest"});
    if (!digest) return digest.error();
    if (session_->options.json) {
      tell_json(state, digest->json(), wrong.size());
    } else {
      tell(state, digest->json());
    }
    for (std::size_t i = 0; i < std::min(wrong.size(), wrong_lines_max); ++i) {
      session_->err() << "  " << wrong[i] << '\n';
    }
    if (wrong.empty()) {
      say("Nothing was lost and nothing was made: every unit and every amount adds up.");
      return ExitCode::ok;
    }
    return session_->complain(ExitCode::unexpected,
                              std::to_string(wrong.size()) + " sums do not add up");
  }

  [[nodiscard]] std::int64_t per_second() const {
    return published_ * 1'000 / std::max<std::int64_t>(publish_ms_, 1);
  }

  void tell(const TrafficState& state, const Json& digest) {
    say(grouped(published_) + " sends published: " + grouped(sums_.recorded) + " recorded, " +
        grouped(sums_.duplicates) + " duplicates, " + grouped(sums_.reversals) + " reversals, " +
        grouped(timers_) + " timers");
    for (const auto& [code, count] : sums_.rejected) {
      say("  rejected " + code + ": " + grouped(count));
    }
    say(rules_->text());
    say("units: " + grouped(state.quota) + " in " + grouped(state.packages) +
        " packages = " + grouped(state.remaining) + " left + " + grouped(state.held) + " held + " +
        grouped(state.used) + " used + " + grouped(state.forfeited) + " forfeited + " +
        grouped(state.refunded_units) + " refunded; " + grouped(sums_.payg_units) +
        " paid per use");
    say("money in " + currency_ + ": " + grouped(money_text(state.credited)) + " credited + " +
        grouped(money_text(state.refunded)) + " refunded - " +
        grouped(money_text(state.purchased)) + " for packages - " +
        grouped(money_text(state.charged)) + " per use = " + grouped(money_text(state.balance)));
    say(grouped(per_second()) + " sends a second over one connection while publishing, " +
        grouped(seconds_ms_ / 1'000) + " s for the whole month");
    say("position " + grouped(integer_in(digest, "position")) + ", digest " +
        std::string(text_in(digest, "digest")));
  }

  void tell_json(const TrafficState& state, const Json& digest, std::size_t wrong) {
    std::string text;
    JsonWriter json{text};
    json.begin_object().member("published", published_).member("recorded", sums_.recorded);
    json.member("duplicates", sums_.duplicates).member("reversals", sums_.reversals);
    json.key("rejected").begin_object();
    for (const auto& [code, count] : sums_.rejected) json.member(code, count);
    json.end_object().key("counts").begin_object();
    for (const auto& [name, count] : rules_->counts()) json.member(name, count);
    json.end_object().member("timers", timers_).member("packages", state.packages);
    json.member("quota", state.quota).member("remaining", state.remaining);
    json.member("held", state.held).member("used", state.used);
    json.member("forfeited", state.forfeited).member("refunded_units", state.refunded_units);
    json.member("payg_units", sums_.payg_units).member("currency", currency_);
    json.member("credited", money_text(state.credited));
    json.member("refunded", money_text(state.refunded));
    json.member("purchased", money_text(state.purchased));
    json.member("charged", money_text(state.charged));
    json.member("balance", money_text(state.balance)).member("sends_per_second", per_second());
    json.member("wrong", wrong).member("position", integer_in(digest, "position"));
    json.member("digest", text_in(digest, "digest")).end_object();
    session_->out() << text << '\n';
  }

  TrafficSize size_;
  std::string book_;
  Session* session_ = nullptr;
  TrafficSums sums_;
  std::optional<TrafficPlan> plan_;
  std::optional<TrafficRules> rules_;
  std::string currency_;
  Instant start_;
  std::multimap<std::int64_t, std::pair<const TrafficAccount*, std::size_t>> later_;  // by hour
  std::map<std::string, Money> prices_;
  std::int64_t published_ = 0;
  std::int64_t publish_ms_ = 0;
  std::int64_t seconds_ms_ = 0;
  std::int64_t timers_ = 0;
};

}  // namespace

void add_traffic_command(CommandTree& tree) {
  tree.add(tree.root(), "traffic", "Play a realistic month of many accounts on a test clock.",
           std::make_unique<Traffic>());
}

}  // namespace packledger::cli
