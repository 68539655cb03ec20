// What the ledger's own rules, entries and notices look like in the words of the tables: for the
// LawDriver. Pure functions of a ledger that nobody changes meanwhile.
#pragma once

#include "packledger/ledger/ledger.hpp"
#include "tests/examples/driver.hpp"

#include <span>
#include <string>
#include <vector>

namespace packledger::examples {

[[nodiscard]] Facts facts_of(const Alarm& alarm, const Account& account);
[[nodiscard]] Facts facts_of(const Renewal& renewal, const Account& account);
[[nodiscard]] Facts facts_of(const Hold& hold, const Account& account);
[[nodiscard]] Facts facts_of(const InvoiceDecision& invoice, Instant issued_at);
[[nodiscard]] Facts facts_of(const std::vector<Contact>& contacts);

// What was decided, by the members of the contract's journal lines.
[[nodiscard]] Facts facts_of(const Entry& entry);
// What it is about: "s1", "P", "low", "each:A", "threshold"; may be empty.
[[nodiscard]] std::string subject_of(const Entry& entry, const Ledger& ledger);

// "A1+B2"
[[nodiscard]] std::string lines_text(const Account& account, std::span<const PackageLine> lines);
// "B3+A1(forfeited)"
[[nodiscard]] std::string lines_text(const Account& account, std::span<const ReversalLine> lines);
// "ops(sms,email)+boss(internal)"; "nobody"
[[nodiscard]] std::string who_text(const std::vector<Told>& told);

// The statement of an account, made from the journal alone: each entry is applied to a ledger of
// its own, and what it changed is what differs.
[[nodiscard]] std::vector<StatementLine> statement_of(std::span<const Entry> entries,
                                                      const std::string& account);

}  // namespace packledger::examples
