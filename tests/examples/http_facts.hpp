// What the HTTP interface answers about rules, holds, invoices, notices and the journal, in the
// words of the tables: for the HttpDriver. Pure functions; what is missing is told by the Answer.
#pragma once

#include "tests/examples/driver.hpp"
#include "tests/examples/http_told.hpp"

#include <string>

namespace packledger::examples {

[[nodiscard]] Facts alarm_facts(const Answer& alarm);
[[nodiscard]] Facts renewal_facts(const Answer& renewal);
[[nodiscard]] Facts hold_facts(const Answer& hold);
[[nodiscard]] Facts invoice_facts(const Answer& invoice);
[[nodiscard]] Facts contacts_facts(const Answer& contacts);
[[nodiscard]] NoticeSeen seen_notice(const Answer& notice);
[[nodiscard]] StatementLine seen_line(const Answer& line);

// The members of a journal line's decision, and those of its input that the decision has not, as
// far as they are plain values.
[[nodiscard]] Facts entry_facts(const Answer& entry);
// What a journal line is about: "s1", "P", "low", "each:A", "threshold".
[[nodiscard]] std::string entry_subject(const Answer& entry);

}  // namespace packledger::examples
