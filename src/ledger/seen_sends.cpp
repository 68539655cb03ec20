#include "packledger/ledger/seen_sends.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace packledger {

Units SendRecord::reversed() const {
  Units sum;
  for (const Reversal& reversal : reversals) sum += reversal.units;
  return sum;
}

std::size_t SeenSends::KeyHash::operator()(const KeyView& key) const {
  // The account is spread over all bits, so that equal send names of many accounts do not collide.
  const std::size_t spread = key.account.value * 0x9e37'79b9'7f4a'7c15ULL;
  return std::hash<std::string_view>{}(key.send) ^ spread;
}

const SendRecord* SeenSends::find(AccountId account, std::string_view send, Instant at) const {
  const auto place = places_.find(KeyView{account, send});
  if (place == places_.end())
    return beneath_ == nullptr ? nullptr : beneath_->find(account, send, at);
  const SendRecord& record = records_[place->second - forgotten_];
  return at < record.forget_at ? &record : nullptr;
}

void SeenSends::remember(SendRecord record) {
  const std::uint64_t place = forgotten_ + records_.size();
  places_.insert_or_assign(Key{record.account, record.asked.send}, place);
  records_.push_back(std::move(record));
}

void SeenSends::reverse(AccountId account, std::string_view send, Reversal reversal) {
  auto place = places_.find(KeyView{account, send});
  if (place == places_.end() && beneath_ != nullptr) {
    const SendRecord* beneath = beneath_->find(account, send, Instant{});
    ENSURE(beneath != nullptr, "only a send that is remembered is reversed");
    remember(*beneath);
    place = places_.find(KeyView{account, send});
  }
  ENSURE(place != places_.end(), "only a send that is remembered is reversed");
  records_[place->second - forgotten_].reversals.push_back(std::move(reversal));
}

void SeenSends::forget(Instant at, std::size_t records_max) {
  for (std::size_t n = 0; n < records_max && !records_.empty(); ++n) {
    const SendRecord& oldest = records_.front();
    if (at < oldest.forget_at) return;
    const auto place = places_.find(KeyView{oldest.account, oldest.asked.send});
    // The name may have come again since, and then belongs to a later record.
    if (place != places_.end() && place->second == forgotten_) places_.erase(place);
    records_.pop_front();
    ++forgotten_;
  }
}

}  // namespace packledger
