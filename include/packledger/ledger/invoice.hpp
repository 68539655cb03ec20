// Invoices: what was paid and not yet invoiced, refunds deducted (rules §10 R113). An invoice is
// numbered within its account and never changes. Stored in the journal. Values, any thread.
#pragma once

#include "packledger/ledger/id.hpp"
#include "packledger/ledger/money.hpp"
#include "packledger/ledger/time.hpp"
#include "packledger/ledger/units.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// Stored in the journal: never renumber, never reuse.
enum class InvoiceLineKind : std::uint8_t { order = 1, renewal = 2, refund = 3, payg = 4 };
[[nodiscard]] std::string_view invoice_line_text(InvoiceLineKind kind);

struct InvoiceLine {
  InvoiceLineKind kind = InvoiceLineKind::order;
  std::string name;     // of the order, the renewed or refunded package; "2024-05" for payg
  std::string product;  // empty for payg
  Units units;          // of all copies; 0 for payg
  Money amount;         // refunds are negative; payg is charges less what was given back
  Instant at;           // when it was paid or refunded; the end of the month for payg
  friend bool operator==(const InvoiceLine&, const InvoiceLine&) = default;
};

// What waits to be invoiced.
struct Invoicing {
  std::vector<InvoiceLine> paid;  // orders, renewals, refunds, in the order of the journal
  // Pay-as-you-go by the month in which it was charged or given back, for it is invoiced when that
  // month is over.
  std::map<Month, Money> payg;
  std::uint64_t number = 0;  // of the last invoice

  [[nodiscard]] bool empty() const { return paid.empty() && payg.empty() && number == 0; }
};

// One that was made: where it stands in the journal.
struct InvoiceMade {
  std::uint64_t number = 0;
  Sequence sequence;
};

inline constexpr std::size_t invoice_lines_max = 1'000;  // the rest waits for the next one

// Half a cent and more goes up, on the total alone (R10).
[[nodiscard]] Money printed_total(Money total);

}  // namespace packledger
