// packledger_bench_year: writes the journal of a year, 2024 in China, into an empty directory: many
// accounts with orders every month, automatic renewal, alarms, top-ups, sends by a daily and a
// weekly rhythm, most of them by few accounts, late ones, repeats and reversals. The engine is the
// daemon's own; time is drawn, not waited for. What verify, replay and the daemon are measured on.
// The same seed writes the same year.
#include "bench/rounds.hpp"
#include "packledger/engine/engine.hpp"
#include "store/rocks_journal.hpp"
#include "wire/price_book_json.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace packledger::bench {
namespace {

constexpr Instant new_year{1'704'038'400'000};  // 2024-01-01T00:00:00+08:00, a Monday
constexpr std::int64_t hours_of_year = 366 * 24;

// How much is sent in each hour of a day, and on each day of a week from Monday on, in hundredths
// of the usual.
constexpr std::array<std::uint64_t, 24> of_hour{20,  12,  8,   6,   6,   10,  30,  70,
                                                120, 160, 180, 170, 150, 150, 160, 170,
                                                170, 160, 150, 150, 140, 110, 70,  38};
constexpr std::array<std::uint64_t, 7> of_day{110, 110, 112, 112, 116, 75, 65};

struct Options {
  std::string data;
  std::string book = "bench/year/book.json";
  std::size_t accounts = 100'000;
  std::uint64_t sends = 100'000'000;
  std::uint64_t seed = 7;
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

class Requests final : public Inbox {
 public:
  bool put(Request&& request) override {
    waiting_.push_back(std::move(request));
    return true;
  }
  std::optional<Request> take() override {
    if (waiting_.empty()) return std::nullopt;
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    return request;
  }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

 private:
  std::deque<Request> waiting_;
};

class Answers final : public Outlet {
 public:
  void committed(Committed told) override {
    for (Answer& answer : told.answers) answer();
  }
};

class SetClock final : public packledger::Clock {
 public:
  Instant now() override { return at; }
  Instant at = new_year;
};

class Year {
 public:
  Year(const Options& options, RocksJournal& journal)
      : options_{options}, journal_{journal}, commits_{journal}, dice_{options.seed} {}

