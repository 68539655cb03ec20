// How processes of a World begin and end, and what is looked at in between.
#include "store/rocks_journal.hpp"
#include "tests/sim/spans.hpp"
#include "tests/sim/world.hpp"
#include "tests/sim/world_clients.hpp"

#include <algorithm>
#include <utility>

namespace packledger::sim {
namespace {

std::string number(Sequence sequence) { return std::to_string(sequence.value); }

}  // namespace

// ---- a process begins ----

void World::start() {
  ENSURE(server == nullptr, "one process at a time");
  damage_files();
  if (!sets_up_ && !heals_ && plan.has(Trouble::power) && draws.rarely(8)) {
    machine.disk->plan(
        {.power_lost_at = machine.disk->steps() + 1 + static_cast<std::uint64_t>(draws.pick(120))});
    power_cut_ = true;
    loss_ = static_cast<Loss>(draws.pick(6));
  }
  if (disk_full_) {
    disk_full_ = draws.percent(60);
    if (disk_full_)
      machine.disk->plan({.room = static_cast<std::uint64_t>(draws.pick(9'000))});
    else
      probes.reach("started again after the disk was full");
  }
  auto journal = machine.open_journal();
  if (journal) machine.run_jobs();
  if (!machine.disk->has_power()) {
    journal = std::unexpected{Fault{}};
    probes.reach("the power cut while a journal is opened");
    return look_for_end();
  }
  if (!journal) {
    if (!start_fails(journal.error())) throw Violation(Promise::durable, journal.error().detail);
    agenda.after(draws.between(1, 60) * second, [this] {
      if (server == nullptr && machine.disk->has_power()) start();
    });
    return;
  }
  look_at_journal(**journal);
  if (plan.has(Trouble::flips) && draws.percent(50)) flip_bits();
  ++processes_;
  ++restarts;
  try {
    server = std::make_unique<Server>(*this, processes_, *std::move(journal));
  } catch (const Died& died) {
    end(died.what(), !machine.disk->has_power() && power_cut_);
    return;
  }
  note("process " + std::to_string(processes_) + " runs, entry " + number(judge.last()));
  judge.settle();
  look_at_lock();
  heard();
}

// Whether it may: there is no room on the disk.
bool World::start_fails(const Fault& fault) {
  note("not opened: " + std::string(fault.code == JournalFault::corrupt ? "corrupt" : "failed"));
  if (fault.code == JournalFault::corrupt || !disk_full_) return false;
  probes.reach("a journal not opened on a full disk");
  machine.lose_power(Loss::none);
  machine.start_again(agenda.now(), false);
  return true;
}

// All that was told, and behind it whole batches in the order in which they were to be written.
void World::look_at_journal(const Journal& journal) {
  const Sequence told = judge.last();
  Sequence last = told;
  const auto fits = [&](const Entry& entry) {
    for (const SharedBatch& batch : submitted_) {
      const auto& entries = batch->entries;
      if (entry.sequence < entries.front().sequence || entry.sequence > entries.back().sequence)
        continue;
      return entries[entry.sequence.value - entries.front().sequence.value] == entry;
    }
    return false;
  };
  std::uint64_t count = 0;
  const auto read = journal.read(Sequence{1}, [&](const Entry& entry) {
    ++count;
    if (entry.sequence <= told) {
      judge.take(entry);
    } else {
      invariants.check(Promise::prefix, fits(entry),
                       [&] { return "entry " + number(entry.sequence) + " was never submitted"; });
      last = entry.sequence;
    }
    return true;
  });
  invariants.check(Promise::durable, read.has_value() && count >= told.value, [&] {
    return "of " + number(told) + " entries " + std::to_string(count) + " are there" +
           (read ? "" : ": " + read.error().detail);
  });
  const bool whole = last == told || std::ranges::any_of(submitted_, [&](const SharedBatch& batch) {
                       return batch->entries.back().sequence == last;
                     });
  invariants.check(Promise::prefix, whole && last == journal.last(),
                   [&] { return "a batch ends with entry " + number(last); });
  for (const auto& [at, hash] : heads_) {
    const auto found = static_cast<const RocksJournal&>(journal).chain_at(at);
    invariants.check(Promise::chain, found && *found == hash,
                     [&] { return "the head at entry " + number(at) + " was another one"; });
  }
  while (!batch_ends_.empty() && batch_ends_.back() > last) batch_ends_.pop_back();
  if (last == told && !submitted_.empty() && submitted_.back()->entries.back().sequence > told)
    probes.reach("submitted, and lost before it was told");
  // What an opened journal does not have never comes back.
  std::erase_if(submitted_,
                [&](const SharedBatch& batch) { return batch->entries.back().sequence > last; });
  if (last > told) probes.reach("durable, but never told");
}

void World::look_at_lock() {
  if (!draws.rarely(4) || !machine.disk->has_power()) return;
  const auto second_one = machine.open_journal();
  invariants.check(Promise::one_writer,
                   !second_one && second_one.error().code == JournalFault::fenced,
                   [] { return "a second process opens the journal"; });
}

// ---- a process ends ----

void World::end(const std::string& why, bool power_lost) {
  note(std::string(power_lost ? "power lost" : "process ends") + ": " + why);
  for (const auto& client : clients) client->disconnected();
  if (power_lost) machine.disk->cut_power();
  // What a process that is killed has open is closed by the system, not by itself.
  const bool clean = !power_lost && heals_;
  if (server != nullptr && !clean) machine.disk->cut_power();
  if (server != nullptr && clean) heads_[server->journal().last()] = server->journal().end().hash;
  server.reset();
  const Loss loss = power_lost ? loss_ : Loss::none;
  if (!clean || power_lost) machine.lose_power(loss);
  machine.start_again(agenda.now(), power_lost);
  if (power_lost) probes.reach("the power lost");
  power_cut_ = false;
  if (heals_) return start();
  agenda.after(draws.between(0, 20) * second, [this] {
    if (server == nullptr) start();
  });
}

// The power may have gone in the midst of what just happened.
void World::look_for_end() {
  if (machine.disk->has_power()) return;
  end("at step " + std::to_string(machine.disk->steps()), power_cut_);
}

// ---- snapshots ----

void World::snapshot_written(const ChainLink& end) {
  note("snapshot of " + number(end.sequence));
  heads_[end.sequence] = end.hash;
}

void World::snapshot_refused(const std::string& why) {
  note("snapshot refused: " + why);
  if (!machine.disk->has_power()) return;
  const bool of_sends = why.contains("sends cannot be read");
  // One that was refused may come back with its name.
  invariants.check(Promise::chain, snapshots_damaged_ > 0 || (of_sends && sends_damaged_),
                   [&] { return "a snapshot that is whole is refused: " + why; });
}

void World::snapshots_looked_at(std::size_t count) {
  invariants.check(Promise::chain, count > 0 || !std::exchange(newest_damaged_, false),
                   [] { return "a damaged snapshot is not noticed"; });
  newest_damaged_ = false;
}

// ---- damage, while nothing runs ----

void World::damage_files() {
  if (heals_) return;
  const auto flip = [this](const std::string& path) {
    const auto size = static_cast<std::int64_t>(machine.disk->bytes(path)->size());
    if (size > 0) machine.disk->flip_bit(path, static_cast<std::uint64_t>(draws.pick(size * 8)));
    return size > 0;
  };
  auto snapshots = machine.files_with(".snapshot");
  if (plan.has(Trouble::snapshots) && !snapshots.empty() && draws.percent(30) && !newest_damaged_) {
    newest_damaged_ = flip(snapshots.back());
    if (newest_damaged_) ++snapshots_damaged_;
    note("snapshot damaged");
    probes.reach("a snapshot damaged");
  }
  auto sends = machine.files_with(".sends");
  if (plan.has(Trouble::sends) && !sends.empty() && draws.percent(30)) {
    if (flip(draws.one_of(sends))) sends_damaged_ = true;
    note("file of sends damaged");
    probes.reach("a file of sends damaged");
  }
}

// A watermark that is one behind promises all but the last record.
Sequence World::surely_kept() const {
  if (plan.watermark == WatermarkMode::before_ack) return judge.last();
  const auto end = std::ranges::lower_bound(batch_ends_, judge.last());
  return end == batch_ends_.begin() ? Sequence{} : *std::prev(end);
}

// On a copy of the disk: whoever opens it is told, or finds everything as it was.
void World::flip_bits() {
  const auto disk = machine.disk->copy(draws.raw());
  auto files = disk->files();
  std::erase_if(files, [&](const std::string& path) { return disk->bytes(path)->empty(); });
  const std::string path = draws.one_of(files);
  const auto size = static_cast<std::int64_t>(disk->bytes(path)->size());
  const bool cuts = draws.percent(30);
  if (cuts) {
    disk->cut_file(path, static_cast<std::uint64_t>(draws.pick(size)));
  } else {
    disk->flip_bit(path, static_cast<std::uint64_t>(draws.pick(size * 8)));
  }
  std::shared_ptr<OneThread> env;
  const auto journal = machine.open_journal(disk, env);
  const std::string what = path + (cuts ? " cut" : " with a bit flipped");
  if (!journal) {
    invariants.count(Promise::chain, 1);
    return probes.reach("a damaged journal refused");
  }
  std::uint64_t same = 0;
  const auto read = (*journal)->read(Sequence{1}, [&](const Entry& entry) {
    const bool known = entry.sequence <= judge.last();
    invariants.check(Promise::chain, !known || entry == judge.entry(entry.sequence),
                     [&] { return what + ": entry " + number(entry.sequence) + " is another"; });
    ++same;
    return true;
  });
  if (read && same < judge.last().value)
    probes.reach("the watermark one behind and the last record missing");
  invariants.check(Promise::chain, !read || same >= surely_kept().value,
                   [&] { return what + ": silently, " + std::to_string(same) + " entries left"; });
  probes.reach(read ? "a damage that does not matter" : "a damage found while reading");
}

}  // namespace packledger::sim
