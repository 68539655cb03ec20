// A journal in memory: for tests and dry runs. It keeps every promise of Journal but to survive the
// process, and its records are the same bytes as those on disk, so that what does not pass the
// codec is noticed here first.
//
// Owner: whoever makes it. append on one thread, all else on any.
#pragma once

#include "packledger/engine/journal.hpp"
#include "store/record.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace packledger {

class MemoryJournal final : public Journal {
 public:
  [[nodiscard]] Result<void, Fault> append(Sequence after, std::span<const Entry> entries) override;
  [[nodiscard]] Result<void, Fault> read(Sequence from, const Visit& visit) const override;
  [[nodiscard]] Sequence last() const override;
  [[nodiscard]] JournalHead head() const;
  // The chain behind the record that ends with this entry; nothing where none does.
  [[nodiscard]] std::optional<ChainHash> chain_at(Sequence last) const;

  // As if the process had ended and started again: the next record has the next epoch.
  void reopen();

 private:
  // Shared, because a reader goes on with a record that it has while others are appended.
  using Kept = std::shared_ptr<const Record>;
  [[nodiscard]] Kept record_holding(Sequence sequence) const;

  mutable std::mutex mutex_;   // of all below; held for a look, never while entries are visited
  std::vector<Kept> records_;  // in the order of the chain
  std::uint64_t epoch_ = 1;
};

}  // namespace packledger
