// each_fetched: how many sends are visited one after the other while memory is asked for what later
// ones will look at. Engine thread.
#pragma once

#include "packledger/engine/inbox.hpp"
#include "packledger/ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace packledger {

// Visits sends in their order while memory fetches what the next ones will look at: so all wait
// side by side, not one after the other. In blocks, because a fetch waits itself for the page to be
// found, and those that follow one another closely wait for that together too.
void each_fetched(const Ledger& ledger, std::span<const SendAsked> sends, auto&& visit) {
  constexpr std::size_t block = fetch_lead;
  std::array<AccountId, 2 * block> likely;
  const auto of_block = [&](std::size_t first, const auto& step) {
    if (first < sends.size())
      for (std::size_t i = first; i < std::min(first + block, sends.size()); ++i) step(i);
  };
  for (std::size_t first = 0; first < sends.size() + 3 * block; first += block) {
    of_block(first, [&](std::size_t i) { ledger.fetch(sends[i].account); });
    of_block(first - block, [&](std::size_t i) {
      likely[i % likely.size()] = ledger.fetch_row(sends[i].account, sends[i].send.send);
    });
    of_block(first - 2 * block,
             [&](std::size_t i) { ledger.fetch_parts(likely[i % likely.size()]); });
    of_block(first - 3 * block, [&](std::size_t i) { visit(sends[i]); });
  }
}

}  // namespace packledger
