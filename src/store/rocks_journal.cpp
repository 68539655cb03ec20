#include "store/rocks_journal.hpp"

#include "store/rocks.hpp"
#include "store/rocks_probe.hpp"
#include "store/watermark.hpp"
#include "store/watermark_keeper.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/options.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace packledger {

namespace {

constexpr mode_t private_umask = 0077;
constexpr mode_t private_directory = 0700;

// Held as long as the journal is open, before anything is looked at.
class DirectoryLock {
 public:
  static Result<DirectoryLock, Fault> take(rocksdb::Env& env, const std::string& directory) {
    rocksdb::FileLock* lock = nullptr;
    const std::string path = directory + "/lock";
    if (const auto status = env.LockFile(path, &lock); !status.ok()) {
      return std::unexpected{Fault{
          JournalFault::fenced,
          "the journal in " + directory + " is open in another process: " + status.ToString()}};
    }
    return DirectoryLock(env, lock);
  }
  DirectoryLock(DirectoryLock&& other) noexcept
      : env_(other.env_), lock_(std::exchange(other.lock_, nullptr)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock() {
    if (lock_ != nullptr) env_.UnlockFile(lock_).PermitUncheckedError();
  }

 private:
  DirectoryLock(rocksdb::Env& env, rocksdb::FileLock* lock) : env_(env), lock_(lock) {}
  rocksdb::Env& env_;
  rocksdb::FileLock* lock_;
};

rocksdb::Status sync_folder(rocksdb::Env& env, const std::string& path) {
  std::unique_ptr<rocksdb::Directory> folder;
  rocksdb::Status status = env.NewDirectory(path, &folder);
  if (status.ok()) status = folder->Fsync();
  return status;
}

// With all folders above it, each with a durable name before anything is in it: a journal in a
// folder whose own name a power cut undoes is as lost as any.
rocksdb::Status make_folders(rocksdb::Env& env, const std::filesystem::path& directory) {
  if (auto status = env.FileExists(directory.string()); !status.IsNotFound()) return status;
  const auto named = directory.parent_path();
  const auto above = named.empty() ? std::filesystem::path(".") : named;
  if (above == directory) return rocksdb::Status::NotFound(directory.string());
  if (auto status = make_folders(env, above); !status.ok()) return status;
  if (auto status = env.CreateDirIfMissing(directory.string()); !status.ok()) return status;
  // A start that was cut off may have made the one above; one of others need not let us in.
  std::unique_ptr<rocksdb::Directory> higher;
  if (env.NewDirectory(above.parent_path().string(), &higher).ok()) {
    if (auto status = higher->Fsync(); !status.ok()) return status;
  }
  return sync_folder(env, above.string());
}

Result<void, Fault> make_private(rocksdb::Env& env, const OpenOptions& options) {
  ::umask(private_umask);
  const std::string directory = options.directory.string();
  const std::string doing = "make " + directory + " for the journal";
  if (const auto status = make_folders(env, options.directory.lexically_normal()); !status.ok())
    return std::unexpected{fault_of(status, doing)};
  // One that was there before may be open to others; other files than the machine's have no modes.
  const bool machine = !options.files && !options.env;
  if (!machine || ::chmod(directory.c_str(), private_directory) == 0) return {};
  return std::unexpected{Fault{JournalFault::unavailable,
                               "cannot " + doing + ": " + std::generic_category().message(errno)}};
}

Result<std::unique_ptr<rocksdb::DB>, Fault> open_for_writing(rocksdb::Env& env,
                                                             const StorePlace& place,
                                                             std::size_t write_buffer_bytes,
                                                             bool fresh) {
  rocksdb::Options options;
  const bool direct = takes_direct_io(*env.GetFileSystem(), place.directory);
  set_journal_options(options, {.write_buffer_bytes = write_buffer_bytes, .direct_io = direct});
  options.env = &env;
  options.create_if_missing = fresh;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options, place.records, &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return std::unexpected{fault_of(status, "open " + place.records)};
  start_background_threads(env);
  if (const auto forbidden = forbidden_option(db->GetOptions())) {
    return std::unexpected{Fault{JournalFault::unavailable,
                                 place.records + " runs with a forbidden option: " + *forbidden}};
  }
  return db;
}

// The names of all that a journal begins with, up to that of its own directory.
Result<void, Fault> sync_names(rocksdb::Env& env, const std::filesystem::path& directory,
                               const StorePlace& place) {
  const auto above = (directory / "..").lexically_normal().string();
  for (const std::string& name : {place.records, place.directory, above}) {
    if (const auto status = sync_folder(env, name); !status.ok())
      return std::unexpected{fault_of(status, "sync " + name)};
  }
  return {};
}

Fault changed_by_opening(const StorePlace& place, const ChainLink& read, const ChainLink& opened) {
  return {JournalFault::corrupt,
          place.records + " ended with sequence " + std::to_string(read.sequence.value) +
              " when it was read, and with " + std::to_string(opened.sequence.value) +
              " when it was opened: look at the disk, then restore " + place.directory +
              " from a backup"};
}

}  // namespace

struct RocksJournal::State {
  std::shared_ptr<rocksdb::Env> env;  // shared with who gave it; first in, last out
  DirectoryLock lock;
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<WatermarkKeeper> keeper;
  std::uint64_t epoch = 0;
  bool bulk = false;
  std::optional<Fault> failure;  // of an append; only its thread looks at it

