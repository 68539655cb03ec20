// The law alone: years of random commands, judged by the naive model. Each job is a process that
// plays every so-manieth seed; a failing seed is played again alone, and cut to few steps.
#include "tests/sim/campaigns.hpp"
#include "tests/sim/children.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/law_life.hpp"
#include "tests/sim/options.hpp"
#include "tests/sim/report.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace packledger::sim {

const std::string_view law_help =
    "  --seed N       the first life (1)\n"
    "  --lives N      so many lives (no limit)\n"
    "  --seconds S    no life begins after so long (30)\n"
    "  --commands N   nor after so many commands (no limit)\n"
    "  --jobs N       processes side by side (2)\n"
    "  --story        tells the life of --seed step by step\n"
    "  --shrink       cuts the failing life of --seed to few steps, and tells it\n"
    "  --report FILE  writes the summary there as JSON\n";

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t jobs_max = 64;
constexpr unsigned life_seconds_max = 120;  // then it hangs, and a signal ends it

struct LawOptions {
  std::uint64_t seed = 1;
  std::uint64_t lives = no_limit;
  std::uint64_t seconds = 30;
  std::uint64_t commands = no_limit;
  std::uint64_t jobs = 2;
  bool story = false;
  bool shrink = false;
  std::string report;
};

// What a job says of itself.
struct Job {
  LawProgress progress;
  std::array<char, 4'000> failure{};

  void fail(const std::string& text) {
    const std::size_t size = std::min(text.size(), failure.size() - 1);
    std::copy_n(text.begin(), size, failure.begin());
  }
};

struct Jobs {
  std::array<Job, jobs_max> all;
  bool stop = false;  // one has failed
};

LawOptions options_of(std::span<const std::string> words) {
  Options words_left(words);
  LawOptions options;
  options.seed = words_left.number("--seed", options.seed);
  options.lives = words_left.number("--lives", options.lives);
  options.seconds = words_left.number("--seconds", options.seconds);
  options.commands = words_left.number("--commands", options.commands);
  options.jobs = words_left.number("--jobs", options.jobs);
  options.story = words_left.flag("--story");
  options.shrink = words_left.flag("--shrink");
  options.report = words_left.text("--report", "");
  words_left.expect_no_more();
  if (options.jobs < 1 || options.jobs > jobs_max)
    throw BadOptions("takes 1 to " + std::to_string(jobs_max) + " --jobs");
  return options;
}

