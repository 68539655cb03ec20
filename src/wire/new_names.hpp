// New names: those that are known, and those that some entries would bring in, for answers that
// tell of entries before anybody has learnt them.
//
// Owner: wire; on the stack of whoever renders. The entries must outlive it.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "wire/names.hpp"

#include <map>
#include <span>
#include <string_view>
#include <utility>

namespace packledger {

class NewNames final : public Names {
 public:
  explicit NewNames(const Names& known, std::span<const Entry> entries = {}) : known_(known) {
    learn(entries);
  }
  void learn(std::span<const Entry> entries);

  [[nodiscard]] std::string_view account(AccountId account) const override;
  [[nodiscard]] Currency currency(AccountId account) const override;
  [[nodiscard]] std::string_view package(AccountId account, PackageId package) const override;

 private:
  struct NewAccount {
    std::string_view name;
    Currency currency;
  };

  const Names& known_;
  std::map<AccountId, NewAccount> accounts_;
  std::map<std::pair<AccountId, PackageId>, std::string_view> packages_;
};

}  // namespace packledger
