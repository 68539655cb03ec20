// Invoices: what was paid and not yet invoiced (rules §10 R113, §1 R10).
#include "ledger/rules.hpp"

#include <algorithm>

namespace packledger {
namespace {

// The months that are over and came to something.
std::vector<InvoiceLine> closed_months(const Account& account, Instant at) {
  const Zone& zone = account.settings->zone;
  std::vector<InvoiceLine> lines;
  for (const auto& [month, amount] : account.invoicing->payg) {
    if (month >= month_of(zone, at)) break;
    if (amount == Money{}) continue;
    lines.push_back(InvoiceLine{.kind = InvoiceLineKind::payg,
                                .name = month_text(month),
                                .product = {},
                                .units = {},
                                .amount = amount,
                                .at = start_of_month(zone, Month{month.index + 1})});
  }
  return lines;
}

}  // namespace

Decided decide_invoice(const Account& account, Instant at) {
  const std::vector<InvoiceLine> months = closed_months(account, at);
  const auto& paid = account.invoicing->paid;
  InvoiceDecision decision;
  decision.number = account.invoicing->number + 1;
  const std::size_t paid_count = std::min(paid.size(), invoice_lines_max);
  decision.lines.assign(paid.begin(), paid.begin() + static_cast<std::ptrdiff_t>(paid_count));
  const std::size_t month_count = std::min(months.size(), invoice_lines_max - paid_count);
  decision.lines.insert(decision.lines.end(), months.begin(),
                        months.begin() + static_cast<std::ptrdiff_t>(month_count));
  decision.more = paid_count < paid.size() || month_count < months.size();
  std::optional<Money> total{Money{}};
  for (const InvoiceLine& line : decision.lines) {
    total = checked_add(*total, line.amount);
    if (!total) return refuse(Reject::amount_overflow);
  }
  if (*total <= Money{}) return refuse(Reject::nothing_to_invoice);
  decision.total = *total;
  decision.printed = printed_total(*total);
  return decision;
}

}  // namespace packledger
