#include "tests/sim/platter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace packledger::sim {
namespace {

using File = Platter::File;
using Piece = Platter::File::Piece;

void put(std::string& bytes, std::uint64_t at, std::string_view piece) {
  if (bytes.size() < at + piece.size()) bytes.resize(at + piece.size());
  bytes.replace(at, piece.size(), piece);
}

void put(std::string& bytes, const Piece& piece) {
  if (piece.cuts) {
    bytes.resize(piece.at);
  } else {
    put(bytes, piece.at, piece.bytes);
  }
}

std::string noise(std::uint64_t bytes, Chance& chance) {
  std::string made(bytes, '\0');
  for (char& byte : made) byte = static_cast<char>(chance.next());
  return made;
}

// Of all that was written, the first bytes.
std::string with_first_bytes(const File& file, Chance& chance) {
  std::uint64_t all = 0;
  for (const Piece& piece : file.unsynced) all += piece.bytes.size();
  std::uint64_t left = chance.below(all + 1);
  std::string bytes = file.synced;
  for (Piece piece : file.unsynced) {
    const std::uint64_t size = piece.bytes.size();
    if (size > left) piece.bytes.resize(left);
    if (piece.cuts || !piece.bytes.empty()) put(bytes, piece);
    if (size > left) break;
    left -= size;
  }
  return bytes;
}

// Any sectors of what was written over. What the file grew by ends with the first sector that is
// missing, unless there may be holes.
enum class Holes : std::uint8_t { none, zeros };
std::string with_some_sectors(const File& file, Holes holes, Chance& chance) {
  const std::uint64_t sector = chance.once_in(2) ? 512 : 4'096;
  std::string bytes = file.synced;
  bool ended = false;
  for (const Piece& piece : file.unsynced) {
    if (piece.cuts) {
      if (!ended && chance.once_in(2)) put(bytes, piece);
      continue;
    }
    for (std::uint64_t done = 0; done < piece.bytes.size();) {
      const std::uint64_t at = piece.at + done;
      const std::uint64_t size = std::min(sector - at % sector, piece.bytes.size() - done);
      const bool grows = holes == Holes::none && at + size > file.synced.size();
      const bool stays = chance.once_in(2) && !(grows && ended);
      if (stays) put(bytes, at, std::string_view{piece.bytes}.substr(done, size));
      ended = ended || (grows && !stays);
      done += size;
    }
  }
  // The size of a file may be written before its bytes.
  const bool larger = holes == Holes::zeros && bytes.size() < file.now.size();
  if (larger && chance.once_in(2)) bytes.resize(file.now.size());
  return bytes;
}

std::string torn(const File& file, Chance& chance) {
  return chance.once_in(3) ? with_first_bytes(file, chance)
                           : with_some_sectors(file, Holes::none, chance);
}

std::string overwritten(const File& file, Loss loss, Chance& chance) {
  std::string bytes = file.synced;
  for (Piece piece : file.unsynced) {
    const std::uint64_t size = piece.bytes.size();
    piece.bytes = loss == Loss::garbled ? noise(size, chance) : std::string(size, '\0');
    put(bytes, piece);
  }
  return bytes;
}

std::string left_of(const File& file, Loss loss, Chance& chance) {
  switch (loss) {
    case Loss::none: return file.now;
    case Loss::dropped:
    case Loss::names_undone: return file.synced;
    case Loss::torn: return torn(file, chance);
    case Loss::scattered: return with_some_sectors(file, Holes::zeros, chance);
    case Loss::zeroed:
    case Loss::garbled: return overwritten(file, loss, chance);
  }
  return {};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

// ---- names ----

Platter::Kind Platter::kind_of(const std::string& path) const {
  if (path == "/") return Kind::folder;
  const auto found = now_.find(path);
  if (found == now_.end()) return Kind::absent;
  return found->second.folder ? Kind::folder : Kind::file;
}

std::optional<FileNumber> Platter::find(const std::string& path) const {
  const auto found = now_.find(path);
  if (found == now_.end() || found->second.folder) return std::nullopt;
  return found->second.file;
}

std::vector<std::string> Platter::children(const std::string& folder) const {
  const std::string prefix = folder == "/" ? folder : folder + "/";
  std::vector<std::string> names;
  for (auto at = now_.lower_bound(prefix); at != now_.end() && at->first.starts_with(prefix); ++at)
    if (at->first.find('/', prefix.size()) == std::string::npos)
      names.push_back(at->first.substr(prefix.size()));
  return names;
}

std::vector<std::string> Platter::files() const {
  std::vector<std::string> paths;
  for (const auto& [path, node] : now_)
    if (!node.folder) paths.push_back(path);
  return paths;
}

void Platter::name(const std::string& path, std::optional<Node> node) {
  if (node) {
    now_.insert_or_assign(path, *node);
  } else {
    now_.erase(path);
  }
}

FileNumber Platter::create(const std::string& path) {
  const FileNumber number = ++last_file_;
  files_.emplace(number, std::make_shared<File>());
  const Node node{.folder = false, .file = number};
  name(path, node);
  changed({{{path, node}}});
  return number;
}

void Platter::make_folder(const std::string& path) {
  const Node node{.folder = true, .file = 0};
  name(path, node);
  changed({{{path, node}}});
}

void Platter::remove(const std::string& path) {
  const Node gone = now_.at(path);
  name(path, std::nullopt);
  changed({{{path, std::nullopt}}});
  if (!gone.folder) let_go(gone.file);
}

void Platter::link(const std::string& path, const std::string& another) {
  const Node node = now_.at(path);
  name(another, node);
  changed({{{another, node}}});
}

void Platter::rename(const std::string& from, const std::string& to) {
  const Node node = now_.at(from);
  name(from, std::nullopt);
  name(to, node);
  changed({{{from, std::nullopt}, {to, node}}});
  let_go_of_unneeded();
}

bool Platter::concerns(const Change& change, std::string_view folder) {
  return std::ranges::any_of(change.ones,
                             [&](const auto& one) { return folder_of(one.path) == folder; });
}

void Platter::make_durable(const Change& change) {
  for (const auto& [path, node] : change.ones) {
    if (node) {
      durable_.insert_or_assign(path, *node);
    } else {
      durable_.erase(path);
    }
  }
}

void Platter::sync_folder(const std::string& folder) {
  std::erase_if(unsynced_names_, [&](const Change& change) {
    const bool synced = concerns(change, folder);
    if (synced) make_durable(change);
    return synced;
  });
  let_go_of_unneeded();
}

bool Platter::is_needed(FileNumber number) const {
  const Node node{.folder = false, .file = number};
  const auto leads_here = [&](const auto& named) { return named.second == node; };
  if (handles_.contains(number) || std::ranges::any_of(now_, leads_here) ||
      std::ranges::any_of(durable_, leads_here))
    return true;
  return std::ranges::any_of(unsynced_names_, [&](const Change& change) {
    return std::ranges::any_of(change.ones, [&](const auto& one) { return one.node == node; });
  });
}

void Platter::let_go(FileNumber number) {
  if (!is_needed(number)) files_.erase(number);
}

void Platter::let_go_of_unneeded() {
  std::set<FileNumber> needed;
  for (const auto& [number, count] : handles_) needed.insert(number);
  for (const Names* names : {&now_, &durable_})
    for (const auto& [path, node] : *names) needed.insert(node.file);
  for (const Change& change : unsynced_names_)
    for (const auto& one : change.ones)
      if (one.node) needed.insert(one.node->file);
  std::erase_if(files_, [&](const auto& file) { return !needed.contains(file.first); });
}

// ---- files ----

Platter::File& Platter::change(FileNumber number) {
  std::shared_ptr<File>& file = files_.at(number);
  if (file.use_count() > 1) file = std::make_shared<File>(*file);
  return *file;
}

void Platter::close(FileNumber number) {
  const auto found = handles_.find(number);
  if (found == handles_.end()) return;
  if (--found->second > 0) return;
  handles_.erase(found);
  let_go(number);
}

void Platter::close_all() {
  handles_.clear();
  let_go_of_unneeded();
}

void Platter::write(FileNumber number, std::uint64_t at, std::string_view bytes) {
  if (bytes.empty()) return;
  File& file = change(number);
  put(file.now, at, bytes);
  file.unsynced.push_back({.at = at, .bytes = std::string(bytes), .cuts = false});
}

void Platter::cut(FileNumber number, std::uint64_t size) {
  File& file = change(number);
  if (file.now.size() == size) return;
  file.now.resize(size);
  file.unsynced.push_back({.at = size, .bytes = {}, .cuts = true});
}

void Platter::sync(FileNumber number) {
  if (file(number).unsynced.empty()) return;
  File& file = change(number);
  for (const Piece& piece : file.unsynced) put(file.synced, piece);
  file.unsynced.clear();
  file.sync_failed = file.sync_failed && file.now != file.synced;
}

void Platter::fail_to_sync(FileNumber number, Cache cache) {
  File& file = change(number);
  file.unsynced.clear();
  file.sync_failed = true;
  if (cache == Cache::dropped) file.now = file.synced;
}

void Platter::flip(FileNumber number, std::uint64_t bit) {
  File& file = change(number);
  for (std::string* bytes : {&file.now, &file.synced}) {
    if (bit / 8 < bytes->size()) (*bytes)[bit / 8] ^= static_cast<char>(1U << bit % 8);
  }
}

// ---- a loss of power ----

void Platter::undo_names(const std::function<bool()>& keeps) {
  for (const Change& change : unsynced_names_) {
    if (keeps()) make_durable(change);
  }
  unsynced_names_.clear();
  // What lies in a folder that is not there is out of reach.
  for (auto at = durable_.begin(); at != durable_.end();) {
    const std::string folder = folder_of(at->first);
    const bool reachable = folder == "/" || durable_.contains(folder);
    if (reachable) {
      ++at;
    } else {
      at = durable_.erase(at);
    }
  }
  now_ = durable_;
}

void Platter::lose(Loss loss, Chance& chance) {
  handles_.clear();
  if (loss == Loss::none) {
    let_go_of_unneeded();
    return;
  }
  if (loss == Loss::scattered) {
    undo_names([&] { return chance.once_in(2); });
  } else {
    std::size_t kept = unsynced_names_.size();
    if (loss == Loss::names_undone) kept = 0;
    if (loss == Loss::torn) kept = chance.below(kept + 1);
    undo_names([&] { return kept > 0 && kept-- > 0; });
  }
  let_go_of_unneeded();
  for (auto& [number, shared] : files_) {
    if (shared->unsynced.empty() && !shared->sync_failed) continue;
    File left;
    left.synced = left_of(*shared, loss, chance);
    left.now = left.synced;
    shared = std::make_shared<File>(std::move(left));
  }
}

std::vector<std::string> Platter::unsynced() const {
  std::vector<std::string> paths;
  for (const auto& [path, node] : now_) {
    if (node.folder) continue;
    const File& file = *files_.at(node.file);
    const auto durable = durable_.find(path);
    const bool named = durable != durable_.end() && durable->second == node;
    if (!named || !file.unsynced.empty() || file.sync_failed) paths.push_back(path);
  }
  return paths;
}

}  // namespace packledger::sim
