#include "tests/sim/law_life.hpp"

#include <array>
#include <iostream>
#include <string_view>
#include <utility>

namespace packledger::sim {
namespace {

std::string_view kind_of(std::string_view line) {
  const std::string_view what = line.substr(line.find(": ") + 2);
  return what.substr(0, what.find(' '));
}

// Counts a line of the trail by the word that it begins with.
void count_line(std::string_view line, LawCounts& counts) {
  const std::string_view kind = kind_of(line);
  if (kind == "raised" || kind == "cleared") {
    ++counts.alarms;
  } else if (kind == "renewed" || kind == "failed" || kind == "capped") {
    ++counts.renewals;
  } else if (kind == "overdue" || kind == "suspended" || kind == "resumed") {
    ++counts.standings;
  } else {
    ++counts.timers;
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    if (!line.ends_with(": ask")) text += "\n    " + line;
  return text.empty() ? " nothing" : text;
}

using model::Ms;

class LawLife {
 public:
  LawLife(std::uint64_t seed, LawProgress& progress)
      : shape_(shape_of(seed)),
        pace_(pace_of(seed)),
        accounts_(accounts_of(seed)),
        law_(seed, accounts_, shape_.replays ? Care::all : Care::living),
        world_(static_cast<model::Count>(law_.read)),
        progress_(progress) {
    for (std::size_t i = 0; i < accounts_; ++i)
      world_.open(name_of(i), random_settings(seed + i), model_books());
  }

  std::string play(const Turn& turn, bool tells) {
    LawCounts& counts = progress_.counts;
    const std::string answer = law_.play(turn, pace_);
    world_.pass(turn.step.at);
    const std::string wanted = turn.step.model(world_.account(turn.account));
    world_.pass(turn.step.at);
    const std::vector<std::string>& trail = world_.lines();
    if (tells) tell(turn, answer, law_.trail);
    count(trail, wanted);
    const SumsSeen& sums = law_.desk.sums_seen();
    counts.sums +=
        sums.balances + sums.packages - std::exchange(sums_, sums.balances + sums.packages);
    if (answer != wanted) return "the law says " + answer + ", the model " + wanted;
    if (law_.trail != trail)
      return "what followed differs, the law:" + joined(law_.trail) +
             "\n  the model:" + joined(trail);
    const bool followed = trail.size() > 1;
    world_.forget_lines();
    if (!shape_.replays) forget();
    return compare(turn, followed);
  }

  // Everything, at the end.
  std::string audit(Ms at) {
    for (std::size_t i = 0; i < accounts_; ++i) {
      const Account& account = law_.account(i);
      ensure_totals(account);
      for (const Package& package : account.packages)
        if (package.paid()) ensure_conserved(package);
      const std::string found = difference(account, world_.account(i), at);
      if (!found.empty()) return name_of(i) + " differs at the end: " + found;
      ++progress_.counts.audits;
    }
    return replay();
  }

 private:
  void count(const std::vector<std::string>& trail, const std::string& answer) {
    LawCounts& counts = progress_.counts;
    ++counts.commands;
    counts.entries += trail.size();
    bool taken = false;
    for (const std::string& line : trail) {
      if (kind_of(line) == "ask") {
        taken = true;
      } else {
        count_line(line, counts);
      }
    }
    if (!taken) ++counts.refused;
    if (answer == "duplicate" || answer == "conflict") ++counts.repeats;
  }

  // What the entries add up to once more; only where they were kept.
  std::string replay() {
    if (!shape_.replays) return {};
    Ledger again;
    for (const Entry& entry : law_.desk.entries()) {
      const std::string where = "replayed entry " + std::to_string(entry.sequence.value);
      const std::vector<Input> due = again.consequences();
      if (due.empty() != (entry.caused_by == Sequence{})) return where + ": what follows differs";
      if (!due.empty() && due.front() != entry.input) return where + ": another one follows";
      const auto decided = again.decide(entry.input, entry.recorded_at);
      if (!decided || *decided != entry.decision) return where + ": is decided in another way";
      again.apply(entry);
      ++progress_.counts.replayed;
    }
    return again.digest() == law_.desk.ledger().digest() ? "" : "the replay has another digest";
  }

  void forget() {
    law_.desk.forget_entries();
    law_.read = 0;
  }

  // The account of the step, and more of it after what had consequences; now and then everything.
  std::string compare(const Turn& turn, bool followed) {
    LawCounts& counts = progress_.counts;
    const bool all = progress_.step % shape_.audit_every == 0;
    for (std::size_t i = 0; i < accounts_; ++i) {
      if (!all && !followed && i != turn.account) continue;
      const Account& account = law_.account(i);
      const model::Model& model = world_.account(i);
      counts.packages += model.living().size();
      counts.pools += model.pools();
      ++counts.states;
      counts.audits += all ? 1 : 0;
      std::string found = all ? difference(account, model, turn.step.at)
                              : difference_of_living(account, model, turn.step.at);
      if (found.empty() && followed && !all) found = difference_of_watched(account, model);
      if (!found.empty()) return name_of(i) + " differs: " + found;
      if (all) ensure_totals(account);
    }
    return {};
  }

  static void tell(const Turn& turn, const std::string& answer,
                   const std::vector<std::string>& trail) {
    std::cout << instant_text(Instant{turn.step.at}) << " " << name_of(turn.account) << " "
              << turn.step.label << ": " << answer << "\n";
    for (const std::string& line : trail)
      if (!line.ends_with(": ask")) std::cout << "    " << line << "\n";
  }

  Shape shape_;
  Pace pace_;
  std::size_t accounts_;
  Played law_;
  model::World world_;
  std::uint64_t sums_ = 0;  // that the desk had seen
  LawProgress& progress_;
};

}  // namespace

void LawCounts::add(const LawCounts& other) {
  using Field = std::uint64_t LawCounts::*;
  for (const Field field : std::array<Field, 16>{
           &LawCounts::lives, &LawCounts::commands, &LawCounts::refused, &LawCounts::repeats,
           &LawCounts::entries, &LawCounts::timers, &LawCounts::alarms, &LawCounts::renewals,
           &LawCounts::standings, &LawCounts::sums, &LawCounts::states, &LawCounts::packages,
           &LawCounts::pools, &LawCounts::audits, &LawCounts::replayed, &LawCounts::virtual_ms})
    this->*field += other.*field;
}

// Short lives are compared and replayed in full; the long ones last about ten years.
Shape shape_of(std::uint64_t seed) {
  switch (seed % 4) {
    case 0: return {400, Trade::mixed, 1, true};
    case 1: return {8'800, Trade::mixed, 256, false};
    default: return {50'000, Trade::busy, 1'024, false};
  }
}

RandomLives lives_of(std::uint64_t seed) {
  const Shape shape = shape_of(seed);
  const std::size_t accounts = accounts_of(seed);
  return {seed, accounts, shape.steps * accounts, shape.trade};
}

std::vector<Turn> turns_of(std::uint64_t seed) {
  RandomLives lives = lives_of(seed);
  std::vector<Turn> turns;
  while (std::optional<Turn> turn = lives.next()) turns.push_back(*std::move(turn));
  return turns;
}

std::string live(std::uint64_t seed, const NextTurn& next, LawProgress& progress, bool tells) {
  LawLife life(seed, progress);
  progress.seed = seed;
  progress.step = 0;
  std::optional<model::Ms> first;
  model::Ms last = 0;
  while (const std::optional<Turn> turn = next()) {
    ++progress.step;
    last = turn->step.at;
    if (!first) first = last;
    const std::string found = life.play(*turn, tells);
    if (!found.empty()) {
      return "step " + std::to_string(progress.step) + ", " + name_of(turn->account) + " " +
             turn->step.label + " at " + instant_text(Instant{last}) + ": " + found;
    }
  }
  if (const std::string found = first ? life.audit(last) : ""; !found.empty()) return found;
  ++progress.counts.lives;
  progress.counts.virtual_ms += static_cast<std::uint64_t>(last - first.value_or(last));
  return {};
}

std::string live(std::uint64_t seed, LawProgress& progress) {
  RandomLives lives = lives_of(seed);
  return live(seed, [&] { return lives.next(); }, progress, false);
}

std::string live(std::uint64_t seed, const std::vector<Turn>& turns, LawProgress& progress,
                 bool tells) {
  std::size_t number = 0;
  const auto next = [&] {
    return number < turns.size() ? std::optional(turns[number++]) : std::nullopt;
  };
  return live(seed, next, progress, tells);
}

}  // namespace packledger::sim
