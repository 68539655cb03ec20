// Statement: the account book of one account, line by line: what each entry did to the balance and
// to the packages, with the figures before and after it. Folded from the entries of the account
// alone, so that it proves the ledger instead of repeating it.
//
// Owner: whoever walks the journal, on its thread.
// Invariants:
//  1. The figures before a line are those after the line before.
//  2. Of every line and package: units + held + forfeited changed + used or refunded = 0; what came
//     with a package counts as its quota.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"
#include "query/notice_terms.hpp"
#include "wire/names.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// What an entry did to one package.
struct PackageMove {
  PackageId package;
  Units before;     // remaining
  Units after;      // remaining
  Units held;       // by which what is held changed
  Units forfeited;  // by which what is forfeited changed
};

struct StatementLine {
  Money before;  // the balance
  Money after;
  std::vector<PackageMove> moves;  // in the order in which the entry names the packages
  bool notice = false;
};

class Statement final : public Names {
 public:
  explicit Statement(AccountId account) : account_{account} {}

  // The entries of the account, each once, in order, from AccountOpened on. The line that it makes;
  // null where it moves neither money nor units and tells nobody anything. Valid until the next.
  [[nodiscard]] const StatementLine* take(const Entry& entry);
  // The same for an entry that makes none, too: then the figures did not change.
  [[nodiscard]] const StatementLine& line() const { return line_; }

  [[nodiscard]] Currency currency() const { return currency_; }
  // Of the entry that was taken last, which is a notice.
  [[nodiscard]] NoticeTerms notice_terms(const Entry& entry) const { return terms_.of(entry); }

  // ---- Names: of this account and of no other ----
  [[nodiscard]] std::string_view account(AccountId account) const override;
  [[nodiscard]] Currency currency(AccountId account) const override;
  [[nodiscard]] std::string_view package(AccountId account, PackageId package) const override;

 private:
  friend struct StatementFold;  // statement.cpp

  struct Stock {
    std::string name;
    Units quota;
    Units remaining;
    bool ended = false;  // its PackageExpired was taken: sends that come late use what is forfeited
  };
  struct Unpaid {
    PackageId first;
    std::size_t copies = 0;
  };

  AccountId account_;
  std::string name_;
  Currency currency_;
  Money balance_;
  std::vector<Stock> packages_;           // PackageId n is at n - 1
  std::map<std::string, Unpaid> unpaid_;  // orders that wait for their payment
  NoticeTermsNow terms_;
  StatementLine line_;
};

}  // namespace packledger
