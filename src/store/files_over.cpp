// The files of a rocksdb::FileSystem.
#include "store/files.hpp"

#include <rocksdb/file_system.h>

#include <cerrno>
#include <utility>

namespace packledger {
namespace {

const rocksdb::IOOptions io;
const rocksdb::FileOptions plain;

int number_of(const rocksdb::IOStatus& status) {
  if (status.ok()) return 0;
  if (status.IsNoSpace()) return ENOSPC;
  return status.IsNotFound() || status.IsPathNotFound() ? ENOENT : EIO;
}

class PlacedFile final : public OpenFile {
 public:
  explicit PlacedFile(std::unique_ptr<rocksdb::FSRandomRWFile> file) : file_(std::move(file)) {}
  int write(std::uint64_t at, std::string_view bytes) override {
    return number_of(file_->Write(at, {bytes.data(), bytes.size()}, io, nullptr));
  }
  int sync() override { return number_of(file_->Fsync(io, nullptr)); }
  void sync_soon(std::uint64_t, std::size_t) override {}
  [[nodiscard]] std::size_t read(std::uint64_t, char*, std::size_t) const override { return 0; }
  [[nodiscard]] std::uint64_t size() const override { return 0; }

 private:
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
};

class ReadFile final : public OpenFile {
 public:
  ReadFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}
  int write(std::uint64_t, std::string_view) override { return EBADF; }
  int sync() override { return EBADF; }
  void sync_soon(std::uint64_t, std::size_t) override {}
  [[nodiscard]] std::size_t read(std::uint64_t at, char* into, std::size_t bytes) const override {
    rocksdb::Slice got;
    const auto status = file_->Read(at, bytes, io, &got, into, nullptr);
    if (!status.ok()) return 0;
    if (got.data() != into) got.ToString().copy(into, got.size());
    return got.size();
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
  std::uint64_t size_;
};

class FilesOver final : public Files {
 public:
  explicit FilesOver(rocksdb::FileSystem& files) : files_(files) {}

  Opened create(const std::string& path, New name) override {
    if (name == New::absent && files_.FileExists(path, io, nullptr).ok())
      return std::unexpected{EEXIST};
    std::unique_ptr<rocksdb::FSWritableFile> made;
    auto status = files_.NewWritableFile(path, plain, &made, nullptr);
    if (status.ok()) status = made->Close(io, nullptr);
    made.reset();
    std::unique_ptr<rocksdb::FSRandomRWFile> file;
    if (status.ok()) status = files_.NewRandomRWFile(path, plain, &file, nullptr);
    if (!status.ok()) return std::unexpected{number_of(status)};
    return std::make_unique<PlacedFile>(std::move(file));
  }
  Opened open(const std::string& path) override {
    std::uint64_t size = 0;
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    auto status = files_.NewRandomAccessFile(path, plain, &file, nullptr);
    if (status.ok()) status = files_.GetFileSize(path, io, &size, nullptr);
    if (!status.ok()) return std::unexpected{number_of(status)};
    return std::make_unique<ReadFile>(std::move(file), size);
  }
  int rename(const std::string& from, const std::string& to) override {
    return number_of(files_.RenameFile(from, to, io, nullptr));
  }
  int remove(const std::string& path) override {
    return number_of(files_.DeleteFile(path, io, nullptr));
  }
  int sync_folder(const std::string& path) override {
    std::unique_ptr<rocksdb::FSDirectory> folder;
    auto status = files_.NewDirectory(path, io, &folder, nullptr);
    if (status.ok()) status = folder->Fsync(io, nullptr);
    return number_of(status);
  }
  int make_folder(const std::string& path) override {
    if (files_.FileExists(path, io, nullptr).ok()) return 0;
    const std::size_t slash = path.rfind('/');
    const std::string above =
        slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
    if (above != "/") {
      if (const int error = make_folder(above); error != 0) return error;
    }
    const int error = number_of(files_.CreateDirIfMissing(path, io, nullptr));
    return error == 0 ? sync_folder(above) : error;
  }
  std::vector<std::string> paths_in(const std::string& folder) override {
    std::vector<std::string> names;
    if (!files_.GetChildren(folder, io, &names, nullptr).ok()) return {};
    for (std::string& name : names) name.insert(0, folder + "/");
    return names;
  }

 private:
  rocksdb::FileSystem& files_;
};

}  // namespace

std::unique_ptr<Files> files_over(rocksdb::FileSystem& files) {
  return std::make_unique<FilesOver>(files);
}

}  // namespace packledger
