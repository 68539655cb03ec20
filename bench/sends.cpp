// packledger_bench_sends: what once-only costs in memory. New and known names looked up among so
// many that are remembered, one at a time and in blocks that are prefetched; remembering,
// forgetting, saving and loading. Beside it, in the same run, random reads of as much memory. With
// a directory, memory has a bound and the rest lies in files there.
#include "bench/rounds.hpp"
#include "packledger/ledger/seen_sends.hpp"
#include "store/send_files.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace packledger::bench {
namespace {

constexpr std::size_t block = 32;  // looked up together
constexpr std::size_t accounts = 1'000'000;
constexpr Instant start{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00

struct Options {
  std::vector<std::size_t> sends{1'000'000, 10'000'000};
  std::size_t looks = 2'000'000;
  std::string directory;
  std::size_t memory_mib = 256;
};

// Sixteen characters that follow from the number and look like chance.
std::string_view name_of(std::uint64_t number, std::array<char, 16>& text) {
  std::uint64_t mixed = (number + 1) * 0x9e37'79b9'7f4a'7c15ULL;
  for (char& c : text) {
    c = "0123456789abcdef"[mixed >> 60U];
    mixed <<= 4U;
  }
  return {text.data(), text.size()};
}

AccountId account_of(std::uint64_t number) {
  return AccountId{1 + number * 0x2545'f491'4f6c'dd1dULL % accounts};
}

double ns_each(Clock::time_point since, std::size_t times) {
  return seconds_since(since) * 1e9 / static_cast<double>(times);
}

void require(bool good, const char* what) {
  if (good) return;
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

struct Looked {
  SendKey key;
  std::array<char, 16> text{};
  std::string_view name;
};

class Bench {
 public:
  Bench(std::size_t sends, std::size_t looks, const SendLimits& limits)
      : sends_{sends}, looks_{looks}, seen_{limits} {}

  double remember() {
    decision_.lines = {{PackageId{1}, Units{1}}};
    asked_.destination = Country{{'T', 'H'}};
    const auto since = Clock::now();
    for (std::uint64_t n = 0; n < sends_; ++n) {
      std::array<char, 16> text{};
      asked_.send = name_of(n, text);
      asked_.units = Units{static_cast<std::int64_t>(1 + n % 3)};
      const SendTaken send = taken(n);
      seen_.remember(send_key(account_of(n), asked_.send), send);
      seen_.forget(send.recorded_at);
    }
    return ns_each(since, sends_);
  }

  // Numbers from sends on are new names.
  double look_up(std::uint64_t from, std::size_t known, bool prefetched) {
    std::vector<Looked> some(block);
    std::size_t found = 0;
    const auto since = Clock::now();
    for (std::size_t at = 0; at + block <= looks_; at += block) {
      for (std::size_t i = 0; i < block; ++i) {
        Looked& one = some[i];
        const std::uint64_t number = from + dice_.below(sends_);
        one.name = name_of(number, one.text);
        one.key = send_key(account_of(number), one.name);
        if (prefetched) seen_.prefetch(one.key);
      }
      for (const Looked& one : some) found += seen_.find(one.key, one.name, start) ? 1 : 0;
    }
    const double ns = ns_each(since, looks_);
    require((found != 0) == (known != 0), "what was remembered is found, and nothing else");
    return ns;
  }

  // Of one read, one that waits for the one before, in as much memory.
  double read_at_random() {
    std::vector<std::uint64_t> memory(bytes_ / sizeof(std::uint64_t));
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = i;
    std::uint64_t at = 0;
    const auto since = Clock::now();
    for (std::size_t n = 0; n < looks_; ++n)
      at = (memory[at] + dice_.below(memory.size())) % memory.size();
    const double ns = ns_each(since, looks_);
    require(at < memory.size(), "reads stay inside");
    return ns;
  }

  double save() {
    const auto since = Clock::now();
    seen_.save(start, [this](const SendPortion& portion) {
      saved_.emplace_back(portion.kind, std::string{portion.bytes});
    });
    return ns_each(since, sends_);
  }

  double load() {
    SeenSends again;
    const auto since = Clock::now();
    for (const auto& [kind, bytes] : saved_)
      require(again.load({.kind = kind, .bytes = bytes}), "what was saved is loaded");
    const double ns = ns_each(since, sends_);
    require(again.sum(start) == seen_.sum(start), "what was loaded is what was saved");
    return ns;
  }

  // The longest call, in microseconds, of as many as it takes.
  std::pair<double, double> forget() {
    const Instant end = start + days(30);
    double longest = 0;
    const auto since = Clock::now();
    for (std::size_t n = 0; n < 100'000; ++n) {
      const auto call = Clock::now();
      seen_.forget(end);
      longest = std::max(longest, seconds_since(call) * 1e6);
    }
    const double ns = ns_each(since, sends_);
    require(seen_.size() == 0, "everything is forgotten");
    return {ns, longest};
  }

  // With what the filters of files take.
  double bytes_each(std::size_t filters) {
    bytes_ = seen_.memory() + filters;
    return static_cast<double>(bytes_) / static_cast<double>(sends_);
  }

 private:
  [[nodiscard]] SendTaken taken(std::uint64_t number) const {
    const Instant at = start + Duration{static_cast<std::int64_t>(number / 1'000)};
    return {.account = account_of(number),
            .sequence = Sequence{number + 1},
            .recorded_at = at,
            .reversible_until = at + hours(96),
            .forget_at = at + hours(120),
            .asked = asked_,
            .decided = decision_};
  }

  std::size_t sends_;
  std::size_t looks_;
  std::size_t bytes_ = 0;
  Dice dice_{7};
  SeenSends seen_;
  SendRecorded asked_;
  SendDecision decision_;
  std::vector<std::pair<SendPortionKind, std::string>> saved_;
};

SendFiles::Told told() {
  const auto tell = [](const std::string& detail) { std::cerr << "bench: " << detail << '\n'; };
  return {.damaged = tell, .unwritten = tell};
}

void run(const Options& options, std::size_t sends) {
  SendLimits limits;
  std::unique_ptr<SendFiles> files;
  if (!options.directory.empty()) {
    files = std::make_unique<SendFiles>(options.directory, told());
    files->prune();
    limits.archive = files.get();
    limits.memory_bytes_max = options.memory_mib * 1024 * 1024;
    limits.generation_records_max = limits.memory_bytes_max / 512;
  }
  Bench bench{sends, options.looks, limits};
  const double remember = bench.remember();
  const auto figures = files ? files->figures() : SendFiles::Figures{};
  const double each = bench.bytes_each(figures.memory_bytes);
  const double raw = bench.read_at_random();
  const auto tell = [raw](const char* what, double ns) {
    std::printf("  %-34s %7.1f ns  %5.2f reads\n", what, ns, ns / raw);
  };
  std::printf("%s remembered, %.0f bytes of memory each; a random read of as much: %.1f ns\n",
              grouped(static_cast<double>(sends)).c_str(), each, raw);
  if (files)
    std::printf("  in %s files of %s bytes\n", grouped(static_cast<double>(figures.files)).c_str(),
                grouped(static_cast<double>(figures.file_bytes)).c_str());
  tell("remember", remember);
  tell("look up a new name, alone", bench.look_up(sends, 0, false));
  tell("look up a new name, in blocks", bench.look_up(sends, 0, true));
  tell("look up a known name, alone", bench.look_up(0, 1, false));
  tell("look up a known name, in blocks", bench.look_up(0, 1, true));
  tell("save", bench.save());
  if (!files) tell("load", bench.load());
  const auto [forget, longest] = bench.forget();
  tell("forget", forget);
  std::printf("  the longest step of forgetting: %.0f us\n", longest);
}

}  // namespace
}  // namespace packledger::bench

int main(int argc, char** argv) {
  packledger::bench::Options options;
  CLI::App app{"Measures how sends are remembered.", "packledger_bench_sends"};
  app.add_option("--sends", options.sends, "How many are remembered; several runs.")
      ->capture_default_str();
  app.add_option("--looks", options.looks, "Look-ups of each kind.")->capture_default_str();
  app.add_option("--directory", options.directory, "For files; none: all stays in memory.");
  app.add_option("--memory-mib", options.memory_mib, "With a directory.")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::cout << "machine: " << packledger::bench::machine() << '\n';
  for (const std::size_t sends : options.sends) packledger::bench::run(options, sends);
  return 0;
}
