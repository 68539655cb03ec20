// Holds: package units set aside for a while, then used or given back (rules §12 R124 to R127).
// Owned by the Account, changed by Ledger::apply only.
//
//   HoldPlaced ──> held ──HoldCaptured──> captured
//                   ├────HoldReleased──> released
//                   └────HoldExpired───> expired
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace packledger {

enum class HoldState : std::uint8_t { held = 1, captured = 2, released = 3, expired = 4 };
[[nodiscard]] std::string_view state_text(HoldState state);

struct Hold {
  HoldPlaced asked;
  Sequence sequence;  // of its HoldPlaced; also its number
  Instant placed_at;
  Instant expires_at;
  std::vector<PackageLine> lines;  // what was set aside, in the order of use
  HoldState state = HoldState::held;
  Units captured;
  std::optional<Instant> ended_at;
};

// The holds of one account: the open ones, and those that ended a short while ago, so that a late
// capture hears why it is refused.
class Holds {
 public:
  [[nodiscard]] const Hold* find(std::string_view name, Instant at) const;
  [[nodiscard]] const Hold* find(Sequence number) const;
  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] bool empty() const { return holds_.empty() && forgettable_.empty(); }
  [[nodiscard]] const std::map<Sequence, Hold>& all() const { return holds_; }

  void place(Hold hold);
  Hold& end(const std::string& name, HoldState state, Instant at);
  // Gives back the memory of holds that ended hold_memory ago.
  void forget(Instant at);

 private:
  friend class LedgerImage;

  std::map<Sequence, Hold> holds_;                      // by number
  std::unordered_map<std::string, Sequence> names_;     // look-up only, never iterated
  std::set<std::pair<Instant, Sequence>> forgettable_;  // when each may be forgotten
  std::size_t open_ = 0;
};

inline constexpr Duration hold_ttl_default = hours(24);       // R125
inline constexpr Duration hold_ttl_max = days(7);             // R125
inline constexpr Duration hold_memory = days(7);              // as long as a key is remembered
inline constexpr std::size_t holds_per_account_max = 10'000;  // open at once: a campaign in parts

}  // namespace packledger
