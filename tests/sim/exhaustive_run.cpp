#include "tests/sim/bulk.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/children.hpp"
#include "tests/sim/examine.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/options.hpp"
#include "tests/sim/report.hpp"
#include "tests/sim/workloads.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {

const std::string_view exhaustive_help =
    "  --workload NAME    this one alone; `--workload list` lists them\n"
    "  --step N           power is lost before this step alone\n"
    "  --loss NAME        in this way alone: none, dropped, torn, zeroed, garbled, names_undone,\n"
    "                     scattered\n"
    "  --seed N           of what is torn, the first one (1)\n"
    "  --seeds N          so many ways to tear and to garble each step (2)\n"
    "  --again            power is lost once more, while it starts; else at every third step\n"
    "  --stride N         every N-th step, sync and write (1)\n"
    "  --flips N          every N-th byte of every file is flipped, and the file cut there (97);\n"
    "                     0: none\n"
    "  --first            ends where the first thing is found\n"
    "  --seconds S        nothing more is played after so long; 0: to the end (0)\n"
    "  --jobs N           processes side by side (2)\n"
    "  --report FILE      the summary as JSON\n";

namespace {

constexpr std::array losses{Loss::none,    Loss::dropped,      Loss::torn,     Loss::zeroed,
                            Loss::garbled, Loss::names_undone, Loss::scattered};

struct Wishes {
  std::string workload;
  std::uint64_t step = 0;
  std::string loss;
  std::uint64_t seed = 1;
  std::uint64_t seeds = 2;
  bool again = false;
  std::uint64_t stride = 1;
  std::uint64_t flips = 97;
  bool first = false;
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
  std::uint64_t jobs = 2;
  std::string report;

  // One crash alone, to look into it.
  [[nodiscard]] bool one() const { return step != 0; }
};

enum class Count : std::uint8_t {
  points,
  crashes,  // one for each way in the order of Loss, from here
  crashes_end = crashes + losses.size(),
  crashes_again = crashes_end,
  crashes_killed,
  scattered_refused,
  crashes_bulk,
  sync_faults,
  short_writes,
  full_disks,
  flips_refused,
  flips_harmless,
  flips_allowed,
  flips_silent,
  bytes,
  snapshots,
  left_out,
  end,
};
constexpr std::size_t count_end = static_cast<std::size_t>(Count::end);

// Of a child; seen by its parent, also where it aborts.
struct Result {
  std::array<std::uint64_t, count_end> counts{};
  std::array<std::uint64_t, Looks::numbers> made{};
  std::array<std::uint64_t, Looks::numbers> wrong{};
  std::array<char, 400> playing{};
  std::array<std::array<char, 600>, 20> stories{};
};

void copy_text(const std::string& text, auto& into) {
  const std::size_t size = std::min(text.size(), into.size() - 1);
  std::copy_n(text.begin(), size, into.begin());
  into[size] = '\0';
}

// The part of one child: every jobs-th piece of work.
class Job {
 public:
  // `found` is seen by all children.
  Job(const Wishes& wishes, std::uint64_t number, Result& result, bool& found)
      : wishes_(wishes), number_(number), result_(result), found_(found) {
    // What takes so long hangs; the signal ends this child, and its parent tells where it was.
    constexpr unsigned play_seconds_max = 30;
    looks_.on_play([&](const std::string& what) {
      copy_text(what, result_.playing);
      ::alarm(play_seconds_max);
    });
  }

  int run(const std::vector<Workload>& workloads) {
    spdlog::set_level(spdlog::level::off);  // torn slots are told at every start
    for (const Workload& workload : workloads) {
      if (!wishes_.first || !found_) run(workload);
    }
    return 0;
  }

 private:
  // Whether this piece of work is this child's.
  bool mine() {
    if (wishes_.first && found_) return false;
    if (pieces_++ % wishes_.jobs != number_) return false;
    const bool in_time = std::chrono::steady_clock::now() < wishes_.until;
    if (!in_time) ++count(Count::left_out);
    return in_time;
  }
  std::uint64_t& count(Count what, std::size_t offset = 0) {
    return result_.counts[static_cast<std::size_t>(what) + offset];
  }
  void publish() {
    if (!looks_.stories().empty()) found_ = true;
    result_.made = looks_.made();
    result_.wrong = looks_.wrong();
    for (std::size_t i = 0; i < looks_.stories().size(); ++i)
      copy_text(looks_.stories()[i], result_.stories[i]);
  }

