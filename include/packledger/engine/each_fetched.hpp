// each_fetched: how many sends are visited one after the other while memory is asked for what later
// ones will look at. Engine thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace packledger {

// Visits sends in their order while memory fetches what the next ones will look at: so all wait
// side by side, not one after the other.
void each_fetched(const Ledger& ledger, std::span<const SendAsked> sends, auto&& visit) {
  constexpr std::size_t lead = fetch_lead;
  constexpr std::size_t ring = 16;  // more than a lead, and divided fast
  static_assert(ring > lead);
  std::array<AccountId, ring> likely;
  for (std::size_t i = 0; i < sends.size() + 3 * lead; ++i) {
    if (i < sends.size()) ledger.fetch(sends[i].account);
    if (const std::size_t at = i - lead; at < sends.size())
      likely[at % ring] = ledger.fetch_row(sends[at].account, sends[at].send.send);
    if (const std::size_t at = i - 2 * lead; at < sends.size())
      ledger.fetch_parts(likely[at % ring]);
    if (const std::size_t at = i - 3 * lead; at < sends.size()) visit(sends[at]);
  }
}

}  // namespace packledger
