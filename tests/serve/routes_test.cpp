// Every route through a real socket, a real engine and a journal in memory.
#include "serve/routes.hpp"

#include "tests/serve/daemon_under_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Routes : public ::testing::Test {
 protected:
  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Routes, AnswerTheHealthOfTheDaemon) {
  EXPECT_EQ(expect(client, 200, "GET", "/healthz").body, R"({"status":"ok"})");
  EXPECT_EQ(expect(client, 200, "GET", "/readyz").body, R"({"status":"ready","position":0})");
  EXPECT_THAT(expect(client, 200, "GET", "/metrics").body,
              HasSubstr("packledger_http_answers_total{route=\"/healthz\",status=\"200\"} 1"));
  EXPECT_THAT(expect(client, 200, "GET", "/openapi.yaml").body, HasSubstr("openapi: 3.1"));
}

TEST_F(Routes, OpenAnAccountAndShowIt) {
  const auto opened =
      expect(client, 201, "POST", "/v1/accounts", R"({"account":"acme","currency":"CNY"})");
  EXPECT_EQ(member(opened.body, "account"), "acme");
  EXPECT_EQ(member(opened.body, "balance"), "0");
  EXPECT_EQ(opened.header("Packledger-Position"), "1");
  const auto shown = expect(client, 200, "GET", "/v1/accounts/acme");
  EXPECT_EQ(member(shown.body, "status"), "active");
  EXPECT_EQ(member(shown.body, "position"), "1");
}

TEST_F(Routes, SetSettingsAndModesTogetherOrNeither) {
  open_acme(client);
  const auto patched = expect(client, 200, "PATCH", "/v1/accounts/acme",
                              R"({"late_window":"PT48H","modes":{"CN":"stop_before_excess"}})");
  EXPECT_EQ(member(patched.body, "late_window"), "PT48H");
  EXPECT_EQ(patched.header("Packledger-Position"), "5");
  EXPECT_THAT(expect(client, 200, "GET", "/v1/accounts/acme").body,
              HasSubstr("stop_before_excess"));
  expect(client, 400, "PATCH", "/v1/accounts/acme",
         R"({"late_window":"PT1H","modes":{"cn":"stop_before_excess"}})");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme").body, "late_window"), "PT48H");
  expect(client, 404, "PATCH", "/v1/accounts/nobody", R"({"late_window":"PT1H"})");
}

TEST_F(Routes, BuyAPackageAndUseIt) {
  open_acme(client);
  const auto bought = expect(client, 201, "POST", "/v1/accounts/acme/orders",
                             R"({"order":"o1","product":"th-10k-1m","pay":"balance"})");
  EXPECT_EQ(member(bought.body, "status"), "paid");
  EXPECT_EQ(member(bought.body, "balance"), "8900");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme/orders/o1").body, "price"),
            "1100");
  const auto sent = expect(client, 200, "POST", "/v1/sends",
                           R"({"account":"acme","send":"m1","units":3,"destination":"TH",
                               "template":"verification"})");
  EXPECT_EQ(member(sent.body, "result"), "recorded");
  EXPECT_THAT(sent.body, HasSubstr(R"("lines":[{"package":"o1.1","units":3}],"payg":[])"));
  const auto package = expect(client, 200, "GET", "/v1/accounts/acme/packages/o1.1");
  EXPECT_EQ(member(package.body, "remaining"), "9997");
  EXPECT_EQ(member(package.body, "rank"), "1");
  EXPECT_THAT(expect(client, 200, "GET", "/v1/accounts/acme/packages?pool=TH&limit=1").body,
              HasSubstr("o1.1"));
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme/sends/m1").body, "units"), "3");
  const auto reversed = expect(client, 201, "POST", "/v1/accounts/acme/sends/m1/reversals",
                               R"({"reversal":"r1","units":1})");
  EXPECT_EQ(member(reversed.body, "units"), "1");
  const auto over = expect(client, 422, "POST", "/v1/accounts/acme/sends/m1/reversals",
                           R"({"reversal":"r2","units":3})");
  EXPECT_EQ(member(over.body, "code"), "over_reversal");
}

