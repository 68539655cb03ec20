// Disk: a file system in memory for RocksDB and for our store. It counts what would reach a disk
// step by step, fails where it is told to, loses power, and then has what a disk would have.
//
// Owner: the test, shared with RocksDB. Any thread; a copy stays on the thread of its original.
// Invariants:
//  1. No file of the machine is touched, nothing is drawn but from the seed: the same calls in the
//     same order make the same steps, and lose the same.
//  2. A step is one creation, write, cut, sync, rename, removal or link. Reading is none.
//  3. A handle outlives the loss of power only to fail.
#pragma once

#include "tests/sim/chance.hpp"
#include "tests/sim/platter.hpp"

#include <rocksdb/file_system.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::sim {

enum class StepKind : std::uint8_t {
  create,
  write,
  cut,
  sync,
  rename,
  remove,
  link,
  make_folder,
  remove_folder,
  sync_folder,
};
[[nodiscard]] std::string_view name_of(StepKind kind);
[[nodiscard]] std::string_view name_of(Loss loss);

// "/a/b" of "/a/./c/../b/".
[[nodiscard]] std::string plain_path(const std::string& path);

struct Step {
  std::uint64_t number = 0;  // from 1
  StepKind kind = StepKind::create;
  std::string path;
  std::uint64_t bytes = 0;  // of a write or a cut
};

// What goes wrong. Steps and syncs are counted from the making of the disk; 0: never.
struct Faults {
  std::uint64_t power_lost_at = 0;  // that step does not happen, nor anything behind it
  std::uint64_t sync_fails_at =
      0;  // that sync, of a folder or a file, whose pages are marked clean
  Platter::Cache failed_pages = Platter::Cache::kept;
  std::uint64_t short_write_at = 0;     // that write stops half-way; of other steps nothing happens
  std::optional<std::uint64_t> room{};  // so many bytes may files still grow
  bool syncs_lie = false;               // they say yes and do nothing
};

class Disk : public rocksdb::FileSystem {
 public:
  explicit Disk(std::uint64_t seed);
  ~Disk() override;

  // What a process would find that starts now beside this one; nothing is open in it, no fault is
  // planned, its steps begin anew.
  [[nodiscard]] std::shared_ptr<Disk> copy(std::uint64_t seed) const;

  // ---- faults ----
  void plan(const Faults& faults);
  [[nodiscard]] bool has_power() const;
  [[nodiscard]] bool has_failed() const;  // a planned fault has happened
  // The first step that failed, or that the loss of power prevented.
  [[nodiscard]] std::optional<Step> failure() const;
  void cut_power();  // from now on every call fails
  // What then becomes of what was not synced. Every handle and lock is void; the power stays cut.
  void lose_power(Loss loss);
  void restore_power();
  // A bit of a file, counted from its first byte; what was synced included.
  void flip_bit(const std::string& path, std::uint64_t bit);
  // The file gets this size, as if it had been synced so.
  void cut_file(const std::string& path, std::uint64_t size);

  // ---- what happened ----
  [[nodiscard]] std::uint64_t steps() const;
  [[nodiscard]] std::uint64_t syncs() const;
  // Of the kinds, paths and sizes of all steps.
  [[nodiscard]] std::string trace_hash() const;
  // Called before each step happens, and not for one that the loss of power prevents. May read and
  // copy the disk.
  void watch(std::function<void(const Step&)> watcher);

  // ---- what is there ----
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::optional<std::string> bytes(const std::string& path) const;
  [[nodiscard]] std::optional<std::string> synced_bytes(const std::string& path) const;
  // Files of which a loss of power could take something, or their names.
  [[nodiscard]] std::vector<std::string> unsynced() const;
  // As one that was written and synced with its name.
  void put(const std::string& path, std::string_view bytes);
  void support_direct_io(bool supported);

