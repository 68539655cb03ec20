// Invoices beyond what random lives reach (rules §10 R113).
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace packledger {
namespace {

PriceBook shop() {
  PriceBook book;
  book.version = "shop";
  book.currency = Currency{{'C', 'N', 'Y'}};
  Product cheap;
  cheap.name = "cheap";
  cheap.scope.destinations.countries = {mainland};
  cheap.quota_min = cheap.quota_max = Units{10};
  cheap.price = Money{5'000};
  cheap.validity.months = 1;
  book.products = {cheap};
  Tariff tariff;
  tariff.scope.destinations.countries = {{{'T', 'H'}}};
  tariff.tiers = {Tier{std::nullopt, Price{132'000}}};
  book.tariffs = {tariff};
  return book;
}

TEST(Invoice, PrintsTotalsInHundredths) {
  EXPECT_EQ(printed_total(Money{4'999}), Money{0});
  EXPECT_EQ(printed_total(Money{5'000}), Money{10'000});
  EXPECT_EQ(printed_total(Money{14'999}), Money{10'000});
  // The last of int64 has no hundredth above it.
  EXPECT_EQ(printed_total(Money{INT64_MAX}), Money{INT64_MAX / 10'000 * 10'000});
}

class Invoices : public testing::Test {
 protected:
  Invoices() : desk(instant("2024-05-20T00:00:00Z")) {
    ask("", PriceBookPublished{shop()});
    AccountOpened opened;
    opened.name = "acme";
    opened.currency = Currency{{'C', 'N', 'Y'}};
    ask("", opened);
    ask("acme", FundsCredited{Money{1'000'000'000}, ""});
  }

  Decision ask(std::string_view account, What what) {
    const auto decided = desk.ask(account, std::move(what));
    ENSURE(decided.has_value(), "nothing stands against it");
    return *decided;
  }
  void buy(int count) {
    for (int i = 0; i < count; ++i) {
      OrderPlaced order;
      order.order = "o" + std::to_string(++orders_);
      order.product = "cheap";
      ask("acme", order);
    }
  }
  void send() {
    SendRecorded send;
    send.send = "s" + std::to_string(++sends_);
    send.units = Units{1};
    send.destination = {{'T', 'H'}};
    ask("acme", send);
  }
  InvoiceDecision invoice() { return std::get<InvoiceDecision>(ask("acme", InvoiceRequested{""})); }

  Desk desk;
  int orders_ = 0;
  int sends_ = 0;
};

TEST_F(Invoices, TakeAThousandLinesAndLeaveTheRest) {
  send();
  desk.advance(instant("2024-06-10T00:00:00Z"));
  send();
  desk.advance(instant("2024-07-10T00:00:00Z"));
  buy(999);
  send();
  const InvoiceDecision first = invoice();
  EXPECT_EQ(first.number, 1U);
  ASSERT_EQ(first.lines.size(), 1'000U);
  EXPECT_EQ(first.lines.front().name, "o1");
  EXPECT_EQ(first.lines[998].name, "o999");
  EXPECT_EQ(first.lines[999].name, "2024-05");
  EXPECT_EQ(first.total, Money{999 * 5'000 + 132'000});
  EXPECT_TRUE(first.more);
  buy(1);
  const InvoiceDecision second = invoice();
  EXPECT_EQ(second.number, 2U);
  ASSERT_EQ(second.lines.size(), 2U);
  EXPECT_EQ(second.lines[0].name, "o1000");
  EXPECT_EQ(second.lines[1].name, "2024-06");
  EXPECT_EQ(second.lines[1].at, instant("2024-06-30T16:00:00Z"));
  EXPECT_FALSE(second.more);
  // July is not over yet.
  EXPECT_EQ(code_of(desk.ask("acme", InvoiceRequested{""})), "nothing_to_invoice");
}

TEST_F(Invoices, PrintHalfACentUpwards) {
  buy(1);
  EXPECT_EQ(invoice().printed, Money{10'000});
  buy(3);
  EXPECT_EQ(invoice().printed, Money{20'000});  // 0.015
}

}  // namespace
}  // namespace packledger
