#include "wire/invoice_views.hpp"

#include "packledger/ledger/result.hpp"
#include "wire/cursor.hpp"
#include "wire/value_views.hpp"

#include <algorithm>
#include <limits>
#include <variant>

namespace packledger {

namespace {

const InvoiceDecision& decided(const Entry& entry) {
  const auto* invoice = std::get_if<InvoiceDecision>(&entry.decision);
  ENSURE(invoice != nullptr, "the entry of an invoice holds the invoice");
  return *invoice;
}

std::string_view note_of(const Entry& entry) {
  const auto* asked = std::get_if<InvoiceRequested>(&entry.input.what);
  ENSURE(asked != nullptr, "an invoice is made where one is requested");
  return asked->note;
}

void write_totals(JsonWriter& json, const InvoiceDecision& invoice) {
  write_money(json, "total", invoice.total);
  json.member("printed_total", printed_text(invoice.printed));
}

void write_end(JsonWriter& json, const Entry& entry) {
  write_instant(json, "issued_at", entry.recorded_at);
  if (const std::string_view note = note_of(entry); !note.empty()) json.member("note", note);
  json.member("more", decided(entry).more);
}

}  // namespace

std::string printed_text(Money amount) {
  constexpr std::size_t decimals = 2;
  std::string text = money_text(amount);
  std::size_t point = text.find('.');
  if (point == std::string::npos) {
    point = text.size();
    text += '.';
  }
  while (text.size() < point + 1 + decimals) text += '0';
  return text;
}

void write_invoice_lines(JsonWriter& json, std::span<const InvoiceLine> lines) {
  json.key("lines").begin_array();
  for (const InvoiceLine& line : lines) {
    json.begin_object().member("kind", invoice_line_text(line.kind)).member("name", line.name);
    if (!line.product.empty()) json.member("product", line.product);
    if (line.units != Units{0}) json.member("units", line.units.value);
    write_money(json, "amount", line.amount);
    write_instant(json, "at", line.at);
    json.end_object();
  }
  json.end_array();
}

void write_invoice(JsonWriter& json, const Entry& entry, Currency currency) {
  const InvoiceDecision& invoice = decided(entry);
  json.member("invoice", invoice.number).member("currency", currency.text());
  write_invoice_lines(json, invoice.lines);
  write_totals(json, invoice);
  write_end(json, entry);
}

std::string invoice_view(const Entry& entry, const Names& names) {
  std::string out;
  JsonWriter json{out};
  const AccountId account = entry.input.account;
  json.begin_object().member("account", names.account(account));
  write_invoice(json, entry, names.currency(account));
  json.member("position", entry.sequence.value);
  write_instant(json, "recorded_at", entry.recorded_at);
  json.end_object();
  return out;
}

// ---- which there are ----

InvoicesFound find_invoices(const Account& account, InvoicesQuery query) {
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, page_limit_max);
  // Invoice n is at n - 1.
  const std::size_t count = account.invoices->size();
  std::size_t at = query.before == 0 ? count : std::min<std::size_t>(query.before - 1, count);
  InvoicesFound found;
  while (at > 0 && found.made.size() < limit) found.made.push_back((*account.invoices)[--at]);
  if (at > 0) found.next_cursor = cursor_text(CursorOf::invoices, found.made.back().number);
  return found;
}

const InvoiceMade* find_invoice(const Account& account, std::uint64_t number) {
  if (number == 0 || number > account.invoices->size()) return nullptr;
  return &(*account.invoices)[number - 1];
}

std::optional<std::uint64_t> parse_invoices_cursor(std::string_view cursor) {
  constexpr std::uint64_t number_max = std::numeric_limits<std::int64_t>::max();
  return parse_cursor(CursorOf::invoices, cursor, number_max);
}

std::string invoices_page(const InvoicesPage& page) {
  std::string out;
  JsonWriter json{out};
  json.begin_object().member("account", page.account);
  json.member("currency", page.currency.text()).key("invoices").begin_array();
  for (const Entry& entry : page.entries) {
    const InvoiceDecision& invoice = decided(entry);
    json.begin_object().member("invoice", invoice.number);
    write_totals(json, invoice);
    json.member("lines", invoice.lines.size());
    write_end(json, entry);
    json.member("position", entry.sequence.value).end_object();
  }
  json.end_array().member("position", page.position.value);
  if (page.next_cursor) json.member("next_cursor", *page.next_cursor);
  json.end_object();
  return out;
}

}  // namespace packledger
