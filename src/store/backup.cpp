#include "store/backup.hpp"

#include "store/rocks.hpp"
#include "store/rocks_journal.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/iterator.h>

#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

namespace fs = std::filesystem;

std::string number(Sequence sequence) { return std::to_string(sequence.value); }

std::unexpected<StoreFinding> refuse(std::string code, Sequence position, std::string detail) {
  return std::unexpected{StoreFinding{.code = std::move(code),
                                      .position = position,
                                      .key = {},
                                      .detail = std::move(detail),
                                      .found = {},
                                      .expected = {}}};
}

std::unexpected<StoreFinding> refuse(const Fault& fault, Sequence position) {
  return refuse("not_written", position, fault.detail);
}

Result<std::unique_ptr<RocksJournal>, StoreFinding> open_copy(const fs::path& to) {
  auto opened = RocksJournal::open({.directory = to, .bulk = true, .files = nullptr});
  if (!opened) return refuse(opened.error(), {});
  return std::move(*opened);
}

// Whether the copy is a prefix of the journal.
Result<void, StoreFinding> ensure_prefix(const StoredJournal& from, const RocksJournal& to,
                                         const fs::path& directory) {
  const ChainLink end = to.end();
  if (end.sequence.value == 0) return {};
  if (end.sequence > from.last())
    return refuse("rolled_back", end.sequence,
                  directory.string() + " holds sequences up to " + number(end.sequence) +
                      ", the journal only up to " + number(from.last()) +
                      ": nothing was copied over it");
  const auto link = from.link_at(end.sequence);
  if (!link) return std::unexpected{link.error()};
  if (*link && (*link)->hash == end.hash) return {};
  return refuse("other_history", end.sequence,
                directory.string() + " holds another journal: nothing was copied over it");
}

// A store that may be damaged in any way: gives the records that it has.
class Remains {
 public:
  explicit Remains(const fs::path& directory)
      : env_(rocksdb::NewCompositeEnv(rocksdb::FileSystem::Default())) {
    auto db = open_for_reading(*env_, (directory / "records").string());
    if (db) db_ = std::move(*db);
  }

  struct Bytes {
    std::string key;
    std::string value;
    RecordView record;  // of these bytes
  };
  // The record behind this one, where it is there and right.
  [[nodiscard]] bool find(const ChainLink& before, Bytes& bytes) const {
    if (db_ == nullptr) return false;
    const std::string key = record_key(next(before.sequence));
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    bytes.key = key;
    if (!db_->Get(options, key, &bytes.value).ok()) return false;
    const auto record = read_record(bytes.key, bytes.value);
    if (!record || !follows(*record, before)) return false;
    bytes.record = *record;
    return true;
  }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
};

// What must be there; nothing where the file itself is damaged.
std::optional<Watermark> promise_of(const fs::path& directory) {
  const auto files = rocksdb::FileSystem::Default();
  std::error_code ignored;
  if (!fs::exists(WatermarkFile::path_in(directory.string()), ignored)) return std::nullopt;
  const auto file = WatermarkFile::open(*files, directory.string());
  return file ? std::optional{file->current()} : std::nullopt;
}

struct Piece {
  const Remains& damaged;
  const Remains& backup;
  Watermark promise;
};

// Record by record: what the damaged store still has, else what the backup has.
Result<Repaired, StoreFinding> piece_together(const Piece& piece, RocksJournal& to,
                                              const CopyStep& step) {
  Repaired repaired;
  Remains::Bytes bytes;
  for (;;) {
    const ChainLink before = to.end();
    const bool kept = piece.damaged.find(before, bytes);
    if (!kept && !piece.backup.find(before, bytes)) break;
    if (const auto written = to.append_copy(bytes.key, bytes.value); !written)
      return refuse(written.error(), next(before.sequence));
    ++(kept ? repaired.records_kept : repaired.records_backup);
    if (!step(bytes.record.count))
      return refuse("interrupted", next(before.sequence), "interrupted");
    const bool promised = to.last() == piece.promise.sequence;
    if (promised && to.end().hash != piece.promise.hash)
      return refuse("other_history", to.last(),
                    "the backup is of another journal: its record of that sequence is not the one "
                    "that the watermark promises");
  }
  repaired.end = to.end();
  if (repaired.end.sequence >= piece.promise.sequence) return repaired;
  return refuse("lost", next(repaired.end.sequence),
                "neither the directory nor the backup has what follows sequence " +
                    number(repaired.end.sequence) + "; the watermark promises " +
                    number(piece.promise.sequence) + ": lost are " +
                    std::to_string(piece.promise.sequence.value - repaired.end.sequence.value) +
                    " entries, unless another backup has them");
}

fs::path free_name(const fs::path& directory, std::string_view suffix) {
  std::error_code ignored;
  for (int i = 1;; ++i) {
    fs::path name = directory;
    name += std::string{suffix} + std::to_string(i);
    if (!fs::exists(name, ignored)) return name;
  }
}

}  // namespace

Result<Copied, StoreFinding> copy_journal(const StoredJournal& from, const fs::path& to,
                                          const CopyStep& step) {
  auto opened = open_copy(to);
  if (!opened) return std::unexpected{opened.error()};
  RocksJournal& copy = **opened;
  if (auto same = ensure_prefix(from, copy, to); !same) return std::unexpected{same.error()};
  Copied copied{.from = next(copy.last()), .end = {}, .whole = true};
  const auto take = [&](const RecordView& record, std::string_view key,
                        std::string_view value) -> Result<bool, StoreFinding> {
    if (const auto written = copy.append_copy(key, value); !written)
      return refuse(written.error(), record.first);
    copied.whole = step(record.count);
    return copied.whole;
  };
  if (auto walked = from.walk_bytes(copied.from, take); !walked)
    return std::unexpected{walked.error()};
  if (const auto settled = copy.settle(); !settled) return refuse(settled.error(), copy.last());
  copied.end = copy.end();
  return copied;
}

Result<Repaired, StoreFinding> repair_journal(const fs::path& damaged, const fs::path& backup,
                                              const CopyStep& step) {
  if (is_in_use(damaged))
    return refuse("in_use", {}, damaged.string() + " is open in another process: stop it first");
  const auto promise = promise_of(damaged);
  if (!promise)
    return refuse("watermark_damaged", {},
                  "the watermark in " + damaged.string() +
                      " cannot be read, so nobody can say what must be there: restore the backup");
  const fs::path made = free_name(damaged, ".repaired-");
  Result<Repaired, StoreFinding> repaired = [&]() -> Result<Repaired, StoreFinding> {
    auto opened = open_copy(made);
    if (!opened) return std::unexpected{opened.error()};
    const Remains remains{damaged};
    const Remains kept{backup};
    auto pieced =
        piece_together({.damaged = remains, .backup = kept, .promise = *promise}, **opened, step);
    if (!pieced) return pieced;
    if (const auto settled = (*opened)->settle(); !settled)
      return refuse(settled.error(), (*opened)->last());
    return pieced;
  }();
  std::error_code error;
  if (!repaired) {
    fs::remove_all(made, error);
    return repaired;
  }
  repaired->set_aside = free_name(damaged, ".refused-");
  fs::rename(damaged, repaired->set_aside, error);
  if (!error) fs::rename(made, damaged, error);
  if (error)
    return refuse("not_written", {},
                  "the repaired journal is in " + made.string() +
                      ", but could not be put in the "
                      "place of " +
                      damaged.string() + ": " + error.message());
  return repaired;
}

}  // namespace packledger
