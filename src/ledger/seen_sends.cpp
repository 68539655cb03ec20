#include "packledger/ledger/seen_sends.hpp"

#include "ledger/packed_send.hpp"
#include "ledger/send_hash.hpp"
#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

namespace packledger {
namespace {

// One megabyte is given back for so many entries: a turn of thousands of them is not held up.
constexpr std::uint64_t entries_per_chunk = 64;
// More than one entry can make, so that those of a dropped generation go sooner or later.
constexpr int reversals_per_entry_max = 4;

// Of a record, in tables that are half full.
constexpr std::size_t slot_bytes = 32;

// Large enough that a call costs nothing, small enough to lie in the cache.
constexpr std::size_t portion_bytes = std::size_t{256} * 1024;

// Of what save() wrote, looked up together so that their slots arrive together.
constexpr std::size_t load_block = 32;

PackedBody body_at(std::string_view bytes) {
  const auto body = packed_body(bytes);
  ENSURE(body.has_value(), "what is remembered is whole");
  return *body;
}

SendPrint print_of_reversal(Sequence send, const Reversal& reversal) {
  const std::uint64_t seed =
      folded(send.value ^ 0x9e37'79b9'7f4a'7c15ULL, reversal.sequence.value + 1) +
      static_cast<std::uint64_t>(reversal.units.value);
  return print_of(std::string_view{reversal.name}, seed);
}

}  // namespace

Units SendRecord::reversed() const {
  Units sum;
  for (const Reversal& reversal : reversals) sum += reversal.units;
  return sum;
}

// Equal names of many accounts do not collide.
SendKey send_key(AccountId account, std::string_view send) {
  return {.account = account, .hash = hash_of(send, account.value * 0xff51'afd7'ed55'8ccdULL)};
}

SeenSends::SeenSends(const SendLimits& limits, const SeenSends* beneath)
    : beneath_(beneath), limits_(limits), chunks_(limits.chunk_bytes) {
  if (limits_.archive != nullptr) limits_.archive->clear();
}

void SeenSends::limit(const SendLimits& limits) {
  limits_.generation_records_max = limits.generation_records_max;
  limits_.memory_bytes_max = limits.memory_bytes_max;
  if (limits_.archive == nullptr) limits_.archive = limits.archive;
}

// ---- looking up ----

std::optional<std::string_view> SeenSends::newest(const SendKey& key, std::string_view send) const {
  std::uint64_t newest = SendPlaces::none;
  std::string_view body;
  const std::uint64_t first = chunks_.first();
  places_.each(key.hash, [&](std::uint64_t place) {
    if (place < first || place < newest) return;
    const std::string_view found = body_at(chunks_.from(place)).body;
    const auto head = packed_head(found);
    ENSURE(head.has_value(), "what is remembered is whole");
    if (head->account != key.account || head->send != send) return;
    newest = place;
    body = found;
  });
  return newest == SendPlaces::none ? std::nullopt : std::optional{body};
}

std::optional<SendRecord> SeenSends::find(const SendKey& key, std::string_view send,
                                          Instant at) const {
  std::string from_archive;
  auto body = newest(key, send);
  if (!body && !archived_.empty() && limits_.archive->find(key, send, from_archive))
    body = from_archive;
  std::optional<SendRecord> found;
  if (body) {
    found = unpacked(*body);
    ENSURE(found.has_value(), "what is remembered is whole");
    if (at >= found->forget_at) return std::nullopt;
  } else if (beneath_ != nullptr) {
    found = beneath_->find(key, send, at);
  }
  if (found) add_reversals(*found);
  return found;
}

void SeenSends::add_reversals(SendRecord& record) const {
  const auto own = reversals_.find(record.sequence);
  if (own == reversals_.end()) return;
  std::ranges::copy(own->second.reversals, std::back_inserter(record.reversals));
}

// ---- remembering ----

void SeenSends::open_generation() {
  if (generations_.empty() || generations_.back().records >= limits_.generation_records_max)
    generations_.push_back(Generation{.from = chunks_.cut()});
}

void SeenSends::enter(const SendKey& key, Sequence sequence, Instant forget_at, std::size_t size) {
  const std::uint64_t place = chunks_.keep(size);
  Generation& of = generations_.back();
  if (++of.records == 1) of.first = sequence;
  of.last = sequence;
  of.sums.add_record(forget_at, print_of(chunks_.from(place)));
  places_.add(key.hash, place, chunks_.first());
  ++records_;
}

void SeenSends::remember(const SendKey& key, const SendTaken& send) {
  open_generation();
  const std::size_t size = pack(send, chunks_.room(packed_bytes_max(send)));
  enter(key, send.sequence, send.forget_at, size);
}

void SeenSends::reverse(const SendRecord& record, Reversal reversal) {
  reversal_sums_.add_reversal(record.forget_at, print_of_reversal(record.sequence, reversal));
  Reversed& reversed = reversals_[record.sequence];
  reversed.forget_at = record.forget_at;
  reversed.reversals.push_back(std::move(reversal));
}

SendSum SeenSends::sum(Instant at) const {
  const std::int64_t now = hour_of(at);
  SendSum sum = reversal_sums_.at(now);
  for (const SendGeneration& generation : archived_) {
    for (const auto& [hour, of_hour] : generation.hours) {
      if (hour >= now) sum += of_hour;
    }
  }
  for (const Generation& generation : generations_) sum += generation.sums.at(now);
  if (beneath_ != nullptr) sum += beneath_->sum(at);
  return sum;
}

SendGeneration SeenSends::Generation::says() const {
  return {.first = first,
          .last = last,
          .records = records,
          .hours = {sums.hours().begin(), sums.hours().end()}};
}

// ---- forgetting ----

void SeenSends::forget(Instant at) {
  if (++forgets_ % entries_per_chunk == 0) chunks_.give_back();
  for (int n = 0; n < reversals_per_entry_max && !reversals_.empty(); ++n) {
    if (reversals_.begin()->first > gone_) break;
    reversals_.erase(reversals_.begin());
  }
  if (limits_.archive != nullptr) hold_less();
  const std::int64_t hour = hour_of(at);
  if (hour == hour_) return;
  hour_ = hour;
  reversal_sums_.forget(hour);
  drop_generations(hour);
}

void SeenSends::drop_generations(std::int64_t hour) {
  while (!archived_.empty() && archived_.front().hours.back().first < hour) {
    gone_ = archived_.front().last;
    archived_records_ -= archived_.front().records;
    archived_.pop_front();
    limits_.archive->drop(gone_);
  }
  while (archived_.empty() && !generations_.empty() &&
         generations_.front().sums.hours().rbegin()->first < hour) {
    if (putting_) {  // the archive still reads it
      putting_.reset();
      limits_.archive->drop(generations_.front().last);
    }
    gone_ = generations_.front().last;
    records_ -= generations_.front().records;
    generations_.pop_front();
    chunks_.drop(generations_.empty() ? chunks_.cut() : generations_.front().from);
  }
}

// ---- what memory has no room for ----

std::size_t SeenSends::held() const {
  return chunks_.chunks() * limits_.chunk_bytes + records_ * slot_bytes;
}

void SeenSends::hold_less() {
  if (putting_) {
    if (held() / 2 > limits_.memory_bytes_max) limits_.archive->finish();
    const auto progress = limits_.archive->progress();
    if (progress == SendArchive::Progress::busy) return;
    putting_.reset();
    if (progress == SendArchive::Progress::kept) {
      let_go_of_oldest();
    } else {
      put_generations_ = generations_.size() + 1;  // tried again when there is another one
    }
  }
  if (held() > limits_.memory_bytes_max && generations_.size() >= put_generations_) put_oldest();
}

void SeenSends::put_oldest() {
  std::vector<std::string_view> chunks;
  chunks_.each(generations_[1].from, [&](std::string_view bytes) { chunks.push_back(bytes); });
  putting_.reset(limits_.archive);
  limits_.archive->put(generations_.front().says(), chunks);
}

void SeenSends::let_go_of_oldest() {
  put_generations_ = 2;
  archived_.push_back(generations_.front().says());
  archived_records_ += generations_.front().records;
  records_ -= generations_.front().records;
  generations_.pop_front();
  chunks_.drop(generations_.front().from);
}

// ---- as bytes ----

void SeenSends::save(Instant at, const std::function<void(const SendPortion&)>& write) const {
  ENSURE(beneath_ == nullptr, "what lies over another is never saved");
  const std::int64_t now = hour_of(at);
  std::string portion;
  const auto flush = [&](SendPortionKind kind) {
    if (!portion.empty()) write({.kind = kind, .bytes = portion});
    portion.clear();
  };
  for (const SendGeneration& generation : archived_) {
    pack(generation, portion);
    flush(SendPortionKind::archived);
  }
  chunks_.each(UINT64_MAX, [&](std::string_view bytes) {
    while (!bytes.empty()) {
      const PackedBody packed = body_at(bytes);
      if (hour_of(packed_head(packed.body)->forget_at) >= now)
        portion += bytes.substr(0, packed.bytes);
      bytes.remove_prefix(packed.bytes);
      if (portion.size() >= portion_bytes) flush(SendPortionKind::records);
    }
  });
  flush(SendPortionKind::records);
  for (const auto& [send, reversed] : reversals_) {
    if (hour_of(reversed.forget_at) < now) continue;
    for (const Reversal& reversal : reversed.reversals) {
      pack(PackedReversal{send, reversed.forget_at, reversal}, portion);
      if (portion.size() >= portion_bytes) flush(SendPortionKind::reversals);
    }
  }
  flush(SendPortionKind::reversals);
}

bool SeenSends::load(const SendPortion& portion) {
  switch (portion.kind) {
    case SendPortionKind::records: return load_records(portion.bytes);
    case SendPortionKind::reversals: return load_reversals(portion.bytes);
    case SendPortionKind::archived: return load_archived(portion.bytes);
  }
  return false;
}

bool SeenSends::load_archived(std::string_view bytes) {
  if (bytes.empty()) return true;
  auto taken = unpacked_generation(bytes);
  const Sequence before = archived_.empty() ? Sequence{} : archived_.back().last;
  if (!taken || limits_.archive == nullptr || !generations_.empty()) return false;
  if (taken->first <= before || taken->last < taken->first) return false;
  if (!limits_.archive->take(*taken)) return false;
  archived_records_ += taken->records;
  archived_.push_back(*std::move(taken));
  return true;
}

bool SeenSends::load_records(std::string_view bytes) {
  struct Read {
    SendKey key;
    PackedHead head;
    std::string_view bytes;
  };
  std::array<Read, load_block> block;
  Sequence last = archived_.empty() ? Sequence{} : archived_.back().last;
  if (!generations_.empty()) last = generations_.back().last;
  while (!bytes.empty()) {
    std::size_t read = 0;
    for (; read < block.size() && !bytes.empty(); ++read) {
      const auto body = packed_body(bytes);
      const auto head = body ? packed_head(body->body) : std::nullopt;
      if (!head || body->bytes > SendChunks::bytes_max || head->sequence <= last) return false;
      last = head->sequence;
      block[read] = {.key = send_key(head->account, head->send),
                     .head = *head,
                     .bytes = bytes.substr(0, body->bytes)};
      bytes.remove_prefix(body->bytes);
      prefetch(block[read].key);
    }
    for (const Read& one : std::span{block}.first(read)) {
      open_generation();
      std::memcpy(chunks_.room(one.bytes.size()), one.bytes.data(), one.bytes.size());
      enter(one.key, one.head.sequence, one.head.forget_at, one.bytes.size());
    }
  }
  return true;
}

bool SeenSends::load_reversals(std::string_view bytes) {
  while (!bytes.empty()) {
    auto taken = take_reversal(bytes);
    if (!taken) return false;
    reversal_sums_.add_reversal(taken->forget_at, print_of_reversal(taken->send, taken->reversal));
    Reversed& reversed = reversals_[taken->send];
    reversed.forget_at = taken->forget_at;
    reversed.reversals.push_back(std::move(taken->reversal));
  }
  return true;
}

}  // namespace packledger
