#include "packledger/ledger/invoice.hpp"

namespace packledger {

std::string_view invoice_line_text(InvoiceLineKind kind) {
  switch (kind) {
    case InvoiceLineKind::order: return "order";
    case InvoiceLineKind::renewal: return "renewal";
    case InvoiceLineKind::refund: return "refund";
    case InvoiceLineKind::payg: return "payg";
  }
  return "";
}

Money printed_total(Money total) {
  constexpr std::int64_t hundredth = 10'000;  // micros
  const std::int64_t rest = total.micros % hundredth;
  // Totals are above zero, and the largest lies within half a hundredth of the end of int64.
  const bool up = rest >= hundredth / 2 && total.micros - rest <= INT64_MAX - hundredth;
  return Money{total.micros - rest + (up ? hundredth : 0)};
}

}  // namespace packledger
