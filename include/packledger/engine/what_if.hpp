// WhatIf: two ledgers side by side over one journal: as it was decided, and as it would have been
// under another policy. Of the journal the second one believes only what came from outside, and
// when; it decides that anew, fires its own timers and follows its own consequences.
//
// Owner: whoever replays; one thread. Invariants:
//  1. Without a policy the two are equal: the same entries, the same digest.
//  2. Memory: two ledgers, and two tallies for each account.
// What was refused when it was asked is in no journal, so nobody can ask it again.
#pragma once

#include "packledger/engine/tally.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/price_book.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace packledger {

struct Policy {
  // In force from its effective_from on instead of every book of its currency that was published
  // for that time.
  std::optional<PriceBook> book;
  SettingsPatch settings;  // of every account, whatever it says itself
};

class WhatIf {
 public:
  // Where a walk stood that was interrupted.
  struct Row {  // of one account
    Tally as_decided;
    Tally otherwise;
  };
  struct State {
    std::unique_ptr<Ledger> as_decided;
    std::unique_ptr<Ledger> otherwise;
    std::vector<Row> rows;                    // AccountId n is at n - 1
    std::map<Reject, std::uint64_t> refused;  // why, over all accounts
  };

  explicit WhatIf(Policy policy);
  WhatIf(Policy policy, State state);

  // The next entry of the journal.
  void take(const Entry& entry);

  [[nodiscard]] const State& state() const { return state_; }
  // The first account whose tallies are not what its ledger says; nothing where all add up.
  [[nodiscard]] std::optional<AccountId> mistaken() const;

 private:
  [[nodiscard]] Input asked_otherwise(const Entry& entry) const;
  void decide_otherwise(const Entry& entry);
  void fire_due(Instant at);
  void keep(const Entry& entry);
  [[nodiscard]] Row& row(AccountId account);

  Policy policy_;
  State state_;
  bool send_came_last_ = false;  // of all in the journal that are no consequence
};

}  // namespace packledger
