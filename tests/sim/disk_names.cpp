// What RocksDB asks a file system by name.
#include "tests/sim/disk.hpp"
#include "tests/sim/disk_files.hpp"

#include <cstdarg>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace packledger::sim {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// RocksDB's diary of itself is not looked at.
class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  std::size_t GetLogFileSize() const override { return 0; }
};

IOStatus absent(const std::string& path) { return IOStatus::PathNotFound(path); }
IOStatus taken(const std::string& path) { return IOStatus::IOError(path, "is there already"); }
IOStatus no_direct_io(const std::string& path) {
  return IOStatus::NotSupported(path, "cannot be written around the page cache");
}

}  // namespace

struct Disk::Lock : rocksdb::FileLock {
  Lock(std::string path, std::uint64_t life) : path(std::move(path)), life(life) {}
  std::string path;
  std::uint64_t life;
};

// ---- to open ----

IOStatus Disk::to_read(const std::string& path) const {
  if (auto status = may_read(); !status.ok()) return status;
  return platter_.find(path) ? IOStatus::OK() : absent(path);
}

IOStatus Disk::NewSequentialFile(const std::string& given, const FileOptions&,
                                 std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                 IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  auto status = to_read(path);
  if (status.ok()) *file = sequential_file(*this, open(path));
  return status;
}

IOStatus Disk::NewRandomAccessFile(const std::string& given, const FileOptions& options,
                                   std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                   IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (options.use_direct_reads && !direct_io_) return no_direct_io(path);
  auto status = to_read(path);
  if (status.ok()) *file = random_access_file(*this, open(path), options.use_direct_reads);
  return status;
}

IOStatus Disk::NewWritableFile(const std::string& given, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (options.use_direct_writes && !direct_io_) return no_direct_io(path);
  auto status = new_file(path);
  if (status.ok()) *file = writable_file(*this, open(path), options.use_direct_writes);
  return status;
}

IOStatus Disk::ReopenWritableFile(const std::string& given, const FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* file,
                                  IODebugContext* debug) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (!platter_.find(path)) return NewWritableFile(path, options, file, debug);
  if (options.use_direct_writes && !direct_io_) return no_direct_io(path);
  auto status = to_read(path);
  if (status.ok()) *file = writable_file(*this, open(path), options.use_direct_writes);
  return status;
}

IOStatus Disk::ReuseWritableFile(const std::string& path, const std::string& old_path,
                                 const FileOptions& options,
                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                 IODebugContext* debug) {
  const Locked locked(mutex_);
  if (auto status = RenameFile(old_path, path, options.io_options, debug); !status.ok())
    return status;
  return NewWritableFile(path, options, file, debug);
}

IOStatus Disk::NewRandomRWFile(const std::string& given, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomRWFile>* file, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  auto status = to_read(path);
  if (status.ok()) *file = placed_file(*this, open(path));
  return status;
}

IOStatus Disk::NewDirectory(const std::string& given, const IOOptions&,
                            std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (auto status = may_read(); !status.ok()) return status;
  if (platter_.kind_of(path) != Platter::Kind::folder) return absent(path);
  *result = folder(*this, {.file = 0, .life = life_, .path = path});
  return IOStatus::OK();
}

// ---- to look ----

IOStatus Disk::FileExists(const std::string& path, const IOOptions&, IODebugContext*) {
  const Locked locked(mutex_);
  if (auto status = may_read(); !status.ok()) return status;
  const bool there = platter_.kind_of(plain_path(path)) != Platter::Kind::absent;
  return there ? IOStatus::OK() : IOStatus::NotFound();
}

IOStatus Disk::GetChildren(const std::string& given, const IOOptions&,
                           std::vector<std::string>* names, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string folder = plain_path(given);
  names->clear();
  if (auto status = may_read(); !status.ok()) return status;
  if (platter_.kind_of(folder) != Platter::Kind::folder) return IOStatus::NotFound(folder);
  *names = platter_.children(folder);
  return IOStatus::OK();
}

IOStatus Disk::GetFileSize(const std::string& given, const IOOptions&, std::uint64_t* size,
                           IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  auto status = to_read(path);
  *size = status.ok() ? platter_.file(*platter_.find(path)).now.size() : 0;
  return status;
}

IOStatus Disk::GetFileModificationTime(const std::string& path, const IOOptions&,
                                       std::uint64_t* time, IODebugContext*) {
  const Locked locked(mutex_);
  *time = 0;  // a disk without a clock
  return to_read(plain_path(path));
}

IOStatus Disk::AreFilesSame(const std::string& one, const std::string& other, const IOOptions&,
                            bool* same, IODebugContext*) {
  const Locked locked(mutex_);
  if (auto status = to_read(plain_path(one)); !status.ok()) return status;
  *same = platter_.find(plain_path(one)) == platter_.find(plain_path(other));
  return IOStatus::OK();
}

