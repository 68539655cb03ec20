#include "store/send_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <ranges>
#include <system_error>
#include <utility>

namespace packledger {
namespace {

constexpr std::string_view ending = ".sends";

void remove(const std::string& path) {
  std::error_code ignored;  // a file that stays is found again, and is as little asked
  std::filesystem::remove(path, ignored);
}

}  // namespace

SendFiles::SendFiles(std::string directory, Told told)
    : directory_(std::move(directory)), told_(std::move(told)) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::create_directories(directory_, error))
    fs::permissions(directory_, fs::perms::owner_all, error);
  for (const auto& entry : fs::directory_iterator{directory_, error}) {
    const std::string path = entry.path();
    if (path.ends_with(std::string{ending} + ".new")) remove(path);
    if (!path.ends_with(ending)) continue;
    auto file = SendFile::open(path);
    if (file) {
      const Sequence first = (*file)->generation().first;
      found_.insert_or_assign(first, *std::move(file));
    } else {
      told_.unwritten(file.error());
      remove(path);
    }
  }
}

SendFiles::~SendFiles() {
  if (writer_.joinable()) writer_.join();
}

std::string SendFiles::path_of(Sequence first) const {
  return fmt::format("{}/{:020}{}", directory_, first.value, ending);
}

void SendFiles::keep(std::unique_ptr<SendFile> file) {
  files_.push_back(std::move(file));
  progress_ = Progress::kept;
  count();
}

void SendFiles::put(const SendGeneration& generation, std::span<const std::string_view> chunks) {
  ENSURE(progress_ != Progress::busy, "one generation at a time");
  if (take(generation)) return;
  progress_ = Progress::busy;
  written_ = false;
  writer_ = std::jthread{[this, generation, path = path_of(generation.first),
                          chunks = std::vector(chunks.begin(), chunks.end())] {
    result_ = SendFile::write(path, generation, chunks);
    written_ = true;
  }};
}

SendArchive::Progress SendFiles::progress() {
  if (progress_ == Progress::busy && written_) finish();
  return progress_;
}

void SendFiles::finish() {
  if (progress_ != Progress::busy) return;
  writer_.join();
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
  if (auto loaded = file->load(); !loaded) {
    told_.unwritten(loaded.error());
    return false;
  }
  keep(std::move(file));
  return true;
}

void SendFiles::drop(Sequence last) {
  while (!files_.empty() && files_.front()->generation().last <= last) {
    remove(files_.front()->path());
    files_.pop_front();
  }
  count();
}

void SendFiles::clear() {
  finish();
  for (std::unique_ptr<SendFile>& file : files_) {
    const Sequence first = file->generation().first;
    found_.insert_or_assign(first, std::move(file));
  }
  files_.clear();
  count();
}

void SendFiles::prune() {
  for (const auto& [first, file] : found_) remove(file->path());
  found_.clear();
}

void SendFiles::prefetch(const SendKey& key) const {
  for (const auto& file : files_) file->filter().prefetch(key.hash);
}

bool SendFiles::find(const SendKey& key, std::string_view send, std::string& body) const {
  for (const auto& file : files_ | std::views::reverse) {
    if (!file->filter().may_hold(key.hash)) continue;
    const auto found = file->find(key, send, body);
    if (!found) {
      remove(file->path());  // the next start makes it again from the journal
      told_.damaged(found.error());
      ENSURE(false, "nobody is told what a damaged file says");
    }
    if (*found) return true;
  }
  return false;
}

void SendFiles::count() {
  std::uint64_t bytes = 0;
  std::uint64_t memory = 0;
  for (const auto& file : files_) {
    bytes += file->bytes();
    memory += file->memory();
  }
  files_count_ = files_.size();
  file_bytes_ = bytes;
  memory_bytes_ = memory;
}

SendFiles::Figures SendFiles::figures() const {
  return {.files = files_count_, .file_bytes = file_bytes_, .memory_bytes = memory_bytes_};
}

}  // namespace packledger
