#include "serve/directory.hpp"

#include "packledger/ledger/result.hpp"

#include <variant>

namespace packledger::serve {

// The entry that opened an account is remembered for ever, by its name.
Directory::Directory(const Ledger& ledger) : learnt_{ledger.last()} {
  const std::uint64_t count = ledger.accounts().count();
  rows_.reserve(count);
  numbers_.reserve(count);
  for (std::uint64_t number = 1; number <= count; ++number) {
    const Account& account = ledger.accounts().at(AccountId{number});
    const SeenKey* opened = ledger.keys().find({}, "account:" + account.name, ledger.recorded_at());
    ENSURE(opened != nullptr, "an account was opened by an entry");
    const auto place = numbers_.emplace(account.name, account.id).first;
    Row& row = rows_.emplace_back(Row{place->first, account.currency, opened->sequence, {}});
    row.packages.reserve(account.packages.size());
    for (const Package& package : account.packages) row.packages.push_back(package.terms.name);
  }
}

void Directory::learn(const Entry& entry) {
  if (entry.sequence <= learnt_) return;
  if (const auto* opened = std::get_if<AccountOpened>(&entry.input.what)) {
    const auto& decision = std::get<AccountDecision>(entry.decision);
    ENSURE(decision.account.value == rows_.size() + 1, "accounts are numbered without gaps");
    const auto place = numbers_.emplace(opened->name, decision.account).first;
    rows_.push_back({place->first, opened->currency, entry.sequence, {}});
  } else if (const auto* order = std::get_if<OrderDecision>(&entry.decision)) {
    for (const PackageTerms& package : order->packages) learn_package(entry.input.account, package);
  } else if (const auto* grant = std::get_if<GrantDecision>(&entry.decision)) {
    learn_package(entry.input.account, grant->package);
  } else if (const auto* renewal = std::get_if<RenewalDecision>(&entry.decision)) {
    learn_package(entry.input.account, renewal->package);
  }
}

void Directory::learn_package(AccountId account, const PackageTerms& package) {
  ENSURE(account.value >= 1 && account.value <= rows_.size(), "a package has an account");
  auto& packages = rows_[account.value - 1].packages;
  ENSURE(package.id.value == packages.size() + 1, "packages are numbered without gaps");
  packages.push_back(package.name);
}

const Directory::Row* Directory::row(AccountId account) const {
  if (account.value == 0 || account.value > rows_.size()) return nullptr;
  return &rows_[account.value - 1];
}

std::string_view Directory::account(AccountId account) const {
  const Row* found = row(account);
  return found == nullptr ? std::string_view{} : found->name;
}

Currency Directory::currency(AccountId account) const {
  const Row* found = row(account);
  return found == nullptr ? Currency{} : found->currency;
}

std::string_view Directory::package(AccountId account, PackageId package) const {
  const Row* found = row(account);
  if (found == nullptr || package.value == 0 || package.value > found->packages.size()) return {};
  return found->packages[package.value - 1];
}

Sequence Directory::opened(AccountId account) const {
  const Row* found = row(account);
  return found == nullptr ? Sequence{} : found->opened;
}

std::optional<AccountId> Directory::find(std::string_view account) const {
  const auto found = numbers_.find(account);
  return found == numbers_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace packledger::serve
