// each_entry_fetched: how many entries of a journal are visited one after the other while memory is
// asked for what later ones will look at, in one ledger or in several. On the thread of the
// ledgers.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <variant>

namespace packledger {

// Fetches what an entry will look at: the rows first, and what they point to once they are there.
inline void fetch_rows(std::initializer_list<const Ledger*> ledgers, const Input& input) {
  const auto* const send = std::get_if<SendRecorded>(&input.what);
  for (const Ledger* ledger : ledgers) {
    ledger->accounts().fetch_row(input.account);
    if (send != nullptr) ledger->sends().prefetch(send_key(input.account, send->send));
  }
}
inline void fetch_parts(std::initializer_list<const Ledger*> ledgers, const Input& input) {
  for (const Ledger* ledger : ledgers) ledger->fetch_parts(input.account);
}

// Until `visit` says false; false then. In blocks, as each_fetched.
bool each_entry_fetched(std::initializer_list<const Ledger*> ledgers,
                        std::span<const Entry> entries, auto&& visit) {
  constexpr std::size_t block = fetch_lead;
  const auto block_at = [&](std::size_t first) {
    return first < entries.size() ? entries.subspan(first, std::min(block, entries.size() - first))
                                  : std::span<const Entry>{};
  };
  for (std::size_t first = 0; first < entries.size() + 2 * block; first += block) {
    for (const Entry& entry : block_at(first)) fetch_rows(ledgers, entry.input);
    for (const Entry& entry : block_at(first - block)) fetch_parts(ledgers, entry.input);
    for (const Entry& entry : block_at(first - 2 * block)) {
      if (!visit(entry)) return false;
    }
  }
  return true;
}

}  // namespace packledger
