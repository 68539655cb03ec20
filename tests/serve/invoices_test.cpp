// Invoices over the whole daemon.
#include "tests/serve/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view invoices = "/v1/accounts/acme/invoices";

class Invoices : public ::testing::Test {
 protected:
  Invoices() { open_mainland(client); }
  HttpAnswer show(std::string_view which, unsigned status = 200) {
    return expect(client, status, "GET", std::string(invoices) + "/" + std::string(which));
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Invoices, HoldWhatWasPaidAndNotYetInvoiced) {
  const auto made = expect(client, 201, "POST", invoices, R"({"note":"May <b>&"})");
  EXPECT_EQ(member(made.body, "invoice"), "1");
  EXPECT_EQ(member(made.body, "total"), "50");
  EXPECT_EQ(member(made.body, "printed_total"), "50.00");
  EXPECT_THAT(made.body, HasSubstr(R"("kind":"order","name":"o1","product":"cn-1k")"));
  EXPECT_EQ(code_of(expect(client, 422, "POST", invoices)), "nothing_to_invoice");
  EXPECT_EQ(show("1").body, made.body);
}

TEST_F(Invoices, ArePrintedAsAPageWithoutScripts) {
  expect(client, 201, "POST", invoices, R"({"note":"May <script>&"})");
  const auto page = show("1.html");
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.body, HasSubstr("May &lt;script&gt;&amp;"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.body, HasSubstr("50.00"));
}

TEST_F(Invoices, AreListedTheNewestFirst) {
  EXPECT_THAT(expect(client, 200, "GET", invoices).body, HasSubstr(R"("invoices":[])"));
  expect(client, 201, "POST", invoices);
  send_units(client, "s1", 1'002);
  expect(client, 200, "POST", "/v1/clock/advance", R"({"to":"2024-06-01T00:00:00+08:00"})");
  const auto second = expect(client, 201, "POST", invoices, "{}");
  EXPECT_THAT(second.body, HasSubstr(R"("kind":"payg","name":"2024-05")"));
  EXPECT_EQ(member(second.body, "total"), "0.13");
  const auto first_page = expect(client, 200, "GET", std::string(invoices) + "?limit=1").body;
  EXPECT_THAT(first_page, HasSubstr(R"("invoice":2)"));
  const std::string cursor = member(first_page, "next_cursor");
  const auto last_page =
      expect(client, 200, "GET", std::string(invoices) + "?limit=1&cursor=" + cursor).body;
  EXPECT_THAT(last_page, HasSubstr(R"("invoice":1)"));
  EXPECT_EQ(member(last_page, "next_cursor"), "");
  EXPECT_THAT(expect(client, 200, "GET", std::string(invoices) + "?position=5").body,
              Not(HasSubstr(R"("invoice":2)")));
  expect(client, 400, "GET", std::string(invoices) + "?cursor=x");
}

TEST_F(Invoices, AreUnknownByAnyOtherNumber) {
  expect(client, 201, "POST", invoices);
  EXPECT_EQ(code_of(show("2", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(show("0", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(show("one", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(show("2.html", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(show("1.xml", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(show("1?position=4", 404)), "unknown_invoice");
  EXPECT_EQ(code_of(expect(client, 404, "GET", "/v1/accounts/nobody/invoices/1")),
            "unknown_account");
  EXPECT_EQ(expect(client, 405, "POST", std::string(invoices) + "/1.html").header("Allow"),
            "GET, HEAD");
}

TEST_F(Invoices, AreTriedAndRepeated) {
  const std::string before = digest_of(client);
  const auto tried = expect(client, 200, "POST", std::string(invoices) + "?dry_run=true");
  EXPECT_EQ(member(tried.body, "invoice"), "1");
  EXPECT_EQ(digest_of(client), before);
  const auto ask = [&] {
    return expect(client, 201, "POST", invoices, "{}", {{"Idempotency-Key", "i-1"}});
  };
  const auto first = ask();
  const auto again = ask();
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
}

TEST_F(Invoices, DeductRefunds) {
  send_units(client, "s1", 500);
  expect(client, 200, "POST", "/v1/accounts/acme/packages/o1.1/refund");
  const auto made = expect(client, 201, "POST", invoices);
  EXPECT_THAT(made.body, HasSubstr(R"("kind":"refund","name":"o1.1")"));
  EXPECT_EQ(member(made.body, "total"), "25");
}

}  // namespace
}  // namespace packledger::serve