  // ---- rocksdb::FileSystem ----
  using IODebugContext = rocksdb::IODebugContext;
  using IOOptions = rocksdb::IOOptions;
  using IOStatus = rocksdb::IOStatus;
  using FileOptions = rocksdb::FileOptions;
  const char* Name() const override { return "packledger::sim::Disk"; }
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             IODebugContext* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* debug) override;
  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              IODebugContext* debug) override;
  IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                             const FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* file,
                             IODebugContext* debug) override;
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                           IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* folder,
                        IODebugContext* debug) override;
  IOStatus FileExists(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus GetChildren(const std::string& folder, const IOOptions& options,
                       std::vector<std::string>* names, IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus Truncate(const std::string& path, std::size_t size, const IOOptions& options,
                    IODebugContext* debug) override;
  IOStatus CreateDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override;
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override;
  IOStatus DeleteDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override;
  IOStatus GetFileSize(const std::string& path, const IOOptions& options, std::uint64_t* size,
                       IODebugContext* debug) override;
  IOStatus GetFileModificationTime(const std::string& path, const IOOptions& options,
                                   std::uint64_t* time, IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* debug) override;
  IOStatus AreFilesSame(const std::string& one, const std::string& other, const IOOptions& options,
                        bool* same, IODebugContext* debug) override;
  IOStatus LockFile(const std::string& path, const IOOptions& options, rocksdb::FileLock** lock,
                    IODebugContext* debug) override;
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus GetTestDirectory(const IOOptions& options, std::string* path,
                            IODebugContext* debug) override;
  IOStatus NewLogger(const std::string& path, const IOOptions& options,
                     std::shared_ptr<rocksdb::Logger>* logger, IODebugContext* debug) override;
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions& options, std::string* absolute,
                           IODebugContext* debug) override;
  IOStatus IsDirectory(const std::string& path, const IOOptions& options, bool* is_folder,
                       IODebugContext* debug) override;

  // ---- what an open file asks; each file is of one life, between two losses of power ----
  struct Handle {
    FileNumber file = 0;
    std::uint64_t life = 0;
    std::string path;  // by which it was opened
  };
  void close(const Handle& handle);
  IOStatus read(const Handle& handle, std::uint64_t at, std::size_t bytes, rocksdb::Slice* result,
                char* space);
  IOStatus write(const Handle& handle, std::uint64_t at, const rocksdb::Slice& bytes);
  IOStatus append(const Handle& handle, const rocksdb::Slice& bytes);
  IOStatus cut(const Handle& handle, std::uint64_t size);
  IOStatus sync(const Handle& handle);
  IOStatus sync_folder(const Handle& handle);
  [[nodiscard]] std::uint64_t size_of(const Handle& handle);

 private:
  using Locked = std::lock_guard<std::recursive_mutex>;
  struct Lock;

  [[nodiscard]] IOStatus alive(const Handle& handle) const;
  [[nodiscard]] IOStatus may_read() const;
  [[nodiscard]] IOStatus to_read(const std::string& path) const;  // a file of this name is there
  // Counts the step; not ok: it does not happen. `short_write` is set where it happens by half.
  [[nodiscard]] IOStatus begin(StepKind kind, const std::string& path, std::uint64_t bytes = 0,
                               bool* short_write = nullptr);
  [[nodiscard]] IOStatus room_for(const std::string& path);  // its folder is there
  [[nodiscard]] IOStatus new_file(const std::string& path);
  [[nodiscard]] bool sync_fails();
  void failed();
  [[nodiscard]] Handle open(const std::string& path);
  IOStatus write_some(const Handle& handle, std::uint64_t at, std::string_view bytes);

  mutable std::recursive_mutex mutex_;  // of all that follows
  Chance chance_;
  Platter platter_;
  std::set<std::string> locks_;
  Faults faults_;
  bool power_ = true;
  Step last_step_;
  std::optional<Step> failure_;
  bool direct_io_ = false;
  std::uint64_t life_ = 1;
  std::uint64_t steps_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t trace_;
  std::function<void(const Step&)> watcher_;
};

}  // namespace packledger::sim