  void run(const Workload& workload) {
    const auto began = std::chrono::steady_clock::now();
    const History history = record(workload, looks_);
    publish();
    if (history.entries.empty()) return;
    if (number_ == 0) {
      count(Count::points) += history.points.size();
      count(Count::snapshots) += history.snapshots;
    }
    if (!wishes_.one()) {  // few, and soon done
      fail_syncs(history);
      fail_writes(history);
    }
    for (std::size_t i = 0; i < history.points.size(); i += wishes_.stride)
      crash(history, history.points[i]);
    if (!wishes_.one()) {
      if (wishes_.flips != 0) flip(history);
      copy_in_bulk(history);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (number_ == 0)
      std::cout << "  " << workload.name << ": " << history.points.size() << " steps, "
                << history.entries.size() << " entries, " << took.count() << " s\n"
                << std::flush;
  }

  void crash(const History& history, const Point& point) {
    if (wishes_.one() && point.step.number != wishes_.step) return;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      if (!wishes_.loss.empty() && wishes_.loss != name_of(losses[i])) continue;
      const bool chance =
          losses[i] == Loss::torn || losses[i] == Loss::garbled || losses[i] == Loss::scattered;
      for (std::uint64_t seed = wishes_.seed; seed < wishes_.seed + wishes_.seeds; ++seed) {
        if (seed > wishes_.seed && !chance) break;
        crash_once(history, point, i, seed);
      }
    }
    if (wishes_.loss.empty() && !wishes_.one()) kill_and_crash(history, point);
  }

  // A process that is killed before a sync leaves what the next one must not build on before it has
  // synced it: power is lost at every seventh step of that one, at each point at others.
  void kill_and_crash(const History& history, const Point& point) {
    if (point.step.kind != StepKind::sync && point.step.kind != StepKind::sync_folder) return;
    for (std::uint64_t seed = 1; seed <= steps_of_a_start; seed += 7) {
      if (!mine()) continue;
      examine(history, point, {.loss = Loss::none, .seed = seed, .again = true}, looks_);
      ++count(Count::crashes_killed);
      publish();
    }
  }

  void crash_once(const History& history, const Point& point, std::size_t loss,
                  std::uint64_t seed) {
    if (!mine()) return;
    const bool again = wishes_.again || (!wishes_.one() && point.step.number % 3 == 1);
    if (!again || !wishes_.one()) {
      const Crash crash{.loss = losses[loss], .seed = seed};
      if (!examine(history, point, crash, looks_)) ++count(Count::scattered_refused);
      ++count(Count::crashes, loss);
    }
    if (again && losses[loss] != Loss::scattered) {
      examine(history, point, {.loss = losses[loss], .seed = seed, .again = true}, looks_);
      ++count(Count::crashes_again);
    }
    publish();
  }

  void fail(const History& history, const Faults& faults, Count what) {
    if (!mine()) return;
    if (play_with(history, faults, wishes_.seed, looks_)) ++count(what);
    publish();
  }

  void fail_syncs(const History& history) {
    std::uint64_t sync = 0;
    for (const Point& point : history.points) {
      const bool is_sync =
          point.step.kind == StepKind::sync || point.step.kind == StepKind::sync_folder;
      if (point.step.number == 0 || !is_sync || ++sync % wishes_.stride != 0) continue;
      fail(history, {.sync_fails_at = sync}, Count::sync_faults);
      fail(history, {.sync_fails_at = sync, .failed_pages = Platter::Cache::dropped},
           Count::sync_faults);
    }
  }

  void fail_writes(const History& history) {
    std::uint64_t room = 0;
    for (const Point& point : history.points) {
      const Step& step = point.step;
      if (step.number == 0 || step.number % wishes_.stride != 0) continue;
      // Of a step that is no write nothing happens.
      const bool is_sync = step.kind == StepKind::sync || step.kind == StepKind::sync_folder;
      if (!is_sync) fail(history, {.short_write_at = step.number}, Count::short_writes);
    }
    for (const Point& point : history.points) {
      const Step& step = point.step;
      const bool grows = step.kind == StepKind::write && !step.path.ends_with("/watermark");
      if (step.number == 0 || !grows) continue;
      if (step.number % wishes_.stride == 0)
        fail(history, {.room = room + step.bytes / 2}, Count::full_disks);
      room += step.bytes;
    }
  }

  void copy_in_bulk(const History& history) {
    const std::vector<BulkPoint> points = record_bulk(history, looks_);
    for (std::size_t i = 0; i < points.size(); i += wishes_.stride) {
      for (const Loss loss : losses) {
        if (loss == Loss::scattered || !mine()) continue;
        examine_bulk(history, points[i], {.loss = loss, .seed = wishes_.seed}, looks_);
        ++count(Count::crashes_bulk);
        publish();
      }
    }
  }

  void flip(const History& history) {
    const Disk& disk = *history.points.back().disk;
    for (const std::string& file : disk.files()) {
      const std::uint64_t size = disk.bytes(file).value_or("").size();
      if (mine()) count(Count::bytes) += size;
      for (std::uint64_t byte = 0; byte < size; byte += wishes_.flips) {
        for (const bool cut : {false, true}) damage_once(history, {file, byte, cut});
      }
    }
  }

  void damage_once(const History& history, const Damage& damaged) {
    if (!mine()) return;
    switch (damage(history, damaged, looks_)) {
      case Noticed::refused: ++count(Count::flips_refused); break;
      case Noticed::harmless: ++count(Count::flips_harmless); break;
      case Noticed::allowed: ++count(Count::flips_allowed); break;
      case Noticed::silent: ++count(Count::flips_silent); break;
    }
    publish();
  }

