// packledger_bench_restart: what a start costs. Replay of a journal on disk on one thread and on
// two, a snapshot written and loaded, and the fork that it takes; beside them, in the same run, the
// bytes of the snapshot written raw and read again, so that a slow or busy machine slows both.
#include "bench/rounds.hpp"
#include "packledger/engine/recovery.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/read_ahead.hpp"
#include "store/rocks_journal.hpp"
#include "store/snapshots.hpp"

#include <CLI/CLI.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace packledger::bench {
namespace {

constexpr Instant opened{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00

struct Options {
  std::size_t accounts = 100'000;
  std::size_t sends = 2'000'000;
  std::size_t batch = 8'000;
  std::size_t rounds = 3;
  std::string directory = ".";
};

class NobodyListens final : public Outlet {
 public:
  void committed(Committed /*told*/) override {}
};

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_{options},
        directory_{std::filesystem::absolute(options.directory) / "packledger_bench_restart"},
        snapshots_{directory_} {
    std::filesystem::remove_all(directory_);
    auto opened_journal = RocksJournal::open({.directory = directory_, .files = nullptr});
    if (!opened_journal || !snapshots_.prepare()) give_up("the directory cannot be used");
    journal_ = std::move(*opened_journal);
    for (std::size_t i = 0; i < options.accounts; ++i) open_account(i);
    for (std::size_t i = 0; i < options.sends; ++i) send(i);
    commit();
  }
  ~Bench() { std::filesystem::remove_all(directory_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  [[nodiscard]] double entries() const { return static_cast<double>(ledger_.last().value); }

  // Seconds of each.
  double replay(const ReadPortions& read) {
    Ledger ledger;
    NobodyListens outlet;
    const auto start = Clock::now();
    if (!recover(ledger, read, outlet, {})) give_up("the journal cannot be read");
    const double seconds = seconds_since(start);
    if (ledger.digest() != ledger_.digest()) give_up("the replay is another ledger");
    return seconds;
  }
  double read_only(const ReadPortions& read) {
    const auto start = Clock::now();
    if (!read(Sequence{1}, [](const SharedBatch&) { return true; })) give_up("unreadable");
    return seconds_since(start);
  }
  double write() {
    const auto start = Clock::now();
    const SnapshotHead head{ledger_.last(), ledger_.recorded_at(), journal_->end().hash, {}};
    if (snapshots_.write(head, ledger_, [](const PieceVisit&) {}) != 0) give_up("no snapshot");
    return seconds_since(start);
  }
  double load() {
    const auto start = Clock::now();
    const auto chain_at = [this](Sequence last) { return journal_->chain_at(last); };
    if (!snapshots_.load({chain_at, {}, {}, {}})) give_up("the snapshot cannot be read");
    return seconds_since(start);
  }
  double fork_alone() {
    const auto start = Clock::now();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    const double seconds = seconds_since(start);
    ::waitpid(child, nullptr, 0);
    return seconds;
  }
  double digest() {
    const auto start = Clock::now();
    if (ledger_.digest().empty()) give_up("no digest");
    return seconds_since(start);
  }
  [[nodiscard]] double bytes() const {
    return static_cast<double>(snapshots_.bytes_of(ledger_.last()));
  }
  // As many bytes as the snapshot has, written and synced.
  double raw_write() {
    const std::string bytes(std::size_t{1} << 20U, 'x');
    const auto start = Clock::now();
    {
      std::ofstream file{directory_ / "raw", std::ios::binary};
      for (double at = 0; at < this->bytes(); at += static_cast<double>(bytes.size()))
        file << bytes;
    }
    ::sync();
    return seconds_since(start);
  }

 private:
  [[noreturn]] static void give_up(const char* why) {
    std::cerr << "bench: " << why << '\n';
    std::exit(1);
  }

  void open_account(std::size_t number) {
    take({{}, {}, AccountOpened{"a" + std::to_string(number), *parse_currency("CNY"), {}}});
    const AccountId account{number + 1};
    for (const char* name : {"p1", "p2"}) {
      PackageGranted grant;
      grant.package = name;
      grant.quota = Units{1'000'000'000};
      grant.scope.destinations.countries = {*parse_country("TH")};
      grant.validity = Validity{.months = 12, .rest = {}};
      take({.account = account, .key = {}, .what = std::move(grant)});
    }
  }
  void send(std::size_t number) {
    SendRecorded send;
    send.send = "message-" + std::to_string(number);
    send.units = Units{static_cast<std::int64_t>(1 + dice_.below(3))};
    send.destination = *parse_country("TH");
    take({.account = AccountId{1 + dice_.below(options_.accounts)}, .key = {}, .what = send});
  }
  void take(Input input) {
    auto decision = ledger_.decide(input, opened);
    if (!decision) give_up("refused");
    batch_.push_back(
        {next(ledger_.last()), opened, std::move(input), *std::move(decision), Sequence{}});
    ledger_.apply(batch_.back());
    if (batch_.size() == options_.batch) commit();
  }
  void commit() {
    if (batch_.empty()) return;
    if (!journal_->append(journal_->last(), batch_)) give_up("the journal cannot be written");
    batch_.clear();
  }

  Options options_;
  std::filesystem::path directory_;
  Snapshots snapshots_;
  std::unique_ptr<RocksJournal> journal_;
  Dice dice_{7};
  Ledger ledger_;
  std::vector<Entry> batch_;

 public:
  [[nodiscard]] const Journal& journal() const { return *journal_; }
};

void tell(const char* what, double seconds, double entries) {
  std::printf("%-34s %8.3f s %14s entries/s\n", what, seconds, grouped(entries / seconds).c_str());
}

void run(const Options& options) {
  Bench bench{options};
  std::vector<double> one, two, reading, written, loaded, forked, raw, digested;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    one.push_back(bench.replay(portions_of(bench.journal())));
    two.push_back(bench.replay(read_ahead(bench.journal())));
    reading.push_back(bench.read_only(portions_of(bench.journal())));
    written.push_back(bench.write());
    loaded.push_back(bench.load());
    digested.push_back(bench.digest());
    forked.push_back(bench.fork_alone());
    raw.push_back(bench.raw_write());
  }
  std::cout << "machine: " << machine() << '\n';
  std::printf("restart: %s accounts with two packages, %s sends, all remembered\n",
              grouped(static_cast<double>(options.accounts)).c_str(),
              grouped(static_cast<double>(options.sends)).c_str());
  tell("reading and decoding alone", median(reading), bench.entries());
  tell("replay on one thread", median(one), bench.entries());
  tell("replay on two threads", median(two), bench.entries());
  std::printf(
      "snapshot of %.0f MiB: written in %.3f s (%.1f of writing as many bytes raw), "
      "loaded in %.3f s, of which digest %.3f s\n",
      bench.bytes() / 1'048'576, median(written), median(written) / median(raw), median(loaded),
      median(digested));
  std::printf("fork of that process: %.3f ms\n", median(forked) * 1e3);
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures what a start costs.", "packledger_bench_restart"};
  app.add_option("--accounts", options.accounts, "How many.")->capture_default_str();
  app.add_option("--sends", options.sends, "In the journal.")->capture_default_str();
  app.add_option("--batch", options.batch, "Entries an append.")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians are told.")->capture_default_str();
  app.add_option("--directory", options.directory, "On the disk that is measured.")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  packledger::bench::run(options);
  return 0;
}
