// SeenSends: every send that may still come again or be reversed, by account and name (rules §1 R4
// R12, §5 R57, §7 R75). This is the one place of once-only: the check and the effect are one step
// of the ledger. Engine thread.
//
// A record is forgotten at a journal time that is fixed when it is made, after the send could no
// longer be accepted and no longer be reversed; whether it is found depends on that time alone, not
// on when its memory is given back.
//
// Memory: a record is packed into about 45 bytes in the order of recording; a table of 16-byte
// slots finds it by a hash of account and name. So many records in a row are a generation. When the
// last of them is forgotten a generation is dropped whole, without looking at its records. Where
// memory has a bound the oldest generations lie in an archive.
//
// To look up is to read memory in places that nobody could foresee. Who has many sends to decide
// makes the key of each, prefetches some of them, and decides when they have arrived.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/send_archive.hpp"
#include "packledger/ledger/send_chunks.hpp"
#include "packledger/ledger/send_places.hpp"
#include "packledger/ledger/send_sums.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

// A send that is recorded now: what a SendRecord is made of, without a copy.
struct SendTaken {
  AccountId account;
  Sequence sequence;
  Instant recorded_at;
  Instant reversible_until;
  Instant forget_at;
  const SendRecorded& asked;
  const SendDecision& decided;
};

[[nodiscard]] SendKey send_key(AccountId account, std::string_view send);

struct SendLimits {
  // About 80 MB with its slots. What is forgotten is kept until its generation is, so at most so
  // many records longer than they need be.
  std::size_t generation_records_max = std::size_t{1} << 20U;
  std::size_t chunk_bytes = std::size_t{1} << 20U;  // in which memory is taken
  // With more than so much in memory the oldest generation goes to the archive; with twice as much
  // the ledger waits for it. At least the generation that grows stays here.
  std::size_t memory_bytes_max = SIZE_MAX;
  SendArchive* archive = nullptr;  // nothing: everything stays in memory; outlives the ledger
};

// A part of all that is remembered, as bytes. Numbers are stored, and never renumbered.
enum class SendPortionKind : std::uint8_t {
  records = 1,
  reversals = 2,
  archived = 3,  // a generation that the archive has, without its records
};
struct SendPortion {
  SendPortionKind kind = SendPortionKind::records;
  std::string_view bytes;
};

class SeenSends {
 public:
  // A view over another one: what is not here is looked up there, nothing is changed there.
  explicit SeenSends(const SeenSends* beneath = nullptr) : SeenSends(SendLimits{}, beneath) {}
  explicit SeenSends(const SendLimits& limits, const SeenSends* beneath = nullptr);
  SeenSends(const SeenSends&) = delete;
  SeenSends& operator=(const SeenSends&) = delete;
  SeenSends(SeenSends&&) = default;  // what is left is of no use any more
  SeenSends& operator=(SeenSends&&) = default;
  ~SeenSends() = default;

  // Fetches what find() and remember() will touch of a name that is new.
  void prefetch(const SendKey& key) const {
    places_.prefetch(key.hash);
    if (!archived_.empty()) limits_.archive->prefetch(key);
  }

  [[nodiscard]] std::optional<SendRecord> find(const SendKey& key, std::string_view send,
                                               Instant at) const;
  [[nodiscard]] std::optional<SendRecord> find(AccountId account, std::string_view send,
                                               Instant at) const {
    return find(send_key(account, send), send, at);
  }
  // Looks nothing up: find() has just said that the name is new, and its slots are still near.
  void remember(const SendKey& key, const SendTaken& send);
  // Adds a reversal to a record that find() gave.
  void reverse(const SendRecord& record, Reversal reversal);
  // Lets go of what is forgotten at this instant, a little in each call. To be called with every
  // entry; instants never go back.
  void forget(Instant at);

  // Records, in memory and in the archive, also those that are forgotten with their generation.
  [[nodiscard]] std::size_t size() const { return records_ + archived_records_; }
  // Bytes in memory, but for reversals.
  [[nodiscard]] std::size_t memory() const { return chunks_.memory() + places_.memory(); }
  [[nodiscard]] std::size_t archived() const { return archived_.size(); }  // generations
  [[nodiscard]] const SendLimits& limits() const { return limits_; }
  // From now on, but for chunk_bytes. What has an archive keeps it.
  void limit(const SendLimits& limits);
  // For the digest: of all that is remembered at this instant, to the hour. Depends on what was
  // remembered and reversed, never on what lies in memory.
  [[nodiscard]] SendSum sum(Instant at) const;

  // What sum() tells of, in portions that are good for a call each: what the archive has, records,
  // reversals.
  void save(Instant at, const std::function<void(const SendPortion&)>& write) const;
  // Takes back what save() wrote, in the same order, before anything else is remembered. False
  // where it cannot be that: then this must be thrown away. What is wrong inside a record shows in
  // the sum alone.
  [[nodiscard]] bool load(const SendPortion& portion);

 private:
  struct Generation {
    std::uint64_t from = 0;  // its first place
    std::size_t records = 0;
    Sequence first{};
    Sequence last{};
    SendSums sums{};
    [[nodiscard]] SendGeneration says() const;
  };
  struct Finish {
    void operator()(SendArchive* archive) const { archive->finish(); }
  };
  struct Reversed {
    Instant forget_at;  // of the send
    std::vector<Reversal> reversals;
  };

  // The bytes of the newest record of this name; nothing where there is none.
  [[nodiscard]] std::optional<std::string_view> newest(const SendKey& key,
                                                       std::string_view send) const;
  void open_generation();  // that takes one more
  // Keeps the bytes that were just written: in its generation, the table and the sums.
  void enter(const SendKey& key, Sequence sequence, Instant forget_at, std::size_t size);
  void add_reversals(SendRecord& record) const;
  void drop_generations(std::int64_t hour);
  [[nodiscard]] std::size_t held() const;  // bytes of what is in memory now
  void hold_less();
  void put_oldest();
  void let_go_of_oldest();  // the archive has it
  [[nodiscard]] bool load_archived(std::string_view bytes);
  [[nodiscard]] bool load_records(std::string_view bytes);
  [[nodiscard]] bool load_reversals(std::string_view bytes);

  const SeenSends* beneath_;
  SendLimits limits_;
  SendChunks chunks_;
  SendPlaces places_;
  std::deque<SendGeneration> archived_;  // before those in memory
  std::deque<Generation> generations_;   // in the order of recording
  std::size_t archived_records_ = 0;
  std::size_t records_ = 0;          // in memory
  std::size_t put_generations_ = 2;  // in memory there must be before one is put
  SendSums reversal_sums_;
  std::map<Sequence, Reversed> reversals_;  // by the sequence of the send
  Sequence gone_;                           // no send up to this one is remembered
  std::int64_t hour_ = INT64_MIN;           // of the last forget()
  std::uint64_t forgets_ = 0;
  // Set while the archive reads the oldest generation; last, so that it ends before the memory.
  std::unique_ptr<SendArchive, Finish> putting_;
};

}  // namespace packledger
