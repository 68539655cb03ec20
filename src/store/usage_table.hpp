// The table of usage: rows by hour and the place up to which the journal is in them, in a RocksDB
// of their own. Derived from the journal and written without syncs: what is missing, damaged or of
// another release is made anew from the journal.
//
// Owner: the folder of usage; its thread.
// Invariants:
//  1. Rows, open holds and the cursor change together: after a crash the rows are those of exactly
//     the entries up to the cursor.
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/usage_row.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class DB;
}

namespace packledger {

// What a portion of the journal adds.
struct UsageChanges {
  std::map<UsageKey, UsageHour> rows;                         // to be added
  std::map<UsageHoldKey, std::optional<UsageSubject>> holds;  // nothing: it has ended
  friend bool operator==(const UsageChanges&, const UsageChanges&) = default;
};

// Up to which entry, and what tells that entry from one of the same number in another journal.
struct UsageCursor {
  Sequence sequence;
  std::string print;
  friend bool operator==(const UsageCursor&, const UsageCursor&) = default;
};
// Of the entry up to which something is folded.
[[nodiscard]] UsageCursor usage_cursor(const Entry& entry);

// The rows of one account in a period, by whole hours.
struct UsageRange {
  AccountId account;
  std::int64_t hour_from = 0;
  std::int64_t hour_to = 0;  // not included
};
// False: no more.
using UsageVisit = std::function<bool(const UsageRow& row)>;

class UsageTable {
 public:
  // Makes it where there is none. The Fault is corrupt where it must be made anew.
  [[nodiscard]] static Result<std::unique_ptr<UsageTable>, Fault> open(
      const std::filesystem::path& directory);
  // Removes what is there, so that it can be made anew.
  static void remove(const std::filesystem::path& directory);
  ~UsageTable();
  UsageTable(const UsageTable&) = delete;
  UsageTable& operator=(const UsageTable&) = delete;

  [[nodiscard]] const UsageCursor& cursor() const { return cursor_; }
  [[nodiscard]] Result<void, Fault> add(const UsageChanges& changes, const UsageCursor& cursor);
  [[nodiscard]] Result<void, Fault> read(const UsageRange& range, const UsageVisit& visit) const;
  [[nodiscard]] Result<std::optional<UsageSubject>, Fault> hold(const UsageHoldKey& key) const;

 private:
  UsageTable(std::unique_ptr<rocksdb::DB> db, UsageCursor cursor);
  std::unique_ptr<rocksdb::DB> db_;
  UsageCursor cursor_;
};

}  // namespace packledger
