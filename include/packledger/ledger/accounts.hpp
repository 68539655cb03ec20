// Accounts: all of them, by number and by name. Owned by the Ledger; engine thread.
//
// The rows lie in chunks and never move. A name is found through a hash table of eight bytes a slot
// that keeps half of the hash beside the number, so that a look-up touches one slot and the row
// that is wanted anyway. The table is made of many small ones, so that none is ever rebuilt for
// longer than a turn.
//
// Whoever knows early what will be asked says so with fetch: memory answers all of a batch in the
// time of a few. Fetching changes nothing and may be left out.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/account_name.hpp"
#include "packledger/ledger/id.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace packledger {

// From the hash of a name to the number of its account.
class AccountNames {
 public:
  // The first number under this hash that `is_it` accepts; 0 where there is none.
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const auto& is_it) const {
    if (tables_.empty()) return 0;
    const Table& table = tables_[table_of(hash)];
    if (table.slots.empty()) return 0;
    for (std::size_t at = place_of(hash) & table.mask(); table.slots[at].number != 0;
         at = (at + 1) & table.mask()) {
      const Slot& slot = table.slots[at];
      if (slot.tag == tag_of(hash) && is_it(slot.number)) return slot.number;
    }
    return 0;
  }
  void fetch(std::uint64_t hash) const;
  // `hash_of` tells the hash of a number that was added before, for a table that grows.
  void add(std::uint64_t hash, std::uint32_t number, const auto& hash_of) {
    if (tables_.empty()) tables_.resize(std::size_t{1} << table_bits);
    Table& table = tables_[table_of(hash)];
    if ((table.used + 1) * 4 > table.slots.size() * 3) {
      std::vector<Slot> before(table.slots.empty() ? slots_first : table.slots.size() * 2);
      before.swap(table.slots);
      for (const Slot& slot : before) {
        if (slot.number != 0) table.put(hash_of(slot.number), slot.number);
      }
    }
    table.put(hash, number);
    ++table.used;
  }

 private:
  static constexpr unsigned table_bits = 10;  // a million accounts are a thousand in each table
  static constexpr std::size_t slots_first = 8;

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = 0;  // 0: free
  };
  struct Table {
    std::vector<Slot> slots;  // a power of two, or none
    std::size_t used = 0;
    [[nodiscard]] std::size_t mask() const { return slots.size() - 1; }
    void put(std::uint64_t hash, std::uint32_t number) {
      std::size_t at = place_of(hash) & mask();
      while (slots[at].number != 0) at = (at + 1) & mask();
      slots[at] = Slot{tag_of(hash), number};
    }
  };
  // Different bits of the hash say which table, which slot, and whether it may be the one.
  static std::size_t table_of(std::uint64_t hash) { return hash >> (64U - table_bits); }
  static std::size_t place_of(std::uint64_t hash) {
    return static_cast<std::size_t>(hash >> 32U) & ((std::size_t{1} << (32U - table_bits)) - 1);
  }
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

  std::vector<Table> tables_;  // none until the first name
};

// The accounts by number. An overlay copies an account when it is first changed.
class Accounts {
 public:
  explicit Accounts(const Accounts* beneath = nullptr);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::optional<AccountId> find(std::string_view name) const {
    return find(name, account_hash(name));
  }
  [[nodiscard]] std::optional<AccountId> find(const std::same_as<AccountName> auto& name) const {
    return find(name, name.hash());
  }
  [[nodiscard]] const Account* find(AccountId id) const;
  [[nodiscard]] const Account& at(AccountId id) const;
  [[nodiscard]] Account& change(AccountId id);
  void add(Account account);  // its id is count() + 1
  // The same for accounts that have them alike.
  [[nodiscard]] Shared<AccountSettings> shared(const AccountSettings& settings) {
    return settings_.of(settings);
  }
  [[nodiscard]] Shared<std::vector<PoolMode>> shared(const std::vector<PoolMode>& modes) {
    return modes_.of(modes);
  }

  // ---- fetching, in this order, a few dozen accounts at each step ----
  void fetch_slot(const AccountName& name) const { names_.fetch(name.hash()); }
  // The account that a name most likely means, 0 for none; looks at the slot only.
  [[nodiscard]] AccountId likely(const AccountName& name) const;
  void fetch_row(AccountId id) const;
  // What its row points to: packages, pools.
  void fetch_parts(AccountId id) const;

 private:
  static constexpr std::size_t chunk_rows = 256;

  [[nodiscard]] std::optional<AccountId> find(std::string_view name, std::uint64_t hash) const;
  [[nodiscard]] Account& row(std::uint64_t number) const {
    return chunks_[(number - 1) / chunk_rows][(number - 1) % chunk_rows];
  }

  const Accounts* beneath_;
  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<Account[]>> chunks_;  // without beneath
  std::map<AccountId, Account> changed_;            // with beneath
  AccountNames names_;
  Alike<AccountSettings> settings_;
  Alike<std::vector<PoolMode>> modes_;
};

}  // namespace packledger
