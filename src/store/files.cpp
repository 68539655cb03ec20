#include "store/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace packledger {
namespace {

namespace fs = std::filesystem;

constexpr mode_t private_file = 0600;
constexpr mode_t private_folder = 0700;

int told() { return errno != 0 ? errno : EIO; }

class MachineFile final : public OpenFile {
 public:
  explicit MachineFile(int number) : number_(number) {}
  ~MachineFile() override { ::close(number_); }
  MachineFile(const MachineFile&) = delete;
  MachineFile& operator=(const MachineFile&) = delete;

  int write(std::uint64_t at, std::string_view bytes) override {
    while (!bytes.empty()) {
      errno = 0;
      const ssize_t some = ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (some < 0 && errno == EINTR) continue;
      if (some <= 0) return told();
      bytes.remove_prefix(static_cast<std::size_t>(some));
      at += static_cast<std::uint64_t>(some);
    }
    return 0;
  }
  int sync() override { return ::fsync(number_) == 0 ? 0 : told(); }
  void sync_soon(std::uint64_t at, std::size_t bytes) override {
    ::sync_file_range(number_, static_cast<off_t>(at), static_cast<off_t>(bytes),
                      SYNC_FILE_RANGE_WRITE);
  }
  [[nodiscard]] std::size_t read(std::uint64_t at, char* into, std::size_t bytes) const override {
    std::size_t got = 0;
    while (got < bytes) {
      const ssize_t some = ::pread(number_, into + got, bytes - got, static_cast<off_t>(at + got));
      if (some < 0 && errno == EINTR) continue;
      if (some <= 0) break;
      got += static_cast<std::size_t>(some);
    }
    return got;
  }
  [[nodiscard]] std::uint64_t size() const override {
    struct stat facts{};
    return ::fstat(number_, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
  }

 private:
  int number_;
};

class MachineFiles final : public Files {
 public:
  Opened create(const std::string& path, New name) override {
    return opened(path, O_RDWR | O_CREAT | (name == New::absent ? O_EXCL : O_TRUNC));
  }
  Opened open(const std::string& path) override { return opened(path, O_RDONLY); }
  int rename(const std::string& from, const std::string& to) override {
    return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : told();
  }
  int remove(const std::string& path) override { return ::unlink(path.c_str()) == 0 ? 0 : told(); }
  int sync_folder(const std::string& path) override {
    const auto folder = opened(path, O_RDONLY | O_DIRECTORY);
    return folder ? (*folder)->sync() : folder.error();
  }
  int make_folder(const std::string& path) override {
    std::error_code error;
    if (!fs::create_directories(path, error)) return error.value();
    ::chmod(path.c_str(), private_folder);
    return sync_folder((fs::path{path} / "..").lexically_normal().string());
  }
  std::vector<std::string> paths_in(const std::string& folder) override {
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error))
      paths.push_back(at->path().string());
    return paths;
  }

 private:
  static Opened opened(const std::string& path, int flags) {
    errno = 0;
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, private_file);
    if (number < 0) return std::unexpected{told()};
    return std::make_unique<MachineFile>(number);
  }
};

}  // namespace

Files& machine_files() {
  static MachineFiles files;
  return files;
}

}  // namespace packledger
