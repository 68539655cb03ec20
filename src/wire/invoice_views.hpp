// Views of invoices. An invoice is rendered from its entry alone, plus names, so that it never
// changes.
//
// Owner: wire; called by serve. Pure functions, any thread; every result is one line of JSON
// without a newline. Invariants: those of views.hpp.
#pragma once

#include "packledger/ledger/account.hpp"
#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/money.hpp"
#include "wire/json_writer.hpp"
#include "wire/names.hpp"
#include "wire/views.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packledger {

// Every entry below is of InvoiceRequested.

// {account, invoice, currency, lines: [{kind: order | renewal | refund | payg, name, product?,
// units?, amount, at}], total, printed_total, issued_at, note?, more, position, recorded_at}: the
// answer that the request for it had. `position` is that of the invoice.
[[nodiscard]] std::string invoice_view(const Entry& entry, const Names& names);

// Which invoices to list, the newest first.
struct InvoicesQuery {
  std::uint64_t before = 0;                // of the cursor; 0 from the newest
  std::size_t limit = page_limit_default;  // 1 to page_limit_max
};
// Where the invoices of a page stand in the journal, and where the next page goes on.
struct InvoicesFound {
  std::vector<InvoiceMade> made;
  std::optional<std::string> next_cursor;
};
[[nodiscard]] InvoicesFound find_invoices(const Account& account, InvoicesQuery query);
// The invoice that has this number; null pointer where there is none.
[[nodiscard]] const InvoiceMade* find_invoice(const Account& account, std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> parse_invoices_cursor(std::string_view cursor);

// {account, currency, invoices: [{invoice, total, printed_total, lines: 3, issued_at, note?, more,
// position}], position, next_cursor?}: `lines` is how many there are.
struct InvoicesPage {
  std::string_view account;
  Currency currency;
  std::span<const Entry> entries;  // those of InvoicesFound::made, in its order
  std::optional<std::string> next_cursor;
  Sequence position;  // up to which the account was read
};
[[nodiscard]] std::string invoices_page(const InvoicesPage& page);

// The members of an invoice between account and position.
void write_invoice(JsonWriter& json, const Entry& entry, Currency currency);
// "lines": [{kind, name, product?, units?, amount, at}]
void write_invoice_lines(JsonWriter& json, std::span<const InvoiceLine> lines);
// "470.00": always two decimals; the amount is in hundredths already.
[[nodiscard]] std::string printed_text(Money amount);

}  // namespace packledger
