#include "packledger/ledger/seen_keys.hpp"

namespace packledger {

const SeenKey* SeenKeys::find(AccountId account, const std::string& text, Instant at) const {
  const auto found = keys_.find(Key{account, text});
  if (found == keys_.end())
    return beneath_ == nullptr ? nullptr : beneath_->find(account, text, at);
  const bool gone = found->second.forget_at && at >= *found->second.forget_at;
  return gone ? nullptr : &found->second;
}

void SeenKeys::remember(AccountId account, const std::string& text, const SeenKey& seen) {
  keys_.insert_or_assign(Key{account, text}, seen);
  if (seen.forget_at) passing_.emplace_back(*seen.forget_at, Key{account, text});
}

void SeenKeys::forget(Instant at, std::size_t keys_max) {
  for (std::size_t n = 0; n < keys_max && !passing_.empty(); ++n) {
    const auto& [forget_at, key] = passing_.front();
    if (at < forget_at) return;
    const auto found = keys_.find(key);
    // The key may have been used again since, and then lives on.
    if (found != keys_.end() && found->second.forget_at == forget_at) keys_.erase(found);
    passing_.pop_front();
  }
}

}  // namespace packledger
