#include "packledger/ledger/seen_sends.hpp"

#include "ledger/packed_send.hpp"
#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace packledger {
namespace {

// A place is the number of the chunk, from 1, and the offset in it.
constexpr unsigned offset_bits = 24;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;  // given back whole, about 20,000 sends
// A send that every package of its account pays for still fits into a chunk of its own.
constexpr std::size_t packed_bytes_max = (std::size_t{1} << offset_bits) - 1;
using Length = std::uint32_t;  // in front of each record

constexpr unsigned table_bits = 10;  // a million sends are a thousand in each table

// The account is spread over all bits, so that equal send names of many accounts do not collide.
std::uint64_t hash_of(AccountId account, std::string_view send) {
  const std::uint64_t mixed =
      std::hash<std::string_view>{}(send) ^ (account.value * 0x9e37'79b9'7f4a'7c15ULL);
  return mixed * 0xff51'afd7'ed55'8ccdULL ^ (mixed >> 32U);
}

std::size_t table_of(std::uint64_t hash) { return hash >> (64U - table_bits); }

Length length_at(const std::string& bytes, std::size_t offset) {
  Length length = 0;
  std::memcpy(&length, bytes.data() + offset, sizeof(length));
  return length;
}

}  // namespace

Units SendRecord::reversed() const {
  Units sum;
  for (const Reversal& reversal : reversals) sum += reversal.units;
  return sum;
}

// ---- places ----

void SendPlaces::add(std::uint64_t hash, std::uint64_t place) {
  if ((used_ + 1) * 4 > slots_.size() * 3) grow();
  std::size_t at = hash & mask();
  while (slots_[at].place != none) at = (at + 1) & mask();
  slots_[at] = Slot{hash, place};
  ++used_;
}

std::size_t SendPlaces::slot_of(std::uint64_t hash, std::uint64_t place) const {
  std::size_t at = hash & mask();
  while (slots_[at].place != place) {
    ENSURE(slots_[at].place != none, "what is remembered has its slot");
    at = (at + 1) & mask();
  }
  return at;
}

void SendPlaces::replace(std::uint64_t hash, std::uint64_t from, std::uint64_t to) {
  slots_[slot_of(hash, from)].place = to;
}

// Those behind move up, so that no search ends before its slot.
void SendPlaces::remove(std::uint64_t hash, std::uint64_t place) {
  std::size_t hole = slot_of(hash, place);
  for (std::size_t at = (hole + 1) & mask(); slots_[at].place != none; at = (at + 1) & mask()) {
    const std::size_t home = slots_[at].hash & mask();
    if (((at - home) & mask()) < ((at - hole) & mask())) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
  --used_;
}

void SendPlaces::grow() {
  constexpr std::size_t slots_first = 8;
  std::vector<Slot> before(slots_.empty() ? slots_first : slots_.size() * 2);
  before.swap(slots_);
  used_ = 0;
  for (const Slot& slot : before) {
    if (slot.place != none) add(slot.hash, slot.place);
  }
}

// ---- sends ----

SendPlaces& SeenSends::places(std::uint64_t hash) {
  if (tables_.empty()) tables_.resize(std::size_t{1} << table_bits);
  return tables_[table_of(hash)];
}

std::string_view SeenSends::packed(std::uint64_t place) const {
  const Chunk& chunk = chunks_[(place >> offset_bits) - 1 - chunks_gone_];
  const std::size_t offset = place & packed_bytes_max;
  return std::string_view{chunk.bytes}.substr(offset + sizeof(Length),
                                              length_at(chunk.bytes, offset));
}

SendRecord SeenSends::record(std::uint64_t place) const {
  SendRecord found = unpacked(packed(place));
  const auto reversed = reversals_.find(place);
  if (reversed != reversals_.end()) found.reversals = reversed->second;
  return found;
}

std::uint64_t SeenSends::place_of(AccountId account, std::string_view send,
                                  std::uint64_t hash) const {
  if (tables_.empty()) return SendPlaces::none;
  return tables_[table_of(hash)].find(hash, [&](std::uint64_t place) {
    const PackedHead head = packed_head(packed(place));
    return head.account == account && head.send == send;
  });
}

std::optional<SendRecord> SeenSends::find(AccountId account, std::string_view send,
                                          Instant at) const {
  const std::uint64_t place = place_of(account, send, hash_of(account, send));
  if (place == SendPlaces::none)
    return beneath_ == nullptr ? std::nullopt : beneath_->find(account, send, at);
  if (at >= packed_head(packed(place)).forget_at) return std::nullopt;
  return record(place);
}

std::uint64_t SeenSends::append(std::string_view bytes) {
  ENSURE(bytes.size() + sizeof(Length) <= packed_bytes_max, "a send is not that large");
  const std::size_t needed = sizeof(Length) + bytes.size();
  const bool fits =
      !chunks_.empty() && chunks_.back().bytes.capacity() - chunks_.back().bytes.size() >= needed;
  if (!fits) chunks_.emplace_back().bytes.reserve(std::max(chunk_bytes, needed));
  std::string& chunk = chunks_.back().bytes;
  const std::size_t offset = chunk.size();
  const auto length = static_cast<Length>(bytes.size());
  std::array<char, sizeof(Length)> prefix{};
  std::memcpy(prefix.data(), &length, sizeof(length));
  chunk.append(prefix.data(), prefix.size());
  chunk.append(bytes);
  return (chunks_gone_ + chunks_.size()) << offset_bits | offset;
}

void SeenSends::remember(const SendRecord& record) {
  packing_.clear();
  pack(record, packing_);
  const std::uint64_t hash = hash_of(record.account, record.asked.send);
  const std::uint64_t before = place_of(record.account, record.asked.send, hash);
  const std::uint64_t place = append(packing_);
  if (before == SendPlaces::none) {
    places(hash).add(hash, place);
  } else {
    places(hash).replace(hash, before, place);
  }
  if (!record.reversals.empty()) reversals_[place] = record.reversals;
  if (++size_ == 1) look_at_oldest();
}

void SeenSends::reverse(AccountId account, std::string_view send, Reversal reversal) {
  const std::uint64_t hash = hash_of(account, send);
  std::uint64_t place = place_of(account, send, hash);
  if (place == SendPlaces::none && beneath_ != nullptr) {
    if (const auto beneath = beneath_->find(account, send, Instant{})) {
      remember(*beneath);
      place = place_of(account, send, hash);
    }
  }
  ENSURE(place != SendPlaces::none, "only a send that is remembered is reversed");
  reversals_[place].push_back(std::move(reversal));
}

// Finds the oldest record, past the end of a chunk at the beginning of the next.
void SeenSends::look_at_oldest() {
  if (size_ == 0) return;
  while (oldest_at_ == chunks_.front().bytes.size()) {
    chunks_.pop_front();
    ++chunks_gone_;
    oldest_at_ = 0;
  }
  oldest_forget_at_ = packed_head(packed((chunks_gone_ + 1) << offset_bits | oldest_at_)).forget_at;
}

void SeenSends::forget(Instant at, std::size_t records_max) {
  for (std::size_t n = 0; n < records_max && size_ != 0 && at >= oldest_forget_at_; ++n) {
    const std::uint64_t place = (chunks_gone_ + 1) << offset_bits | oldest_at_;
    const std::string_view oldest = packed(place);
    const PackedHead head = packed_head(oldest);
    const std::uint64_t hash = hash_of(head.account, head.send);
    // The name may have come again since, and then belongs to a later record.
    if (place_of(head.account, head.send, hash) == place) places(hash).remove(hash, place);
    reversals_.erase(place);
    oldest_at_ += sizeof(Length) + oldest.size();
    --size_;
    look_at_oldest();
  }
}

std::size_t SeenSends::memory() const {
  std::size_t bytes = chunks_.size() * chunk_bytes;
  for (const SendPlaces& table : tables_) bytes += table.memory();
  return bytes;
}

void SeenSends::each(const std::function<void(const SendRecord&)>& visit) const {
  std::size_t offset = oldest_at_;
  for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk, offset = 0) {
    while (offset < chunks_[chunk].bytes.size()) {
      visit(record((chunks_gone_ + chunk + 1) << offset_bits | offset));
      offset += sizeof(Length) + length_at(chunks_[chunk].bytes, offset);
    }
  }
}

}  // namespace packledger
