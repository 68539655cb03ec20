// StoredJournal: the journal in a directory, read by a process that is not its daemon: beside one
// that runs, or without any (docs/journal_format.md). It takes no lock and changes nothing.
//
// Owner: whoever verifies, replays or exports. read on one thread at a time, all else on any.
// Invariants:
//  1. What it shows begins with sequence 1 or is refused, is an unbroken chain, and reaches at
//  least
//     to the watermark that was there before the records were opened.
//  2. It shows what was in the store when it was opened; what a daemon adds since is not seen.
//  3. Beside a running daemon nothing is called wrong that a second look does not show again: files
//     may come and go between two looks.
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/record.hpp"
#include "store/watermark.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// The first thing that is wrong with a store. The codes are listed in docs/command_line.md.
struct StoreFinding {
  std::string code;        // "chain_broken"
  Sequence position = {};  // of the entry, or the first of the record; 0 where none is meant
  std::string key = {};    // of the record, in hex; may be empty, as all that follow but detail
  std::string detail = {};
  std::string found = {};
  std::string expected = {};
};

// Whether a process holds the lock of this directory.
[[nodiscard]] bool is_in_use(const std::filesystem::path& directory);

class StoredJournal final : public Journal {
 public:
  // Refuses a store that is not what its watermark promises.
  [[nodiscard]] static Result<std::unique_ptr<StoredJournal>, StoreFinding> open(
      const std::filesystem::path& directory);
  ~StoredJournal() override;
  StoredJournal(const StoredJournal&) = delete;
  StoredJournal& operator=(const StoredJournal&) = delete;

  // Always refuses.
  [[nodiscard]] Result<void, Fault> append(Sequence after, std::span<const Entry> entries) override;
  [[nodiscard]] Result<void, Fault> read(Sequence from, const Visit& visit) const override;
  [[nodiscard]] Sequence last() const override { return end_.sequence; }

  // Why the last read failed.
  [[nodiscard]] const StoreFinding& finding() const { return finding_; }

  // The records from the one that holds `from` on, each found right before it is visited, until
  // `visit` says false. Stops at the end that was seen when this was opened.
  using RecordVisit = std::function<Result<bool, StoreFinding>(const RecordView&)>;
  [[nodiscard]] Result<void, StoreFinding> walk(Sequence from, const RecordVisit& visit) const;

  // The same with their bytes, for a copy.
  using BytesVisit = std::function<Result<bool, StoreFinding>(
      const RecordView&, std::string_view key, std::string_view value)>;
  [[nodiscard]] Result<void, StoreFinding> walk_bytes(Sequence from, const BytesVisit& visit) const;

  // Every block of every table against its checksum, also those that no record lies in.
  [[nodiscard]] Result<void, StoreFinding> check_tables() const;

  [[nodiscard]] const ChainLink& end() const { return end_; }
  [[nodiscard]] const Watermark& watermark() const { return watermark_; }
  [[nodiscard]] bool in_use() const { return in_use_; }
  // What is no reason to refuse, but to be told.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  // Behind the record that ends with this entry; nothing where none does.
  [[nodiscard]] Result<std::optional<ChainLink>, StoreFinding> link_at(Sequence last) const;
  [[nodiscard]] Result<std::optional<ChainHash>, Fault> chain_at(Sequence last) const;

 private:
  struct Opened;
  explicit StoredJournal(std::filesystem::path directory);
  [[nodiscard]] Result<void, StoreFinding> look();
  [[nodiscard]] Result<void, StoreFinding> keeps_promise(const ChainLink& end) const;
  struct Place;  // in the walk
  [[nodiscard]] Result<void, StoreFinding> walk_on(const BytesVisit& visit, Place& place) const;
  [[nodiscard]] StoreFinding finding_of(const Fault& fault) const;

  std::filesystem::path directory_;
  Watermark watermark_;
  bool in_use_ = false;
  std::vector<std::string> remarks_;
  ChainLink end_;
  std::unique_ptr<Opened> opened_;
  mutable StoreFinding finding_;
};

}  // namespace packledger
