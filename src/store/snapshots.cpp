#include "store/snapshots.hpp"

#include "packledger/ledger/result.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".snapshot";
constexpr std::string_view unfinished_suffix = ".new";
constexpr std::string_view refused_suffix = ".refused";
constexpr std::size_t digits = 20;  // of every uint64
// What gathers before it is handed to the system.
constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;

std::string name_of(Sequence sequence, std::string_view ending) {
  std::string number = std::to_string(sequence.value);
  number.insert(0, digits - number.size(), '0');
  return number.append(ending);
}

std::optional<Sequence> sequence_of(const std::string& name, std::string_view ending) {
  if (name.size() != digits + ending.size() || !name.ends_with(ending)) return std::nullopt;
  Sequence sequence;
  const auto [end, error] = std::from_chars(name.data(), name.data() + digits, sequence.value);
  if (error != std::errc{} || end != name.data() + digits) return std::nullopt;
  return sequence;
}

std::vector<SnapshotFile> files_with(const fs::path& directory, std::string_view ending) {
  std::vector<SnapshotFile> files;
  std::error_code error;
  for (fs::directory_iterator at{directory, error}, end; !error && at != end; at.increment(error)) {
    const auto sequence = sequence_of(at->path().filename().string(), ending);
    if (sequence) files.push_back({*sequence, at->path()});
  }
  std::ranges::sort(files, std::ranges::greater{}, &SnapshotFile::sequence);
  return files;
}

void drop(const fs::path& path) {
  std::error_code ignored;  // it is tried again with the next one
  fs::remove(path, ignored);
}

class File {
 public:
  File(const fs::path& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  // All of them; what errno says else.
  [[nodiscard]] bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  [[nodiscard]] bool sync() const { return ::fsync(file_) == 0; }
  void rewind() const { ::lseek(file_, 0, SEEK_SET); }
  // As long as this is there.
  [[nodiscard]] SnapshotSource source() const {
    return [this](char* into, std::size_t bytes) { return read(into, bytes); };
  }

 private:
  // Fewer at the end, or where the file cannot be read.
  [[nodiscard]] std::size_t read(char* into, std::size_t bytes) const {
    std::size_t got = 0;
    while (got < bytes) {
      const ssize_t some = ::read(file_, into + got, bytes - got);
      if (some < 0 && errno == EINTR) continue;
      if (some <= 0) break;
      got += static_cast<std::size_t>(some);
    }
    return got;
  }

  int file_;
};

int error_or(int otherwise) { return errno != 0 ? errno : otherwise; }

}  // namespace

Result<void, std::string> Snapshots::prepare() const {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return std::unexpected{"cannot make " + directory_.string() + ": " + error.message()};
  for (const SnapshotFile& file : files_with(directory_, unfinished_suffix)) drop(file.path);
  return {};
}

std::vector<SnapshotFile> Snapshots::list() const { return files_with(directory_, suffix); }

int Snapshots::write(const SnapshotHead& head, const Ledger& ledger, const Pieces& notices) const {
  const fs::path unfinished = directory_ / name_of(head.sequence, unfinished_suffix);
  const fs::path finished = directory_ / name_of(head.sequence, suffix);
  errno = 0;
  const auto give_up = [&] {
    const int error = error_or(EIO);
    ::unlink(unfinished.c_str());
    return error;
  };
  {
    const File file(unfinished, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return error_or(EIO);
    std::string buffer;
    const bool made = write_snapshot(head, ledger, notices, [&](std::string_view bytes) {
      buffer += bytes;
      if (buffer.size() < buffer_bytes) return true;
      const bool written = file.write(buffer);
      buffer.clear();
      return written;
    });
    if (!made || !file.write(buffer) || !file.sync()) return give_up();
  }
  if (::rename(unfinished.c_str(), finished.c_str()) != 0) return give_up();
  const File folder(directory_, O_RDONLY | O_DIRECTORY);
  return folder.is_open() && folder.sync() ? 0 : error_or(EIO);
}

std::uint64_t Snapshots::bytes_of(Sequence sequence) const {
  std::error_code error;
  const auto bytes = fs::file_size(directory_ / name_of(sequence, suffix), error);
  return error ? 0 : bytes;
}

void Snapshots::prune() const {
  std::size_t found = 0;
  for (const SnapshotFile& file : list()) {
    const File opened(file.path, O_RDONLY);
    const auto head = read_snapshot_head(opened.source());
    if (found >= kept) {
      drop(file.path);
    } else if (head) {
      ++found;
    }
  }
  const auto refused = files_with(directory_, refused_suffix);
  for (std::size_t i = 1; i < refused.size(); ++i) drop(refused[i].path);
}

// Nothing where the head tells that it is not wanted.
Result<std::optional<LoadedSnapshot>, SnapshotFault> Snapshots::load(const SnapshotFile& file,
                                                                     const Wanted& wanted) const {
  const auto refuse = [](const std::string& detail) {
    return std::unexpected{SnapshotFault{SnapshotFault::Code::damaged, detail}};
  };
  const File opened(file.path, O_RDONLY);
  if (!opened.is_open())
    return refuse("cannot be opened: " + std::generic_category().message(errno));
  const auto head = read_snapshot_head(opened.source());
  if (!head) return std::unexpected{head.error()};
  if (wanted.fits && !wanted.fits(*head)) return std::nullopt;
  if (head->sequence != file.sequence) return refuse("it has the name of another one");
  const auto chain = wanted.chain_at(head->sequence);
  if (!chain) return refuse("the journal cannot be read there: " + chain.error().detail);
  if (!*chain) return refuse("no record of this journal ends with its sequence");
  if (**chain != head->journal)
    return refuse("it is of another journal, whose record of that sequence has another hash");
  opened.rewind();
  LoadedSnapshot loaded{*head, std::make_unique<Ledger>(wanted.sends)};
  PieceRead piece = [](std::string_view) { return true; };
  if (wanted.begin_notices) piece = wanted.begin_notices();
  const auto read = read_snapshot(opened.source(), *loaded.ledger, piece);
  if (!read) return std::unexpected{read.error()};
  if (*read != *head) return refuse("it changed while it was read");
  return loaded;
}

std::optional<LoadedSnapshot> Snapshots::load(const Wanted& wanted) const {
  for (const SnapshotFile& file : list()) {
    auto loaded = load(file, wanted);
    if (loaded && *loaded) return **std::move(loaded);
    if (!loaded && wanted.refused) wanted.refused({file, loaded.error()});
  }
  return std::nullopt;
}

void Snapshots::put_aside(const SnapshotFile& file) const {
  std::error_code ignored;  // then it is refused again at the next start
  fs::rename(file.path, directory_ / name_of(file.sequence, refused_suffix), ignored);
}

}  // namespace packledger
