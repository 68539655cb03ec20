#include "wire/invoice_page.hpp"

#include "packledger/ledger/invoice.hpp"
#include "packledger/ledger/result.hpp"
#include "packledger/ledger/utf8.hpp"
#include "wire/invoice_views.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

namespace packledger {

namespace {

constexpr std::string_view style = R"css(
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; color: #1b1f24; background: #eef0f2; }
main { max-width: 48rem; margin: 2rem auto; padding: 2.5rem; background: #fff; }
h1 { margin: 0 0 1.5rem; font-size: 1.7rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; margin: 0 0 1.5rem; }
dt { color: #5b6570; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
caption { padding-bottom: .4rem; text-align: left; font-weight: 600; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #1b1f24; }
tbody tr { border-bottom: 1px solid #d5d9de; break-inside: avoid; }
.what { overflow-wrap: anywhere; }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.refund .figure { color: #a3271c; }
tfoot th { text-align: right; font-weight: 400; }
tfoot .total > * { border-top: 2px solid #1b1f24; font-size: 1.15rem; font-weight: 700; }
footer { margin-top: 2rem; color: #5b6570; font-size: .85rem; }
@page { margin: 18mm; }
@media print {
  body { background: none; }
  main { max-width: none; margin: 0; padding: 0; }
  tfoot { display: table-row-group; break-inside: avoid; }
}
)css";

// What a printed page must not hold: it would not be seen, or turn what is.
bool is_unprintable(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool direction = c == 0x061C || c == 0x200E || c == 0x200F ||
                         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return control || direction || c == 0xFEFF;
}

// Appends to the page, so that markup and text cannot be mistaken for one another.
class Html {
 public:
  explicit Html(std::string& out) : out_(out) {}
  Html& mark(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  Html& text(std::string_view text) {
    append_html_text(out_, text);
    return *this;
  }
  // <dt>name</dt><dd>text</dd>
  Html& item(std::string_view name, std::string_view value) {
    return mark("<dt>").text(name).mark("</dt><dd>").text(value).mark("</dd>\n");
  }
  // The date, and for who points at it the time; machines read the instant.
  Html& date(const Zone& zone, Instant t) {
    const std::string local = instant_text(Instant{local_time(zone, t).ms});
    constexpr std::size_t day = 10;  // 2024-05-31T23:59:00.000Z
    constexpr std::size_t minutes = 5;
    return mark("<time datetime=\"")
        .text(instant_text(t))
        .mark("\" title=\"")
        .text(local.substr(day + 1, minutes))
        .mark("\">")
        .text(local.substr(0, day))
        .mark("</time>");
  }

 private:
  std::string& out_;
};

std::string_view kind_of(InvoiceLineKind kind) {
  switch (kind) {
    case InvoiceLineKind::order: return "Order";
    case InvoiceLineKind::renewal: return "Automatic renewal";
    case InvoiceLineKind::refund: return "Refund of package";
    case InvoiceLineKind::payg: return "Pay as you go in";
  }
  std::unreachable();
}

void write_line(Html& page, const InvoiceLine& line, const Zone& zone) {
  const bool month = line.kind == InvoiceLineKind::payg;
  page.mark(line.kind == InvoiceLineKind::refund ? "<tr class=\"refund\"><td>" : "<tr><td>");
  if (month) {
    page.mark("<time>").text(line.name).mark("</time>");
  } else {
    page.date(zone, line.at);
  }
  page.mark("</td><td class=\"what\">").text(kind_of(line.kind)).mark(" ").text(line.name);
  if (!line.product.empty()) page.mark(", ").text(line.product);
  page.mark("</td><td class=\"figure\">");
  if (line.units != Units{0}) page.text(std::to_string(line.units.value));
  page.mark("</td><td class=\"figure\">").text(money_text(line.amount)).mark("</td></tr>\n");
}

void write_table(Html& page, const InvoiceDecision& invoice, const Zone& zone, Currency currency) {
  page.mark(
          "<table>\n<caption>Paid, less what was refunded</caption>\n<thead><tr>"
          "<th scope=\"col\">Date</th><th scope=\"col\">What</th>"
          "<th scope=\"col\" class=\"figure\">Units</th>"
          "<th scope=\"col\" class=\"figure\">Amount, ")
      .text(currency.text())
      .mark("</th></tr></thead>\n<tbody>\n");
  for (const InvoiceLine& line : invoice.lines) write_line(page, line, zone);
  page.mark(
          "</tbody>\n<tfoot>\n<tr><th scope=\"row\" colspan=\"3\">Exact sum</th>"
          "<td class=\"figure\">")
      .text(money_text(invoice.total))
      .mark(" ")
      .text(currency.text());
  page.mark(
          "</td></tr>\n<tr class=\"total\"><th scope=\"row\" colspan=\"3\">Total</th>"
          "<td class=\"figure\">")
      .text(printed_text(invoice.printed))
      .mark(" ")
      .text(currency.text())
      .mark("</td></tr>\n</tfoot>\n</table>\n");
}

}  // namespace

void append_html_text(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<Utf8Character> character = utf8_character(text, at);
    const std::size_t bytes = character ? character->bytes : 1;
    if (!character || is_unprintable(character->value)) {
      out += "\uFFFD";
    } else {
      switch (character->value) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += text.substr(at, bytes);
      }
    }
    at += bytes;
  }
}

std::string invoice_page(const Entry& entry, const Names& names, const Zone& zone) {
  const auto* asked = std::get_if<InvoiceRequested>(&entry.input.what);
  const auto* invoice = std::get_if<InvoiceDecision>(&entry.decision);
  ENSURE(asked != nullptr && invoice != nullptr, "a page is made of an invoice");
  const AccountId account = entry.input.account;
  const std::string number = std::to_string(invoice->number);
  const std::string_view name = names.account(account);
  std::string out;
  Html page{out};
  page.mark(
          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Invoice ")
      .text(number)
      .mark(" of ")
      .text(name)
      .mark("</title>\n<style>")
      .mark(style)
      .mark("</style>\n</head>\n<body>\n<main>\n<h1>Invoice ")
      .text(number)
      .mark("</h1>\n<dl>\n")
      .item("Account", name)
      .mark("<dt>Date</dt><dd>")
      .date(zone, entry.recorded_at)
      .mark("</dd>\n")
      .item("Time zone", zone.name)
      .item("Currency", names.currency(account).text());
  if (!asked->note.empty()) page.item("Note", asked->note);
  page.mark("</dl>\n");
  write_table(page, *invoice, zone, names.currency(account));
  page.mark("<footer>\n<p>Every amount is exact; the total alone is rounded, to hundredths.</p>\n");
  if (invoice->more) page.mark("<p>More was paid than fits here: the next invoice has it.</p>\n");
  page.mark("<p>Entry ")
      .text(std::to_string(entry.sequence.value))
      .mark(" of the journal.</p>\n</footer>\n</main>\n</body>\n</html>\n");
  return out;
}

}  // namespace packledger
