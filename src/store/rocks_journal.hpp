// The journal on disk: one RocksDB record for each append, synced before append returns, and beside
// it a watermark that tells what must be there (docs/journal_format.md).
//
// Owner: app; closed by its destructor. append on one thread, all else on any.
// Invariants:
//  1. A store is never opened for writing before a look at it, read-only, has found everything that
//     the watermark promises.
//  2. After any failed write or sync every later append refuses: the outcome is unknown, and only
//     opening again tells.
//  3. read and last show what append has returned for, and nothing else.
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/record.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace rocksdb {
class Env;
class FileSystem;
}  // namespace rocksdb

namespace packledger {

enum class WatermarkMode : std::uint8_t {
  before_ack = 1,  // append returns when the watermark of its own record is on disk, too
  one_behind = 2,  // append returns when that of the record before is: one sync less to wait for
};

// Of a journal in bulk, between two syncs: a copy that was cut short goes on from the last.
inline constexpr std::uint64_t settle_entries = 1'000'000;

struct OpenOptions {
  std::filesystem::path directory;  // made where it is absent, with mode 0700
  WatermarkMode watermark = WatermarkMode::before_ack;
  // 16 to 64 MiB flush rarely enough to stay out of the way of commits.
  std::size_t write_buffer_bytes = 32 * std::size_t{1024} * 1024;
  // For a journal that is filled from another one: append waits for the disk once in
  // settle_entries, settle does at once. After a crash between two of them a prefix is there, and
  // is gone on from.
  bool bulk = false;
  // Shared with RocksDB, which keeps it as long as a file is open. Absent: that of the machine;
  // tests bring one that fails.
  std::shared_ptr<rocksdb::FileSystem> files;
  // In place of the threads, the clock and the files of the machine: simulations bring one with
  // which all happens on one thread. The watermark of one_behind is then written by the next
  // append, as late as it may be.
  std::shared_ptr<rocksdb::Env> env{};
};

class RocksJournal final : public Journal {
 public:
  // Sets the umask of the process to 0077 and leaves it so: RocksDB makes files at any time later.
  // Where the store is not what its watermark promises, the Fault says what is wrong, where, and
  // what to do, and nothing has been changed.
  [[nodiscard]] static Result<std::unique_ptr<RocksJournal>, Fault> open(
      const OpenOptions& options);
  ~RocksJournal() override;
  RocksJournal(const RocksJournal&) = delete;
  RocksJournal& operator=(const RocksJournal&) = delete;

  [[nodiscard]] Result<void, Fault> append(Sequence after, std::span<const Entry> entries) override;
  [[nodiscard]] Result<void, Fault> read(Sequence from, const Visit& visit) const override;
  [[nodiscard]] Sequence last() const override;
  // Of bulk: the next record of another journal, byte by byte, with the epoch and the hash that it
  // has there. Refuses what is no record, or not the next.
  [[nodiscard]] Result<void, Fault> append_copy(std::string_view key, std::string_view value);
  // Of bulk: makes all that was appended durable, and then its watermark.
  [[nodiscard]] Result<void, Fault> settle();
  // The last durable record; its epoch is that of its writer, epoch() that of this one.
  [[nodiscard]] JournalHead head() const;
  [[nodiscard]] std::uint64_t epoch() const;
  // The same, where the chain stands.
  [[nodiscard]] ChainLink end() const;
  // The chain behind the record that ends with this entry; nothing where none does.
  [[nodiscard]] Result<std::optional<ChainHash>, Fault> chain_at(Sequence last) const;

 private:
  struct State;
  [[nodiscard]] Result<void, Fault> settle(std::uint64_t epoch);
  [[nodiscard]] Result<void, Fault> appended_in_bulk(const ChainLink& link);
  explicit RocksJournal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace packledger
