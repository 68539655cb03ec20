// The Ledger: what the journal adds up to, and the law over it (rules §12). decide reads and never
// changes; apply changes and cannot fail. Live running is decide, then apply; replay is apply
// alone. No clock, no file, no chance: the same entries give the same ledger, everywhere and
// always. Engine thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/accounts.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/input.hpp"
#include "packledger/ledger/producers.hpp"
#include "packledger/ledger/reject.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/seen_keys.hpp"
#include "packledger/ledger/seen_sends.hpp"
#include "packledger/ledger/timers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// What the last entry that is no consequence, or the last renewal, left to be followed up. Part of
// the state: wherever a replay stops, it goes on as if it had not.
struct Aftermath {
  AccountId account;  // 0: nothing
  Sequence cause;
  Instant at;                              // when the cause took effect
  std::optional<std::uint32_t> pool_rose;  // quota came into this pool: its alarms may re-arm (R82)
  bool mainland_fell = false;              // a threshold renewal may be triggered (R91)
  bool credited = false;                   // balance alarms may re-arm; a pending renewal is tried
  bool rule_changed = false;               // of `alarm`, which may re-arm
  bool renewal_set = false;                // the renewal rule was switched on (R90)
  bool grace_over = false;                 // SuspensionDue has fired (R107)
  bool retry = false;                      // the daily try of a pending renewal (R98)
  std::string alarm;                       // to be looked at with all packages of its pool
  PackageId ending;                        // whose end triggers a renewal (R92)
  std::vector<PackageId> touched;          // whose remaining units fell
};

// By so many sends each step of fetching is ahead of the next: as many as memory answers at once.
inline constexpr std::size_t fetch_lead = 12;

class Ledger {
 public:
  Ledger() = default;
  explicit Ledger(const SendLimits& sends) : sends_(sends) {}
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

  // The same for a send, whose input and decision need not be copied into others.
  [[nodiscard]] Result<SendDecision, Refusal> decide(AccountId account, const SendRecorded& send,
                                                     Instant at) const;

  // Fetch what a send will look at into the cache, in three steps: each looks at what the one
  // before it has fetched. Whoever has many sends takes the steps of later ones between earlier
  // ones. They change nothing and may be left out.
  void fetch(const AccountName& account) const { accounts_.fetch_slot(account); }
  // The account that it most likely is.
  [[nodiscard]] AccountId fetch_row(const AccountName& account, std::string_view send) const;
  void fetch_parts(AccountId account) const { accounts_.fetch_parts(account); }

  // Bookkeeping. The entry is the next in sequence; its decision is one that decide gave, now or
  // when the entry was first made. Aborts where the entry does not fit the state: then the journal
  // is not ours.
  void apply(const Entry& entry);

  // The same for entries in a row; what later ones will look at is fetched meanwhile.
  void apply(std::span<const Entry> entries);

  // What follows from the last entry, as inputs of their own: each is to be decided and applied, in
  // this order, before anything else, and then this is to be asked again, until there is nothing.
  // Account status, then alarms, then renewal (R87).
  [[nodiscard]] std::vector<Input> consequences() const;
  // The entry that caused them.
  [[nodiscard]] Sequence cause() const { return aftermath_.cause; }

  // The first timer that is due at `at` or before, as the input that fires it.
  [[nodiscard]] std::optional<Input> due_input(Instant at) const;
  [[nodiscard]] std::optional<Instant> next_due() const;

  [[nodiscard]] Sequence last() const { return last_; }               // of the entries applied
  [[nodiscard]] Instant recorded_at() const { return recorded_at_; }  // of the last one
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] const PriceBooks& books() const { return books_; }
  [[nodiscard]] const SeenSends& sends() const { return sends_; }
  [[nodiscard]] const SeenKeys& keys() const { return keys_; }
  [[nodiscard]] const Producers& producers() const { return producers_; }
  [[nodiscard]] const Timers& timers() const { return timers_; }
  [[nodiscard]] const Aftermath& aftermath() const { return aftermath_; }

  // A digest of the whole state, equal for equal states; walks everything, 128 bits as 32 hex
  // digits.
  [[nodiscard]] std::string digest() const;

 private:
  friend struct Bookkeeping;  // src/ledger/apply.cpp: the only code that changes a ledger
  friend class LedgerImage;   // restores one from a snapshot

  Accounts accounts_;
  PriceBooks books_;
  SeenSends sends_;
  SeenKeys keys_;
  Producers producers_;
  Timers timers_;
  Aftermath aftermath_;
  Sequence last_;
  Instant recorded_at_;
};

// What the account's next renewal would cost now; nothing where the book in force does not say. The
// account has a renewal rule.
[[nodiscard]] std::optional<Money> renewal_price(const Ledger& ledger, const Account& account);

}  // namespace packledger
