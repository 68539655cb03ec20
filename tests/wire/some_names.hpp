// Names for tests of views: accounts acme (7) and beta (8) in yuan, packages A (1) and B (3).
#pragma once

#include "wire/names.hpp"

#include <string_view>

namespace packledger::wire_tests {

class SomeNames final : public Names {
 public:
  std::string_view account(AccountId account) const override {
    return account == AccountId{7} ? "acme" : account == AccountId{8} ? "beta" : "";
  }
  Currency currency(AccountId account) const override {
    return this->account(account).empty() ? Currency{} : Currency{{'C', 'N', 'Y'}};
  }
  std::string_view package(AccountId account, PackageId package) const override {
    if (account != AccountId{7}) return "";
    return package == PackageId{1} ? "A" : package == PackageId{3} ? "B" : "";
  }
};

}  // namespace packledger::wire_tests