TEST_F(Routes, TakeAnExternalOrderThroughPaymentOrCancellation) {
  open_acme(client);
  expect(client, 201, "POST", "/v1/accounts/acme/orders",
         R"({"order":"o1","product":"th-10k-1m","pay":"external"})");
  expect(client, 200, "POST", "/v1/accounts/acme/orders/o1/pay",
         R"({"payment_reference":"bank 1"})");
  const auto late = expect(client, 422, "POST", "/v1/accounts/acme/orders/o1/cancel");
  EXPECT_EQ(member(late.body, "code"), "order_not_pending");
  expect(client, 201, "POST", "/v1/accounts/acme/orders",
         R"({"order":"o2","product":"th-10k-1m","pay":"external"})");
  expect(client, 200, "POST", "/v1/accounts/acme/orders/o2/cancel", "{}");
  expect(client, 404, "POST", "/v1/accounts/acme/orders/o3/cancel", "{}");
  expect(client, 404, "POST", "/v1/accounts/acme/orders/no%20name/cancel", "{}");
  expect(client, 200, "POST", "/v1/accounts/acme/packages/o1.1/refund");
}

TEST_F(Routes, GrantAPackage) {
  open_acme(client);
  const auto granted = expect(client, 201, "POST", "/v1/accounts/acme/packages",
                              R"({"package":"gift","quota":10,"destinations":["*"],
                                  "validity":"P1M"})");
  EXPECT_EQ(member(granted.body, "package"), "gift");
  const auto again = expect(client, 201, "POST", "/v1/accounts/acme/packages",
                            R"({"package":"gift","quota":10,"destinations":["*"],
                                "validity":"P1M"})");
  EXPECT_EQ(again.body, granted.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  const auto other = expect(client, 409, "POST", "/v1/accounts/acme/packages",
                            R"({"package":"gift","quota":11,"destinations":["*"],
                                "validity":"P1M"})");
  EXPECT_EQ(member(other.body, "code"), "conflict");
  EXPECT_EQ(member(other.body, "field"), "quota");
}

TEST_F(Routes, GiveTheFirstAnswerToARepeatedKey) {
  open_acme(client);
  const auto fund = [&](std::string_view body, unsigned status) {
    return expect(client, status, "POST", "/v1/accounts/acme/funds", body,
                  {{"Idempotency-Key", "k-1"}});
  };
  const auto first = fund(R"({"amount":"5"})", 200);
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"7"})");
  const auto again = fund(R"({"amount":"5"})", 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(member(fund(R"({"amount":"6"})", 409).body, "field"), "amount");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme").body, "balance"), "10012");
  daemon.restart();
  HttpClient anew = daemon.client();
  const auto later = expect(anew, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"5"})",
                            {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(later.body, first.body);
  const auto wrong = expect(anew, 400, "POST", "/v1/accounts/acme/funds", R"({"amount":"5"})",
                            {{"Idempotency-Key", std::string(256, 'k')}});
  EXPECT_EQ(member(wrong.body, "code"), "invalid_idempotency_key");
}

TEST_F(Routes, RepeatAPatchOfSettingsAndModesUnderOneKey) {
  open_acme(client);
  const auto patch = [&] {
    return expect(client, 200, "PATCH", "/v1/accounts/acme",
                  R"({"late_window":"PT48H","modes":{"CN":"stop_before_excess"}})",
                  {{"Idempotency-Key", "p-1"}});
  };
  const auto first = patch();
  const auto again = patch();
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(member(expect(client, 200, "GET", "/readyz").body, "position"), "5");
}

TEST_F(Routes, SayHowMuchMoneyAnOrderLacks) {
  open_acme(client);
  const auto lacking =
      expect(client, 422, "POST", "/v1/accounts/acme/orders",
             R"({"order":"o1","product":"th-10k-1m","copies":100,"pay":"balance"})");
  EXPECT_EQ(member(lacking.body, "code"), "insufficient_balance");
  EXPECT_THAT(member(lacking.body, "detail"), HasSubstr("needs 110000, the balance is "));
}

