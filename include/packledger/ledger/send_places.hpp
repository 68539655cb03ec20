// SendPlaces: where packed sends lie, by the hash of account and name. One line of memory is read
// for a name that is new: four slots with their whole hash, so that no record is touched in vain.
// Part of SeenSends; engine thread.
//
// A place that is gone is never looked up to be removed: whatever lies before the first place that
// is still there is stale, is passed over, and makes room when its table is built anew. There are
// many small tables, filled to different parts, so that none takes longer than a turn and they do
// not all grow at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace packledger {

class SendPlaces {
 public:
  static constexpr std::uint64_t none = 0;

  // Fetches what each() will read first.
  void prefetch(std::uint64_t hash) const {
    if (tables_.empty()) return;
    const auto& buckets = tables_[table_of(hash)].buckets;
    if (!buckets.empty()) __builtin_prefetch(&buckets[hash & (buckets.size() - 1)]);
  }

  // Visits every place under this hash, stale ones too, in no order.
  void each(std::uint64_t hash, const auto& visit) const {
    if (tables_.empty()) return;
    const auto& buckets = tables_[table_of(hash)].buckets;
    if (buckets.empty()) return;
    const std::size_t mask = buckets.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      for (const Slot& slot : buckets[at].slots) {
        if (slot.place == none) return;
        if (slot.hash == hash) visit(slot.place);
      }
    }
  }

  // `from` is the first place that is not stale; `place` is not before it.
  void add(std::uint64_t hash, std::uint64_t place, std::uint64_t from);

  [[nodiscard]] std::size_t memory() const { return memory_; }  // bytes

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t place = none;
  };
  static constexpr std::size_t slots_per_bucket = 4;
  struct alignas(64) Bucket {  // a line of memory
    std::array<Slot, slots_per_bucket> slots;
  };
  struct Table {
    std::vector<Bucket> buckets;  // a power of two, or none
    std::size_t used = 0;         // slots, stale ones too
    std::size_t used_max = 0;     // below all of them, so that every search ends
  };
  static constexpr unsigned table_bits = 10;  // a million sends are a thousand in each table

  static std::size_t table_of(std::uint64_t hash) { return hash >> (64U - table_bits); }
  static bool put(Table& table, Slot slot, std::uint64_t from);
  void rebuild(std::size_t number, std::uint64_t from);

  std::vector<Table> tables_;  // by the top bits of the hash; none until the first is added
  std::size_t memory_ = 0;
};

}  // namespace packledger
