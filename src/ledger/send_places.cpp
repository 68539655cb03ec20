#include "packledger/ledger/send_places.hpp"

#include <utility>

namespace packledger {
namespace {

constexpr std::size_t buckets_first = 2;

// Between 64 and 80 of a hundred slots. At that a new name is told from one line, or seldom two.
std::size_t used_max_of(std::size_t slots, std::size_t table) {
  return slots * (64 + table % 17) / 100;
}

}  // namespace

// The slot takes the first free or stale place of its search. True where it was free.
bool SendPlaces::put(Table& table, Slot slot, std::uint64_t from) {
  const std::size_t mask = table.buckets.size() - 1;
  for (std::size_t at = slot.hash & mask;; at = (at + 1) & mask) {
    for (Slot& taken : table.buckets[at].slots) {
      if (taken.place >= from) continue;
      const bool free = taken.place == none;
      taken = slot;
      return free;
    }
  }
}

void SendPlaces::add(std::uint64_t hash, std::uint64_t place, std::uint64_t from) {
  if (tables_.empty()) {
    tables_.resize(std::size_t{1} << table_bits);
    memory_ += tables_.size() * sizeof(Table);
  }
  const std::size_t number = table_of(hash);
  Table& table = tables_[number];
  if (table.used >= table.used_max) rebuild(number, from);
  if (put(table, Slot{.hash = hash, .place = place}, from)) ++table.used;
}

// Leaves out what is stale. The new table is filled to less than half, so that it is not built
// again soon, and shrinks when little of it is left.
void SendPlaces::rebuild(std::size_t number, std::uint64_t from) {
  Table& table = tables_[number];
  std::size_t live = 0;
  for (const Bucket& bucket : table.buckets) {
    for (const Slot& slot : bucket.slots) live += slot.place >= from ? 1 : 0;
  }
  std::size_t size = table.buckets.empty() ? buckets_first : table.buckets.size();
  while (live * 100 >= size * slots_per_bucket * 45) size *= 2;
  while (size > buckets_first && live * 100 < size * slots_per_bucket * 10) size /= 2;
  memory_ -= table.buckets.size() * sizeof(Bucket);
  memory_ += size * sizeof(Bucket);
  std::vector<Bucket> before(size);
  before.swap(table.buckets);
  for (const Bucket& bucket : before) {
    for (const Slot& slot : bucket.slots) {
      if (slot.place >= from && slot.place != none) put(table, slot, from);
    }
  }
  table.used = live;
  table.used_max = used_max_of(size * slots_per_bucket, number);
}

}  // namespace packledger
