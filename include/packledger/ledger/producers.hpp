// Producers: who numbers its batches of sends, and which numbers were taken (rules §12 R128 to
// R131). A number that is known makes a whole batch known: nothing is looked up for its sends.
// Part of the ledger; engine thread.
//
// Memory: the last producer_batches_max batches of each producer, 16 bytes each. What they were
// answered stands in the journal.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/name.hpp"
#include "packledger/ledger/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// 64 MiB where each of them has all its batches.
inline constexpr std::size_t producers_max = 4'096;
// How many of its last batches a producer may repeat: more than anybody has in flight.
inline constexpr std::size_t producer_batches_max = 1'024;
// One that says nothing for so long is forgotten: longer than any send may come late (R4).
inline constexpr Duration producer_memory = days(90);
// So that what its sends are called is a name: ":" producer ":" epoch ":" number ":" index.
inline constexpr std::size_t producer_bytes_max = 24;
// The last epoch, and the last number: 16 digits, which every client can count to.
inline constexpr std::uint64_t producer_number_max = std::uint64_t{1} << 53U;

// True for 1 to producer_bytes_max characters of A-Z a-z 0-9 . _ -
[[nodiscard]] bool is_producer(std::string_view text);

// Sends whose names begin so were named by the daemon: the number of their batch is their identity.
inline constexpr char numbered_name_mark = ':';
[[nodiscard]] inline bool is_numbered_name(std::string_view send) {
  return !send.empty() && send.front() == numbered_name_mark;
}

// A batch that was taken.
struct TakenBatch {
  Sequence first;  // where its entries begin: those of its sends, then its own
  std::uint64_t digest = 0;
  friend bool operator==(const TakenBatch&, const TakenBatch&) = default;
};

struct Producer {
  std::uint64_t epoch = 0;
  std::uint64_t last = 0;  // the number of the last batch that was taken; from 1 in each epoch
  Instant last_at;         // when it was
  // Number n is at (n - 1) % producer_batches_max.
  std::vector<TakenBatch> batches;

  // Nothing where the number is not of the last ones; it is at most `last`.
  [[nodiscard]] std::optional<TakenBatch> batch(std::uint64_t number) const;
  [[nodiscard]] bool forgotten(Instant at) const { return at >= last_at + producer_memory; }
  friend bool operator==(const Producer&, const Producer&) = default;
};

struct BatchNumber {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  friend bool operator==(BatchNumber, BatchNumber) = default;
};

// What a client says of a batch that it numbers.
struct NumberedBatch {
  Name producer;             // is_producer
  BatchNumber at;            // number 0: it only asks how far the producer is, and has no sends
  std::uint64_t digest = 0;  // of what its sends say
};

class Producers {
 public:
  using ByName = std::map<std::string, Producer, std::less<>>;

  // A view over another one: what is not here is looked up there, nothing is changed there.
  explicit Producers(const Producers* beneath = nullptr) : beneath_(beneath) {}

  // Nothing where it is unknown, or forgotten by then.
  [[nodiscard]] const Producer* find(std::string_view name, Instant at) const;
  // Whether there is no room for one that is unknown.
  [[nodiscard]] bool full(Instant at) const;
  // The number is the next of its epoch, or the first of a higher one. Those forgotten by then make
  // room for a producer that is new.
  void take(const std::string& name, BatchNumber number, TakenBatch batch, Instant at);

  [[nodiscard]] const ByName& all() const { return producers_; }
  // Of a snapshot, in rising order of names. False where it is not.
  [[nodiscard]] bool restore(const std::string& name, Producer producer);

 private:
  Producer& change(const std::string& name, Instant at);

  const Producers* beneath_;
  ByName producers_;
};

}  // namespace packledger