TEST_F(Routes, KeepNothingOfADryRun) {
  open_acme(client);
  const auto digest = expect(client, 200, "GET", "/v1/digest").body;
  const auto quote = expect(client, 200, "POST", "/v1/accounts/acme/orders?dry_run=true",
                            R"({"order":"o1","product":"th-10k-1m","pay":"balance"})");
  EXPECT_EQ(member(quote.body, "dry_run"), "true");
  EXPECT_EQ(member(quote.body, "price"), "1100");
  EXPECT_THAT(quote.body, HasSubstr(R"("kind":"order_placed")"));
  expect(client, 200, "POST", "/v1/accounts?dry_run=true",
         R"({"account":"other","currency":"CNY"})");
  expect(client, 200, "POST", "/v1/accounts/acme/funds?dry_run=true", R"({"amount":"1"})");
  expect(client, 200, "PATCH", "/v1/accounts/acme?dry_run=true",
         R"({"late_window":"PT48H","modes":{"CN":"stop_before_excess"}})");
  expect(client, 200, "PUT", "/v1/price-book?dry_run=true", small_book);
  const auto sends =
      expect(client, 200, "POST", "/v1/sends?dry_run=true", sends_of("acme", "m", 2));
  EXPECT_THAT(sends.body, HasSubstr(R"("dry_run":true)"));
  EXPECT_EQ(expect(client, 200, "GET", "/v1/digest").body, digest);
  expect(client, 404, "GET", "/v1/accounts/other");
  EXPECT_EQ(
      member(expect(client, 400, "POST", "/v1/accounts/acme/funds?dry_run=1", R"({"amount":"1"})")
                 .body,
             "code"),
      "invalid_dry_run");
}

TEST_F(Routes, AnswerSendsInTheShapeInWhichTheyCame) {
  open_acme(client);
  const std::string one = R"({"account":"acme","send":"a","units":1,"destination":"TH",)"
                          R"("template":"verification"})";
  EXPECT_THAT(expect(client, 200, "POST", "/v1/sends", one).body, HasSubstr(R"("payg":[{)"));
  const auto again = expect(client, 200, "POST", "/v1/sends", one);
  EXPECT_EQ(member(again.body, "result"), "duplicate");
  const auto array = expect(client, 200, "POST", "/v1/sends",
                            "[" + one + R"(,{"account":"acme","send":"b","units":"x"}])");
  EXPECT_THAT(array.body, ::testing::StartsWith("["));
  EXPECT_THAT(array.body, HasSubstr(R"("code":"invalid_units")"));
  const auto lines = expect(client, 200, "POST", "/v1/sends", one + "\n{]\n",
                            {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(lines.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(std::ranges::count(lines.body, '\n'), 2);
  EXPECT_EQ(expect(client, 200, "POST", "/v1/sends", "[]").body, "[]");
  const auto zero = expect(client, 200, "POST", "/v1/sends",
                           R"({"account":"acme","send":"z","units":0,"destination":"TH",
                               "template":"verification"})");
  EXPECT_EQ(member(zero.body, "code"), "invalid_units");
  EXPECT_EQ(member(zero.body, "result"), "rejected");
}

TEST_F(Routes, CountTheTextOfASendAndRejectItWhereTheUnitsDiffer) {
  open_acme(client);
  const auto send = [&](std::string_view content) {
    return expect(client, 200, "POST", "/v1/sends",
                  R"({"account":"acme","send":"t","destination":"TH","template":"promotion",)" +
                      std::string(content) + "}")
        .body;
  };
  EXPECT_EQ(member(send(R"("text":"hello","units":2)"), "code"), "units_mismatch");
  EXPECT_EQ(member(send(R"("text":")" + std::string(501, 'a') + "\""), "code"), "invalid_text");
  EXPECT_EQ(member(send(R"("text":"hello","signature":"Acme")"), "units"), "1");
  const auto event = expect(client, 200, "POST", "/v1/sends",
                            R"({"specversion":"1.0","id":"e1","source":"/x","type":"send",
                                "subject":"acme","time":"2024-05-01T00:00:00+08:00",
                                "data":{"units":1,"destination":"TH","template":"promotion"}})",
                            {{"Content-Type", "application/cloudevents+json"}});
  EXPECT_EQ(member(event.body, "send"), "e1");
}

TEST_F(Routes, TellTheJournalLineByLine) {
  open_acme(client);
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"beta","currency":"CNY"})");
  const auto all = expect(client, 200, "GET", "/v1/journal");
  EXPECT_EQ(std::ranges::count(all.body, '\n'), 4);
  EXPECT_EQ(all.header("Packledger-Next"), "5");
  const auto part = expect(client, 200, "GET", "/v1/journal?from=2&limit=1");
  EXPECT_THAT(part.body, HasSubstr(R"("kind":"account_opened")"));
  EXPECT_EQ(part.header("Packledger-Next"), "3");
  const auto mine = expect(client, 200, "GET", "/v1/journal?account=acme&kind=funds_credited");
  EXPECT_EQ(std::ranges::count(mine.body, '\n'), 1);
  expect(client, 404, "GET", "/v1/journal?account=nobody");
  EXPECT_EQ(member(expect(client, 400, "GET", "/v1/journal?kind=x").body, "field"), "kind");
  expect(client, 400, "GET", "/v1/journal?limit=1001");
}

