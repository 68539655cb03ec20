#include "tests/sim/disk.hpp"

#include "tests/sim/disk_files.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <utility>

namespace packledger::sim {
namespace {

using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::uint64_t trace_begin = 0xCBF2'9CE4'8422'2325;  // FNV-1a of 64 bits
constexpr std::uint64_t trace_prime = 0x100'0000'01B3;

IOStatus no_power() { return IOStatus::IOError("the power is cut"); }
IOStatus absent(const std::string& path) { return IOStatus::PathNotFound(path); }
std::string_view view_of(const Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

std::string plain_path(const std::string& path) {
  const bool is_plain =
      path.size() > 1 && path.back() != '/' && !path.contains("//") && !path.contains("/.");
  if (is_plain) return path;
  std::string made = std::filesystem::path(path).lexically_normal().string();
  if (made.size() > 1 && made.back() == '/') made.pop_back();
  return made;
}

std::string_view name_of(StepKind kind) {
  constexpr std::array<std::string_view, 10> names{
      "create", "write", "cut",         "sync",          "rename",
      "remove", "link",  "make_folder", "remove_folder", "sync_folder"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Loss loss) {
  constexpr std::array<std::string_view, 7> names{"none",    "dropped",      "torn",     "zeroed",
                                                  "garbled", "names_undone", "scattered"};
  return names[static_cast<std::size_t>(loss)];
}

Disk::Disk(std::uint64_t seed) : chance_(seed), trace_(trace_begin) {}
Disk::~Disk() = default;

std::shared_ptr<Disk> Disk::copy(std::uint64_t seed) const {
  const Locked locked(mutex_);
  auto made = std::make_shared<Disk>(seed);
  made->platter_ = platter_;
  made->platter_.close_all();
  made->direct_io_ = direct_io_;
  return made;
}

// ---- faults ----

void Disk::plan(const Faults& faults) {
  const Locked locked(mutex_);
  faults_ = faults;
}

bool Disk::has_power() const {
  const Locked locked(mutex_);
  return power_;
}

bool Disk::has_failed() const {
  const Locked locked(mutex_);
  return failure_.has_value();
}

std::optional<Step> Disk::failure() const {
  const Locked locked(mutex_);
  return failure_;
}

void Disk::failed() {
  if (!failure_) failure_ = last_step_;
}

void Disk::cut_power() {
  const Locked locked(mutex_);
  power_ = false;
}

void Disk::lose_power(Loss loss) {
  const Locked locked(mutex_);
  power_ = false;
  ++life_;
  locks_.clear();
  platter_.lose(loss, chance_);
}

void Disk::restore_power() {
  const Locked locked(mutex_);
  power_ = true;
  faults_.power_lost_at = 0;
}

void Disk::flip_bit(const std::string& path, std::uint64_t bit) {
  const Locked locked(mutex_);
  if (const auto file = platter_.find(plain_path(path))) platter_.flip(*file, bit);
}

void Disk::cut_file(const std::string& path, std::uint64_t size) {
  const Locked locked(mutex_);
  const auto file = platter_.find(plain_path(path));
  if (!file) return;
  platter_.cut(*file, size);
  platter_.sync(*file);
}

// ---- what happened ----

std::uint64_t Disk::steps() const {
  const Locked locked(mutex_);
  return steps_;
}

std::uint64_t Disk::syncs() const {
  const Locked locked(mutex_);
  return syncs_;
}

std::string Disk::trace_hash() const {
  const Locked locked(mutex_);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int shift = 64; shift > 0; shift -= 4) text += digits[trace_ >> (shift - 4) & 15U];
  return text;
}

void Disk::watch(std::function<void(const Step&)> watcher) {
  const Locked locked(mutex_);
  watcher_ = std::move(watcher);
}

// ---- what is there ----

std::vector<std::string> Disk::files() const {
  const Locked locked(mutex_);
  return platter_.files();
}

std::optional<std::string> Disk::bytes(const std::string& path) const {
  const Locked locked(mutex_);
  const auto file = platter_.find(plain_path(path));
  if (!file) return std::nullopt;
  return platter_.file(*file).now;
}

std::optional<std::string> Disk::synced_bytes(const std::string& path) const {
  const Locked locked(mutex_);
  const auto file = platter_.find(plain_path(path));
  if (!file) return std::nullopt;
  return platter_.file(*file).synced;
}

std::vector<std::string> Disk::unsynced() const {
  const Locked locked(mutex_);
  return platter_.unsynced();
}

void Disk::put(const std::string& path, std::string_view bytes) {
  const Locked locked(mutex_);
  const std::string name = plain_path(path);
  const auto found = platter_.find(name);
  const FileNumber file = found ? *found : platter_.create(name);
  platter_.cut(file, 0);
  platter_.write(file, 0, bytes);
  platter_.sync(file);
  platter_.sync_folder(folder_of(name));
}

void Disk::support_direct_io(bool supported) {
  const Locked locked(mutex_);
  direct_io_ = supported;
}

// ---- steps ----

IOStatus Disk::may_read() const { return power_ ? IOStatus::OK() : no_power(); }

IOStatus Disk::alive(const Handle& handle) const {
  if (handle.life != life_) return IOStatus::IOError(handle.path, "was open when the power went");
  return may_read();
}

IOStatus Disk::begin(StepKind kind, const std::string& path, std::uint64_t bytes,
                     bool* short_write) {
  if (!power_) return no_power();
  ++steps_;
  last_step_ = {.number = steps_, .kind = kind, .path = path, .bytes = bytes};
  if (faults_.power_lost_at != 0 && steps_ >= faults_.power_lost_at) {
    power_ = false;
    failed();
    return no_power();
  }
  const auto mix = [this](std::uint64_t part) { trace_ = (trace_ ^ part) * trace_prime; };
  mix(static_cast<std::uint64_t>(kind));
  for (const char letter : path) mix(static_cast<std::uint8_t>(letter));
  mix(bytes);
  if (watcher_) watcher_(last_step_);
  if (faults_.short_write_at == 0 || steps_ != faults_.short_write_at) return IOStatus::OK();
  failed();
  if (short_write == nullptr) return IOStatus::IOError(path, "a step was told to fail");
  *short_write = true;
  return IOStatus::OK();
}

bool Disk::sync_fails() {
  ++syncs_;
  const bool fails = faults_.sync_fails_at != 0 && syncs_ == faults_.sync_fails_at;
  if (fails) failed();
  return fails;
}

Disk::Handle Disk::open(const std::string& path) {
  const FileNumber file = *platter_.find(path);
  platter_.open(file);
  return {.file = file, .life = life_, .path = path};
}

void Disk::close(const Handle& handle) {
  const Locked locked(mutex_);
  if (handle.life == life_) platter_.close(handle.file);
}

IOStatus Disk::read(const Handle& handle, std::uint64_t at, std::size_t bytes, Slice* result,
                    char* space) {
  const Locked locked(mutex_);
  *result = Slice(space, 0);
  if (auto status = alive(handle); !status.ok()) return status;
  const std::string& now = platter_.file(handle.file).now;
  if (at >= now.size()) return IOStatus::OK();
  const std::size_t some = std::min<std::size_t>(bytes, now.size() - at);
  std::memcpy(space, now.data() + at, some);
  *result = Slice(space, some);
  return IOStatus::OK();
}

IOStatus Disk::append(const Handle& handle, const Slice& bytes) {
  const Locked locked(mutex_);
  if (auto status = alive(handle); !status.ok()) return status;
  return write_some(handle, platter_.file(handle.file).now.size(), view_of(bytes));
}

IOStatus Disk::write(const Handle& handle, std::uint64_t at, const Slice& bytes) {
  const Locked locked(mutex_);
  if (auto status = alive(handle); !status.ok()) return status;
  return write_some(handle, at, view_of(bytes));
}

IOStatus Disk::write_some(const Handle& handle, std::uint64_t at, std::string_view bytes) {
  bool by_half = false;
  if (auto status = begin(StepKind::write, handle.path, bytes.size(), &by_half); !status.ok())
    return status;
  if (by_half) {
    platter_.write(handle.file, at, bytes.substr(0, bytes.size() / 2));
    return IOStatus::IOError(handle.path, "a write was told to stop half-way");
  }
  const std::uint64_t size = platter_.file(handle.file).now.size();
  const std::uint64_t end = at + bytes.size();
  if (faults_.room && end > size) {
    const std::uint64_t grows = end - size;
    if (grows > *faults_.room) {
      failed();
      bytes.remove_suffix(std::min<std::uint64_t>(bytes.size(), grows - *faults_.room));
      faults_.room = 0;
      platter_.write(handle.file, at, bytes);
      return IOStatus::NoSpace(handle.path, "no space left");
    }
    *faults_.room -= grows;
  }
  platter_.write(handle.file, at, bytes);
  return IOStatus::OK();
}

IOStatus Disk::cut(const Handle& handle, std::uint64_t size) {
  const Locked locked(mutex_);
  if (auto status = alive(handle); !status.ok()) return status;
  if (auto status = begin(StepKind::cut, handle.path, size); !status.ok()) return status;
  platter_.cut(handle.file, size);
  return IOStatus::OK();
}

IOStatus Disk::sync(const Handle& handle) {
  const Locked locked(mutex_);
  if (auto status = alive(handle); !status.ok()) return status;
  if (auto status = begin(StepKind::sync, handle.path); !status.ok()) return status;
  if (sync_fails()) {
    platter_.fail_to_sync(handle.file, faults_.failed_pages);
    return IOStatus::IOError(handle.path, "a sync was told to fail");
  }
  if (!faults_.syncs_lie) platter_.sync(handle.file);
  return IOStatus::OK();
}

IOStatus Disk::sync_folder(const Handle& handle) {
  const Locked locked(mutex_);
  if (auto status = alive(handle); !status.ok()) return status;
  if (auto status = begin(StepKind::sync_folder, handle.path); !status.ok()) return status;
  // Names are written by the journal of a file system, which tries again or ends: no later sync
  // passes over them.
  if (sync_fails()) return IOStatus::IOError(handle.path, "a sync was told to fail");
  if (!faults_.syncs_lie) platter_.sync_folder(handle.path);
  return IOStatus::OK();
}

std::uint64_t Disk::size_of(const Handle& handle) {
  const Locked locked(mutex_);
  return alive(handle).ok() ? platter_.file(handle.file).now.size() : 0;
}

IOStatus Disk::room_for(const std::string& path) {
  if (!power_) return no_power();
  return platter_.kind_of(folder_of(path)) == Platter::Kind::folder ? IOStatus::OK() : absent(path);
}

IOStatus Disk::new_file(const std::string& path) {
  if (auto status = room_for(path); !status.ok()) return status;
  if (auto status = begin(StepKind::create, path); !status.ok()) return status;
  if (const auto found = platter_.find(path)) {
    platter_.cut(*found, 0);
  } else {
    platter_.create(path);
  }
  return IOStatus::OK();
}

}  // namespace packledger::sim
