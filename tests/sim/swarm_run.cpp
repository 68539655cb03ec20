// Whole lives with troubles: one by its seed, as many as there is time for, or those that once went
// wrong.
#include "tests/sim/swarm_run.hpp"

#include "tests/sim/campaigns.hpp"
#include "tests/sim/options.hpp"
#include "tests/sim/swarm_workers.hpp"
#include "tests/sim/world.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>
#include <utility>

namespace packledger::sim {

const std::string_view swarm_help =
    "  --seed N       one life\n"
    "  --seeds A..B   those lives\n"
    "  --seconds S    no life begins after so long (30, unless --seed or --seeds)\n"
    "  --jobs J       processes side by side (2)\n"
    "  --replay FILE  the lives in a file of seeds\n"
    "  --first        ends with the first life that goes wrong, else with the fifth\n"
    "  --report FILE  writes the summary there as JSON\n"
    "  --without A,B  without these troubles: power, kill, sync_fails, disk_full, clock, network,\n"
    "                 slow_disk, snapshots, sends, flips\n"
    "  --steps N, --accounts N, --producers N, --senders N, --watchers N, --readers N, --storms "
    "N,\n"
    "  --disturbances N, --dry-runs N (of a hundred requests), --books N,\n"
    "  --forecasters N, --visitors N (who read by HTTP)\n"
    "                 so many instead of what the seed says\n"
    "  --canary       a daemon that acknowledges before the sync: must be found\n"
    "With --seed:\n"
    "  --story        tells everything that happens\n"
    "  --shrink       looks for the smallest life that still goes wrong\n";

namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t all_seeds = std::numeric_limits<std::uint32_t>::max();
// A campaign of so many lives reaches every probe, or something has become unreachable.
constexpr std::uint64_t lives_for_all_probes = 2'000;
constexpr std::size_t failures_max = 5;  // then the campaign ends

// What the command line says of every plan.
struct Narrowed {
  std::vector<std::pair<std::size_t Plan::*, std::size_t>> sizes;
  std::vector<Trouble> without;
  bool canary = false;

  [[nodiscard]] Plan plan(std::uint64_t seed) const {
    Plan plan = plan_of(seed);
    for (const auto& [size, value] : sizes) plan.*size = value;
    for (const Trouble trouble : without) plan.drop(trouble);
    plan.acknowledges_early = canary;
    return plan;
  }
};

Narrowed read_narrowed(Options& options) {
  constexpr std::uint64_t absent = std::numeric_limits<std::uint64_t>::max();
  Narrowed narrowed;
  for (const PlanSize& one : plan_sizes) {
    const std::uint64_t value = options.number("--" + std::string(one.name), absent);
    if (value != absent)
      narrowed.sizes.emplace_back(one.size, std::max<std::size_t>(one.least, value));
  }
  std::istringstream without(options.text("--without", ""));
  for (std::string name; std::getline(without, name, ',');) {
    const auto trouble = parse_trouble(name);
    if (!trouble) throw BadOptions("--without knows no \"" + name + "\"");
    narrowed.without.push_back(*trouble);
  }
  narrowed.canary = options.flag("--canary");
  return narrowed;
}

struct Sums {
  Report report;
  LifeCounts counts;
  std::uint64_t lives = 0;

  // All but what needs a store of an older release.
  static constexpr std::array looked_at{
      Promise::rules,    Promise::conservation, Promise::totals,     Promise::durable,
      Promise::prefix,   Promise::once,         Promise::replay,     Promise::timers,
      Promise::alarms,   Promise::notices,      Promise::ack_order,  Promise::reads,
      Promise::watchers, Promise::chain,        Promise::one_writer, Promise::bounds};

  Sums() : report{"swarm", 0, invariant_rows(looked_at, {}), {}, {}} {}