  void open() {
    std::ifstream file{options_.book};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto book = read_price_book(text, [](std::string_view) { return std::nullopt; });
    if (!book) fail(options_.book + ": " + book.error().code + " " + book.error().field);
    ask("", PriceBookPublished{*std::move(book)});
    for (std::size_t i = 0; i < options_.accounts; ++i) {
      ask(name_of(i), AccountOpened{name_of(i), *parse_currency("CNY"), {}});
      ask(name_of(i), FundsCredited{.amount = Money{60'000'000 + monthly_units(i) * 100'000},
                                    .reason = "start"});
      supply(i);
      set_rules(i);
      if (i % 100 == 0) turn();
    }
    turn();
  }

  // All that happens in one hour; how many sends were asked for.
  void live(std::int64_t hour) {
    const std::uint64_t weight = of_hour[static_cast<std::size_t>(hour % 24)] *
                                 of_day[static_cast<std::size_t>(hour / 24 % 7)];
    constexpr std::uint64_t all = 2'400 * 700 * 366 / 7;  // about, over the year
    const std::uint64_t sends = options_.sends * weight / all;
    const Instant from = new_year + hours(hour);
    // Every account buys and pays once in 30 days, at an hour of its own.
    constexpr std::int64_t hours_of_month = 720;
    for (auto i = static_cast<std::size_t>(hour % hours_of_month); i < options_.accounts;
         i += static_cast<std::size_t>(hours_of_month)) {
      ask(name_of(i), FundsCredited{.amount = Money{55'000'000 + monthly_units(i) * 60'000},
                                    .reason = "monthly"});
      if ((hour / hours_of_month + static_cast<std::int64_t>(i)) % months_between(i) == 0)
        supply(i);
    }
    constexpr std::uint64_t batch = 1'000;
    for (std::uint64_t done = 0; done < sends; done += batch) {
      clock_.at = from + Duration{static_cast<std::int64_t>(done * 3'600'000 / sends)};
      send(std::min(batch, sends - done));
      turn();
    }
    clock_.at = from + hours(1);
    turn();
  }

  [[nodiscard]] std::uint64_t recorded() const { return recorded_; }
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  static std::string name_of(std::size_t number) { return "customer-" + std::to_string(number); }

  // Few send much: the least of four throws.
  std::size_t somebody() {
    std::size_t least = options_.accounts;
    for (int i = 0; i < 4; ++i) least = std::min(least, dice_.below(options_.accounts));
    return least;
  }
  // What the account sends in a month, about: the share of somebody() at its place.
  [[nodiscard]] std::int64_t monthly_units(std::size_t account) const {
    const double place =
        1.0 - static_cast<double>(account) / static_cast<double>(options_.accounts);
    const double share = 4 * place * place * place / static_cast<double>(options_.accounts);
    return 1 + static_cast<std::int64_t>(share * static_cast<double>(options_.sends) * 2 / 12.2);
  }

  // The least that can be ordered lasts small accounts for months.
  [[nodiscard]] std::int64_t months_between(std::size_t account) const {
    return std::clamp<std::int64_t>(1'400 / monthly_units(account), 1, 6);
  }

  void supply(std::size_t account) {
    OrderPlaced order;
    order.order = "o" + std::to_string(++made_);
    order.product = "cn-month";
    order.quota = Units{std::max<std::int64_t>(1'000, monthly_units(account) * 7 / 10)};
    ask(name_of(account), std::move(order));
    if (account % 4 != 0) return;
    OrderPlaced abroad;
    abroad.order = "o" + std::to_string(++made_);
    abroad.product = "abroad";
    ask(name_of(account), std::move(abroad));
  }
  void set_rules(std::size_t account) {
    AlarmRule alarm;
    alarm.name = "low";
    alarm.threshold.percent = 10;
    ask(name_of(account), AlarmRuleSet{alarm});
    if (account % 2 != 0) return;
    RenewalRule renewal;
    renewal.threshold = Units{monthly_units(account) / 5};
    renewal.quantity = Units{std::max<std::int64_t>(1'000, monthly_units(account) / 4)};
    ask(name_of(account), RenewalRuleSet{renewal});
  }

  void send(std::uint64_t count) {
    SendBatch batch;
    for (std::uint64_t i = 0; i < count; ++i) batch.sends.push_back(one_send());
    batch.reply = [this](SendsAnswered answered) {
      for (const SendAnswer& answer : answered.answers)
        ++(answer.refusal() == nullptr ? recorded_ : answer.repeats() ? duplicates_ : refused_);
    };
    if (!requests_.put(std::move(batch))) fail("full");
    if (dice_.below(2) != 0) return;
    // Of a thousand sends one is not delivered, or two.
    ask(std::string(last_.account.view()), SendReversed{.send = last_.send.send.string(),
                                                        .reversal = "r" + std::to_string(++made_),
                                                        .units = last_.send.units});
  }
  SendAsked one_send() {
    if (dice_.below(200) == 0 && !last_.account.view().empty()) return last_;  // again
    SendAsked asked;
    asked.account = name_of(somebody());
    asked.send.send = "m" + std::to_string(++made_);
    asked.send.units = Units{static_cast<std::int64_t>(1 + dice_.below(3))};
    const std::uint64_t where = dice_.below(20);
    asked.send.destination = *parse_country(where == 0 ? "US" : where < 3 ? "TH" : "CN");
    if (dice_.below(100) == 0)  // late, by up to two days
      asked.send.occurred_at =
          clock_.at - Duration{static_cast<std::int64_t>(dice_.below(172'800'000))};
    return last_ = asked;
  }

  void ask(std::string account, What what) {
    Command command;
    command.account = std::move(account);
    if (std::holds_alternative<AccountOpened>(what)) command.account.clear();
    command.input.what = std::move(what);
    command.reply = [this](CommandAnswer answer) { refused_ += answer ? 0 : 1; };
    if (!requests_.put(std::move(command))) fail("full");
  }
  // Until nothing waits and nothing is due.
  void turn() {
    do {
      if (auto turned = engine_.turn(); !turned) fail(turned.error().detail);
    } while (!requests_.empty() || engine_.in_flight().value != 0 ||
             (engine_.next_due() && *engine_.next_due() <= clock_.at));
  }

  Options options_;
  RocksJournal& journal_;
  CommitAtOnce commits_;
  Dice dice_;
  Ledger ledger_;
  Requests requests_;
  Answers answers_;
  SetClock clock_;
  Engine engine_{{.ledger = ledger_,
                  .journal = journal_,
                  .committer = commits_,
                  .inbox = requests_,
                  .outlet = answers_,
                  .clock = clock_},
                 {}};
  SendAsked last_;
  std::uint64_t made_ = 0;
  std::uint64_t recorded_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t refused_ = 0;
};

void run(const Options& options) {
  auto journal = RocksJournal::open(
      {.directory = options.data, .watermark = WatermarkMode::one_behind, .files = nullptr});
  if (!journal) fail(journal.error().detail);
  if ((*journal)->last().value != 0) fail(options.data + " is not empty");
  Year year{options, **journal};
  const auto start = Clock::now();
  year.open();
  for (std::int64_t hour = 0; hour < hours_of_year; ++hour) {
    year.live(hour);
    if (hour % 732 == 731)
      std::printf("month %2lld: %s entries\n", static_cast<long long>(hour / 732 + 1),
                  grouped(static_cast<double>(year.ledger().last().value)).c_str());
    std::fflush(stdout);
  }
  std::printf("%s sends recorded, %s came again, %s requests refused, %s entries in %.0f s\n",
              grouped(static_cast<double>(year.recorded())).c_str(),
              grouped(static_cast<double>(year.duplicates())).c_str(),
              grouped(static_cast<double>(year.refused())).c_str(),
              grouped(static_cast<double>(year.ledger().last().value)).c_str(),
              seconds_since(start));
  std::printf("digest %s\n", year.ledger().digest().c_str());
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Writes the journal of a year.", "packledger_bench_year"};
  app.add_option("--data", options.data, "An empty directory, or a new one.")->required();
  app.add_option("--book", options.book, "The price book.")->capture_default_str();
  app.add_option("--accounts", options.accounts, "How many.")->capture_default_str();
  app.add_option("--sends", options.sends, "Over the year, about.")->capture_default_str();
  app.add_option("--seed", options.seed, "The same seed writes the same year.")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  packledger::bench::run(options);
  return 0;
}
