// LedgerImage: the way into a ledger that is restored rather than replayed, and what of its state
// it tells nobody else. What goes in is what came out of a ledger: the caller compares the digests
// before anybody uses what was restored.
//
// Owner: whoever restores; one thread, before the ledger is used.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace packledger {

class LedgerImage {
 public:
  // The ledger is as made.
  explicit LedgerImage(Ledger& ledger);

  void publish(PriceBook book) { ledger_.books_.publish(std::move(book)); }
  // Numbered without gaps, each name once.
  void add(Account account) { ledger_.accounts_.add(std::move(account)); }
  // As SeenSends::load() takes it. False where it cannot.
  [[nodiscard]] bool remember(const SendPortion& portion) { return ledger_.sends_.load(portion); }
  // In rising order of their keys. False where it is not.
  [[nodiscard]] bool remember(SeenKeys::Key key, const SeenKey& seen);
  void let_pass(Instant forget_at, SeenKeys::Key key);
  // In rising order. False where it is not.
  [[nodiscard]] bool set(const Timer& timer) { return ledger_.timers_.set_last(timer); }
  // In rising order of their names. False where it is not.
  [[nodiscard]] bool add(const std::string& name, Producer producer);
  void end(Sequence last, Instant recorded_at, Aftermath aftermath);

  // `to`, which is as made, becomes what `from` is; `from` is of no use any more. The limits of
  // `to` hold. Where sends lie in an archive, `from` was made with that of `to`.
  static void hand_over(Ledger& from, Ledger& to);

  // ---- what a ledger keeps for itself ----

  using Passing = std::deque<std::pair<Instant, SeenKeys::Key>>;
  [[nodiscard]] static const Passing& passing(const SeenKeys& keys) { return keys.passing_; }

  using Forgettable = std::vector<std::pair<Instant, Sequence>>;
  [[nodiscard]] static Forgettable forgettable(const Holds& holds) {
    return {holds.forgettable_.begin(), holds.forgettable_.end()};
  }
  // Whether its name stands for this hold, and not for a later one.
  [[nodiscard]] static bool is_named(const Holds& holds, const Hold& hold);
  struct KeptHold {
    Hold hold;
    bool named = false;
  };
  // In rising order of their numbers. False where they are not, or `forgettable` names others.
  [[nodiscard]] static bool restore(Holds& holds, std::vector<KeptHold> kept,
                                    const Forgettable& forgettable);

 private:
  Ledger& ledger_;
};

}  // namespace packledger
