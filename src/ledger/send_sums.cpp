#include "packledger/ledger/send_sums.hpp"

namespace packledger {

std::int64_t hour_of(Instant at) {
  const std::int64_t hour = at.ms / hours(1).ms;
  return at.ms % hours(1).ms < 0 ? hour - 1 : hour;
}

SendSum& SendSums::of(Instant forget_at) {
  const std::int64_t hour = hour_of(forget_at);
  if (last_ == nullptr || last_hour_ != hour) {
    last_ = &hours_[hour];
    last_hour_ = hour;
  }
  return *last_;
}

void SendSums::add_record(Instant forget_at, SendPrint print) {
  of(forget_at) += {.records = 1, .low = print.low, .high = print.high};
}

void SendSums::add_reversal(Instant forget_at, SendPrint print) {
  of(forget_at) += {.records = 0, .low = print.low, .high = print.high};
}

SendSum SendSums::at(std::int64_t hour) const {
  SendSum all;
  for (auto each = hours_.lower_bound(hour); each != hours_.end(); ++each) all += each->second;
  return all;
}

void SendSums::forget(std::int64_t hour) {
  hours_.erase(hours_.begin(), hours_.lower_bound(hour));
  last_ = nullptr;
}

}  // namespace packledger
