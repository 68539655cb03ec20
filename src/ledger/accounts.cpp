#include "packledger/ledger/accounts.hpp"

#include "packledger/ledger/result.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace packledger {
namespace {

constexpr std::size_t line_bytes = 64;  // of a cache, on the processors we know

void fetch_bytes(const void* from, std::size_t bytes) {
  const char* at = static_cast<const char*>(from);
  for (std::size_t done = 0; done < bytes; done += line_bytes) __builtin_prefetch(at + done);
}

}  // namespace

// ---- names ----

void AccountNames::fetch(std::uint64_t hash) const {
  if (tables_.empty()) return;
  const Table& table = tables_[table_of(hash)];
  if (!table.slots.empty()) __builtin_prefetch(&table.slots[place_of(hash) & table.mask()]);
}

// ---- accounts ----

Accounts::Accounts(const Accounts* beneath)
    : beneath_(beneath), count_(beneath == nullptr ? 0 : beneath->count_) {}

std::optional<AccountId> Accounts::find(std::string_view name, std::uint64_t hash) const {
  const std::uint32_t number = names_.find(
      hash, [&](std::uint32_t candidate) { return at(AccountId{candidate}).name == name; });
  if (number != 0) return AccountId{number};
  return beneath_ == nullptr ? std::nullopt : beneath_->find(name, hash);
}

const Account* Accounts::find(AccountId id) const {
  if (id.value == 0 || id.value > count_) return nullptr;
  if (beneath_ == nullptr) return &row(id.value);
  const auto found = changed_.find(id);
  return found == changed_.end() ? beneath_->find(id) : &found->second;
}

const Account& Accounts::at(AccountId id) const {
  const Account* account = find(id);
  ENSURE(account != nullptr, "an account is named by its number");
  return *account;
}

Account& Accounts::change(AccountId id) {
  ENSURE(id.value != 0 && id.value <= count_, "an account is named by its number");
  if (beneath_ == nullptr) return row(id.value);
  const auto found = changed_.find(id);
  return found == changed_.end() ? changed_.emplace(id, beneath_->at(id)).first->second
                                 : found->second;
}

void Accounts::add(Account account) {
  ENSURE(account.id.value == count_ + 1, "accounts are numbered without gaps");
  ENSURE(account.id.value <= std::numeric_limits<std::uint32_t>::max(),
         "four thousand million accounts do not fit the memory of any machine");
  ++count_;
  account.settings = shared(*account.settings);
  account.modes = shared(*account.modes);
  const auto number = static_cast<std::uint32_t>(count_);
  names_.add(account_hash(account.name), number,
             [&](std::uint32_t before) { return account_hash(at(AccountId{before}).name); });
  if (beneath_ != nullptr) {
    changed_.emplace(account.id, std::move(account));
    return;
  }
  if (chunks_.size() * chunk_rows < count_)
    chunks_.push_back(std::make_unique<Account[]>(chunk_rows));
  row(count_) = std::move(account);
}

// ---- fetching ----

AccountId Accounts::likely(const AccountName& name) const {
  return AccountId{names_.find(name.hash(), [](std::uint32_t) { return true; })};
}

void Accounts::fetch_row(AccountId id) const {
  constexpr std::size_t looked_at = 256;  // up to the currency
  if (const Account* account = find(id)) fetch_bytes(account, looked_at);
}

void Accounts::fetch_parts(AccountId id) const {
  const Account* account = find(id);
  if (account == nullptr) return;
  constexpr std::size_t inline_name_max = 15;
  constexpr std::size_t looked_at = 128;  // of a package, up to its priority
  // What is open pays in its order, and mostly from one or two packages.
  constexpr std::size_t packages = 2;
  for (std::size_t i = 0; i < std::min(account->open.size(), packages); ++i)
    fetch_bytes(&account->package(account->open[i]), looked_at);
  if (account->name.size() > inline_name_max) __builtin_prefetch(account->name.data());
  if (!account->pools.empty()) __builtin_prefetch(account->pools.data());
}

}  // namespace packledger
