// An account that is lived through the law: every input is decided, applied and kept with its
// consequences, what is due comes first, and the entries can be read again.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "wire/names.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace packledger::query_tests {

inline constexpr Instant first_of_may{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00

// Publishes a book with a mainland product of 1,000 units for 50 CNY, one of any quantity for 0.05
// a unit, and pay-as-you-go for 0.065; opens the account acme.
class Lived final : public Names {
 public:
  Lived();

  // What time brings up to then, then this; its sequence, or 0 where the law refuses it.
  Sequence ask(What what, Instant at);
  Sequence ask(What what) { return ask(std::move(what), now_); }
  void advance(Instant to);

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Account& acme() const { return ledger_.accounts().at(AccountId{1}); }
  // The last entry of a kind, which there is.
  [[nodiscard]] const Entry& last(std::string_view kind) const;

  [[nodiscard]] std::string_view account(AccountId account) const override;
  [[nodiscard]] Currency currency(AccountId account) const override;
  [[nodiscard]] std::string_view package(AccountId account, PackageId package) const override;

 private:
  void keep(Input input, Decision decision, Instant at, Sequence caused_by);

  Ledger ledger_;
  std::vector<Entry> entries_;
  Instant now_ = first_of_may;
};

[[nodiscard]] OrderPlaced order(std::string name, Payment pay = Payment::balance);
[[nodiscard]] SendRecorded send(std::string name, std::int64_t units);
[[nodiscard]] HoldPlaced hold(std::string name, std::int64_t units);
[[nodiscard]] Contact everybody(std::string name);

}  // namespace packledger::query_tests
