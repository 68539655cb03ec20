// What the ledger's own values look like in the words of the tables: for the LawDriver.
// Pure functions of a ledger that nobody changes meanwhile.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "tests/examples/driver.hpp"

#include <string>

namespace packledger::examples {

[[nodiscard]] AccountSeen seen_account(const Account& account);
[[nodiscard]] OrderSeen seen_order(const Order& order);
[[nodiscard]] EntrySeen seen_entry(const Entry& entry, const Ledger& ledger);

// "A1+B2+P1@0.132", "P1@0.04 adjusted -500"
[[nodiscard]] std::string told_send(AccountId account, const SendDecision& decision,
                                    const Ledger& ledger);
// "price 470", "refund 12.5", "P3@0.132+B3+A1(forfeited)"; empty for what says nothing.
[[nodiscard]] std::string told_command(const Entry& entry, const Ledger& ledger);

}  // namespace packledger::examples
