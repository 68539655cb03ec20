// Snapshots: the files in which the state of a ledger is kept beside its journal
// (docs/snapshot_format.md), newest first.
//
// Owner: daemon; the directory is that of one journal. Any thread, but prepare, prune and the write
// of one file at a time.
// Invariants:
//  1. A file has its name only once it is complete and on disk.
//  2. What is loaded is right: whole, with the digest that was written, and of this very journal.
//     Whatever is not, is refused with a reason, never used.
//  3. write calls nothing but its files and its arguments, so that a process made by fork may where
//     they are those of the machine.
#pragma once

#include "packledger/engine/journal.hpp"
#include "packledger/ledger/ledger.hpp"
#include "store/files.hpp"
#include "store/record.hpp"
#include "wire/snapshot_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// The chain of a journal behind the record that ends with this entry; nothing where none does.
using ChainAt = std::function<Result<std::optional<ChainHash>, Fault>(Sequence last)>;

struct SnapshotFile {
  Sequence sequence;
  std::filesystem::path path;
};

struct LoadedSnapshot {
  SnapshotHead head;
  std::unique_ptr<Ledger> ledger;
};

// Called for each file that is passed over: damaged, of another journal, or of another release.
struct RefusedSnapshot {
  SnapshotFile file;
  SnapshotFault fault;
};

class Snapshots {
 public:
  // How many are kept: the one before serves where the newest cannot be read.
  static constexpr std::size_t kept = 2;

  explicit Snapshots(const std::filesystem::path& journal_directory, Files& files = machine_files())
      : directory_(journal_directory / "snapshots"), files_(&files) {}

  // Makes the directory, and removes what a crash left half written. What went wrong else.
  [[nodiscard]] Result<void, std::string> prepare() const;
  [[nodiscard]] std::vector<SnapshotFile> list() const;  // newest first; only complete ones

  // 0, or the number of the system's error.
  [[nodiscard]] int write(const SnapshotHead& head, const Ledger& ledger,
                          const Pieces& notices) const;
  // How many bytes the file of this sequence has; 0 where there is none.
  [[nodiscard]] std::uint64_t bytes_of(Sequence sequence) const;
  // Removes all but the newest `kept` of this format, and what was refused but the newest.
  void prune() const;

  struct Wanted {
    ChainAt chain_at;                                     // of the journal
    std::function<bool(const SnapshotHead&)> fits;        // asked first; absent: any does
    std::function<PieceRead()> begin_notices;             // for each try; absent: not wanted
    std::function<void(const RefusedSnapshot&)> refused;  // may be absent
    SendLimits sends{};  // of the ledger; without an archive no snapshot that needs one is right
  };
  // The newest that is right; nothing where there is none.
  [[nodiscard]] std::optional<LoadedSnapshot> load(const Wanted& wanted) const;
  // A file that was refused is never tried again, nor counted; it stays for a look.
  void put_aside(const SnapshotFile& file) const;

 private:
  [[nodiscard]] Result<std::optional<LoadedSnapshot>, SnapshotFault> load(
      const SnapshotFile& file, const Wanted& wanted) const;

  [[nodiscard]] std::vector<SnapshotFile> files_with(std::string_view ending) const;
  void drop(const std::filesystem::path& path) const;

  std::filesystem::path directory_;
  Files* files_;
};

}  // namespace packledger