TEST_F(Routes, ReadAsOfThen) {
  open_acme(client);
  expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT1H"})");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"5"})");
  const auto balance = [&](std::string_view query) {
    return member(expect(client, 200, "GET", "/v1/accounts/acme" + std::string(query)).body,
                  "balance");
  };
  EXPECT_EQ(balance(""), "10005");
  EXPECT_EQ(balance("?position=2"), "0");
  EXPECT_EQ(balance("?position=3"), "10000");
  EXPECT_EQ(balance("?at=2024-05-01T00:59:59.999%2B08:00"), "10000");
  EXPECT_EQ(balance("?at=2024-05-01T01:00:00%2B08:00"), "10005");
  EXPECT_EQ(member(expect(client, 404, "GET", "/v1/accounts/acme?position=1").body, "position"),
            "1");
  expect(client, 400, "GET", "/v1/accounts/acme?position=99");
  expect(client, 400, "GET", "/v1/accounts/acme?position=1&at=2024-05-01T00:00:00Z");
}

TEST_F(Routes, HoldALongPollUntilThePositionIsReached) {
  open_acme(client);
  std::thread writer([this] {
    HttpClient other = daemon.client();
    expect(other, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"5"})");
  });
  const auto held = expect(client, 200, "GET", "/v1/accounts/acme?after=4&wait=60");
  writer.join();
  EXPECT_EQ(member(held.body, "balance"), "10005");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/accounts/acme?after=9&wait=0").body, "position"),
            "4");
  expect(client, 400, "GET", "/v1/accounts/acme?wait=5");
  expect(client, 400, "GET", "/v1/accounts/acme?after=1&wait=61");
}

TEST_F(Routes, AdvanceTheTestClockTimerByTimer) {
  open_acme(client);
  expect(client, 201, "POST", "/v1/accounts/acme/orders",
         R"({"order":"o1","product":"th-10k-1m","pay":"balance"})");
  const auto may =
      expect(client, 200, "POST", "/v1/clock/advance", R"({"to":"2024-06-01T00:00:00+08:00"})");
  EXPECT_EQ(member(may.body, "now"), "2024-05-31T16:00:00.000Z");
  EXPECT_THAT(may.body, HasSubstr(R"("kind":"package_expired")"));
  EXPECT_THAT(may.body, HasSubstr(R"("kind":"expiry_reminder_due")"));
  EXPECT_EQ(member(may.body, "entries_total"), "2");
  const auto year = expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"P365D"})");
  EXPECT_THAT(year.body, HasSubstr("package_closed"));
  EXPECT_EQ(
      member(
          expect(client, 400, "POST", "/v1/clock/advance", R"({"to":"2024-05-01T00:00:00Z"})").body,
          "code"),
      "invalid_to");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/clock").body, "test"), "true");
}

TEST_F(Routes, TellTheBookInForce) {
  expect(client, 404, "GET", "/v1/price-book");
  expect(client, 200, "PUT", "/v1/price-book", small_book);
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/price-book").body, "version"), "v1");
  EXPECT_THAT(expect(client, 200, "GET", "/v1/products").body, HasSubstr("th-10k-1m"));
  expect(client, 200, "GET", "/v1/products?currency=CNY");
  expect(client, 404, "GET", "/v1/products?currency=USD");
  expect(client, 400, "GET", "/v1/products?currency=yuan");
  expect(client, 404, "GET", "/v1/price-book?at=2023-01-01T00:00:00Z");
}

