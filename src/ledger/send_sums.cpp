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
  SendSum& sum = of(forget_at);
  ++sum.records;
  sum.low += print.low;
  sum.high += print.high;
  ++records_;
}

void SendSums::add_reversal(Instant forget_at, SendPrint print) {
  SendSum& sum = of(forget_at);
  sum.low += print.low;
  sum.high += print.high;
}

SendSum SendSums::at(Instant at) const {
  SendSum all;
  for (auto hour = hours_.lower_bound(hour_of(at)); hour != hours_.end(); ++hour) {
    all.records += hour->second.records;
    all.low += hour->second.low;
    all.high += hour->second.high;
  }
  return all;
}

void SendSums::forget(Instant at) {
  const std::int64_t now = hour_of(at);
  while (!hours_.empty() && hours_.begin()->first < now) {
    records_ -= hours_.begin()->second.records;
    hours_.erase(hours_.begin());
    last_ = nullptr;
  }
}

}  // namespace packledger
