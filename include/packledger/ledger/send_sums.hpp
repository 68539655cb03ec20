// SendSums: what the digest of a ledger says of its sends. Each record and each reversal has a
// print; the prints of those that are forgotten in the same hour are added up. So the digest costs
// nothing to make, whatever is remembered and wherever it lies, and two replays that remember
// something else have other sums. Part of SeenSends; engine thread.
#pragma once

#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <map>

namespace packledger {

struct SendPrint {  // 128 bits that follow from what was remembered
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

struct SendSum {
  std::uint64_t records = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  SendSum& operator+=(const SendSum& other) {
    records += other.records;
    low += other.low;
    high += other.high;
    return *this;
  }
  friend bool operator==(const SendSum&, const SendSum&) = default;
};

// The hour of an instant, from 1970. A record counts until the hour of its forget_at is over.
[[nodiscard]] std::int64_t hour_of(Instant at);

class SendSums {
 public:
  void add_record(Instant forget_at, SendPrint print);
  void add_reversal(Instant forget_at, SendPrint print);
  // What counts in this hour, which is never before one that was given to forget().
  [[nodiscard]] SendSum at(std::int64_t hour) const;
  // Lets go of the hours before this one.
  void forget(std::int64_t hour);
  [[nodiscard]] const std::map<std::int64_t, SendSum>& hours() const { return hours_; }

 private:
  SendSum& of(Instant forget_at);

  std::map<std::int64_t, SendSum> hours_;
  SendSum* last_ = nullptr;  // of the hour that was added to last: mostly the next one, too
  std::int64_t last_hour_ = 0;
};

}  // namespace packledger
