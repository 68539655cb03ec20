#include "store/rocks_probe.hpp"

#include "store/rocks.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

std::unexpected<Fault> refused(const StorePlace& place, JournalFault code,
                               const std::string& what) {
  return std::unexpected{Fault{
      code,
      "refusing the journal in " + place.directory + ": " + what + ". Nothing has been changed" +
          (code == JournalFault::corrupt ? ". Restore the whole directory from a backup" : "")}};
}

std::unexpected<Fault> refused(const StorePlace& place, const Fault& fault) {
  return refused(place, fault.code, fault.detail);
}

struct StoreFiles {
  bool current = false;  // the file that RocksDB begins with
  bool any = false;      // anything that could hold a record, or know of one
  std::string logs;      // write-ahead logs with their sizes, for people
};

StoreFiles look_around(rocksdb::Env& env, const StorePlace& place) {
  StoreFiles found;
  std::vector<std::string> names;
  if (!env.GetChildren(place.records, &names).ok()) return found;
  std::ranges::sort(names);
  for (const std::string& name : names) {
    const bool log = name.ends_with(".log");
    found.current |= name == "CURRENT";
    found.any |= log || name == "CURRENT" || name.ends_with(".sst");
    if (!log) continue;
    std::uint64_t bytes = 0;
    env.GetFileSize(place.records + "/" + name, &bytes).PermitUncheckedError();
    found.logs += (found.logs.empty() ? "" : ", ") + place.records + "/" + name + " (" +
                  std::to_string(bytes) + " bytes)";
  }
  return found;
}

// The record that ends with the watermark's sequence must be there with its hash, and an unbroken
// chain from there on.
Result<void, Fault> check_promise(rocksdb::DB& db, const StorePlace& place,
                                  const Watermark& watermark, const ChainLink& end) {
  if (end.epoch > watermark.epoch) {
    return refused(place, JournalFault::corrupt,
                   "sequence " + std::to_string(end.sequence.value) + " is of epoch " +
                       std::to_string(end.epoch) + ", but " +
                       WatermarkFile::path_in(place.directory) + " is of epoch " +
                       std::to_string(watermark.epoch) + ": it is an old copy");
  }
  if (end.sequence.value == 0) return {};
  bool first = true;
  const SequenceRange range{std::max(watermark.sequence, Sequence{1}), end.sequence};
  auto walked = walk_records(db, range, [&](const RecordView& record) -> Result<bool, Fault> {
    if (!std::exchange(first, false)) return true;
    if (watermark.sequence.value == 0) {
      if (auto begins = follows(record, ChainLink{}); !begins)
        return std::unexpected{std::move(begins.error())};
      return true;
    }
    if (record.link.sequence == watermark.sequence && record.link.hash == watermark.hash)
      return true;
    return std::unexpected{Fault{
        JournalFault::corrupt,
        "the record of sequence " + std::to_string(record.first.value) + " to " +
            std::to_string(record.link.sequence.value) + " has hash " + hex(record.link.hash) +
            ", but " + WatermarkFile::path_in(place.directory) + " promises sequence " +
            std::to_string(watermark.sequence.value) + " with hash " + hex(watermark.hash)}};
  });
  if (!walked) return refused(place, walked.error());
  return {};
}

Result<ChainLink, Fault> read_end(rocksdb::Env& env, const StorePlace& place,
                                  const StoreFiles& found, const Watermark& watermark) {
  const auto opened = open_for_reading(env, place.records);
  if (!opened) return refused(place, opened.error());
  rocksdb::DB& db = **opened;
  const auto end = chain_end(db);
  if (!end) return refused(place, end.error());
  if (end->sequence < watermark.sequence) {
    return refused(place, JournalFault::corrupt,
                   "it ends with sequence " + std::to_string(end->sequence.value) + ", but " +
                       WatermarkFile::path_in(place.directory) + " promises sequence " +
                       std::to_string(watermark.sequence.value) +
                       "; what is missing was in a file that is gone, cut off or damaged" +
                       (found.logs.empty() ? "" : ", look at " + found.logs));
  }
  if (auto kept = check_promise(db, place, watermark, *end); !kept)
    return std::unexpected{std::move(kept.error())};
  return *end;
}

}  // namespace

Result<Probed, Fault> probe_store(rocksdb::Env& env, const StorePlace& place) {
  const StoreFiles found = look_around(env, place);
  const std::string path = WatermarkFile::path_in(place.directory);
  if (const auto status = env.FileExists(path); status.IsNotFound()) {
    // The watermark is the first file made and never removed.
    if (!found.any) return Probed{.fresh = true, .marked = false, .end = {}};
    return refused(place, JournalFault::corrupt,
                   place.records + " holds a store, but " + path + " is missing");
  } else if (!status.ok()) {
    return refused(place, fault_of(status, "look for " + path));
  }
  const auto watermark = WatermarkFile::open(*env.GetFileSystem(), place.directory);
  if (!watermark) return refused(place, watermark.error());
  if (!watermark->remark().empty()) spdlog::warn("{}", watermark->remark());
  if (!found.current) {
    // Where the first start was cut off there is no store yet, and nothing was promised.
    if (!found.any && watermark->current().sequence.value == 0)
      return Probed{.fresh = true, .marked = true, .end = {}};
    return refused(place, JournalFault::corrupt,
                   place.records + "/CURRENT is missing, but " + path + " promises sequence " +
                       std::to_string(watermark->current().sequence.value));
  }
  const auto end = read_end(env, place, found, watermark->current());
  if (!end) return std::unexpected{end.error()};
  return Probed{.fresh = false, .marked = true, .end = *end};
}

}  // namespace packledger
