// Invoices: as JSON, as a list, and as the page that is printed.
#include "wire/invoice_views.hpp"

#include "tests/wire/some_names.hpp"
#include "tests/wire/story.hpp"
#include "wire/command_answers.hpp"
#include "wire/invoice_page.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

constexpr Instant may_first{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00

Entry invoice_entry(std::string note = "") {
  InvoiceDecision invoice;
  invoice.number = 3;
  invoice.lines = {{InvoiceLineKind::order, "o1", "cn-custom", Units{10'000}, Money{470'000'000},
                    may_first - hours(1)},
                   {InvoiceLineKind::renewal, "renewal-9", "cn-custom", Units{1'000},
                    Money{50'000'000}, may_first},
                   {InvoiceLineKind::refund, "o0.1", "", Units{12}, Money{-600'000}, may_first},
                   {InvoiceLineKind::payg, "2024-04", "", Units{}, Money{105'000}, may_first}};
  invoice.total = Money{519'505'000};
  invoice.printed = Money{519'510'000};
  return {.sequence = Sequence{812},
          .recorded_at = may_first,
          .input = {AccountId{7}, "", InvoiceRequested{std::move(note)}},
          .decision = std::move(invoice),
          .caused_by = {}};
}

// ---- JSON ----

TEST(InvoiceView, IsTheAnswerThatTheRequestHad) {
  const Entry entry = invoice_entry("PO 7");
  EXPECT_EQ(invoice_view(entry, SomeNames{}), command_answer({&entry, 1}, SomeNames{}));
  EXPECT_TRUE(invoice_view(entry, SomeNames{}).starts_with(R"({"account":"acme","invoice":3,)"));
}

TEST(PrintedText, HasTwoDecimalsAlways) {
  EXPECT_EQ(printed_text(Money{470'000'000}), "470.00");
  EXPECT_EQ(printed_text(Money{500'000}), "0.50");
  EXPECT_EQ(printed_text(Money{12'340'000}), "12.34");
  EXPECT_EQ(printed_text(Money{10'000}), "0.01");
  EXPECT_EQ(printed_text(Money{0}), "0.00");
  EXPECT_EQ(printed_text(Money{1'000'000'000'000'000'000}), "1000000000000.00");
}

// ---- the list ----

Account with_invoices(std::uint64_t count) {
  Account account;
  account.name = "acme";
  for (std::uint64_t n = 1; n <= count; ++n)
    account.invoices.change().push_back({n, Sequence{n * 10}});
  return account;
}

std::string numbers_of(const InvoicesFound& found) {
  std::string numbers;
  for (const InvoiceMade& made : found.made) {
    numbers += std::to_string(made.number) + "@" + std::to_string(made.sequence.value) + " ";
  }
  return numbers + found.next_cursor.value_or("-");
}

TEST(InvoicesList, BeginsWithTheNewest) {
  const Account five = with_invoices(5);
  EXPECT_EQ(numbers_of(find_invoices(with_invoices(0), {})), "-");
  EXPECT_EQ(numbers_of(find_invoices(five, {})), "5@50 4@40 3@30 2@20 1@10 -");
  EXPECT_EQ(numbers_of(find_invoices(five, {.before = 0, .limit = 2})), "5@50 4@40 i4");
  EXPECT_EQ(numbers_of(find_invoices(five, {.before = 4, .limit = 2})), "3@30 2@20 i2");
  EXPECT_EQ(numbers_of(find_invoices(five, {.before = 2, .limit = 2})), "1@10 -");
  EXPECT_EQ(numbers_of(find_invoices(five, {.before = 1, .limit = 2})), "-");
  EXPECT_EQ(numbers_of(find_invoices(five, {.before = 99, .limit = 1})), "5@50 i5");
}

TEST(InvoicesList, FindsOneByItsNumber) {
  const Account five = with_invoices(5);
  ASSERT_NE(find_invoice(five, 5), nullptr);
  EXPECT_EQ(find_invoice(five, 5)->sequence, Sequence{50});
  EXPECT_EQ(find_invoice(five, 0), nullptr);
  EXPECT_EQ(find_invoice(five, 6), nullptr);
  EXPECT_EQ(find_invoice(five, UINT64_MAX), nullptr);
}

TEST(InvoicesCursor, IsOnlyWhatAPageGave) {
  EXPECT_EQ(parse_invoices_cursor("i2"), 2U);
  for (const std::string_view text :
       {"", "i", "i0", "2", "i-1", "i2x", "p2", "i9223372036854775808"}) {
    EXPECT_FALSE(parse_invoices_cursor(text)) << text;
  }
}

TEST(InvoicesList, TellsTheTotalsOfEach) {
  const std::array entries{invoice_entry("PO 7")};
  EXPECT_EQ(invoices_page({.account = "acme",
                           .currency = {{'C', 'N', 'Y'}},
                           .entries = entries,
                           .next_cursor = "i3",
                           .position = Sequence{900}}),
            R"({"account":"acme","currency":"CNY","invoices":[{"invoice":3,"total":"519.505",)"
            R"("printed_total":"519.51","lines":4,"issued_at":"2024-04-30T16:00:00.000Z",)"
            R"("note":"PO 7","more":false,"position":812}],"position":900,"next_cursor":"i3"})");
  EXPECT_EQ(invoices_page({.account = "acme",
                           .currency = {{'C', 'N', 'Y'}},
                           .entries = {},
                           .next_cursor = std::nullopt,
                           .position = Sequence{9}}),
            R"({"account":"acme","currency":"CNY","invoices":[],"position":9})");
}

TEST(InvoiceView, OfALedgerThatHasBoughtAndRefunded) {
  Story story;
  story.tell("05-01 00:00", OrderPlaced{.order = "o1",
                                        .product = "cn-fixed-10k",
                                        .quota = std::nullopt,
                                        .copies = 1,
                                        .pay = Payment::balance});
  story.send("05-02 00:00", "m-1", Units{1}, "CN");
  story.tell("05-03 00:00", PackageRefunded{"o1.1", ""});
  const Entry entry = story.tell("05-04 00:00", InvoiceRequested{});
  ASSERT_EQ(story.acme().invoices->size(), 1U);
  EXPECT_EQ(story.acme().invoices->at(0).sequence, entry.sequence);
  const std::string view = invoice_view(entry, SomeNames{});
  EXPECT_NE(view.find(R"("lines":[{"kind":"order","name":"o1","product":"cn-fixed-10k",)"
                      R"("units":10000,"amount":"470","at":"2024-04-30T16:00:00.000Z"},)"
                      R"({"kind":"refund","name":"o1.1","product":"cn-fixed-10k","units":9999,)"
                      R"("amount":"-469.953",)"
                      R"("at":"2024-05-02T16:00:00.000Z"}],"total":"0.047",)"
                      R"("printed_total":"0.05",)"),
            std::string::npos)
      << view;
}

// ---- the page ----

const Zone china{.name = "+08:00", .offset_s = 8 * 3600, .transitions = {}};

bool has(const std::string& page, std::string_view part) {
  return page.find(part) != std::string::npos;
}

TEST(InvoicePage, ShowsWhatTheInvoiceHolds) {
  const std::string page = invoice_page(invoice_entry("PO 7"), SomeNames{}, china);
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n"));
  EXPECT_TRUE(has(page, "<title>Invoice 3 of acme</title>"));
  EXPECT_TRUE(has(page, "<h1>Invoice 3</h1>"));
  EXPECT_TRUE(has(page, "<dt>Account</dt><dd>acme</dd>"));
  EXPECT_TRUE(has(page, "<dt>Time zone</dt><dd>+08:00</dd>"));
  EXPECT_TRUE(has(page, "<dt>Currency</dt><dd>CNY</dd>"));
  EXPECT_TRUE(has(page, "<dt>Note</dt><dd>PO 7</dd>"));
  EXPECT_TRUE(has(page,
                  "Order o1, cn-custom</td><td class=\"figure\">10000</td>"
                  "<td class=\"figure\">470</td>"))
      << page;
  EXPECT_TRUE(has(page, "Automatic renewal renewal-9, cn-custom</td>"));
  EXPECT_TRUE(has(page, "<tr class=\"refund\">"));
  EXPECT_TRUE(has(page,
                  "Refund of package o0.1</td><td class=\"figure\">12</td>"
                  "<td class=\"figure\">-0.6</td>"));
  EXPECT_TRUE(has(page,
                  "<time>2024-04</time></td><td class=\"what\">Pay as you go in 2024-04</td>"
                  "<td class=\"figure\"></td><td class=\"figure\">0.105</td>"));
  EXPECT_TRUE(has(page, ">Exact sum</th><td class=\"figure\">519.505 CNY</td>"));
  EXPECT_TRUE(has(page, ">Total</th><td class=\"figure\">519.51 CNY</td>"));
  EXPECT_TRUE(has(page, "Entry 812 of the journal"));
  EXPECT_FALSE(has(page, "next invoice"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(InvoicePage, TellsDatesInTheZoneOfTheAccount) {
  const std::string in_china = invoice_page(invoice_entry(), SomeNames{}, china);
  EXPECT_TRUE(has(in_china,
                  "<dt>Date</dt><dd><time datetime=\"2024-04-30T16:00:00.000Z\" "
                  "title=\"00:00\">2024-05-01</time>"))
      << in_china;
  EXPECT_TRUE(has(in_china, "title=\"23:00\">2024-04-30</time>"));
  const Zone utc{.name = "Z", .offset_s = 0, .transitions = {}};
  EXPECT_TRUE(
      has(invoice_page(invoice_entry(), SomeNames{}, utc), "title=\"16:00\">2024-04-30</time>"));
}

TEST(InvoicePage, SaysThatMoreIsToCome) {
  Entry entry = invoice_entry();
  std::get<InvoiceDecision>(entry.decision).more = true;
  EXPECT_TRUE(has(invoice_page(entry, SomeNames{}, china), "the next invoice has it"));
}

TEST(InvoicePage, EscapesEveryTextOfAClient) {
  class HostileNames final : public Names {
   public:
    std::string_view account(AccountId) const override { return "<script>alert(1)</script>"; }
    Currency currency(AccountId) const override { return {{'<', '"', '&'}}; }
    std::string_view package(AccountId, PackageId) const override { return ""; }
  };
  Entry entry = invoice_entry("\"><img src=x onerror='a&b'>\u202Eevil\xFF\x01");
  for (InvoiceLine& line : std::get<InvoiceDecision>(entry.decision).lines) {
    line.name = "</td><b>";
    line.product = "<i onclick=\"x\">";
  }
  const Zone hostile{.name = "<u>", .offset_s = 0, .transitions = {}};
  const std::string page = invoice_page(entry, HostileNames{}, hostile);
  for (const std::string_view markup :
       {"<script", "<img", "<b>", "<i ", "<u>", "onerror='", "\u202E", "\xFF", "\x01", "<\"&"}) {
    EXPECT_FALSE(has(page, markup)) << markup;
  }
  EXPECT_TRUE(has(page,
                  "&quot;&gt;&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;\uFFFDevil"
                  "\uFFFD\uFFFD"));
  EXPECT_TRUE(has(page, "<title>Invoice 3 of &lt;script&gt;alert(1)&lt;/script&gt;</title>"));
}

TEST(InvoicePage, NeedsNothingButItself) {
  const std::string page = invoice_page(invoice_entry(), SomeNames{}, china);
  for (const std::string_view part :
       {"<script", "http:", "https:", "url(", "@import", "<link", "<img", "style="}) {
    EXPECT_FALSE(has(page, part)) << part;
  }
}

TEST(HtmlText, KeepsWhatIsPlain) {
  const auto html = [](std::string_view text) {
    std::string out;
    append_html_text(out, text);
    return out;
  };
  EXPECT_EQ(html("采购单 7 – ünï"), "采购单 7 – ünï");
  EXPECT_EQ(html("a\nb\tc"), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(html(""), "");
}

}  // namespace
}  // namespace packledger::wire_tests
