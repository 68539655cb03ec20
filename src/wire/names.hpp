// Names: how the numbers of entries become the names that clients know. Entries carry numbers;
// every view of an entry asks here. Implemented by serve's directory; called on the thread that
// renders.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"

#include <string_view>

namespace packledger {

class Names {
 public:
  virtual ~Names() = default;
  // Each answers for every account and package that an earlier entry made. The text lives until
  // the directory next learns something. An unknown number gives an empty text, or Currency{}.
  [[nodiscard]] virtual std::string_view account(AccountId account) const = 0;
  [[nodiscard]] virtual Currency currency(AccountId account) const = 0;
  [[nodiscard]] virtual std::string_view package(AccountId account, PackageId package) const = 0;
};

}  // namespace packledger