  const Wishes& wishes_;
  std::uint64_t number_;
  Result& result_;
  bool& found_;
  Looks looks_;
  std::uint64_t pieces_ = 0;
};

void add(const Result& result, Report& report, std::array<std::uint64_t, count_end>& counts) {
  for (std::size_t i = 0; i < count_end; ++i) counts[i] += result.counts[i];
  for (Invariant& invariant : report.invariants) {
    invariant.checked += result.made[static_cast<std::size_t>(invariant.number)];
    invariant.violations += result.wrong[static_cast<std::size_t>(invariant.number)];
  }
  for (const auto& story : result.stories) {
    if (story[0] != '\0')
      report.failures.push_back(std::string("packledger_sim exhaustive --workload ") +
                                story.data());
  }
}

void tell_counts(const std::array<std::uint64_t, count_end>& counts, Report& report) {
  const auto tell = [&](const std::string& name, Count what, std::size_t offset = 0) {
    report.figures.push_back({name, counts[static_cast<std::size_t>(what) + offset]});
  };
  tell("crash points", Count::points);
  for (std::size_t i = 0; i < losses.size(); ++i)
    tell("crashes, " + std::string(name_of(losses[i])), Count::crashes, i);
  tell("of scattered ones refused by name", Count::scattered_refused);
  tell("crashes while it starts", Count::crashes_again);
  tell("crashes while it starts after a kill before a sync", Count::crashes_killed);
  tell("crashes of copies in bulk", Count::crashes_bulk);
  tell("failed syncs", Count::sync_faults);
  tell("failed steps and short writes", Count::short_writes);
  tell("full disks", Count::full_disks);
  tell("bytes on the disks", Count::bytes);
  tell("flips and cuts refused", Count::flips_refused);
  tell("flips and cuts of what is not needed", Count::flips_harmless);
  tell("flips and cuts of what one_behind does not promise", Count::flips_allowed);
  tell("flips and cuts silent", Count::flips_silent);
  tell("snapshots", Count::snapshots);
  tell("left out for want of time", Count::left_out);
}

Wishes wishes_of(std::span<const std::string> words) {
  Options options(words);
  Wishes wishes;
  wishes.workload = options.text("--workload", "");
  wishes.step = options.number("--step", 0);
  wishes.loss = options.text("--loss", "");
  wishes.seed = options.number("--seed", 1);
  wishes.seeds = options.number("--seeds", wishes.one() ? 1 : 2);
  wishes.again = options.flag("--again");
  wishes.stride = std::max<std::uint64_t>(1, options.number("--stride", 1));
  wishes.flips = options.number("--flips", 97);
  wishes.first = options.flag("--first");
  if (const auto seconds = options.number("--seconds", 0); seconds != 0)
    wishes.until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  wishes.jobs = std::max<std::uint64_t>(1, options.number("--jobs", 2));
  wishes.report = options.text("--report", "");
  options.expect_no_more();
  if (wishes.one()) wishes.stride = 1;
  return wishes;
}

Report empty_report() {
  Report report;
  report.name = "exhaustive";
  constexpr std::array looked_at{Promise::conservation, Promise::totals, Promise::durable,
                                 Promise::prefix,       Promise::once,   Promise::replay,
                                 Promise::timers,       Promise::alarms, Promise::ack_order,
                                 Promise::chain,        Promise::bounds};
  report.invariants = invariant_rows(looked_at, {});
  return report;
}

}  // namespace

int run_exhaustive(std::span<const std::string> words) {
  const Wishes wishes = wishes_of(words);
  std::vector<Workload> workloads = small_workloads();
  if (wishes.workload == "list") {
    for (const Workload& workload : workloads) std::cout << workload.name << "\n";
    return 0;
  }
  if (!wishes.workload.empty())
    std::erase_if(workloads, [&](const Workload& one) { return one.name != wishes.workload; });
  if (workloads.empty()) throw BadOptions("there is no workload \"" + wishes.workload + "\"");
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::pair<::pid_t, Result*>> children;
  bool& found = shared<bool>();
  for (std::uint64_t number = 0; number < wishes.jobs; ++number) {
    Result* const result = &shared<Result>();
    const auto work = [&, number, result] {
      return Job(wishes, number, *result, found).run(workloads);
    };
    children.emplace_back(begin(work), result);
  }
  Report report = empty_report();
  std::array<std::uint64_t, count_end> counts{};
  for (const auto& [child, result] : children) {
    const std::string end = end_of(child);
    add(*result, report, counts);
    if (!end.empty())
      report.failures.push_back(end + " while it played --workload " + result->playing.data());
  }
  tell_counts(counts, report);
  report.seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began)
          .count());
  return finish(report, wishes.report);
}

}  // namespace packledger::sim
