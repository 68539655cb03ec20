// Desk: a Ledger driven by hand, for tests that need no engine: what is due is taken first, what is
// decided is applied with all that follows from it, and every entry is kept. After each entry the
// invariants of its account are looked at.
//
// Owner: the test; one thread.
#pragma once

#include "packledger/ledger/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// How closely a desk looks at the account of an entry: at all that it ever had, or at the packages
// of which more may come.
enum class Care { all, living };

// How often a desk has looked at sums.
struct SumsSeen {
  std::uint64_t balances = 0;  // of accounts: all that they are made of
  std::uint64_t packages = 0;  // quota = remaining + held + used + forfeited + refunded
};

class Desk {
 public:
  explicit Desk(Instant now, Care care = Care::all)
      : ledger_(std::make_unique<Ledger>()), now_(now), care_(care) {}

  // Time passes: each timer is recorded at its own instant.
  void advance(Instant to);
  // Time has passed: of what is due, so many timers are recorded now.
  void jump(Instant to, std::size_t timers_max = std::numeric_limits<std::size_t>::max());

  // Decides and applies. `account` is empty where the input opens one or is about none.
  Result<Decision, Refusal> ask(std::string_view account, What what, std::string key = {});
  // The same, and tells the place of its entry among those of entries().
  Result<std::size_t, Refusal> record(Input input);
  // The same without keeping anything.
  [[nodiscard]] Result<Decision, Refusal> try_out(std::string_view account, What what) const;
  // The entries that it would make with all that follows from them, made on a ledger laid over this
  // one; none where it is refused.
  [[nodiscard]] std::vector<Entry> dry_run(std::string_view account, What what) const;

  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] const Account& account(std::string_view name) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  // Those until now are no longer wanted.
  void forget_entries() { entries_.clear(); }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const SumsSeen& sums_seen() const { return sums_; }

 private:
  void keep(Input input, Decision decision);
  void apply(Input input, Decision decision, Sequence caused_by);
  void take_due(std::size_t timers_max = std::numeric_limits<std::size_t>::max());
  [[nodiscard]] Input input_of(std::string_view account, What what, std::string key) const;

  std::unique_ptr<Ledger> ledger_;
  std::vector<Entry> entries_;
  Instant now_;
  Care care_;
  SumsSeen sums_;
};

// A ledger made from entries alone.
[[nodiscard]] std::unique_ptr<Ledger> replayed(std::span<const Entry> entries);

// "quota_exhausted"; "done" where it is no refusal.
[[nodiscard]] std::string code_of(const Result<Decision, Refusal>& decided);

}  // namespace packledger
