// SendArchive: where generations of sends lie for which memory has no room. The ledger decides what
// goes there and when it is forgotten; the archive keeps it and finds it again. With or without
// one, and however fast it is, the ledger's answers are the same. Engine thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/send_sums.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {

// By what a send is looked up; made once for each.
struct SendKey {
  AccountId account;
  std::uint64_t hash = 0;  // of account and name
};

// What a generation says of itself. Two that say the same hold the same records.
struct SendGeneration {
  Sequence first;
  Sequence last;
  std::uint64_t records = 0;
  std::vector<std::pair<std::int64_t, SendSum>> hours;  // in which they are forgotten; rising
  friend bool operator==(const SendGeneration&, const SendGeneration&) = default;
};

class SendArchive {
 public:
  virtual ~SendArchive() = default;

  // Begins to keep a generation, later ones behind earlier ones, one at a time. The chunks, which
  // hold its packed records in order, stay as they are until it is kept or failed.
  virtual void put(const SendGeneration& generation, std::span<const std::string_view> chunks) = 0;
  enum class Progress : std::uint8_t { busy, kept, failed };
  // How it stands with the last one put. Of one that is kept every record is found.
  [[nodiscard]] virtual Progress progress() = 0;
  // Waits until it is kept or failed.
  virtual void finish() = 0;
  // Whether it still has this generation whole, from an earlier run; then it is kept.
  [[nodiscard]] virtual bool take(const SendGeneration& generation) = 0;
  // Lets go of generations up to this sequence.
  virtual void drop(Sequence last) = 0;
  // Lets go of all, but take() may still find them.
  virtual void clear() = 0;

  // Fetches what find() will read of a name that is new.
  virtual void prefetch(const SendKey& key) const = 0;
  // The body of the newest packed record of this name, in `body`. False where there is none.
  [[nodiscard]] virtual bool find(const SendKey& key, std::string_view send,
                                  std::string& body) const = 0;
};

}  // namespace packledger