IOStatus Disk::IsDirectory(const std::string& path, const IOOptions&, bool* is_folder,
                           IODebugContext*) {
  const Locked locked(mutex_);
  if (auto status = may_read(); !status.ok()) return status;
  const auto kind = platter_.kind_of(plain_path(path));
  *is_folder = kind == Platter::Kind::folder;
  return kind == Platter::Kind::absent ? absent(path) : IOStatus::OK();
}

IOStatus Disk::GetTestDirectory(const IOOptions& options, std::string* path,
                                IODebugContext* debug) {
  *path = "/test";
  return CreateDirIfMissing(*path, options, debug);
}

IOStatus Disk::GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute,
                               IODebugContext*) {
  *absolute = plain_path(path);
  return IOStatus::OK();
}

IOStatus Disk::NewLogger(const std::string&, const IOOptions&,
                         std::shared_ptr<rocksdb::Logger>* logger, IODebugContext*) {
  *logger = std::make_shared<NoDiary>();
  return IOStatus::OK();
}

// ---- to change names ----

IOStatus Disk::DeleteFile(const std::string& given, const IOOptions&, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (auto status = to_read(path); !status.ok()) return status;
  if (auto status = begin(StepKind::remove, path); !status.ok()) return status;
  platter_.remove(path);
  return IOStatus::OK();
}

IOStatus Disk::Truncate(const std::string& given, std::size_t size, const IOOptions&,
                        IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (auto status = to_read(path); !status.ok()) return status;
  if (auto status = begin(StepKind::cut, path, size); !status.ok()) return status;
  platter_.cut(*platter_.find(path), size);
  return IOStatus::OK();
}

IOStatus Disk::CreateDir(const std::string& given, const IOOptions&, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (auto status = room_for(path); !status.ok()) return status;
  if (platter_.kind_of(path) != Platter::Kind::absent) return taken(path);
  if (auto status = begin(StepKind::make_folder, path); !status.ok()) return status;
  platter_.make_folder(path);
  return IOStatus::OK();
}

IOStatus Disk::CreateDirIfMissing(const std::string& path, const IOOptions& options,
                                  IODebugContext* debug) {
  const Locked locked(mutex_);
  if (platter_.kind_of(plain_path(path)) == Platter::Kind::folder) return may_read();
  return CreateDir(path, options, debug);
}

IOStatus Disk::DeleteDir(const std::string& given, const IOOptions&, IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  if (auto status = may_read(); !status.ok()) return status;
  if (path == "/" || platter_.kind_of(path) != Platter::Kind::folder) return absent(path);
  if (!platter_.children(path).empty()) return IOStatus::IOError(path, "is not empty");
  if (auto status = begin(StepKind::remove_folder, path); !status.ok()) return status;
  platter_.remove(path);
  return IOStatus::OK();
}

IOStatus Disk::RenameFile(const std::string& given, const std::string& given_to, const IOOptions&,
                          IODebugContext*) {
  const Locked locked(mutex_);
  const std::string from = plain_path(given);
  const std::string to = plain_path(given_to);
  if (auto status = may_read(); !status.ok()) return status;
  const auto kind = platter_.kind_of(from);
  if (kind == Platter::Kind::absent) return absent(from);
  if (kind == Platter::Kind::folder && !platter_.children(from).empty())
    return IOStatus::NotSupported(from, "is a folder with something in it");
  if (auto status = room_for(to); !status.ok()) return status;
  if (platter_.kind_of(to) != Platter::Kind::absent && platter_.kind_of(to) != kind)
    return taken(to);
  if (auto status = begin(StepKind::rename, from + " > " + to); !status.ok()) return status;
  if (from != to) platter_.rename(from, to);
  return IOStatus::OK();
}

IOStatus Disk::LinkFile(const std::string& given, const std::string& given_to, const IOOptions&,
                        IODebugContext*) {
  const Locked locked(mutex_);
  const std::string from = plain_path(given);
  const std::string to = plain_path(given_to);
  if (auto status = to_read(from); !status.ok()) return status;
  if (auto status = room_for(to); !status.ok()) return status;
  if (platter_.kind_of(to) != Platter::Kind::absent) return taken(to);
  if (auto status = begin(StepKind::link, from + " > " + to); !status.ok()) return status;
  platter_.link(from, to);
  return IOStatus::OK();
}

// ---- locks ----

IOStatus Disk::LockFile(const std::string& given, const IOOptions&, rocksdb::FileLock** lock,
                        IODebugContext*) {
  const Locked locked(mutex_);
  const std::string path = plain_path(given);
  *lock = nullptr;
  if (auto status = may_read(); !status.ok()) return status;
  if (locks_.contains(path)) return IOStatus::IOError(path, "is locked");
  if (!platter_.find(path)) {
    if (auto status = new_file(path); !status.ok()) return status;
  }
  locks_.insert(path);
  *lock = new Lock(path, life_);  // RocksDB gives it back to UnlockFile
  return IOStatus::OK();
}

IOStatus Disk::UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) {
  const Locked locked(mutex_);
  const std::unique_ptr<Lock> held(static_cast<Lock*>(lock));
  if (held->life == life_) locks_.erase(held->path);
  return IOStatus::OK();
}

}  // namespace packledger::sim
