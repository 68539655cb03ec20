#include "tests/sim/examine.hpp"

#include "store/watermark.hpp"
#include "tests/sim/checks.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>

namespace packledger::sim {
namespace {

// Of a history up to a point of it.
struct View {
  std::span<const Entry> submitted;
  std::span<const std::size_t> ends;
  std::span<const std::vector<Reply>> answers;
  std::size_t acknowledged = 0;
  std::size_t promised = 0;  // by the watermark, at least
  ChainHash chain{};         // behind what is acknowledged
  std::size_t act = 0;
};

bool is_behind(const History& history) {
  return history.workload->settings.watermark == WatermarkMode::one_behind;
}

View view_of(const History& history, const Known& known, const Point& point) {
  return {.submitted = std::span{known.submitted}.first(point.submitted),
          .ends = std::span{known.ends}.first(point.ends),
          .answers = std::span{known.answers}.first(point.answers),
          .acknowledged = point.acknowledged,
          .promised = is_behind(history) ? point.acknowledged_before : point.acknowledged,
          .chain = point.chain,
          .act = point.act};
}

Point point_of(const Player& player, std::shared_ptr<const Disk> disk) {
  const Known& known = player.known();
  return {.disk = std::move(disk),
          .step = {},
          .act = player.act(),
          .submitted = known.submitted.size(),
          .ends = known.ends.size(),
          .answers = known.answers.size(),
          .acknowledged = known.acknowledged,
          .acknowledged_before = known.acknowledged_before,
          .chain = known.chain};
}

bool of_the_journal(const std::string& path) {
  return path.ends_with(".log") || path.ends_with("/watermark");
}

// What the disk itself promises, whatever the cache says.
std::uint64_t promised_on(const Disk& disk) {
  const std::string bytes = disk.synced_bytes(WatermarkFile::path_in(journal_folder)).value_or("");
  std::uint64_t promised = 0;
  for (const std::size_t at : {std::size_t{0}, watermark_slot_distance}) {
    if (bytes.size() < at + watermark_slot_bytes) continue;
    const auto slot = read_watermark_slot(std::string_view{bytes}.substr(at, watermark_slot_bytes));
    if (slot) promised = std::max(promised, slot->sequence.value);
  }
  return promised;
}

// 10. What covers the entries is synced before anybody hears of them.
std::string told_early(const Player& player) {
  const std::vector<std::string> unsynced = player.disk().unsynced();
  for (const std::string& path : player.disk().files() | std::views::reverse) {
    if (!path.ends_with(".log")) continue;
    if (std::ranges::find(unsynced, path) != unsynced.end())
      return path + " was not synced when an entry was told";
    break;  // those before the newest are not written any more
  }
  const bool behind = player.workload().settings.watermark == WatermarkMode::one_behind;
  const Known& known = player.known();
  if (promised_on(player.disk()) < (behind ? known.acknowledged_before : known.acknowledged))
    return "entry " + std::to_string(known.acknowledged) + " was told before its watermark";
  const auto failure = player.disk().failure();
  const bool went_on = failure && failure->number > player.steps_before() &&
                       of_the_journal(failure->path) && failure->kind != StepKind::remove;
  return went_on ? "it went on behind a failed " + std::string(name_of(failure->kind)) + " of " +
                       failure->path
                 : "";
}

std::string promise_lost(Disk& disk, const View& view) {
  if (view.promised == 0) return {};
  const auto file = WatermarkFile::open(disk, journal_folder);
  if (!file) return file.error().detail;
  const std::uint64_t promised = file->current().sequence.value;
  return promised >= view.promised
             ? ""
             : "the watermark promises " + std::to_string(promised) + " where " +
                   std::to_string(view.promised) + " must be promised";
}

std::string chain_differs(RocksJournal& journal, const View& view) {
  if (view.acknowledged == 0) return {};
  const auto chain = journal.chain_at(Sequence{view.acknowledged});
  if (!chain) return chain.error().detail;
  return *chain == view.chain ? "" : "what was acknowledged has other bytes now";
}

std::string replay_differs(const History& history, Player& player,
                           std::span<const Entry> recovered) {
  const std::string digest = player.process().ledger().digest();
  Ledger again;
  again.apply(recovered);
  if (again.digest() != digest)
    return "from " + std::to_string(player.process().began_at().value) +
           " on it makes another ledger than from the first entry";
  const auto known = history.digests.find(recovered.size());
  return known == history.digests.end() || known->second == digest
             ? ""
             : "the ledger behind " + std::to_string(recovered.size()) + " entries is another one";
}

void look_at_ledger(const Ledger& ledger, Looks& looks) {
  looks.look(1, conservation_broken(ledger));
  looks.look(2, totals_broken(ledger));
}

void hear(Player& player, Looks& looks) {
  player.on_told([&looks](const Player& telling) { looks.look(10, told_early(telling)); });
}

// Starts on what is left of a disk. False where it need not go on.
bool starts_right(const History& history, Player& player, const View& view, Looks& looks) {
  looks.look(13, promise_lost(player.disk(), view));
  const bool started = player.start(view.act);
  if (!looks.look(3, started ? "" : "it does not start: " + player.why())) return false;
  // What has its name was synced before, and so was all that it needs.
  const auto& refused = player.process().refused();
  looks.look(13, refused.empty() ? "" : "a snapshot is refused: " + refused.front());
  const std::vector<Entry> recovered = player.known().submitted;
  const bool kept =
      looks.look(3, acknowledged_lost(recovered, view.submitted.first(view.acknowledged))) &&
      looks.look(4, no_prefix(recovered, view.submitted, view.ends));
  looks.look(13, chain_differs(player.process().journal(), view));
  looks.look(6, replay_differs(history, player, recovered));
  look_at_ledger(player.process().ledger(), looks);
  return kept;
}

// To the end of the workload, which must be that of the life without a fault.
void goes_on(const History& history, Player& player, const View& view, Looks& looks) {
  if (!looks.look(5, player.ask_again(view.answers, view.act))) return;
  const bool played = player.play(view.act, view.answers.size());
  if (!looks.look(15, played ? "" : "it stops: " + player.why())) return;
  const std::vector<Entry> entries = player.entries();
  looks.look(5, told_twice(entries));
  looks.look(7, timers_wrong(entries));
  looks.look(8, notices_of(entries) == history.notices ? "" : "other alarms or renewals");
  looks.look(6, entries == history.entries ? "" : "other entries than without the crash");
  looks.look(6, player.process().ledger().digest() == history.digests.rbegin()->second
                    ? ""
                    : "another ledger than without the crash");
  look_at_ledger(player.process().ledger(), looks);
}

std::shared_ptr<Disk> new_disk(const Workload& workload, std::uint64_t seed) {
  auto disk = std::make_shared<Disk>(seed);
  disk->support_direct_io(workload.direct_io);
  return disk;
}

void lose(Disk& disk, Loss loss) {
  disk.cut_power();
  disk.lose_power(loss);
  disk.restore_power();
}

void start_and_go_on(const History& history, const std::shared_ptr<Disk>& disk, const View& view,
                     Looks& looks) {
  Player player(*history.workload, disk);
  hear(player, looks);
  if (starts_right(history, player, view, looks)) goes_on(history, player, view, looks);
}

// Power goes again so many steps later; what is known then is in `known`, and what the answers are.
View crash_again(const History& history, const std::shared_ptr<Disk>& disk, const View& view,
                 std::uint64_t steps, Chance chance, Known& known) {
  disk->plan({.power_lost_at = disk->steps() + steps});
  Player player(*history.workload, disk);
  const bool started = player.start(view.act);
  [[maybe_unused]] const bool played = started && player.play(view.act, view.answers.size());
  player.stop();
  disk->plan({});
  constexpr std::array losses{Loss::dropped, Loss::torn, Loss::zeroed, Loss::garbled,
                              Loss::names_undone};
  lose(*disk, losses[chance.below(losses.size())]);
  if (!started) return view;
  known = player.known();
  known.answers.insert(known.answers.begin(), view.answers.begin(), view.answers.end());
  return {.submitted = known.submitted,
          .ends = known.ends,
          .answers = known.answers,
          .acknowledged = known.acknowledged,
          .promised = is_behind(history) ? known.acknowledged_before : known.acknowledged,
          .chain = known.chain,
          .act = player.act()};
}

}  // namespace

bool Looks::look(int number, const std::string& wrong) {
  const auto at = static_cast<std::size_t>(number);
  ++made_[at];
  if (wrong.empty()) return true;
  ++wrong_[at];
  if (stories_.size() < stories_max)
    stories_.push_back(playing_ + ": " + std::to_string(number) + ": " + wrong);
  return false;
}

History record(const Workload& workload, Looks& looks, const Faults& faults) {
  History history;
  history.workload = &workload;
  looks.play(workload.name + " without a fault");
  const auto disk = new_disk(workload, 1);
  disk->plan(faults);
  Player player(workload, disk);
  player.on_told([&](const Player& telling) {
    looks.look(10, told_early(telling));
    history.digests[telling.known().acknowledged] = player.process().ledger().digest();
  });
  const auto remember = [&](const Step& step) {
    history.points.push_back(point_of(player, disk->copy(1)));
    history.points.back().step = step;
  };
  disk->watch(remember);
  const bool played = player.start(0) && player.play(0);
  disk->watch({});
  if (!looks.look(15, played ? "" : "it stops: " + player.why())) return history;
  remember({});
  history.known = player.known();
  history.entries = player.entries();
  history.notices = notices_of(history.entries);
  history.trace = disk->trace_hash();
  history.snapshots = player.snapshots();
  Ledger again;
  looks.look(7, out_of_turn(history.entries, again));
  looks.look(7, timers_wrong(history.entries));
  looks.look(5, told_twice(history.entries));
  looks.look(6, again.digest() == player.process().ledger().digest() ? "" : "another ledger");
  look_at_ledger(again, looks);
  return history;
}

bool examine(const History& history, const Point& point, const Crash& crash, Looks& looks) {
  looks.play(history.workload->name + " --step " + std::to_string(point.step.number) + " --loss " +
             std::string(name_of(crash.loss)) + " --seed " + std::to_string(crash.seed) +
             (crash.again ? " --again" : "") + " (before " + std::string(name_of(point.step.kind)) +
             " " + point.step.path + ")");
  const auto disk = point.disk->copy(crash.seed);
  lose(*disk, crash.loss);
  View view = view_of(history, history.known, point);
  if (crash.loss == Loss::scattered) {
    const auto other = disk->copy(crash.seed);
    Player player(*history.workload, other);
    if (!player.start(view.act)) {
      const bool named = player.why().contains(journal_folder);
      looks.look(13, named ? "" : "refused without a name: " + player.why());
      // It has a durable name before anything of RocksDB has one.
      const bool unmarked = player.why().contains("/watermark is missing");
      looks.look(3, unmarked ? "records without a watermark: " + player.why() : "");
      return false;
    }
  }
  Known known;
  if (crash.again) {
    // Each seed another step, and at each point others.
    const std::uint64_t steps = 1 + (crash.seed + 31 * point.step.number) % steps_of_a_start;
    view = crash_again(history, disk, view, steps, Chance(crash.seed + point.step.number), known);
  }
  start_and_go_on(history, disk, view, looks);
  return true;
}

bool play_with(const History& history, const Faults& faults, std::uint64_t seed, Looks& looks) {
  const auto disk = new_disk(*history.workload, seed);
  disk->plan(faults);
  Player player(*history.workload, disk);
  hear(player, looks);
  [[maybe_unused]] const bool played = player.start(0) && player.play(0);
  player.stop();
  const auto failure = disk->failure();
  if (!failure) return false;
  const Known& known = player.known();
  const Point point = point_of(player, disk);
  for (const Loss loss : {Loss::none, Loss::dropped, Loss::torn}) {
    looks.play(history.workload->name + " with a failed " + std::string(name_of(failure->kind)) +
               " of " + failure->path + " at step " + std::to_string(failure->number) + ", " +
               std::string(name_of(loss)));
    const auto left = disk->copy(seed);
    lose(*left, loss);
    start_and_go_on(history, left, view_of(history, known, point), looks);
  }
  return true;
}

Noticed damage(const History& history, const Damage& damage, Looks& looks) {
  const Point& point = history.points.back();
  looks.play(history.workload->name + (damage.cut ? " cut at byte " : " flipped in byte ") +
             std::to_string(damage.byte) + " of " + damage.file);
  const auto disk = point.disk->copy(damage.byte);
  if (damage.cut) {
    disk->cut_file(damage.file, damage.byte);
  } else {
    disk->flip_bit(damage.file, damage.byte * 8 + damage.byte % 8);
  }
  Player player(*history.workload, disk);
  if (!player.start(point.act)) {
    const bool named = player.why().contains(journal_folder) || player.why().contains("sequence");
    looks.look(13, named ? "" : "refused without a name: " + player.why());
    return Noticed::refused;
  }
  const std::vector<Entry>& left = player.known().submitted;
  if (is_behind(history) && left.size() == point.acknowledged_before &&
      acknowledged_lost(history.entries, left).empty())
    return Noticed::allowed;
  const bool same = left == history.entries &&
                    player.process().ledger().digest() == history.digests.rbegin()->second;
  const std::string again = same ? player.ask_again(history.known.answers, point.act) : "";
  if (again.starts_with("it stopped")) return Noticed::refused;
  const bool harmless = same && again.empty();
  looks.look(13, harmless ? "" : "silent: " + (again.empty() ? "other entries" : again));
  return harmless ? Noticed::harmless : Noticed::silent;
}

}  // namespace packledger::sim
