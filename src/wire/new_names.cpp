#include "wire/new_names.hpp"

namespace packledger {

void NewNames::learn(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    const AccountId account = account_of(entry);
    if (const auto* opened = std::get_if<AccountOpened>(&entry.input.what))
      accounts_[account] = {opened->name, opened->currency};
    if (const auto* order = std::get_if<OrderDecision>(&entry.decision)) {
      for (const PackageTerms& terms : order->packages) packages_[{account, terms.id}] = terms.name;
    }
    if (const auto* grant = std::get_if<GrantDecision>(&entry.decision))
      packages_[{account, grant->package.id}] = grant->package.name;
    if (const auto* renewal = std::get_if<RenewalDecision>(&entry.decision))
      packages_[{account, renewal->package.id}] = renewal->package.name;
  }
}

std::string_view NewNames::account(AccountId account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? known_.account(account) : found->second.name;
}

Currency NewNames::currency(AccountId account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? known_.currency(account) : found->second.currency;
}

std::string_view NewNames::package(AccountId account, PackageId package) const {
  const auto found = packages_.find({account, package});
  return found == packages_.end() ? known_.package(account, package) : found->second;
}

}  // namespace packledger
