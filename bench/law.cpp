// packledger_bench_law: what each step of a send costs by itself, without sockets: reading its
// batch, deciding and applying it, making the record, the synced commit, reading the record again,
// and applying alone, as a replay does. Beside it, in the same run, a plain copy of as many bytes
// as the journal keeps of a send, so that a slow or busy machine slows both.
#include "bench/rounds.hpp"
#include "packledger/engine/each_fetched.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/record.hpp"
#include "store/rocks_journal.hpp"
#include "wire/publish_codec.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace packledger::bench {
namespace {

constexpr Instant opened{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00
constexpr std::size_t send_bytes = 64;        // of the commonest entry, about

struct Options {
  std::string directory = ".";
  std::size_t accounts = 100'000;
  std::size_t sends = 1'000'000;
  std::size_t batch = 1'000;
  std::size_t rounds = 5;
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

// Says nanoseconds of a send for each step, in the order of the steps.
struct Spent {
  double read = 0;
  double law = 0;
  double record = 0;
  double commit = 0;
  double read_record = 0;
  double apply = 0;
  double copy = 0;
};

class Bench {
 public:
  Bench(const Options& options, RocksJournal& journal)
      : options_{options}, journal_{journal}, dice_{7} {
    for (std::size_t i = 0; i < options.accounts; ++i) open_account(i);
    keep();
  }

  Spent round() {
    spent_ = {};
    for (std::size_t done = 0; done < options_.sends; done += options_.batch) {
      const std::string bytes = next_batch();
      timed(spent_.read, [&] {
        if (!read_send_batch(bytes, read_)) fail("a batch is not read");
      });
      timed(spent_.law, [&] {
        each_fetched(ledger_, read_.sends, [&](const SendAsked& asked) { take(asked); });
      });
      keep();
    }
    copies();
    const double sends = static_cast<double>(options_.sends);
    for (double* part : {&spent_.read, &spent_.law, &spent_.record, &spent_.commit,
                         &spent_.read_record, &spent_.apply, &spent_.copy})
      *part *= 1e9 / sends;
    return spent_;
  }

 private:
  template <class Step> static void timed(double& seconds, const Step& step) {
    const auto start = Clock::now();
    step();
    seconds += seconds_since(start);
  }

  void open_account(std::size_t number) {
    ask({.account = {},
         .key = {},
         .what = AccountOpened{"a" + std::to_string(number), *parse_currency("CNY"), {}}});
    const AccountId account{number + 1};
    for (const char* name : {"p1", "p2"}) {
      PackageGranted grant;
      grant.package = name;
      grant.quota = Units{1'000'000'000};
      grant.scope.destinations.countries = {*parse_country("TH")};
      grant.validity = Validity{.months = 12, .rest = {}};
      ask({.account = account, .key = {}, .what = std::move(grant)});
    }
    if (batch_.size() >= options_.batch) keep();
  }

  void ask(Input input) {
    auto decision = ledger_.decide(input, opened);
    if (!decision) refused(decision.error());
    ledger_.apply(batch_.emplace_back(next(ledger_.last()), opened, std::move(input),
                                      *std::move(decision), Sequence{}));
  }

  std::string next_batch() {
    std::vector<SendAsked> sends(options_.batch);
    for (SendAsked& asked : sends) {
      asked.account = "a" + std::to_string(dice_.below(options_.accounts));
      asked.send.send = "m" + std::to_string(made_++);
      asked.send.units = Units{static_cast<std::int64_t>(1 + dice_.below(3))};
      asked.send.destination = *parse_country("TH");
    }
    std::string bytes;
    write_send_batch(1, sends, bytes);
    return bytes;
  }

  void take(const SendAsked& asked) {
    const auto account = ledger_.accounts().find(asked.account);
    auto decision = ledger_.decide(account.value_or(AccountId{}), asked.send, opened);
    if (!decision) refused(decision.error());
    ledger_.apply(batch_.emplace_back(
        next(ledger_.last()), opened,
        Input{.account = *account, .key = {}, .what = What{asked.send}},
        Decision{std::in_place_type<SendDecision>, *std::move(decision)}, Sequence{}));
  }

  // Makes what was decided durable, reads it again, and applies it to a second ledger.
  void keep() {
    if (batch_.empty()) return;
    Result<Record, Fault> record = std::unexpected{Fault{}};
    timed(spent_.record, [&] { record = make_record(link_, 1, batch_); });
    if (!record) fail(record.error().detail);
    link_ = record->link;
    timed(spent_.commit, [&] {
      if (!journal_.append(journal_.last(), batch_)) fail("the journal takes no more");
    });
    read_again_.clear();
    timed(spent_.read_record, [&] {
      const auto view = read_record(record->key, record->value);
      if (!view) fail(view.error().detail);
      const auto visited = visit_entries(*view, view->first, [&](const Entry& entry) {
        read_again_.push_back(entry);
        return true;
      });
      if (!visited) fail(visited.error().detail);
    });
    timed(spent_.apply, [&] { replayed_.apply(std::span<const Entry>{read_again_}); });
    batch_.clear();
  }

  // Of a send's bytes to where they stay.
  void copies() {
    std::vector<char> from(send_bytes * options_.batch, 'x');
    std::vector<char> to(send_bytes * options_.sends, 'y');
    timed(spent_.copy, [&] {
      for (std::size_t at = 0; at + from.size() <= to.size(); at += from.size()) {
        std::memcpy(to.data() + at, from.data(), from.size());
        asm volatile("" ::"r"(to.data()) : "memory");  // the copy is not to be optimised away
      }
    });
  }

  [[noreturn]] static void refused(const Refusal& refusal) {
    fail("refused: " + std::string(reject_text(refusal.reject)));
  }

  Options options_;
  RocksJournal& journal_;
  Dice dice_;
  Ledger ledger_;
  Ledger replayed_;
  ChainLink link_;
  std::vector<Entry> batch_;
  std::vector<Entry> read_again_;
  SendsRead read_;
  Spent spent_;
  std::uint64_t made_ = 0;
};

void run(const Options& options) {
  const auto directory = std::filesystem::path(options.directory) / "packledger-bench-law";
  std::filesystem::remove_all(directory);
  OpenOptions store;
  store.directory = directory;
  auto journal = RocksJournal::open(store);
  if (!journal) fail(journal.error().detail);
  Bench bench{options, **journal};
  std::vector<Spent> rounds;
  for (std::size_t round = 0; round < options.rounds; ++round) rounds.push_back(bench.round());
  const auto middle = [&](double Spent::* part) {
    std::vector<double> values;
    for (const Spent& round : rounds) values.push_back(round.*part);
    return median(values);
  };
  const double copy = middle(&Spent::copy);
  std::cout << "machine: " << machine() << "\n"
            << grouped(static_cast<double>(options.accounts))
            << " accounts with two packages, batches of "
            << grouped(static_cast<double>(options.batch)) << "\n";
  std::printf("raw: copy of %zu bytes %.2f ns\n\n", send_bytes, copy);
  std::printf("| step | ns a send | of the copy |\n|---|---:|---:|\n");
  const std::vector<std::pair<const char*, double Spent::*>> steps = {
      {"read the batch", &Spent::read},
      {"decide and apply", &Spent::law},
      {"make the record: encode, hash", &Spent::record},
      {"commit: the same again, RocksDB, sync, watermark", &Spent::commit},
      {"read the record: hash, decode", &Spent::read_record},
      {"apply alone", &Spent::apply}};
  for (const auto& [name, part] : steps)
    std::printf("| %s | %.0f | %.1f |\n", name, middle(part), middle(part) / copy);
  journal->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures the steps of a send, one by one.", "packledger_bench_law"};
  app.add_option("--directory", options.directory, "Where the journal is written.")
      ->capture_default_str();
  app.add_option("--accounts", options.accounts, "How many.")->capture_default_str();
  app.add_option("--sends", options.sends, "Of a round.")->capture_default_str();
  app.add_option("--batch", options.batch, "Sends of a batch.")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians are told.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  packledger::bench::run(options);
  return 0;
}
