#include "tests/sim/bulk.hpp"

#include "tests/sim/checks.hpp"

#include <functional>
#include <span>
#include <string>
#include <utility>

namespace packledger::sim {
namespace {

constexpr std::size_t batches_between = 3;  // two settlings

using Opened = Result<std::unique_ptr<RocksJournal>, Fault>;

Opened open_on(const std::shared_ptr<Disk>& disk, bool bulk) {
  return RocksJournal::open({.directory = journal_folder,
                             .watermark = WatermarkMode::before_ack,
                             .write_buffer_bytes = 64 * std::size_t{1024},
                             .bulk = bulk,
                             .files = nullptr,
                             .env = std::make_shared<OneThread>(disk)});
}

std::vector<Entry> entries_of(const RocksJournal& journal, Looks& looks) {
  std::vector<Entry> all;
  const auto read = journal.read(Sequence{1}, [&](const Entry& entry) {
    all.push_back(entry);
    return true;
  });
  looks.look(13, read ? "" : read.error().detail);
  return all;
}

// From where the journal ends to the end of the source. What is wrong, else empty.
std::string copy(const History& source, RocksJournal& journal,
                 const std::function<void(std::size_t appended, bool settled)>& step) {
  std::size_t batches = 0;
  const auto settle = [&] {
    const auto settled = journal.settle();
    if (settled) step(journal.last().value, true);
    return settled ? "" : settled.error().detail;
  };
  for (const std::size_t end : source.known.ends) {
    const std::size_t begin = journal.last().value;
    if (end <= begin) continue;
    step(end, false);
    const auto entries = std::span{source.entries}.subspan(begin, end - begin);
    if (const auto appended = journal.append(Sequence{begin}, entries); !appended)
      return appended.error().detail;
    if (++batches % batches_between != 0) continue;
    if (std::string wrong = settle(); !wrong.empty()) return wrong;
  }
  return settle();
}

}  // namespace

std::vector<BulkPoint> record_bulk(const History& source, Looks& looks) {
  looks.play("bulk without a fault");
  std::vector<BulkPoint> points;
  BulkPoint now;
  const auto disk = std::make_shared<Disk>(1);
  const auto remember = [&](const Step& step) {
    now.step = step;
    now.disk = disk->copy(1);
    points.push_back(now);
  };
  disk->watch(remember);
  auto journal = open_on(disk, true);
  if (!looks.look(15, journal ? "" : journal.error().detail)) return {};
  looks.look(15, copy(source, **journal, [&](std::size_t appended, bool settled) {
               now.appended = appended;
               if (settled) now.settled = appended;
             }));
  disk->watch({});
  remember({});
  return points;
}

void examine_bulk(const History& source, const BulkPoint& point, const Crash& crash, Looks& looks) {
  looks.play("bulk of " + source.workload->name + " before step " +
             std::to_string(point.step.number) + ", " + std::string(name_of(crash.loss)) +
             ", seed " + std::to_string(crash.seed));
  const auto disk = point.disk->copy(crash.seed);
  disk->lose_power(crash.loss);
  disk->restore_power();
  const std::span<const Entry> all{source.entries};
  auto journal = open_on(disk, true);
  if (!looks.look(3, journal ? "" : "it does not open: " + journal.error().detail)) return;
  const std::vector<Entry> left = entries_of(**journal, looks);
  looks.look(3, acknowledged_lost(left, all.first(point.settled)));
  looks.look(4, no_prefix(left, all.first(point.appended), source.known.ends));
  looks.look(15, copy(source, **journal, [](std::size_t, bool) {}));
  journal->reset();
  // At once without power: what was settled needs no close.
  disk->lose_power(Loss::names_undone);
  disk->restore_power();
  journal = open_on(disk, false);
  if (!looks.look(3, journal ? "" : "the copy does not open: " + journal.error().detail)) return;
  looks.look(6, entries_of(**journal, looks) == source.entries ? "" : "the copy is another one");
}

}  // namespace packledger::sim
