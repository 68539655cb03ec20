// A page of a statement, made on one walk over the journal: every entry from the opening of the
// account on is folded, so that the figures are right whatever page is asked for; the lines that
// the page has are rendered.
//
// Owner: whoever walks the journal, on its thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"
#include "query/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace packledger {

struct StatementQuery {
  AccountId account;
  Sequence after;                 // of the cursor; 0 from the start
  Sequence until;                 // none after it
  std::optional<Instant> from{};  // recorded at it or later
  std::optional<Instant> to{};    // recorded before it
  std::string kind{};             // empty: all
  std::size_t limit = 0;
};

class StatementPage {
 public:
  explicit StatementPage(StatementQuery query);

  // Every entry from the opening of the account on, in order; false when no more are needed.
  [[nodiscard]] bool take(const Entry& entry);

  // {account, currency, lines: [{position, at, recorded_at, kind, name?, text, amount?,
  // balance_before, balance_after, packages: [{package, before, after, units, held?, forfeited?}],
  // caused_by?}], next_cursor?, position}
  [[nodiscard]] std::string body() const;

 private:
  [[nodiscard]] bool wants(const Entry& entry) const;
  void add(const Entry& entry, const StatementLine& line);

  StatementQuery query_;
  Statement statement_;
  std::string lines_;  // JSON, with commas between
  std::size_t count_ = 0;
  Sequence last_;  // of the lines
  bool more_ = false;
};

}  // namespace packledger
