#include "tests/sim/disk_files.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace packledger::sim {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// An open file; closed with this.
class Open {
 public:
  Open(Disk& disk, Disk::Handle handle) : disk_(disk), handle_(std::move(handle)) {}
  ~Open() { disk_.close(handle_); }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;

  IOStatus read(std::uint64_t at, std::size_t bytes, Slice* result, char* space) const {
    return disk_.read(handle_, at, bytes, result, space);
  }
  IOStatus write(std::uint64_t at, const Slice& bytes) { return disk_.write(handle_, at, bytes); }
  IOStatus append(const Slice& bytes) { return disk_.append(handle_, bytes); }
  IOStatus cut(std::uint64_t size) { return disk_.cut(handle_, size); }
  IOStatus sync() { return disk_.sync(handle_); }
  [[nodiscard]] std::uint64_t size() const { return disk_.size_of(handle_); }
  [[nodiscard]] std::uint64_t number() const { return handle_.file; }

 private:
  Disk& disk_;
  Disk::Handle handle_;
};

class Sequential : public rocksdb::FSSequentialFile {
 public:
  Sequential(Disk& disk, Disk::Handle handle) : file_(disk, std::move(handle)) {}
  IOStatus Read(std::size_t bytes, const IOOptions&, Slice* result, char* space,
                IODebugContext*) override {
    auto status = file_.read(at_, bytes, result, space);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t bytes) override {
    at_ += bytes;
    return IOStatus::OK();
  }

 private:
  Open file_;
  std::uint64_t at_ = 0;
};

class RandomAccess : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccess(Disk& disk, Disk::Handle handle, bool direct)
      : file_(disk, std::move(handle)), direct_(direct) {}
  IOStatus Read(std::uint64_t at, std::size_t bytes, const IOOptions&, Slice* result, char* space,
                IODebugContext*) const override {
    return file_.read(at, bytes, result, space);
  }
  bool use_direct_io() const override { return direct_; }

 private:
  Open file_;
  bool direct_;
};

class Writable : public rocksdb::FSWritableFile {
 public:
  Writable(Disk& disk, Disk::Handle handle, bool direct)
      : file_(disk, std::move(handle)), direct_(direct) {}

  IOStatus Append(const Slice& bytes, const IOOptions&, IODebugContext*) override {
    return file_.append(bytes);
  }
  using FSWritableFile::Append;
  IOStatus PositionedAppend(const Slice& bytes, std::uint64_t at, const IOOptions&,
                            IODebugContext*) override {
    return file_.write(at, bytes);
  }
  IOStatus PositionedAppend(const Slice& bytes, std::uint64_t at, const IOOptions&,
                            const rocksdb::DataVerificationInfo&, IODebugContext*) override {
    return file_.write(at, bytes);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    // RocksDB cuts every file to the size that it has; only direct I/O writes beyond.
    return size == file_.size() ? IOStatus::OK() : file_.cut(size);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return file_.sync(); }
  bool IsSyncThreadSafe() const override { return true; }
  bool use_direct_io() const override { return direct_; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return file_.size(); }

 private:
  Open file_;
  bool direct_;
};

class Placed : public rocksdb::FSRandomRWFile {
 public:
  Placed(Disk& disk, Disk::Handle handle) : file_(disk, std::move(handle)) {}
  IOStatus Write(std::uint64_t at, const Slice& bytes, const IOOptions&, IODebugContext*) override {
    return file_.write(at, bytes);
  }
  IOStatus Read(std::uint64_t at, std::size_t bytes, const IOOptions&, Slice* result, char* space,
                IODebugContext*) const override {
    return file_.read(at, bytes, result, space);
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return file_.sync(); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Open file_;
};

class Folder : public rocksdb::FSDirectory {
 public:
  Folder(Disk& disk, Disk::Handle handle) : disk_(disk), handle_(std::move(handle)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return disk_.sync_folder(handle_); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Disk& disk_;
  Disk::Handle handle_;
};

}  // namespace

std::unique_ptr<rocksdb::FSSequentialFile> sequential_file(Disk& disk, Disk::Handle handle) {
  return std::make_unique<Sequential>(disk, std::move(handle));
}

std::unique_ptr<rocksdb::FSRandomAccessFile> random_access_file(Disk& disk, Disk::Handle handle,
                                                                bool direct) {
  return std::make_unique<RandomAccess>(disk, std::move(handle), direct);
}

std::unique_ptr<rocksdb::FSWritableFile> writable_file(Disk& disk, Disk::Handle handle,
                                                       bool direct) {
  return std::make_unique<Writable>(disk, std::move(handle), direct);
}

std::unique_ptr<rocksdb::FSRandomRWFile> placed_file(Disk& disk, Disk::Handle handle) {
  return std::make_unique<Placed>(disk, std::move(handle));
}

std::unique_ptr<rocksdb::FSDirectory> folder(Disk& disk, Disk::Handle handle) {
  return std::make_unique<Folder>(disk, std::move(handle));
}

}  // namespace packledger::sim
