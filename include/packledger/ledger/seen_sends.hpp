// SeenSends: every send that may still come again or be reversed, by account and name (rules §1 R4
// R12, §5 R57, §7 R75). This is the one place of once-only: the check and the effect are one step
// of the ledger. Engine thread.
//
// A record is forgotten at a journal time that is fixed when it is made, after the send could no
// longer be accepted and no longer be reversed; whether it is found depends on that time alone, not
// on when its memory is given back.
//
// Memory: a record is packed into about 45 bytes in the order of recording, in chunks that are
// given back whole; a table of 16-byte slots finds it by a hash of account and name. The table is
// made of many small ones, so that none is ever rebuilt for longer than a turn.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace packledger {

struct Reversal {
  std::string name;
  Units units;
  Sequence sequence;
};

struct SendRecord {
  AccountId account;
  Sequence sequence;
  Instant recorded_at;
  Instant reversible_until;  // first instant at which it can no longer be reversed
  Instant forget_at;
  SendRecorded asked;
  SendDecision decided;
  std::vector<Reversal> reversals;

  [[nodiscard]] Units reversed() const;
};

// Where packed records lie: hash to place.
class SendPlaces {
 public:
  static constexpr std::uint64_t none = 0;

  // The first place under this hash that `is_it` accepts; none where there is none.
  [[nodiscard]] std::uint64_t find(std::uint64_t hash, const auto& is_it) const {
    if (slots_.empty()) return none;
    for (std::size_t at = hash & mask(); slots_[at].place != none; at = (at + 1) & mask()) {
      if (slots_[at].hash == hash && is_it(slots_[at].place)) return slots_[at].place;
    }
    return none;
  }
  void add(std::uint64_t hash, std::uint64_t place);
  // The slot that holds `from` holds `to` from now on.
  void replace(std::uint64_t hash, std::uint64_t from, std::uint64_t to);
  void remove(std::uint64_t hash, std::uint64_t place);
  [[nodiscard]] std::size_t memory() const { return slots_.size() * sizeof(Slot); }  // bytes

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t place = none;
  };
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, std::uint64_t place) const;
  void grow();

  std::vector<Slot> slots_;  // a power of two, or none
  std::size_t used_ = 0;
};

class SeenSends {
 public:
  // A view over another one: what is not here is looked up there, nothing is changed there.
  explicit SeenSends(const SeenSends* beneath = nullptr) : beneath_(beneath) {}

  [[nodiscard]] std::optional<SendRecord> find(AccountId account, std::string_view send,
                                               Instant at) const;
  void remember(const SendRecord& record);
  // Adds a reversal to a record that find() knows.
  void reverse(AccountId account, std::string_view send, Reversal reversal);
  // Gives back the memory of at most `records_max` forgotten records.
  void forget(Instant at, std::size_t records_max);

  [[nodiscard]] std::size_t size() const { return size_; }
  // Bytes of all that is remembered.
  [[nodiscard]] std::size_t memory() const;
  // In the order of recording; for the digest.
  void each(const std::function<void(const SendRecord&)>& visit) const;

 private:
  struct Chunk {
    std::string bytes;  // packed records, each behind its length; never grows beyond its capacity
  };

  [[nodiscard]] SendPlaces& places(std::uint64_t hash);
  [[nodiscard]] std::uint64_t place_of(AccountId account, std::string_view send,
                                       std::uint64_t hash) const;
  [[nodiscard]] std::string_view packed(std::uint64_t place) const;
  [[nodiscard]] SendRecord record(std::uint64_t place) const;
  [[nodiscard]] std::uint64_t append(std::string_view bytes);
  void look_at_oldest();

  const SeenSends* beneath_;
  std::vector<SendPlaces> tables_;  // by the top bits of the hash; none until the first record
  std::deque<Chunk> chunks_;        // in the order of recording
  std::uint64_t chunks_gone_ = 0;   // given back from the front
  std::size_t oldest_at_ = 0;       // of the oldest record, in the first chunk
  Instant oldest_forget_at_;        // of the oldest record
  std::size_t size_ = 0;
  std::string packing_;                                                 // reused by remember
  std::unordered_map<std::uint64_t, std::vector<Reversal>> reversals_;  // by place; look-up only
};

}  // namespace packledger