  mutable std::mutex mutex;  // of durable; held for a copy
  ChainLink durable;

  [[nodiscard]] ChainLink end() const {
    const std::lock_guard held(mutex);
    return durable;
  }
  [[nodiscard]] std::unexpected<Fault> fail(const Fault& fault) {
    failure = Fault{
        JournalFault::unavailable,
        "the journal failed before and takes no more until it is opened again: " + fault.detail};
    return std::unexpected{Fault{JournalFault::unavailable, fault.detail}};
  }
};

RocksJournal::RocksJournal(std::unique_ptr<State> state) : state_(std::move(state)) {}
RocksJournal::~RocksJournal() = default;

Result<std::unique_ptr<RocksJournal>, Fault> RocksJournal::open(const OpenOptions& options) {
  const StorePlace place{.directory = options.directory.string(),
                         .records = options.directory.string() + "/records"};
  std::shared_ptr<rocksdb::Env> env = options.env;
  if (!env)
    env = rocksdb::NewCompositeEnv(options.files ? options.files : rocksdb::FileSystem::Default());
  if (auto made = make_private(*env, options); !made) return std::unexpected{made.error()};
  auto lock = DirectoryLock::take(*env, place.directory);
  if (!lock) return std::unexpected{lock.error()};

  // Read-only, and before anything is written.
  const auto probed = probe_store(*env, place);
  if (!probed) return std::unexpected{probed.error()};

  // A fresh directory gets its watermark first: a store without one is never taken for a new one.
  rocksdb::FileSystem& files = *env->GetFileSystem();
  if (!probed->marked) {
    if (auto made = WatermarkFile::create(files, place.directory); !made)
      return std::unexpected{made.error()};
  }
  auto db = open_for_writing(*env, place, options.write_buffer_bytes, probed->fresh);
  if (!db) return std::unexpected{db.error()};

  // What was recovered from the write-ahead log is in synced tables by now; once their names are
  // durable, too, the watermark may promise it.
  const auto end = chain_end(**db);
  if (!end) return std::unexpected{end.error()};
  if (*end != probed->end) return std::unexpected{changed_by_opening(place, probed->end, *end)};
  if (auto synced = sync_names(*env, options.directory, place); !synced)
    return std::unexpected{synced.error()};
  auto watermark = WatermarkFile::open(files, place.directory);
  if (!watermark) return std::unexpected{watermark.error()};
  const std::uint64_t epoch = watermark->current().epoch + 1;
  if (auto written = watermark->write({end->sequence, epoch, end->hash}); !written)
    return std::unexpected{written.error()};

  auto state = std::make_unique<State>(std::move(env), std::move(*lock), std::move(*db));
  state->keeper = std::make_unique<WatermarkKeeper>(
      std::move(*watermark), options.watermark,
      options.env ? WatermarkKeeper::Behind::next_call : WatermarkKeeper::Behind::thread);
  state->epoch = epoch;
  state->bulk = options.bulk;
  state->durable = *end;
  return std::unique_ptr<RocksJournal>(new RocksJournal(std::move(state)));
}

Result<void, Fault> RocksJournal::append(Sequence after, std::span<const Entry> entries) {
  State& state = *state_;
  if (state.failure) return std::unexpected{*state.failure};
  const ChainLink before = state.end();
  if (after != before.sequence) return std::unexpected{fenced(after, before.sequence)};
  const auto record = make_record(before, state.epoch, entries);
  if (!record) return std::unexpected{record.error()};
  rocksdb::WriteOptions synced;
  synced.sync = !state.bulk;
  const auto written = state.db->Put(synced, record->key, record->value);
  if (!written.ok()) return state.fail(fault_of(written, "write a record"));
  const ChainLink& link = record->link;
  if (state.bulk) return appended_in_bulk(link);
  if (auto kept = state.keeper->keep({link.sequence, link.epoch, link.hash}); !kept)
    return state.fail(kept.error());
  const std::lock_guard held(state.mutex);
  state.durable = link;
  return {};
}

Result<void, Fault> RocksJournal::append_copy(std::string_view key, std::string_view value) {
  State& state = *state_;
  ENSURE(state.bulk, "records are copied in bulk");
  if (state.failure) return std::unexpected{*state.failure};
  const ChainLink before = state.end();
  const auto record = read_record(key, value);
  if (!record) return std::unexpected{record.error()};
  if (auto linked = follows(*record, before); !linked) return linked;
  // A record of a later epoch than the watermark would be taken for one of another copy.
  if (record->link.epoch > state.epoch) {
    if (auto settled = settle(record->link.epoch); !settled) return settled;
  }
  const auto written = state.db->Put({}, rocksdb::Slice{key.data(), key.size()},
                                     rocksdb::Slice{value.data(), value.size()});
  if (!written.ok()) return state.fail(fault_of(written, "write a record"));
  return appended_in_bulk(record->link);
}

Result<void, Fault> RocksJournal::appended_in_bulk(const ChainLink& link) {
  Sequence before;
  {
    const std::lock_guard held(state_->mutex);
    before = std::exchange(state_->durable, link).sequence;
  }
  if (before.value / settle_entries == link.sequence.value / settle_entries) return {};
  return settle();
}

Result<void, Fault> RocksJournal::settle() { return settle(state_->epoch); }

Result<void, Fault> RocksJournal::settle(std::uint64_t epoch) {
  State& state = *state_;
  if (state.failure) return std::unexpected{*state.failure};
  const auto synced = state.db->SyncWAL();
  if (!synced.ok()) return state.fail(fault_of(synced, "sync the records"));
  state.epoch = epoch;
  const ChainLink end = state.end();
  if (auto kept = state.keeper->keep({end.sequence, epoch, end.hash}); !kept)
    return state.fail(kept.error());
  return {};
}

Result<void, Fault> RocksJournal::read(Sequence from, const Visit& visit) const {
  const SequenceRange range{std::max(from, Sequence{1}), last()};
  if (range.from > range.until) return {};
  return walk_records(*state_->db, range, [&](const RecordView& record) {
    return visit_entries(record, range.from, visit);
  });
}

Result<std::optional<ChainHash>, Fault> RocksJournal::chain_at(Sequence last) const {
  std::optional<ChainHash> chain;
  if (last.value == 0 || last > this->last()) return chain;
  auto walked = walk_records(*state_->db, {last, last}, [&](const RecordView& record) {
    if (record.link.sequence == last) chain = record.link.hash;
    return Result<bool, Fault>{false};
  });
  if (!walked) return std::unexpected{std::move(walked.error())};
  return chain;
}

Sequence RocksJournal::last() const { return state_->end().sequence; }
ChainLink RocksJournal::end() const { return state_->end(); }
JournalHead RocksJournal::head() const { return head_of(state_->end()); }
std::uint64_t RocksJournal::epoch() const { return state_->epoch; }

}  // namespace packledger
