// Tally: what entries did to one account, summed up from the entries alone, to be compared with
// another way of deciding them and with what the ledger itself says. Values, any thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/decision.hpp"

#include <cstdint>

namespace packledger {

struct Tally {
  Money charged;        // pay-as-you-go, adjustments included
  Money refunded;       // reversed charges and refunded packages
  Money purchased;      // orders and renewals paid from the balance
  Money credited;       // funds credited and adjusted
  Units package_units;  // of sends and captured holds
  Units charged_units;
  Units forfeited;  // at the end of packages
  std::uint64_t sends = 0;
  std::uint64_t alarms = 0;
  std::uint64_t renewals = 0;
  std::uint64_t renewals_failed = 0;  // or capped
  std::uint64_t suspensions = 0;
  std::uint64_t refused = 0;  // asked for in the journal, but refused

  // Of this account; `balance` is that before the entry.
  void count(const Entry& entry, Money balance);
  Tally& operator+=(const Tally& other);
  friend bool operator==(const Tally&, const Tally&) = default;
};

// Whether its sums of money are those of the account, to the last micro-unit.
[[nodiscard]] bool adds_up(const Tally& tally, const Account& account);

}  // namespace packledger
