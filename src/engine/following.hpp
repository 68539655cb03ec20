// Following: how an entry is made of what was decided, and what follows from it. Shared by the
// engine and by walks that decide a journal anew. Functions of their arguments, any thread.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/ledger.hpp"
#include "packledger/ledger/result.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace packledger {

inline Entry entry_of(const Ledger& ledger, Input input, Decision decision, Instant at,
                      Sequence caused_by = {}) {
  return Entry{.sequence = next(ledger.last()),
               .recorded_at = at,
               .input = std::move(input),
               .decision = std::move(decision),
               .caused_by = caused_by};
}

// Whether the ledger itself asked for it, as something was due.
inline bool is_timer(const What& what) {
  return std::visit([](const auto& each) { return requires { each.due; }; }, what);
}

// Whether the entry, behind a send that is the last of the ledger, is of the same batch: its sends
// are decided in one go, and what they make due at once comes behind all of them.
inline bool goes_on_with_a_batch(const Entry& entry, const Ledger& ledger) {
  const What& what = entry.input.what;
  const bool of_a_batch =
      std::holds_alternative<SendRecorded>(what) || std::holds_alternative<BatchTaken>(what);
  return of_a_batch && entry.recorded_at == ledger.recorded_at();
}

// What the ledger itself asks is never refused.
inline Decision own_decision(const Ledger& ledger, const Input& input, Instant at) {
  auto decision = ledger.decide(input, at);
  ENSURE(decision.has_value(), "what the ledger itself asks is never refused");
  return *std::move(decision);
}

// Decides what follows from the last entry, to the end; `keep` applies each entry.
void follow_up(const Ledger& ledger, Instant at, auto&& keep) {
  for (auto inputs = ledger.consequences(); !inputs.empty(); inputs = ledger.consequences()) {
    for (Input& input : inputs) {
      Decision decision = own_decision(ledger, input, at);
      keep(entry_of(ledger, std::move(input), std::move(decision), at, ledger.cause()));
    }
  }
}

}  // namespace packledger