  void add(const Plan& plan, const LifeTold& life) {
    ++lives;
    counts.add(life.counts);
    if (life.failure.empty()) return;
    for (Invariant& row : report.invariants)
      if (life.violated && row.number == static_cast<int>(*life.violated)) ++row.violations;
    report.failures.push_back("swarm " + options_of(plan) + ": " + life.failure);
  }

  void finish(std::uint64_t seconds) {
    for (Invariant& row : report.invariants)
      row.checked = counts.checked[static_cast<std::size_t>(row.number)];
    constexpr std::uint64_t ms_per_year = 365ULL * 86'400'000ULL;
    std::uint64_t reached = 0;
    for (const char* const name : known_probes) {
      reached += counts.probes.contains(name) ? 1 : 0;
      if (lives >= lives_for_all_probes && !counts.probes.contains(name))
        report.failures.push_back("never reached: " + std::string(name));
    }
    report.seconds = seconds;
    report.figures = {{"lives", lives},
                      {"entries", counts.entries},
                      {"refusals judged", counts.refusals},
                      {"requests", counts.requests},
                      {"processes", counts.restarts},
                      {"virtual years", counts.virtual_ms / ms_per_year},
                      {"rare paths reached", reached},
                      {"rare paths known", known_probes.size()}};
  }
};

void tell_failure(const Plan& plan, const LifeTold& life) {
  std::cout << "packledger_sim swarm " << options_of(plan) << "\n";
  for (const std::string& line : life.last) std::cout << "    " << line << "\n";
  std::cout << "    " << life.failure << "\n" << std::flush;
}

int run_campaign(const Swarm& swarm, std::size_t failures, const std::string& file) {
  Sums sums;
  const auto start = steady_clock::now();
  play_apart(swarm, [&](const Plan& plan, const LifeTold& life) {
    sums.add(plan, life);
    if (!life.failure.empty()) tell_failure(plan, life);
    return sums.report.failures.size() < failures;
  });
  sums.finish(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - start).count()));
  const int code = finish(sums.report, file);
  for (const auto& [name, count] : sums.counts.probes)
    std::cout << "  " << name << ": " << count << "\n";
  return code;
}

// Fewer of everything, as long as it goes wrong.
Plan shrunk(Plan plan) {
  const auto fails = [](const Plan& tried) { return !play_apart(tried).failure.empty(); };
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (const Trouble trouble : troubles) {
      Plan tried = plan;
      tried.drop(trouble);
      if (tried.troubles == plan.troubles || !fails(tried)) continue;
      plan = tried;
      smaller = true;
    }
    for (const PlanSize& one : plan_sizes) {
      for (std::size_t size = one.least; size < plan.*one.size;
           size = std::max(size + 1, (size + plan.*one.size) / 2)) {
        Plan tried = plan;
        tried.*one.size = size;
        if (!fails(tried)) continue;
        plan = tried;
        smaller = true;
        break;
      }
    }
  }
  return plan;
}

int run_one(const Plan& plan, bool tells, bool shrinks) {
  const LifeTold life = tells ? play(plan, true) : play_apart(plan);
  if (!life.failure.empty()) tell_failure(plan, life);
  if (!life.failure.empty() && shrinks) {
    const Plan small = shrunk(plan);
    std::cout << "the smallest that goes wrong:\n";
    tell_failure(small, play_apart(small));
  }
  for (const auto& [name, count] : life.counts.probes)
    std::cout << "  " << name << ": " << count << "\n";
  std::cout << "seed " << plan.seed << ", trace " << std::hex << life.hash << std::dec << ", "
            << life.counts.entries << " entries, " << life.counts.refusals << " refusals, "
            << life.counts.restarts
            << " processes: " << (life.failure.empty() ? "nothing found" : "VIOLATED") << "\n";
  return life.failure.empty() ? 0 : 1;
}

