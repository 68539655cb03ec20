#include "packledger/ledger/ledger_image.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>

namespace packledger {

LedgerImage::LedgerImage(Ledger& ledger) : ledger_(ledger) {
  ENSURE(ledger.last_ == Sequence{} && ledger.accounts_.count() == 0,
         "a ledger is restored before anything happens to it");
}

bool LedgerImage::remember(SeenKeys::Key key, const SeenKey& seen) {
  auto& keys = ledger_.keys_.keys_;
  const bool rises = keys.empty() || keys.rbegin()->first < key;
  if (rises) keys.emplace_hint(keys.end(), std::move(key), seen);
  return rises;
}

void LedgerImage::let_pass(Instant forget_at, SeenKeys::Key key) {
  ledger_.keys_.passing_.emplace_back(forget_at, std::move(key));
}

bool LedgerImage::add(const std::string& name, Producer producer) {
  return ledger_.producers_.restore(name, std::move(producer));
}

void LedgerImage::end(Sequence last, Instant recorded_at, Aftermath aftermath) {
  ledger_.last_ = last;
  ledger_.recorded_at_ = recorded_at;
  ledger_.aftermath_ = std::move(aftermath);
}

void LedgerImage::hand_over(Ledger& from, Ledger& to) {
  static_assert(sizeof(Ledger) == sizeof(Accounts) + sizeof(PriceBooks) + sizeof(SeenSends) +
                                      sizeof(SeenKeys) + sizeof(Producers) + sizeof(Timers) +
                                      sizeof(Aftermath) + sizeof(Sequence) + sizeof(Instant),
                "whatever a Ledger has is handed over below, and stands in a snapshot");
  ENSURE(to.last_ == Sequence{} && to.accounts_.count() == 0, "nothing is overwritten");
  to.accounts_ = std::move(from.accounts_);
  to.books_ = std::move(from.books_);
  const SendLimits limits = to.sends_.limits();
  to.sends_ = std::move(from.sends_);
  to.sends_.limit(limits);
  to.keys_ = std::move(from.keys_);
  to.producers_ = std::move(from.producers_);
  to.timers_ = std::move(from.timers_);
  to.aftermath_ = std::move(from.aftermath_);
  to.last_ = from.last_;
  to.recorded_at_ = from.recorded_at_;
}

bool LedgerImage::is_named(const Holds& holds, const Hold& hold) {
  const auto named = holds.names_.find(hold.asked.hold);
  return named != holds.names_.end() && named->second == hold.sequence;
}

bool LedgerImage::restore(Holds& holds, std::vector<KeptHold> kept,
                          const Forgettable& forgettable) {
  for (KeptHold& one : kept) {
    const Sequence number = one.hold.sequence;
    const bool rises = holds.holds_.empty() || holds.holds_.rbegin()->first < number;
    const bool free = !one.named || holds.names_.emplace(one.hold.asked.hold, number).second;
    if (!rises || !free) return false;
    if (one.hold.state == HoldState::held) ++holds.open_;
    holds.holds_.emplace_hint(holds.holds_.end(), number, std::move(one.hold));
  }
  holds.forgettable_ = {forgettable.begin(), forgettable.end()};
  return std::ranges::all_of(holds.forgettable_, [&holds](const auto& passing) {
    return holds.holds_.contains(passing.second);
  });
}

}  // namespace packledger
