#include "store/snapshots.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
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

int write_and_sync(OpenFile& file, const SnapshotHead& head, const Ledger& ledger,
                   const Pieces& notices) {
  std::string buffer;
  std::uint64_t at = 0;
  int error = 0;
  const auto flush = [&] {
    error = file.write(at, buffer);
    at += buffer.size();
    buffer.clear();
    return error == 0;
  };
  const bool made = write_snapshot(head, ledger, notices, [&](std::string_view bytes) {
    buffer += bytes;
    return buffer.size() < buffer_bytes || flush();
  });
  if (made && flush()) error = file.sync();
  return made || error != 0 ? error : EIO;
}

// From the first byte on, as long as the file is there.
SnapshotSource source_of(const OpenFile& file) {
  return [&file, at = std::uint64_t{0}](char* into, std::size_t bytes) mutable {
    const std::size_t got = file.read(at, into, bytes);
    at += got;
    return got;
  };
}

}  // namespace

std::vector<SnapshotFile> Snapshots::files_with(std::string_view ending) const {
  std::vector<SnapshotFile> found;
  for (const fs::path path : files_->paths_in(directory_.string())) {
    if (const auto sequence = sequence_of(path.filename().string(), ending))
      found.push_back({*sequence, path});
  }
  std::ranges::sort(found, std::ranges::greater{}, &SnapshotFile::sequence);
  return found;
}

void Snapshots::drop(const fs::path& path) const {
  [[maybe_unused]] const int ignored = files_->remove(path.string());  // tried with the next one
}

Result<void, std::string> Snapshots::prepare() const {
  if (const int error = files_->make_folder(directory_.string()); error != 0)
    return std::unexpected{"cannot make " + directory_.string() + ": " +
                           std::generic_category().message(error)};
  for (const SnapshotFile& file : files_with(unfinished_suffix)) drop(file.path);
  return {};
}

std::vector<SnapshotFile> Snapshots::list() const { return files_with(suffix); }

int Snapshots::write(const SnapshotHead& head, const Ledger& ledger, const Pieces& notices) const {
  const std::string unfinished = directory_ / name_of(head.sequence, unfinished_suffix);
  const std::string finished = directory_ / name_of(head.sequence, suffix);
  const auto made = files_->create(unfinished, Files::New::absent);
  if (!made) return made.error();
  int error = write_and_sync(**made, head, ledger, notices);
  if (error == 0) error = files_->rename(unfinished, finished);
  if (error == 0) return files_->sync_folder(directory_);
  drop(unfinished);
  return error;
}

std::uint64_t Snapshots::bytes_of(Sequence sequence) const {
  const auto file = files_->open(directory_ / name_of(sequence, suffix));
  return file ? (*file)->size() : 0;
}

void Snapshots::prune() const {
  std::size_t found = 0;
  for (const SnapshotFile& file : list()) {
    if (found >= kept) {
      drop(file.path);
      continue;
    }
    const auto opened = files_->open(file.path);
    if (opened && read_snapshot_head(source_of(**opened))) ++found;
  }
  const auto refused = files_with(refused_suffix);
  for (std::size_t i = 1; i < refused.size(); ++i) drop(refused[i].path);
}

// Nothing where the head tells that it is not wanted.
Result<std::optional<LoadedSnapshot>, SnapshotFault> Snapshots::load(const SnapshotFile& file,
                                                                     const Wanted& wanted) const {
  const auto refuse = [](const std::string& detail) {
    return std::unexpected{SnapshotFault{SnapshotFault::Code::damaged, detail}};
  };
  const auto opened = files_->open(file.path);
  if (!opened)
    return refuse("cannot be opened: " + std::generic_category().message(opened.error()));
  const auto head = read_snapshot_head(source_of(**opened));
  if (!head) return std::unexpected{head.error()};
  if (wanted.fits && !wanted.fits(*head)) return std::nullopt;
  if (head->sequence != file.sequence) return refuse("it has the name of another one");
  const auto chain = wanted.chain_at(head->sequence);
  if (!chain) return refuse("the journal cannot be read there: " + chain.error().detail);
  if (!*chain) return refuse("no record of this journal ends with its sequence");
  if (**chain != head->journal)
    return refuse("it is of another journal, whose record of that sequence has another hash");
  LoadedSnapshot loaded{*head, std::make_unique<Ledger>(wanted.sends)};
  PieceRead piece = [](std::string_view) { return true; };
  if (wanted.begin_notices) piece = wanted.begin_notices();
  const auto read = read_snapshot(source_of(**opened), *loaded.ledger, piece);
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
  // Where it fails, it is refused again at the next start.
  [[maybe_unused]] const int ignored =
      files_->rename(file.path, directory_ / name_of(file.sequence, refused_suffix));
}

}  // namespace packledger
