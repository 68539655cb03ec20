// The Ledger: what the journal adds up to, and the law over it (rules §12). decide reads and never
// changes; apply changes and cannot fail. Live running is decide, then apply; replay is apply
// alone. No clock, no file, no chance: the same entries give the same ledger, everywhere and
// always. Engine thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/seen_keys.hpp"
#include "packledger/ledger/seen_sends.hpp"
#include "packledger/ledger/timers.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace packledger {

// The accounts by number. An overlay copies an account when it is first changed.
class Accounts {
 public:
  explicit Accounts(const Accounts* beneath = nullptr);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::optional<AccountId> find(std::string_view name) const;
  [[nodiscard]] const Account* find(AccountId id) const;
  [[nodiscard]] const Account& at(AccountId id) const;
  [[nodiscard]] Account& change(AccountId id);
  void add(Account account);  // its id is count() + 1

 private:
  const Accounts* beneath_;
  std::uint64_t count_ = 0;
  std::deque<Account> rows_;                          // without beneath: AccountId n is at n - 1
  std::map<AccountId, Account> changed_;              // with beneath
  std::unordered_map<std::string, AccountId> names_;  // look-up only, never iterated
};

class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // A scratch ledger over this one: it may decide and apply without touching what is beneath, which
  // must outlive it and stay unchanged meanwhile. It sets no timers of the accounts that it has not
  // changed.
  struct Over {
    const Ledger& beneath;
  };
  explicit Ledger(Over over);

  // The law: what follows from this input at this instant, or why not. `at` is never before
  // recorded_at().
  [[nodiscard]] Result<Decision, Refusal> decide(const Input& input, Instant at) const;

  // Bookkeeping. The entry is the next in sequence; its decision is one that decide gave, now or
  // when the entry was first made. Aborts where the entry does not fit the state: then the journal
  // is not ours.
  void apply(const Entry& entry);

  // The first timer that is due at `at` or before, as the input that fires it.
  [[nodiscard]] std::optional<Input> due_input(Instant at) const;
  [[nodiscard]] std::optional<Instant> next_due() const;

  [[nodiscard]] Sequence last() const { return last_; }               // of the entries applied
  [[nodiscard]] Instant recorded_at() const { return recorded_at_; }  // of the last one
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] const PriceBooks& books() const { return books_; }
  [[nodiscard]] const SeenSends& sends() const { return sends_; }
  [[nodiscard]] const SeenKeys& keys() const { return keys_; }
  [[nodiscard]] const Timers& timers() const { return timers_; }

  // A digest of the whole state, equal for equal states; walks everything, 128 bits as 32 hex
  // digits.
  [[nodiscard]] std::string digest() const;

 private:
  friend struct Bookkeeping;  // src/ledger/apply.cpp: the only code that changes a ledger

  Accounts accounts_;
  PriceBooks books_;
  SeenSends sends_;
  SeenKeys keys_;
  Timers timers_;
  Sequence last_;
  Instant recorded_at_;
};

}  // namespace packledger
