#include "store/send_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

constexpr std::string_view ending = ".sends";

}  // namespace

SendFiles::SendFiles(std::string directory, Told told, Files& files, Writer writer)
    : directory_(std::move(directory)), told_(std::move(told)), files_(files), write_with_(writer) {
  int error = files_.make_folder(directory_);
  // Whoever wrote what is found may have been killed before its name was durable.
  if (error == 0) error = files_.sync_folder(directory_);
  if (error != 0) told_.unwritten(directory_ + ": " + std::system_category().message(error));
  for (const std::string& path : files_.paths_in(directory_)) {
    if (path.ends_with(std::string{ending} + ".new")) remove(path);
    if (!path.ends_with(ending)) continue;
    auto file = SendFile::open(files_, path);
    if (file) {
      const Sequence first = (*file)->generation().first;
      found_.insert_or_assign(first, *std::move(file));
    } else {
      told_.unwritten(file.error());
      remove(path);
    }
  }
}

void SendFiles::remove(const std::string& path) const {
  // A file that stays is found again, and is as little asked.
  [[maybe_unused]] const int ignored = files_.remove(path);
}

SendFiles::~SendFiles() {
  if (writer_.joinable()) writer_.join();
}

std::string SendFiles::path_of(Sequence first) const {
  return fmt::format("{}/{:020}{}", directory_, first.value, ending);
}

// Room for as many files as there are, so that groups grow with what is remembered.
std::size_t SendFiles::group_records(std::size_t records_of_file) const {
  return records_of_file * std::clamp<std::size_t>(files_count_, group_files_min, group_files_max);
}

SendFiles::Group* SendFiles::last_with_room(std::size_t records) {
  const bool room = !groups_.empty() && groups_.back()->room >= records;
  return room ? groups_.back().get() : nullptr;
}

Result<SendFiles::Written, std::string> SendFiles::written(
    Group* last, std::size_t new_records,
    const std::function<Result<std::unique_ptr<SendFile>, std::string>(SendFilter& all)>& make) {
  Written written;
  if (last == nullptr) written.group = std::make_unique<Group>(new_records);
  auto file = make(last == nullptr ? written.group->filter : last->filter);
  if (!file) return std::unexpected{std::move(file.error())};
  written.file = *std::move(file);
  return written;
}

void SendFiles::keep(Written written) {
  if (written.group != nullptr) groups_.push_back(std::move(written.group));
  Group& last = *groups_.back();
  last.room -= std::min<std::size_t>(last.room, written.file->generation().records);
  last.files.push_back(std::move(written.file));
  progress_ = Progress::kept;
  count();
}

void SendFiles::put(const SendGeneration& generation, std::span<const std::string_view> chunks) {
  ENSURE(progress_ != Progress::busy, "one generation at a time");
  if (take(generation)) return;
  if (!has_room(chunks)) {
    progress_ = Progress::failed;
    return told_.unwritten(path_of(generation.first) + ": the disk has no room for it");
  }
  keep_path(path_of(generation.first));
  progress_ = Progress::busy;
  written_ = false;
  auto write = [this, generation, path = path_of(generation.first),
                chunks = std::vector(chunks.begin(), chunks.end()),
                last = last_with_room(generation.records),
                new_records = group_records(generation.records)] {
    result_ = written(last, new_records, [&](SendFilter& all) {
      return SendFile::write(files_, path, generation, chunks, all);
    });
    written_ = true;
  };
  if (write_with_ == Writer::caller) {
    write();
  } else {
    writer_ = std::jthread{std::move(write)};
  }
}

// Records, and an index that is smaller than they are.
bool SendFiles::has_room(std::span<const std::string_view> chunks) const {
  if (!told_.has_room) return true;
  std::uint64_t bytes = 0;
  for (const std::string_view chunk : chunks) bytes += chunk.size();
  return told_.has_room(2 * bytes);
}

SendArchive::Progress SendFiles::progress() {
  if (progress_ == Progress::busy && written_) finish();
  return progress_;
}