// "swarm --seed 7 --steps 12 # what went wrong" is one life; lines of other campaigns are not ours.
int run_replay(const std::string& file, const std::string& report) {
  std::ifstream in(file);
  if (!in) throw BadOptions("cannot read " + file);
  Sums sums;
  const auto start = steady_clock::now();
  for (std::string line; std::getline(in, line);) {
    std::istringstream words_in(line.substr(0, line.find('#')));
    std::vector<std::string> words;
    for (std::string word; words_in >> word;) words.push_back(word);
    if (words.empty() || words.front() != "swarm") continue;
    Options options(std::span{words}.subspan(1));
    const std::uint64_t seed = options.number("--seed", 0);
    const Plan plan = read_narrowed(options).plan(seed);
    options.expect_no_more();
    const LifeTold life = play_apart(plan);
    if (!life.failure.empty()) tell_failure(plan, life);
    sums.add(plan, life);
  }
  sums.finish(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - start).count()));
  return finish(sums.report, report);
}

void read_seeds(const std::string& text, Swarm& swarm) {
  const std::size_t dots = text.find("..");
  const auto number_in = [&](std::string_view part, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), into);
    return error == std::errc{} && end == part.data() + part.size();
  };
  const bool right = dots != std::string::npos &&
                     number_in(std::string_view{text}.substr(0, dots), swarm.first) &&
                     number_in(std::string_view{text}.substr(dots + 2), swarm.last);
  if (!right) throw BadOptions("--seeds needs A..B, not \"" + text + "\"");
}

}  // namespace

void LifeCounts::add(const LifeCounts& more) {
  for (std::size_t i = 0; i < checked.size(); ++i) checked[i] += more.checked[i];
  for (const auto& [name, count] : more.probes) probes[name] += count;
  for (const auto figure : life_figures) this->*figure += more.*figure;
}

LifeTold play(const Plan& plan, bool tells) {
  spdlog::set_level(spdlog::level::off);  // what the store warns of is what is done to it
  LifeTold told;
  World world(plan, tells);
  try {
    world.live();
  } catch (const Violation& violation) {
    told.violated = violation.promise;
    told.failure = violation.what();
  } catch (const std::exception& error) {
    told.failure = std::string("unexpected: ") + error.what();
  }
  if (!told.failure.empty()) told.last.assign(world.trace.last().begin(), world.trace.last().end());
  told.hash = world.trace.hash();
  told.counts.checked = world.invariants.checked();
  told.counts.probes = world.probes.counts();
  told.counts.entries = world.judge.last().value;
  told.counts.refusals = world.judge.judged_refusals();
  told.counts.requests = world.requests;
  told.counts.restarts = world.restarts;
  told.counts.virtual_ms = static_cast<std::uint64_t>(world.agenda.now() - world.begun);
  return told;
}

int run_swarm(std::span<const std::string> words) {
  Options options(words);
  const Narrowed narrowed = read_narrowed(options);
  const std::string one = options.text("--seed", "");
  const std::string seeds = options.text("--seeds", "");
  const std::string replay = options.text("--replay", "");
  const std::string report = options.text("--report", "");
  Swarm swarm;
  swarm.last = all_seeds;
  swarm.jobs = std::max<std::uint64_t>(1, options.number("--jobs", 2));
  swarm.seconds = std::chrono::seconds(options.number("--seconds", seeds.empty() ? 30 : 0));
  swarm.plan_of = [&narrowed](std::uint64_t seed) { return narrowed.plan(seed); };
  if (!seeds.empty()) read_seeds(seeds, swarm);
  if (!one.empty()) read_seeds(one + ".." + one, swarm);
  const bool tells = options.flag("--story");
  const bool shrinks = options.flag("--shrink");
  const std::size_t failures = options.flag("--first") ? 1 : failures_max;
  options.expect_no_more();
  if (!replay.empty()) return run_replay(replay, report);
  if (!one.empty() && report.empty()) return run_one(swarm.plan_of(swarm.first), tells, shrinks);
  return run_campaign(swarm, failures, report);
}

}  // namespace packledger::sim
