#include "tests/store/failing_files.hpp"

#include "tests/store/journal_fixture.hpp"

#include <filesystem>
#include <utility>

namespace packledger::store_tests {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

template <class Real>
IOStatus write(FailingFiles& files, const Slice& data, bool in_sectors, const Real& real) {
  const std::size_t bytes = files.before_write(data.size());
  if (bytes == data.size()) return real(data);
  const std::size_t part = in_sectors ? bytes - bytes % 4096 : bytes;
  if (part > 0) real(Slice(data.data(), part)).PermitUncheckedError();
  return IOStatus::IOError("a write was told to fail");
}

class File : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FailingFiles& files, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return write(files_, data, use_direct_io(), [&](const Slice& part) {
      return FSWritableFileOwnerWrapper::Append(part, options, debug);
    });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                            IODebugContext* debug) override {
    return write(files_, data, use_direct_io(), [&](const Slice& part) {
      return FSWritableFileOwnerWrapper::PositionedAppend(part, offset, options, debug);
    });
  }
  IOStatus PositionedAppend(const Slice& data, std::uint64_t offset, const IOOptions& options,
                            const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Fsync(options, debug); });
  }

 private:
  template <class Real> IOStatus sync(const Real& real) {
    if (auto status = files_.before_sync(); !status.ok()) return status;
    const std::uint64_t bytes = GetFileSize(IOOptions{}, nullptr);
    auto status = real();
    if (status.ok()) files_.synced(path_, bytes);
    return status;
  }

  FailingFiles& files_;
  std::string path_;
};

// The watermark: written in place, so that what is lost is what stood there before.
class PlacedFile : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  PlacedFile(FailingFiles& files, std::string path, std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : FSRandomRWFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {
    files_.synced_in_place(path_);
  }
  IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    return write(files_, data, false, [&](const Slice& part) {
      return FSRandomRWFileOwnerWrapper::Write(offset, part, options, debug);
    });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (auto status = files_.before_sync(); !status.ok()) return status;
    auto status = FSRandomRWFileOwnerWrapper::Sync(options, debug);
    if (status.ok()) files_.synced_in_place(path_);
    return status;
  }

 private:
  FailingFiles& files_;
  std::string path_;
};

class Folder : public rocksdb::FSDirectoryWrapper {
 public:
  Folder(FailingFiles& files, std::unique_ptr<rocksdb::FSDirectory> folder)
      : FSDirectoryWrapper(std::move(folder)), files_(files) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    if (auto status = files_.before_sync(); !status.ok()) return status;
    return FSDirectoryWrapper::Fsync(options, debug);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& how) override {
    if (auto status = files_.before_sync(); !status.ok()) return status;
    return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how);
  }

 private:
  FailingFiles& files_;
};

}  // namespace

FailingFiles::FailingFiles(Failure failure, int at)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), failure_(failure), at_(at) {}

IOStatus FailingFiles::before_sync() {
  const int now = ++syncs_;
  const bool fails = (failure_ == Failure::one_sync && now == at_) ||
                     (failure_ == Failure::power_cut && now >= at_);
  return fails ? IOStatus::IOError("sync " + std::to_string(now) + " was told to fail")
               : IOStatus::OK();
}

std::size_t FailingFiles::before_write(std::size_t bytes) {
  if (failure_ == Failure::power_cut) return has_failed() ? 0 : bytes;
  if (failure_ == Failure::one_sync) return bytes;
  const int now = ++writes_;
  if (now < at_) return bytes;
  return now == at_ ? bytes / 2 : 0;
}

IOStatus FailingFiles::may_change_names() const {
  const bool fails = failure_ == Failure::power_cut && has_failed();
  return fails ? IOStatus::IOError("the power is cut") : IOStatus::OK();
}

void FailingFiles::synced(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  synced_[path] = bytes;
}

void FailingFiles::synced_in_place(const std::string& path) {
  std::string bytes = read_file(path);
  const std::lock_guard lock(mutex_);
  images_[path] = std::move(bytes);
}

void FailingFiles::lose_what_was_not_synced() {
  for (const auto& [path, bytes] : images_) write_file(path, bytes);
  for (const auto& [path, bytes] : synced_) {
    std::error_code gone;
    const auto size = std::filesystem::file_size(path, gone);
    if (!gone && size > bytes) std::filesystem::resize_file(path, bytes);
  }
}

IOStatus FailingFiles::wrap(const std::string& path, const IOStatus& made,
                            std::unique_ptr<rocksdb::FSWritableFile>* file) {
  if (made.ok()) {
    synced(path, 0);
    *file = std::make_unique<File>(*this, path, std::move(*file));
  }
  return made;
}

IOStatus FailingFiles::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       IODebugContext* debug) {
  if (auto status = may_change_names(); !status.ok()) return status;
  return wrap(path, FileSystemWrapper::NewWritableFile(path, options, file, debug), file);
}

IOStatus FailingFiles::ReopenWritableFile(const std::string& path,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file,
                                          IODebugContext* debug) {
  if (auto status = may_change_names(); !status.ok()) return status;
  // What is in the file was there before this file system was.
  std::error_code gone;
  const auto bytes = std::filesystem::file_size(path, gone);
  auto made = wrap(path, FileSystemWrapper::ReopenWritableFile(path, options, file, debug), file);
  if (made.ok() && !gone) synced(path, bytes);
  return made;
}

IOStatus FailingFiles::ReuseWritableFile(const std::string& path, const std::string& old_path,
                                         const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* file,
                                         IODebugContext* debug) {
  if (auto status = may_change_names(); !status.ok()) return status;
  return wrap(path, FileSystemWrapper::ReuseWritableFile(path, old_path, options, file, debug),
              file);
}

IOStatus FailingFiles::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                       IODebugContext* debug) {
  auto made = FileSystemWrapper::NewRandomRWFile(path, options, file, debug);
  if (made.ok()) *file = std::make_unique<PlacedFile>(*this, path, std::move(*file));
  return made;
}

IOStatus FailingFiles::NewDirectory(const std::string& path, const IOOptions& options,
                                    std::unique_ptr<rocksdb::FSDirectory>* folder,
                                    IODebugContext* debug) {
  auto made = FileSystemWrapper::NewDirectory(path, options, folder, debug);
  if (made.ok()) *folder = std::make_unique<Folder>(*this, std::move(*folder));
  return made;
}

IOStatus FailingFiles::RenameFile(const std::string& from, const std::string& to,
                                  const IOOptions& options, IODebugContext* debug) {
  if (auto status = may_change_names(); !status.ok()) return status;
  auto renamed = FileSystemWrapper::RenameFile(from, to, options, debug);
  const std::lock_guard lock(mutex_);
  if (auto node = synced_.extract(from); renamed.ok() && node) synced_[to] = node.mapped();
  return renamed;
}

IOStatus FailingFiles::DeleteFile(const std::string& path, const IOOptions& options,
                                  IODebugContext* debug) {
  if (auto status = may_change_names(); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  synced_.erase(path);
  return FileSystemWrapper::DeleteFile(path, options, debug);
}

}  // namespace packledger::store_tests
