// Backups of a journal: directories of the same form that hold a prefix of its records, byte by
// byte, with a watermark of their own. And a journal put together again from what is left of it and
// a backup (docs/journal_format.md).
//
// Owner: whoever copies; one thread.
// Invariants:
//  1. No record is copied that is not right by itself and the next of the chain: damage does not
//     travel.
//  2. What cannot be done whole leaves its source as it was.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/result.hpp"
#include "store/stored_journal.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace packledger {

// Called behind each record with the number of its entries; false: stop here.
using CopyStep = std::function<bool(std::uint64_t entries)>;

struct Copied {
  Sequence from;      // the first entry that was copied now
  ChainLink end;      // of the copy
  bool whole = true;  // false: told to stop
};

// Makes `to` hold all that `from` holds; only what is missing where it is an earlier backup of the
// same journal. Refuses another journal's directory, and one that is ahead.
[[nodiscard]] Result<Copied, StoreFinding> copy_journal(const StoredJournal& from,
                                                        const std::filesystem::path& to,
                                                        const CopyStep& step);

struct Repaired {
  ChainLink end;
  std::uint64_t records_kept = 0;    // of the damaged directory
  std::uint64_t records_backup = 0;  // that only the backup had
  std::filesystem::path set_aside;   // where the damaged directory is now
};

// Makes of a directory that was refused, and a backup of it, one that keeps the promise of its
// watermark. Where neither has a record that must be there the finding says what is lost, and
// nothing has changed. Nobody may have the directory open.
[[nodiscard]] Result<Repaired, StoreFinding> repair_journal(const std::filesystem::path& damaged,
                                                            const std::filesystem::path& backup,
                                                            const CopyStep& step);

}  // namespace packledger
