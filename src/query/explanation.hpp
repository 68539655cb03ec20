// Explanation: why the figures of an account are what they are. All entries of the account are
// folded, from its opening on; what each kind of them did is added up, figure by figure, and what
// comes out is laid beside what the ledger says. Beside the sums stand the entries themselves, of
// one package, the balance, an alarm or the automatic renewal, each consequence with its cause.
//
// Owner: whoever walks the journal, on its thread.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/units.hpp"
#include "query/statement.hpp"
#include "wire/json_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// What is to be explained.
enum class ExplainSubject : std::uint8_t {
  figures,  // the balance and every package, by sums alone
  balance,
  package,
  alarm,
  renewal,
  entry,  // what caused it, and what it caused
};

struct ExplainQuery {
  AccountId account;
  ExplainSubject subject = ExplainSubject::figures;
  std::string name{};  // of the package or the alarm
  Sequence entry;
  Sequence after;  // of the cursor: of the lines, or the number of a package; 0 from the start
  Sequence until;  // the figures are those behind this entry
  std::size_t limit = 0;
};

// The units of a package, or what they changed by.
struct PackageUnits {
  Units remaining;
  Units held;
  Units used;
  Units forfeited;
  Units refunded;
  PackageUnits& operator+=(const PackageUnits& other);
  friend bool operator==(const PackageUnits&, const PackageUnits&) = default;
};

// What the ledger says, which the explanation must come to.
struct LedgerFigures {
  Money balance;
  std::vector<Units> quotas;           // PackageId n is at n - 1
  std::vector<PackageUnits> packages;  // likewise
};
[[nodiscard]] LedgerFigures figures_of(const Account& account);

class Explanation {
 public:
  Explanation(ExplainQuery query, LedgerFigures says);

  // Every entry from the opening of the account on, in order; false when no more are needed.
  [[nodiscard]] bool take(const Entry& entry);

  // Whether there is anything of the alarm, or the entry, that was asked for.
  [[nodiscard]] bool found() const { return found_; }

  // {account, currency, …, agrees, next_cursor?, position}; docs/interface.md has the members.
  [[nodiscard]] std::string body() const;

 private:
  // What the entries of one kind did to a figure.
  template <class Change> struct Part {
    std::string_view kind;  // static
    std::uint64_t entries = 0;
    Change change{};
    Sequence first;
    Sequence last;
  };
  using PackageParts = std::vector<Part<PackageUnits>>;  // in the order of their first entry
  using BalanceParts = std::vector<Part<Money>>;
  // An entry since the last that is no consequence: what may be the cause of the next ones.
  struct Recent {
    Entry entry;
    StatementLine line;
    std::string text;  // of a notice: its terms are those of then
  };

  template <class Change>
  static void add(std::vector<Part<Change>>& parts, const Entry& entry, const Change& change);
  template <class Change> [[nodiscard]] static Change sum(const std::vector<Part<Change>>& parts);
  void tally(const Entry& entry, const StatementLine& line);
  [[nodiscard]] PackageUnits change_of(const Entry& entry, const PackageMove& move) const;
  [[nodiscard]] bool concerns(const Entry& entry, const StatementLine& line) const;
  void tell(const Entry& entry, const StatementLine& line);
  [[nodiscard]] bool take_around(const Entry& entry);
  void remember(const Entry& entry, const StatementLine& line);
  [[nodiscard]] const Recent* recent(Sequence sequence) const;
  [[nodiscard]] std::string text_of(const Recent& recent) const;
  void write_cause(JsonWriter& json, const Recent& cause) const;
  void write_line_with_cause(JsonWriter& json, const Entry& entry, const StatementLine& line) const;

  [[nodiscard]] bool balance_agrees() const { return sum(balance_) == says_.balance; }
  [[nodiscard]] bool package_agrees(std::size_t index) const;
  [[nodiscard]] bool all_agrees() const;
  void write_balance(JsonWriter& json) const;
  void write_package(JsonWriter& json, std::size_t index) const;
  void write_packages(JsonWriter& json) const;
  void write_subject(JsonWriter& json) const;

  ExplainQuery query_;
  LedgerFigures says_;
  Statement statement_;
  BalanceParts balance_;
  std::vector<PackageParts> packages_;  // PackageId n is at n - 1

  std::vector<Recent> recent_;
  std::string lines_;  // JSON, with commas between
  std::size_t count_ = 0;
  Sequence last_;  // of the lines
  bool more_ = false;
  bool found_ = false;
  std::string because_;  // of the entry that was asked for: JSON of the lines of its causes
  std::vector<Sequence> following_;  // the entry that was asked for, and what followed from it
};

}  // namespace packledger
