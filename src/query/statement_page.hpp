// A page of a statement, made on one walk over the journal: every entry from the opening of the
// account on is folded, so that the figures are right whatever page is asked for; the lines that
// the page has are rendered. A page that is full may be turned: the next one goes on where it
// stopped, without folding all again.
//
// Owner: whoever walks the journal, on its thread; between two walks StatementShelf.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/id.hpp"
#include "packledger/ledger/time.hpp"
#include "query/statement.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
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

  // Where the walk is to begin, or to go on.
  [[nodiscard]] Sequence walk_from(Sequence opened) const { return std::max(opened, walk_from_); }

  // Whether this one, once turned, is the page that is asked for.
  [[nodiscard]] bool precedes(const StatementQuery& query) const;
  // Into that page. Only where precedes() says so.
  void turn(const StatementQuery& query);
  [[nodiscard]] bool more() const { return !carried_.empty(); }

  // {account, currency, lines: [{position, at, recorded_at, kind, name?, text, amount?,
  // balance_before, balance_after, packages: [{package, before, after, units, held?, forfeited?}],
  // caused_by?}], next_cursor?, position}
  [[nodiscard]] std::string body() const;

 private:
  [[nodiscard]] bool wants(const Entry& entry) const;
  [[nodiscard]] std::string rendered(const Entry& entry, const StatementLine& line) const;
  void add(std::string line, Sequence position);

  StatementQuery query_;
  Statement statement_;
  std::string lines_;  // JSON, with commas between
  std::size_t count_ = 0;
  Sequence last_;        // of the lines
  std::string carried_;  // the first line of the next page; empty where there is none
  Sequence walk_from_;   // behind what was taken
};

// The last pages that were told and are not the last of their statement, so that whoever reads a
// long statement page by page has it folded once. Beyond pages_max the oldest is given up; a page
// that is not here is folded from the opening on.
//
// Owner: serve's front. One thread.
class StatementShelf {
 public:
  // The page as it stands before its walk.
  [[nodiscard]] StatementPage take(const StatementQuery& query);
  // After its walk; nothing is kept of one that has no next.
  void keep(StatementPage page);

  static constexpr std::size_t pages_max = 16;  // readers at once; each costs what its packages do

 private:
  std::deque<StatementPage> pages_;  // the oldest first
};

}  // namespace packledger
