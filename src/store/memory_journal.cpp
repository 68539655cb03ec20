#include "store/memory_journal.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace packledger {

Result<void, Fault> MemoryJournal::append(Sequence after, std::span<const Entry> entries) {
  const std::lock_guard lock(mutex_);
  const ChainLink before = records_.empty() ? ChainLink{} : records_.back()->link;
  if (after != before.sequence) return std::unexpected{fenced(after, before.sequence)};
  auto record = make_record(before, epoch_, entries);
  if (!record) return std::unexpected{std::move(record.error())};
  records_.push_back(std::make_shared<const Record>(std::move(*record)));
  return {};
}

MemoryJournal::Kept MemoryJournal::record_holding(Sequence sequence) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::lower_bound(
      records_, sequence, {}, [](const Kept& record) { return record->link.sequence; });
  return found == records_.end() ? nullptr : *found;
}

Result<void, Fault> MemoryJournal::read(Sequence from, const Visit& visit) const {
  const Sequence end = last();
  std::optional<ChainLink> before;
  for (Sequence at = std::max(from, Sequence{1}); at <= end;) {
    const Kept record = record_holding(at);
    const auto view = read_record(record->key, record->value);
    if (!view) return std::unexpected{view.error()};
    if (before) {
      if (auto next_one = follows(*view, *before); !next_one) return next_one;
    }
    const auto more = visit_entries(*view, at, visit);
    if (!more) return std::unexpected{more.error()};
    if (!*more) return {};
    before = view->link;
    at = next(view->link.sequence);
  }
  return {};
}

Sequence MemoryJournal::last() const {
  const std::lock_guard lock(mutex_);
  return records_.empty() ? Sequence{} : records_.back()->link.sequence;
}

JournalHead MemoryJournal::head() const {
  const std::lock_guard lock(mutex_);
  return head_of(records_.empty() ? ChainLink{} : records_.back()->link);
}

std::optional<ChainHash> MemoryJournal::chain_at(Sequence last) const {
  const Kept record = record_holding(last);
  if (record == nullptr || record->link.sequence != last) return std::nullopt;
  return record->link.hash;
}

void MemoryJournal::reopen() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
}

}  // namespace packledger
