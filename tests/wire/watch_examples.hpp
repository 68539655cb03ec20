// One entry of each kind about holds, about invoices, and about what watches over an account, with
// every member set: part of entry_examples().
#pragma once

#include "packledger/ledger/decision.hpp"

#include <string_view>
#include <vector>

namespace packledger::wire_tests {

std::vector<Entry> watch_examples();

// Some kinds otherwise: what stands in the example of a kind cannot stand in these, or came later.
struct Variant {
  std::string_view golden;  // its bytes stand in tests/wire/golden/<golden>.hex for ever
  Entry entry;
};
std::vector<Variant> entry_variants();

// The commonest of those that are frequent: names of 16 bytes, one package, one receiver.
Entry common_hold();
Entry common_capture();
Entry common_alarm();

}  // namespace packledger::wire_tests
