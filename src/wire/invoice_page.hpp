// The invoice as a page to be read and printed: one HTML document that needs nothing else. It has
// no script, asks nobody for a picture or a font, and says nothing that the invoice does not hold.
//
// Owner: wire; called by serve. Pure functions, any thread.
// Invariants:
//  1. Every text of a client is escaped; bytes that are not UTF-8, control characters and marks
//     that turn the direction of a text become U+FFFD.
//  2. The only style is the one in its head: "default-src 'none'; style-src 'unsafe-inline'" is
//     all that a browser has to allow.
#pragma once

#include "packledger/ledger/decision.hpp"
#include "packledger/ledger/time.hpp"
#include "wire/names.hpp"

#include <string>
#include <string_view>

namespace packledger {

// The entry is of InvoiceRequested; its dates are told in this zone, the account's.
[[nodiscard]] std::string invoice_page(const Entry& entry, const Names& names, const Zone& zone);

// Appends a text as HTML, for an element or for an attribute in double quotes.
void append_html_text(std::string& out, std::string_view text);

}  // namespace packledger