void SendFiles::finish() {
  if (progress_ != Progress::busy) return;
  if (writer_.joinable()) writer_.join();
  if (result_) {
    keep(*std::move(result_));
  } else {
    progress_ = Progress::failed;
    told_.unwritten(result_.error());
  }
}

bool SendFiles::take(const SendGeneration& generation) {
  const auto found = found_.find(generation.first);
  if (found == found_.end()) return false;
  std::unique_ptr<SendFile> file = std::move(found->second);
  found_.erase(found);
  if (file->generation() != generation) return false;
  using Loaded = Result<std::unique_ptr<SendFile>, std::string>;
  auto taken = written(last_with_room(generation.records), group_records(generation.records),
                       [&](SendFilter& all) -> Loaded {
                         if (auto loaded = file->load(all); !loaded)
                           return std::unexpected{std::move(loaded.error())};
                         return std::move(file);
                       });
  if (!taken) {
    told_.unwritten(taken.error());
    return false;
  }
  keep(*std::move(taken));
  return true;
}

void SendFiles::drop(Sequence last) {
  while (!groups_.empty()) {
    auto& files = groups_.front()->files;
    for (; !files.empty() && files.front()->generation().last <= last; files.pop_front())
      let_go(*files.front());
    const bool written_into = progress_ == Progress::busy && groups_.size() == 1;
    if (!files.empty() || written_into) break;
    groups_.pop_front();
  }
  count();
}

void SendFiles::clear() {
  finish();
  for (const auto& group : groups_) {
    for (std::unique_ptr<SendFile>& file : group->files) {
      const Sequence first = file->generation().first;
      found_.insert_or_assign(first, std::move(file));
    }
  }
  groups_.clear();
  count();
}

void SendFiles::prune() {
  for (const auto& [first, file] : found_) let_go(*file);
  found_.clear();
}

void SendFiles::let_go(const SendFile& file) {
  dropped_.push_back({.path = file.path()});
  if (dropped_.size() <= dropped_max) return;
  remove(dropped_.front().path);
  dropped_.pop_front();
  if (begun_ > 0) --begun_;
}

// After a restart a generation that was let go may be filled and put again, under the same path.
void SendFiles::keep_path(const std::string& path) {
  const auto found = std::ranges::find(dropped_, path, &Dropped::path);
  if (found == dropped_.end()) return;
  if (std::cmp_less(found - dropped_.begin(), begun_)) --begun_;
  dropped_.erase(found);
}

void SendFiles::snapshot_written() {
  for (std::size_t i = 0; i < begun_; ++i) ++dropped_[i].snapshots;
  begun_ = 0;
  for (; !dropped_.empty() && dropped_.front().snapshots >= snapshots_kept; dropped_.pop_front())
    remove(dropped_.front().path);
}

void SendFiles::prefetch(const SendKey& key) const {
  for (const auto& group : groups_) group->filter.prefetch(key.hash);
}

bool SendFiles::find(const SendKey& key, std::string_view send, std::string& body) const {
  for (const auto& group : groups_ | std::views::reverse) {
    if (!group->filter.may_hold(key.hash)) continue;
    for (const auto& file : group->files | std::views::reverse) {
      if (file->filter().may_hold(key.hash) && is_in(*file, key, send, body)) return true;
    }
  }
  return false;
}

bool SendFiles::is_in(const SendFile& file, const SendKey& key, std::string_view send,
                      std::string& body) const {
  const auto found = file.find(key, send, body);
  if (!found) {
    remove(file.path());  // the next start makes it again from the journal
    told_.damaged(found.error());
    ENSURE(false, "nobody is told what a damaged file says");
  }
  return *found;
}

void SendFiles::count() {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t memory = 0;
  for (const auto& group : groups_) {
    memory += group->filter.memory();
    files += group->files.size();
    for (const auto& file : group->files) {
      bytes += file->bytes();
      memory += file->memory();
    }
  }
  files_count_ = files;
  file_bytes_ = bytes;
  memory_bytes_ = memory;
}

SendFiles::Figures SendFiles::figures() const {
  return {.files = files_count_, .file_bytes = file_bytes_, .memory_bytes = memory_bytes_};
}

}  // namespace packledger
