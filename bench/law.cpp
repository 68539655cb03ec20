// packledger_bench_law: what the law alone costs. Decide and apply, with a journal in memory, per
// send; beside it, in the same run, a plain copy of as many bytes as the journal keeps of a send,
// so that a slow or busy machine slows both.
#include "bench/rounds.hpp"
#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/memory_journal.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace packledger::bench {
namespace {

constexpr Instant opened{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00
constexpr std::size_t send_bytes = 64;        // of the commonest entry, about

struct Options {
  std::size_t accounts = 100'000;
  std::size_t sends = 1'000'000;
  std::size_t batch = 1'000;
  std::size_t rounds = 5;
};

class Bench {
 public:
  explicit Bench(const Options& options) : options_{options}, dice_{7} {
    for (std::size_t i = 0; i < options.accounts; ++i) open_account(i);
    commit();
  }

  // Nanoseconds of a send.
  double sends() {
    std::vector<SendAsked> sends;
    sends.reserve(options_.sends);
    for (std::size_t i = 0; i < options_.sends; ++i) sends.push_back(next_send());
    const auto start = Clock::now();
    for (std::size_t from = 0; from < sends.size(); from += options_.batch) {
      take(std::span{sends}.subspan(from, std::min(options_.batch, sends.size() - from)));
      commit();
    }
    return seconds_since(start) * 1e9 / static_cast<double>(options_.sends);
  }

  // Nanoseconds of copying a send's bytes to where they stay.
  double copies() {
    std::vector<char> from(send_bytes * options_.batch, 'x');
    std::vector<char> to(send_bytes * options_.sends, 'y');
    const auto start = Clock::now();
    for (std::size_t at = 0; at + from.size() <= to.size(); at += from.size()) {
      std::memcpy(to.data() + at, from.data(), from.size());
      asm volatile("" ::"r"(to.data()) : "memory");  // the copy is not to be optimised away
    }
    return seconds_since(start) * 1e9 / static_cast<double>(options_.sends);
  }

 private:
  void open_account(std::size_t number) {
    take({.account = {},
          .key = {},
          .what = AccountOpened{"a" + std::to_string(number), *parse_currency("CNY"), {}}});
    const AccountId account{number + 1};
    for (const char* name : {"p1", "p2"}) {
      PackageGranted grant;
      grant.package = name;
      grant.quota = Units{1'000'000'000};
      grant.scope.destinations.countries = {*parse_country("TH")};
      grant.validity = Validity{.months = 12, .rest = {}};
      take({.account = account, .key = {}, .what = std::move(grant)});
    }
    if (batch_.size() >= options_.batch) commit();
  }

  SendAsked next_send() {
    SendAsked asked;
    asked.account = "a" + std::to_string(dice_.below(options_.accounts));
    asked.send.send = "m" + std::to_string(made_++);
    asked.send.units = Units{static_cast<std::int64_t>(1 + dice_.below(3))};
    asked.send.destination = *parse_country("TH");
    return asked;
  }

  // As the engine does.
  void take(std::span<const SendAsked> sends) {
    constexpr std::size_t lead = 12;
    std::array<SendAhead, 64> ahead;
    for (std::size_t i = 0; i < sends.size() + 3 * lead; ++i) {
      if (i < sends.size()) ahead[i % ahead.size()] = ledger_.fetch(sends[i].account);
      if (const std::size_t at = i - lead; at < sends.size())
        ledger_.fetch_row(ahead[at % ahead.size()], sends[at].send.send);
      if (const std::size_t at = i - 2 * lead; at < sends.size())
        ledger_.fetch_parts(ahead[at % ahead.size()]);
      if (const std::size_t at = i - 3 * lead; at < sends.size())
        take(sends[at], ahead[at % ahead.size()]);
    }
  }

  void take(const SendAsked& asked, const SendAhead& ahead) {
    const auto account = ledger_.accounts().find(asked.account, ahead.account_hash);
    auto decision = ledger_.decide(account.value_or(AccountId{}), asked.send, opened);
    if (!decision) refused(decision.error());
    const Entry& entry = batch_.emplace_back(
        next(ledger_.last()), opened,
        Input{.account = *account, .key = {}, .what = What{asked.send}},
        Decision{std::in_place_type<SendDecision>, *std::move(decision)}, Sequence{});
    ledger_.apply(entry);
  }

  [[noreturn]] static void refused(const Refusal& refusal) {
    std::cerr << "bench: refused: " << reject_text(refusal.reject) << '\n';
    std::exit(1);
  }

  void take(Input input) {
    auto decision = ledger_.decide(input, opened);
    if (!decision) refused(decision.error());
    Entry entry{.sequence = next(ledger_.last()),
                .recorded_at = opened,
                .input = std::move(input),
                .decision = *std::move(decision),
                .caused_by = {}};
    ledger_.apply(entry);
    batch_.push_back(std::move(entry));
  }

  void commit() {
    if (batch_.empty()) return;
    const auto appended = journal_.append(journal_.last(), batch_);
    if (!appended) std::exit(1);
    batch_.clear();
  }

  Options options_;
  Dice dice_;
  Ledger ledger_;
  MemoryJournal journal_;
  std::vector<Entry> batch_;
  std::uint64_t made_ = 0;
};

void run(const Options& options) {
  Bench bench{options};
  std::vector<double> law;
  std::vector<double> copy;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    law.push_back(bench.sends());
    copy.push_back(bench.copies());
  }
  std::cout << "machine: " << machine() << '\n';
  std::printf("law: decide + apply + memory journal %.0f ns a send, %s sends/s, %s accounts\n",
              median(law), grouped(1e9 / median(law)).c_str(),
              grouped(static_cast<double>(options.accounts)).c_str());
  std::printf("raw: copy of %zu bytes %.2f ns; ratio %.0f\n", send_bytes, median(copy),
              median(law) / median(copy));
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures the law without disk and network.", "packledger_bench_law"};
  app.add_option("--accounts", options.accounts, "How many.")->capture_default_str();
  app.add_option("--sends", options.sends, "Of a round.")->capture_default_str();
  app.add_option("--batch", options.batch, "Entries an append.")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians are told.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  packledger::bench::run(options);
  return 0;
}
