// What the answers of a month add up to, kept beside the daemon and compared with it at the end:
// units by who paid them, money by what moved it. Owner: the caller; one thread.
#pragma once

#include "packledger/ledger/money.hpp"
#include "wire/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {

struct TrafficSums {
  std::int64_t recorded = 0;
  std::int64_t duplicates = 0;
  std::map<std::string, std::int64_t> rejected;  // by code
  std::int64_t reversals = 0;

  std::int64_t package_units = 0;  // paid by packages, less what was given back
  std::int64_t captured = 0;       // of package_units: what was held before
  std::int64_t payg_units = 0;     // the same, pay per use
  std::int64_t quota = 0;          // of all packages bought

  Money credited;
  Money purchased;
  Money charged;
  Money refunded;

  // An answer's share of the sums. False where it makes no sense.
  [[nodiscard]] bool add_send(const Json& result);
  [[nodiscard]] bool add_reversal(const Json& answer);
};

// The state as the daemon shows it, account by account.
struct TrafficState {
  std::int64_t packages = 0;
  std::int64_t quota = 0;
  std::int64_t remaining = 0;
  std::int64_t held = 0;
  std::int64_t used = 0;
  std::int64_t forfeited = 0;
  std::int64_t refunded_units = 0;

  Money balance;
  Money credited;
  Money purchased;
  Money charged;
  Money refunded;

  // Adds a package, an account; what does not add up in itself is named in `wrong`.
  void add_package(std::string_view account, const Json& package, std::vector<std::string>& wrong);
  void add_account(const Json& account, std::vector<std::string>& wrong);
};

// Names every sum in which the two differ.
void compare(const TrafficSums& sums, const TrafficState& state, std::vector<std::string>& wrong);

}  // namespace packledger::cli
