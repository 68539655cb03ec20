// What the store needs of RocksDB: its options, its statuses as Faults, and a walk over records.
//
// Owner: store. No state of its own; any thread.
// Invariants:
//  1. Options that lose data silently are refused by name, whoever set them (see rocks.cpp).
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/record.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class DB;
class Env;
class FileSystem;
class Iterator;
class Status;
struct Options;
}  // namespace rocksdb

namespace packledger {

// `doing` is what was tried: "open the store". The Fault is corrupt where RocksDB found damage.
[[nodiscard]] Fault fault_of(const rocksdb::Status& status, const std::string& doing);

struct RocksSettings {
  std::size_t write_buffer_bytes = 0;
  bool direct_io = false;  // for flush and compaction
};
void set_journal_options(rocksdb::Options& options, const RocksSettings& settings);

// Starts the threads of RocksDB that serve every store of the process, with the priority of the
// caller: else whoever needs one first starts it, and that may be somebody who gives way.
void start_background_threads(rocksdb::Env& env);

// The first option with which acknowledged entries could be lost, as "recycle_log_file_num = 4".
[[nodiscard]] std::optional<std::string> forbidden_option(const rocksdb::Options& options);

// Takes no lock and writes nothing, not even RocksDB's own diary. A view of what was in the files
// when it was opened.
struct ReadingSettings {
  int open_files_max = 256;  // -1: all of them, at once; then none is missed that is removed later
};
[[nodiscard]] Result<std::unique_ptr<rocksdb::DB>, Fault> open_for_reading(
    rocksdb::Env& env, const std::string& records, const ReadingSettings& settings = {});

// Whether files in this directory can be written around the page cache; makes one and removes it.
[[nodiscard]] bool takes_direct_io(rocksdb::FileSystem& files, const std::string& directory);

// Visits the records from the one that holds `from` to the one that holds `until`, each verified by
// itself and against the one before; all of them must be there. 1 <= from <= until.
struct SequenceRange {
  Sequence from;
  Sequence until;
};
using RecordVisit = std::function<Result<bool, Fault>(const RecordView&)>;
[[nodiscard]] Result<void, Fault> walk_records(rocksdb::DB& db, const SequenceRange& range,
                                               const RecordVisit& visit);

// Over the records in the order of their keys; what it reads is checked by RocksDB, too.
[[nodiscard]] std::unique_ptr<rocksdb::Iterator> record_iterator(rocksdb::DB& db);

// Where the chain ends; all zero in an empty store. Looks at the last record, and that the first
// one is there.
[[nodiscard]] Result<ChainLink, Fault> chain_end(rocksdb::DB& db);

}  // namespace packledger