TEST_F(Routes, RefuseWhatNoRouteTakes) {
  const auto problem = [&](unsigned status, std::string_view method, std::string_view target,
                           std::string_view body = {}) {
    const auto answer = expect(client, status, method, target, body);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(member(answer.body, "status"), std::to_string(status));
    EXPECT_EQ(member(answer.body, "type"), "urn:packledger:problem:" + member(answer.body, "code"));
    return member(answer.body, "code");
  };
  EXPECT_EQ(problem(404, "GET", "/"), "not_found");
  EXPECT_EQ(problem(404, "GET", "/v1"), "not_found");
  EXPECT_EQ(problem(404, "GET", "/v1/accounts/acme/nothing"), "not_found");
  EXPECT_EQ(problem(405, "GET", "/v1/sends"), "method_not_allowed");
  EXPECT_EQ(problem(405, "DELETE", "/v1/accounts/acme"), "method_not_allowed");
  EXPECT_EQ(problem(400, "GET", "/v1//accounts"), "invalid_target");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/"), "invalid_target");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/%zz"), "invalid_target");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/a%2Fb"), "invalid_target");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/%FF"), "invalid_target");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/acme?x=1"), "unknown_parameter");
  EXPECT_EQ(problem(400, "GET", "/v1/accounts/acme?at=1&at=2"), "invalid_target");
  EXPECT_EQ(problem(400, "POST", "/v1/accounts", "{"), "invalid_json");
  EXPECT_EQ(problem(400, "POST", "/v1/accounts", R"({"account":"a","currency":"CNY","x":1})"),
            "unknown_field");
  EXPECT_EQ(problem(426, "GET", "/v1/watch"), "upgrade_required");
  EXPECT_EQ(expect(client, 405, "PUT", "/v1/accounts/acme").header("Allow"), "GET, HEAD, PATCH");
  expect(client, 415, "POST", "/v1/sends", "a=1",
         {{"Content-Type", "application/x-www-form-urlencoded"}});
  expect(client, 415, "POST", "/v1/accounts", "{}", {{"Content-Type", "application/x-ndjson"}});
  expect(client, 403, "POST", "/v1/accounts", "{}", {{"Origin", "http://elsewhere.example"}});
}

TEST_F(Routes, TakeEveryMethodThatTheTableHasAndNoOther) {
  for (const Route& route : all_routes()) {
    std::string path(route.pattern);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x");
    for (const std::string_view method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      const auto answer = client.call(method, path, method == "GET" ? "" : "{}");
      ASSERT_TRUE(answer) << method << path << answer.error().detail;
      const bool served = std::ranges::any_of(all_routes(), [&](const Route& other) {
        return other.pattern == route.pattern && method_text(other.method) == method;
      });
      EXPECT_EQ(answer->status == 405, !served) << method << " " << path;
      EXPECT_LT(answer->status, 500U) << method << " " << path << answer->body;
    }
  }
}

TEST(RoutesWithoutATestClock, HaveNoTestClock) {
  Daemon daemon({.test_clock = false});
  HttpClient client = daemon.client();
  const auto off = expect(client, 404, "POST", "/v1/clock/advance", R"({"by":"PT1H"})");
  EXPECT_EQ(member(off.body, "code"), "test_clock_off");
  EXPECT_EQ(member(expect(client, 200, "GET", "/v1/clock").body, "test"), "false");
}

TEST(RoutesBeforeRecovery, SayThatTheDaemonIsNotReady) {
  Daemon daemon({.ready = false});
  HttpClient client = daemon.client();
  EXPECT_EQ(expect(client, 503, "GET", "/readyz").header("Retry-After"), "1");
  expect(client, 200, "GET", "/healthz");
  EXPECT_EQ(member(expect(client, 503, "GET", "/v1/digest").body, "code"), "not_ready");
  daemon.be_ready();
  expect(client, 200, "GET", "/readyz");
}

TEST(RoutesUnderPressure, SayBusyWhenTheInboxIsFull) {
  Daemon daemon({.requests_max = 1});
  HttpClient client = daemon.client();
  daemon.inbox().hold(true);
  std::thread first([&] {
    HttpClient other = daemon.client();
    expect(other, 200, "GET", "/v1/digest");
  });
  daemon.inbox().wait_for_waiting(1);
  const auto busy = expect(client, 503, "GET", "/v1/digest");
  EXPECT_EQ(member(busy.body, "code"), "busy");
  EXPECT_EQ(busy.header("Retry-After"), "1");
  expect(client, 503, "POST", "/v1/sends", sends_of("acme", "m", 1));
  daemon.inbox().hold(false);
  first.join();
}

TEST(RoutesWhenStopping, AnswerWhatIsInFlight) {
  Daemon daemon;
  HttpClient idle = daemon.client();
  expect(idle, 200, "GET", "/healthz");
  daemon.inbox().hold(true);
  std::thread asking([&] {
    HttpClient client = daemon.client();
    const auto answer = expect(client, 200, "GET", "/v1/digest");
    EXPECT_EQ(answer.header("Connection"), "close");
  });
  daemon.inbox().wait_for_waiting(1);
  daemon.stop_front();
  HttpClient refused = daemon.client();
  while (refused.call("GET", "/healthz")) refused.close();  // until the door is closed
  daemon.inbox().hold(false);
  asking.join();
  daemon.wait_until_stopped();
}

}  // namespace
}  // namespace packledger::serve
