// each_fetched: how many sends are visited one after the other while memory is asked for what later
// ones will look at. Engine thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace packledger {

// Visits sends in their order, each with what is known of it, while memory fetches what the next
// ones will look at: so all wait side by side, not one after the other.
void each_fetched(const Ledger& ledger, std::span<const SendAsked> sends, auto&& visit) {
  constexpr std::size_t lead = fetch_lead;
  constexpr std::size_t ring = 64;  // more than three leads
  static_assert(ring > 3 * lead);
  std::array<SendAhead, ring> ahead;
  for (std::size_t i = 0; i < sends.size() + 3 * lead; ++i) {
    if (i < sends.size()) ahead[i % ring] = ledger.fetch(sends[i].account);
    if (const std::size_t at = i - lead; at < sends.size())
      ledger.fetch_row(ahead[at % ring], sends[at].send.send);
    if (const std::size_t at = i - 2 * lead; at < sends.size())
      ledger.fetch_parts(ahead[at % ring]);
    if (const std::size_t at = i - 3 * lead; at < sends.size()) visit(sends[at], ahead[at % ring]);
  }
}

}  // namespace packledger
