// The troubles of a World: when they come and what they do.
#include "tests/sim/spans.hpp"
#include "tests/sim/world.hpp"

#include <array>
#include <utility>

namespace packledger::sim {

void World::plan_disturbances() {
  const Ms begins = agenda.now();
  for (std::size_t i = 0; i < plan.disturbances; ++i) {
    const Ms when = draws.between(begins, ends_);
    agenda.at(when, [this] { disturb(); });
  }
  for (std::size_t i = 0; plan.has(Trouble::flips) && i < 3; ++i) {
    agenda.at(draws.between(begins, ends_), [this] {
      if (server != nullptr) flip_bits();
    });
  }
  if (plan.snapshot_hours == 0) return;
  for (Ms at = begins; at < ends_; at += draws.between(1, 2 * plan.snapshot_hours) * hour) {
    agenda.at(at, [this] {
      if (server != nullptr) server->begin_snapshot();
    });
  }
}

// One of those that come by themselves.
void World::disturb() {
  std::vector<Trouble> wanted;
  for (const Trouble trouble :
       {Trouble::power, Trouble::kill, Trouble::sync_fails, Trouble::disk_full, Trouble::clock})
    if (plan.has(trouble)) wanted.push_back(trouble);
  if (wanted.empty() || heals_) return;
  disturb(draws.one_of(wanted));
}

void World::disturb(Trouble trouble) {
  if (trouble == Trouble::clock) return disturb_clock();
  if (server == nullptr || power_cut_) return;
  disturb_disk(trouble);
}

void World::disturb_disk(Trouble trouble) {
  Disk& disk = *machine.disk;
  const std::uint64_t step = disk.steps() + 1 + static_cast<std::uint64_t>(draws.pick(24));
  note("trouble: " + std::string(trouble_text(trouble)));
  switch (trouble) {
    case Trouble::power:
    case Trouble::kill:
      power_cut_ = trouble == Trouble::power;
      loss_ = static_cast<Loss>(draws.pick(6));
      if (draws.percent(20)) return end("between two steps", power_cut_);
      return disk.plan({.power_lost_at = step});
    case Trouble::sync_fails:
      return disk.plan(
          {.sync_fails_at = disk.syncs() + 1 + static_cast<std::uint64_t>(draws.pick(12)),
           .failed_pages = draws.percent(50) ? Platter::Cache::kept : Platter::Cache::dropped});
    default:
      disk_full_ = true;
      if (draws.percent(40)) return disk.plan({.short_write_at = step});
      return disk.plan({.room = static_cast<std::uint64_t>(draws.pick(20'000))});
  }
}

void World::disturb_clock() {
  WallClock& wall = machine.wall;
  const Ms now = agenda.now();
  constexpr std::array<Ms, 6> leaps{2 * hour,    30 * hour, 40 * day,
                                    3'650 * day, -2 * hour, -30 * day};
  switch (draws.pick(6)) {
    case 0: wall.shift(draws.between(-50 * minute, 50 * minute)); break;
    case 1: wall.shift(draws.one_of(leaps)); break;
    case 2: wall.stand_still(now); break;
    case 3: wall.drift(now, draws.between(-20'000, 20'000)); break;
    default: wall.set_right(); break;
  }
  note("trouble: clock ahead by " + std::to_string(wall.ahead(now)));
  if (server == nullptr) return;
  server->clock_moved();
  const Ms ahead = wall.ahead(now);
  if (ahead > hour && ahead < 2 * day && draws.percent(50)) {
    later(draws.between(1, 600) * second, [](Server& running) { running.accept_clock(); });
  } else if (draws.percent(60)) {  // somebody sees it and sets it right
    agenda.after(draws.between(1, 48) * hour, [this] {
      machine.wall.set_right();
      if (server != nullptr) server->clock_moved();
    });
  }
}

}  // namespace packledger::sim
