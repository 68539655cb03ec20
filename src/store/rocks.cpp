#include "store/rocks.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/iterator.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <memory>
#include <string_view>
#include <utility>

// NOLINTBEGIN(readability-identifier-naming): the sanitizer gave the names.
#if __has_feature(thread_sanitizer)
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#else
static void AnnotateIgnoreReadsBegin(const char*, int) {}
static void AnnotateIgnoreReadsEnd(const char*, int) {}
#endif
// NOLINTEND(readability-identifier-naming)

namespace packledger {
namespace {

// While an iterator moves over records that are being added. The system's RocksDB is not built for
// ThreadSanitizer, which sees the bytes that it compares, but not the atomics that order them. What
// the iterator then stands on was written before last() told of it, and is not exempt.
class MovesInside {
 public:
  MovesInside() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~MovesInside() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
  MovesInside(const MovesInside&) = delete;
  MovesInside& operator=(const MovesInside&) = delete;
};

void seek(rocksdb::Iterator& records, Sequence holding) {
  const MovesInside moves;
  records.SeekForPrev(record_key(holding));
}

void advance(rocksdb::Iterator& records) {
  const MovesInside moves;
  records.Next();
}

std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// RocksDB's own diary of a look at a store is of no use to anybody.
class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

std::unexpected<Fault> missing(Sequence sequence, const rocksdb::Iterator& records) {
  if (!records.status().ok()) return std::unexpected{fault_of(records.status(), "read records")};
  return std::unexpected{
      Fault{JournalFault::corrupt,
            "the record that holds sequence " + std::to_string(sequence.value) + " is missing"}};
}

}  // namespace

Fault fault_of(const rocksdb::Status& status, const std::string& doing) {
  const JournalFault code =
      status.IsCorruption() ? JournalFault::corrupt : JournalFault::unavailable;
  return {code, "cannot " + doing + ": " + status.ToString()};
}

void set_journal_options(rocksdb::Options& options, const RocksSettings& settings) {
  options.write_buffer_size = settings.write_buffer_bytes;
  options.max_write_buffer_number = 2;
  options.max_background_jobs = 2;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  options.use_direct_io_for_flush_and_compaction = settings.direct_io;
  if (!settings.direct_io)
    options.bytes_per_sync = std::uint64_t{1024} * 1024;  // spread what a flush writes
  options.compression = rocksdb::kNoCompression;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_open_files = 256;  // of 64 MiB each; leaves descriptors for clients
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * std::size_t{1024} * 1024;
  options.fail_if_options_file_error = true;  // a failed sync is never passed over
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
}

void start_background_threads(rocksdb::Env& env) {
  const auto nothing = [](void*) {};
  env.Schedule(nothing, nullptr, rocksdb::Env::Priority::LOW);
  env.Schedule(nothing, nullptr, rocksdb::Env::Priority::HIGH);
}

std::optional<std::string> forbidden_option(const rocksdb::Options& options) {
  using rocksdb::WALRecoveryMode;
  const bool point_in_time = options.wal_recovery_mode == WALRecoveryMode::kPointInTimeRecovery;
  const bool leveled = options.compaction_style == rocksdb::kCompactionStyleLevel;
  struct Row {
    bool forbidden;
    std::string_view name;
  };
  const Row rows[] = {
      // Lose or garble what was acknowledged, by experiment or by their own documents.
      {options.wal_compression != rocksdb::kNoCompression, "wal_compression"},
      {options.recycle_log_file_num != 0, "recycle_log_file_num"},
      {options.wal_bytes_per_sync != 0, "wal_bytes_per_sync"},
      {options.track_and_verify_wals_in_manifest, "track_and_verify_wals_in_manifest"},
      {options.inplace_update_support, "inplace_update_support"},
      {options.max_write_buffer_number > 2, "max_write_buffer_number"},
      {!point_in_time, "wal_recovery_mode"},
      {options.best_efforts_recovery, "best_efforts_recovery"},
      {!leveled, "compaction_style"},  // FIFO deletes old data
      {options.compaction_filter != nullptr, "compaction_filter"},
      {options.compaction_filter_factory != nullptr, "compaction_filter_factory"},
      {!options.paranoid_checks, "paranoid_checks"},
      // Make a write visible or acknowledged before it is on disk.
      {options.manual_wal_flush, "manual_wal_flush"},
      {options.unordered_write, "unordered_write"},
      {options.enable_pipelined_write, "enable_pipelined_write"},
      {options.two_write_queues, "two_write_queues"},
      // What is recovered must be in synced tables before the watermark may promise it.
      {options.avoid_flush_during_recovery, "avoid_flush_during_recovery"},
      {options.allow_concurrent_memtable_write, "allow_concurrent_memtable_write"},
  };
  for (const Row& row : rows) {
    if (row.forbidden) return std::string(row.name);
  }
  return std::nullopt;
}

Result<std::unique_ptr<rocksdb::DB>, Fault> open_for_reading(rocksdb::Env& env,
                                                             const std::string& records,
                                                             const ReadingSettings& settings) {
  rocksdb::Options options;
  set_journal_options(options, {});
  options.env = &env;
  options.info_log = std::make_shared<NoDiary>();
  options.max_open_files = settings.open_files_max;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(options, records, &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return std::unexpected{fault_of(status, "read " + records)};
  return db;
}

bool takes_direct_io(rocksdb::FileSystem& files, const std::string& directory) {
  const std::string path = directory + "/direct_io.probe";
  rocksdb::FileOptions options;
  options.use_direct_writes = true;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const bool taken = files.NewWritableFile(path, options, &file, nullptr).ok();
  file.reset();
  files.DeleteFile(path, rocksdb::IOOptions{}, nullptr).PermitUncheckedError();
  return taken;
}

std::unique_ptr<rocksdb::Iterator> record_iterator(rocksdb::DB& db) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;  // a journal is read once, from one end to the other
  return std::unique_ptr<rocksdb::Iterator>(db.NewIterator(options));
}

Result<void, Fault> walk_records(rocksdb::DB& db, const SequenceRange& range,
                                 const RecordVisit& visit) {
  const auto records = record_iterator(db);
  std::optional<ChainLink> before;
  for (seek(*records, range.from); records->Valid(); advance(*records)) {
    const auto record = read_record(view_of(records->key()), view_of(records->value()));
    if (!record) return std::unexpected{record.error()};
    if (!before && record->link.sequence < range.from) return missing(range.from, *records);
    if (before) {
      if (auto linked = follows(*record, *before); !linked) return linked;
    }
    const auto more = visit(*record);
    if (!more) return std::unexpected{more.error()};
    if (!*more || record->link.sequence >= range.until) return {};
    before = record->link;
  }
  return missing(before ? next(before->sequence) : range.from, *records);
}

Result<ChainLink, Fault> chain_end(rocksdb::DB& db) {
  const auto records = record_iterator(db);
  records->SeekToFirst();
  if (!records->Valid()) {
    if (!records->status().ok()) return missing(Sequence{1}, *records);
    return ChainLink{};
  }
  if (view_of(records->key()) != record_key(Sequence{1})) return missing(Sequence{1}, *records);
  records->SeekToLast();
  if (!records->Valid()) return missing(Sequence{1}, *records);
  const auto record = read_record(view_of(records->key()), view_of(records->value()));
  if (!record) return std::unexpected{record.error()};
  return record->link;
}

}  // namespace packledger