std::uint64_t ms_since(Clock::time_point start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

int work(const LawOptions& options, std::uint64_t number, Jobs& jobs, Clock::time_point start) {
  Job& job = jobs.all[number];
  for (std::uint64_t life = number; life < options.lives; life += options.jobs) {
    const bool over = ms_since(start) / 1'000 >= options.seconds ||
                      job.progress.counts.commands >= options.commands / options.jobs;
    if (over || jobs.stop) return 0;
    const std::uint64_t seed = options.seed + life;
    ::alarm(life_seconds_max);
    const std::string found = live(seed, job.progress);
    if (found.empty()) continue;
    job.fail(found);
    jobs.stop = true;
    return 1;
  }
  return 0;
}

std::string failure_of(const Job& job, const std::string& ended) {
  const std::string seed = std::to_string(job.progress.seed);
  std::string text = "seed " + seed + ", ";
  if (job.failure.front() != '\0') {
    text += job.failure.data();
  } else {
    text += "step " + std::to_string(job.progress.step) + ": ended by " + ended;
  }
  return text + "\n  again: packledger_sim law --seed " + seed + " --shrink";
}

Report report_of(const LawCounts& counts, std::uint64_t ms) {
  constexpr std::uint64_t day = 86'400'000;
  const auto per_second = [ms](std::uint64_t count) {
    return count * 1'000 / std::max<std::uint64_t>(1, ms);
  };
  Report report{
      .name = "law", .seconds = ms / 1'000, .invariants = {}, .figures = {}, .failures = {}};
  std::array<std::uint64_t, promises> checked{};
  const auto looked = [&](Promise promise, std::uint64_t times) {
    checked[static_cast<std::size_t>(promise)] = times;
  };
  looked(Promise::rules, counts.judgements());
  looked(Promise::conservation, counts.sums);
  looked(Promise::totals, counts.pools);
  looked(Promise::once, counts.repeats);
  looked(Promise::replay, counts.replayed);
  looked(Promise::timers, counts.timers);
  looked(Promise::alarms, counts.alarms + counts.renewals);
  constexpr std::array looked_at{Promise::rules, Promise::conservation, Promise::totals,
                                 Promise::once,  Promise::replay,       Promise::timers,
                                 Promise::alarms};
  report.invariants = invariant_rows(looked_at, checked);
  report.figures = {{"commands", counts.commands},
                    {"refused", counts.refused},
                    {"entries", counts.entries},
                    {"commands a second", per_second(counts.commands)},
                    {"entries a second", per_second(counts.entries)},
                    {"events a second, both", per_second(counts.commands + counts.entries)},
                    {"judgements a second", per_second(counts.judgements())},
                    {"lives", counts.lives},
                    {"virtual years", counts.virtual_ms / day / 365},
                    {"alarms", counts.alarms},
                    {"renewals", counts.renewals},
                    {"changes of standing", counts.standings},
                    {"packages compared", counts.packages},
                    {"full comparisons", counts.audits}};
  return report;
}

Report run_jobs(const LawOptions& options) {
  Jobs& jobs = shared<Jobs>();
  const Clock::time_point start = Clock::now();
  std::vector<::pid_t> children;
  for (std::uint64_t number = 0; number < options.jobs; ++number)
    children.push_back(begin([&] { return work(options, number, jobs, start); }));
  LawCounts counts;
  std::vector<std::string> failures;
  for (std::size_t number = 0; number < children.size(); ++number) {
    const std::string ended = end_of(children[number]);
    counts.add(jobs.all[number].progress.counts);
    if (ended.empty()) continue;
    jobs.stop = true;
    failures.push_back(failure_of(jobs.all[number], ended));
  }
  Report report = report_of(counts, ms_since(start));
  report.failures = std::move(failures);
  return report;
}

// Plays the turns in a child. Empty where nothing differs.
std::string tried(std::uint64_t seed, const std::vector<Turn>& turns, bool tells) {
  Job& job = shared<Job>();
  const ::pid_t child = begin([&] {
    if (!tells) be_quiet();  // of what a broken invariant says
    const std::string found = live(seed, turns, job.progress, tells);
    job.fail(found);
    return found.empty() ? 0 : 1;
  });
  const std::string ended = end_of(child);
  const std::string failure = ended.empty() ? "" : failure_of(job, ended);
  return failure;
}

std::vector<Turn> without(const std::vector<Turn>& turns, std::size_t first, std::size_t count) {
  std::vector<Turn> left(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(first));
  const std::size_t behind = std::min(turns.size(), first + count);
  left.insert(left.end(), turns.begin() + static_cast<std::ptrdiff_t>(behind), turns.end());
  return left;
}

// Leaves out ever smaller runs of steps as long as the rest still fails.
std::vector<Turn> shrunk(std::uint64_t seed, std::vector<Turn> turns) {
  for (std::size_t count = turns.size() / 2; count > 0; count /= 2) {
    for (std::size_t first = 0; first < turns.size();) {
      std::vector<Turn> fewer = without(turns, first, count);
      if (tried(seed, fewer, false).empty()) {
        first += count;
      } else {
        turns = std::move(fewer);
      }
    }
  }
  return turns;
}

int tell_one(const LawOptions& options) {
  std::vector<Turn> turns = turns_of(options.seed);
  if (options.shrink) {
    const std::size_t all = turns.size();
    if (tried(options.seed, turns, false).empty()) {
      std::cout << "seed " << options.seed << " does not fail\n";
      return 0;
    }
    turns = shrunk(options.seed, std::move(turns));
    std::cout << "seed " << options.seed << ": " << turns.size() << " of " << all
              << " steps still fail\n";
  }
  const std::string failure = tried(options.seed, turns, true);
  if (!failure.empty()) std::cout << "FAILED " << failure << "\n";
  return failure.empty() ? 0 : 1;
}

}  // namespace

int run_law(std::span<const std::string> words) {
  const LawOptions options = options_of(words);
  if (options.story || options.shrink) return tell_one(options);
  return finish(run_jobs(options), options.report);
}

}  // namespace packledger::sim
