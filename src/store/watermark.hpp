// The watermark: what must be in the journal, kept outside of it. RocksDB alone cannot tell a
// journal that ends here from one whose end was lost (docs/journal_format.md).
//
// Owner: RocksJournal. One thread at a time.
// Invariants:
//  1. The file has two slots that are written in turn; whatever a crash does to the one that is
//     being written, the other still holds the watermark before.
//  2. write returns success only when the slot is on disk.
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/record.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rocksdb {
class FileSystem;
class FSRandomRWFile;
}  // namespace rocksdb

namespace packledger {

struct Watermark {
  Sequence sequence;
  std::uint64_t epoch = 0;  // of the writer of this watermark
  ChainHash hash{};         // of the record that ends with `sequence`
  friend bool operator==(const Watermark&, const Watermark&) = default;
};

inline constexpr std::size_t watermark_slot_bytes = 56;
inline constexpr std::size_t watermark_slot_distance = 4096;  // no page is shared
inline constexpr std::size_t watermark_file_bytes = 2 * watermark_slot_distance;

class WatermarkFile {
 public:
  // Makes the file with both slots at sequence 0, and makes its name durable.
  [[nodiscard]] static Result<void, Fault> create(rocksdb::FileSystem& files,
                                                  const std::string& directory);
  // Refuses where neither slot can be read. One that cannot is told in remark().
  [[nodiscard]] static Result<WatermarkFile, Fault> open(rocksdb::FileSystem& files,
                                                         const std::string& directory);
  [[nodiscard]] static std::string path_in(const std::string& directory);

  WatermarkFile(WatermarkFile&&) noexcept;
  WatermarkFile& operator=(WatermarkFile&&) noexcept;
  ~WatermarkFile();

  [[nodiscard]] const Watermark& current() const { return current_; }
  [[nodiscard]] const std::string& remark() const { return remark_; }  // empty: nothing to say
  [[nodiscard]] Result<void, Fault> write(const Watermark& watermark);

 private:
  explicit WatermarkFile(std::string path);
  [[nodiscard]] Result<void, Fault> read();

  std::string path_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  Watermark current_;
  std::size_t slot_ = 0;  // that holds current_
  // Whoever wrote it may have been killed before its sync: then it is durable only after the next.
  bool is_synced_ = false;
  std::string remark_;
};

// The 56 bytes of a slot, and back; nothing where they are not whole, or a newer release's.
[[nodiscard]] std::string watermark_slot(const Watermark& watermark);
[[nodiscard]] std::optional<Watermark> read_watermark_slot(std::string_view bytes);
// Whole, but of a release that may have stored what this one cannot read.
[[nodiscard]] bool is_newer_watermark_slot(std::string_view bytes);

}  // namespace packledger
