// Redecision: asks today's law about every entry of a journal, in order, and says on which it would
// answer otherwise than the journal does (rules §12). Timers and consequences are asked for by the
// ledger itself: each must be exactly the one whose turn it is, and none may be left out.
//
// Owner: whoever verifies; one thread. Invariant: an entry is applied only where nothing about it
// differs, or where the caller says so.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/reject.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace packledger {

enum class Difference : std::uint8_t {
  misplaced = 1,          // not the next sequence, or recorded before the entry before
  left_out = 2,           // the ledger asks for something else first
  not_asked = 3,          // a timer or a consequence that the ledger does not ask for
  refused = 4,            // today's law refuses it
  decided_otherwise = 5,  // today's law decides otherwise
};
[[nodiscard]] std::string_view difference_text(Difference difference);  // "decided_otherwise"

struct Differs {
  Difference what = Difference::decided_otherwise;
  std::optional<Entry> expected;   // what should stand there, where the law says it
  std::optional<Refusal> refusal;  // of refused
};

class Redecision {
 public:
  // Goes on where the ledger is, behind the end of a record; it outlives this.
  explicit Redecision(Ledger& ledger) : ledger_(ledger) {}

  // Compares, and applies the entry where nothing differs.
  [[nodiscard]] std::optional<Differs> take(const Entry& entry);
  // Behind the last entry of a journal: what the ledger still asks for, and should stand there.
  [[nodiscard]] std::optional<Differs> end();

 private:
  [[nodiscard]] const Input* asked();
  [[nodiscard]] std::optional<Differs> compare_turn(const Entry& entry);
  [[nodiscard]] std::optional<Differs> compare_decision(const Entry& entry) const;
  [[nodiscard]] Differs other(Difference what, const Input& input, Instant at) const;
  void apply(const Entry& entry);

  Ledger& ledger_;
  std::vector<Input> asked_;     // consequences that the ledger asks for now, in order
  std::size_t answered_ = 0;     // of them
  bool send_came_last_ = false;  // of all that are no consequence
};

}  // namespace packledger
