#include "store/watermark.hpp"

#include "store/rocks.hpp"

#include <rocksdb/file_system.h>

#include <array>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>

namespace packledger {
namespace {

constexpr std::string_view magic = "PLW1";  // the digit rises with what a reader must know
constexpr std::string_view magic_of_any_release = "PLW";
constexpr std::size_t sequence_at = 4;   // u64, little-endian as all numbers here
constexpr std::size_t epoch_at = 12;     // u64
constexpr std::size_t hash_at = 20;      // 32 bytes
constexpr std::size_t checksum_at = 52;  // u32, CRC-32C of all before

// One bit at a time: this is 52 bytes a commit.
std::uint32_t crc32c(std::string_view bytes) {
  constexpr std::uint32_t castagnoli = 0x82F6'3B78;  // reflected
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? castagnoli : 0);
  }
  return ~crc;
}

void put(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> 8U * i));
}

std::uint64_t number_at(std::string_view slot, std::size_t at, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes; i-- > 0;)
    number = number << 8U | static_cast<std::uint8_t>(slot[at + i]);
  return number;
}

std::unexpected<Fault> failed(const rocksdb::Status& status, const char* doing,
                              const std::string& path) {
  return std::unexpected{fault_of(status, std::string(doing) + " " + path)};
}

bool is_whole(std::string_view slot) {
  return slot.size() == watermark_slot_bytes &&
         number_at(slot, checksum_at, 4) == crc32c(slot.substr(0, checksum_at));
}

auto age(const Watermark& watermark) { return std::tuple(watermark.epoch, watermark.sequence); }

}  // namespace

std::string watermark_slot(const Watermark& watermark) {
  std::string slot(magic);
  put(slot, watermark.sequence.value, 8);
  put(slot, watermark.epoch, 8);
  slot.append(watermark.hash.begin(), watermark.hash.end());
  put(slot, crc32c(slot), 4);
  return slot;
}

bool is_newer_watermark_slot(std::string_view bytes) {
  return is_whole(bytes) && bytes.starts_with(magic_of_any_release) && !bytes.starts_with(magic);
}

std::optional<Watermark> read_watermark_slot(std::string_view bytes) {
  if (!is_whole(bytes) || !bytes.starts_with(magic)) return std::nullopt;
  Watermark watermark;
  watermark.sequence = Sequence{number_at(bytes, sequence_at, 8)};
  watermark.epoch = number_at(bytes, epoch_at, 8);
  std::memcpy(watermark.hash.data(), bytes.data() + hash_at, watermark.hash.size());
  return watermark;
}

std::string WatermarkFile::path_in(const std::string& directory) {
  return directory + "/watermark";
}

WatermarkFile::WatermarkFile(std::string path) : path_(std::move(path)) {}
WatermarkFile::WatermarkFile(WatermarkFile&&) noexcept = default;
WatermarkFile& WatermarkFile::operator=(WatermarkFile&&) noexcept = default;
WatermarkFile::~WatermarkFile() = default;

Result<void, Fault> WatermarkFile::create(rocksdb::FileSystem& files,
                                          const std::string& directory) {
  const std::string path = path_in(directory);
  const std::string unfinished = path + ".new";
  const rocksdb::IOOptions io;
  std::string bytes(watermark_file_bytes, '\0');
  const std::string slot = watermark_slot(Watermark{});
  bytes.replace(0, slot.size(), slot);
  bytes.replace(watermark_slot_distance, slot.size(), slot);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status =
      files.NewWritableFile(unfinished, rocksdb::FileOptions{}, &file, nullptr);
  if (status.ok()) status = file->Append(bytes, io, nullptr);
  if (status.ok()) status = file->Fsync(io, nullptr);
  if (status.ok()) status = file->Close(io, nullptr);
  if (status.ok()) status = files.RenameFile(unfinished, path, io, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> folder;
  if (status.ok()) status = files.NewDirectory(directory, io, &folder, nullptr);
  if (status.ok()) status = folder->Fsync(io, nullptr);
  if (!status.ok()) return failed(status, "make", path);
  return {};
}

Result<WatermarkFile, Fault> WatermarkFile::open(rocksdb::FileSystem& files,
                                                 const std::string& directory) {
  WatermarkFile watermark(path_in(directory));
  const auto opened =
      files.NewRandomRWFile(watermark.path_, rocksdb::FileOptions{}, &watermark.file_, nullptr);
  if (!opened.ok()) return failed(opened, "open", watermark.path_);
  if (auto found = watermark.read(); !found) return std::unexpected{std::move(found.error())};
  return watermark;
}

Result<void, Fault> WatermarkFile::read() {
  std::array<std::optional<Watermark>, 2> slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::array<char, watermark_slot_bytes> space{};
    rocksdb::Slice bytes;
    const auto status = file_->Read(i * watermark_slot_distance, space.size(), rocksdb::IOOptions{},
                                    &bytes, space.data(), nullptr);
    if (!status.ok()) return failed(status, "read", path_);
    slots[i] = read_watermark_slot({bytes.data(), bytes.size()});
    if (is_newer_watermark_slot({bytes.data(), bytes.size()})) {
      return std::unexpected{Fault{JournalFault::unavailable,
                                   path_ + " was written by a newer release; run that one"}};
    }
  }
  const auto& [first, second] = slots;
  if (!first && !second) {
    return std::unexpected{
        Fault{JournalFault::corrupt, path_ + ": neither slot, at byte 0 and at byte " +
                                         std::to_string(watermark_slot_distance) + ", is whole"}};
  }
  slot_ = first && (!second || age(*first) >= age(*second)) ? 0 : 1;
  current_ = slots[slot_].value_or(Watermark{});
  if (!slots[1 - slot_]) {
    remark_ = path_ + ": the slot at byte " +
              std::to_string((1 - slot_) * watermark_slot_distance) +
              " is not whole, as after a power cut; the other one tells sequence " +
              std::to_string(current_.sequence.value);
  }
  return {};
}

Result<void, Fault> WatermarkFile::write(const Watermark& watermark) {
  const std::size_t other = 1 - slot_;
  const rocksdb::IOOptions io;
  rocksdb::IOStatus status;
  if (!is_synced_) status = file_->Sync(io, nullptr);
  if (status.ok())
    status = file_->Write(other * watermark_slot_distance, watermark_slot(watermark), io, nullptr);
  if (status.ok()) status = file_->Sync(io, nullptr);  // fdatasync: the size never changes
  if (!status.ok()) return failed(status, "write", path_);
  is_synced_ = true;
  slot_ = other;
  current_ = watermark;
  return {};
}

}  // namespace packledger
