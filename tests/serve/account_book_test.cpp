// Statements and notices over the whole daemon.
#include "tests/serve/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view acme = "/v1/accounts/acme";

std::size_t count(std::string_view text, std::string_view wanted) {
  std::size_t found = 0;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + wanted.size()))
    ++found;
  return found;
}

class AccountBook : public ::testing::Test {
 protected:
  AccountBook() { open_mainland(client); }
  std::string statement(std::string_view query = {}, unsigned status = 200) {
    return expect(client, status, "GET", std::string(acme) + "/statement" + std::string(query))
        .body;
  }
  std::string explained(std::string_view query = {}, unsigned status = 200) {
    return expect(client, status, "GET", std::string(acme) + "/explain" + std::string(query)).body;
  }
  std::string notices(std::string_view query = {}, unsigned status = 200) {
    return expect(client, status, "GET", std::string(acme) + "/notices" + std::string(query)).body;
  }
  // Positions 5 to 9: contacts, an alarm, a send that fires it; and a credit an hour later.
  void live() {
    expect(client, 200, "PUT", "/v1/accounts/acme/contacts",
           R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]}]})");
    expect(client, 200, "PUT", "/v1/accounts/acme/alarms/low", R"({"threshold":{"units":900}})");
    send_units(client, "s1", 101);
    expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT1H"})");
    expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"7"})");
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

// ---- the statement ----

TEST_F(AccountBook, TellsEveryLineWithItsFigures) {
  live();
  const std::string all = statement();
  EXPECT_EQ(member(all, "account"), "acme");
  EXPECT_EQ(member(all, "currency"), "CNY");
  EXPECT_EQ(member(all, "position"), "9");
  EXPECT_EQ(member(all, "next_cursor"), "");
  EXPECT_EQ(count(all, R"("balance_before")"), 5U);
  EXPECT_THAT(all, HasSubstr(R"("kind":"order_placed","name":"o1","text":"Order o1 of cn-1k: )"
                             R"(1 package of 1,000 units for 50 CNY.","amount":"-50",)"
                             R"("balance_before":"100","balance_after":"50",)"
                             R"("packages":[{"package":"o1.1","before":0,"after":1000,)"
                             R"("units":1000}]})"));
  EXPECT_THAT(all, HasSubstr(R"({"package":"o1.1","before":1000,"after":899,"units":-101})"));
  EXPECT_THAT(all, HasSubstr(R"("kind":"alarm_raised","name":"low","text":"Alarm low: 899 units )"
                             R"(left in pool CN, below the threshold of 900 units.")"));
  EXPECT_THAT(all, HasSubstr(R"("amount":"7","balance_before":"50","balance_after":"57")"));
}

TEST_F(AccountBook, CutsTheStatementIntoPagesWithTheSameFigures) {
  live();
  std::string lines;
  std::string cursor;
  int pages = 0;
  do {
    const std::string page = statement("?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    lines += page;
    cursor = member(page, "next_cursor");
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(count(lines, R"("balance_before")"), 5U);
  EXPECT_THAT(lines, HasSubstr(R"("balance_before":"50","balance_after":"57")"));
}

TEST_F(AccountBook, ChoosesLinesByKindAndPeriod) {
  live();
  const std::string sends = statement("?kind=send_recorded");
  EXPECT_EQ(count(sends, R"("balance_before")"), 1U);
  EXPECT_THAT(sends, HasSubstr(R"("before":1000,"after":899)"));
  const std::string later = statement("?from=2024-05-01T01:00:00%2B08:00");
  EXPECT_EQ(count(later, R"("balance_before")"), 1U);
  EXPECT_THAT(later, HasSubstr(R"("balance_before":"50")"));
  EXPECT_EQ(count(statement("?to=2024-05-01T01:00:00%2B08:00"), R"("balance_before")"), 4U);
}

TEST_F(AccountBook, TellsTheStatementAsOfThen) {
  live();
  const std::string then = statement("?position=4");
  EXPECT_EQ(member(then, "position"), "4");
  EXPECT_EQ(count(then, R"("balance_before")"), 2U);
  const std::string at = statement("?at=2024-05-01T00:30:00%2B08:00");
  EXPECT_EQ(member(at, "position"), "8");
  EXPECT_EQ(count(at, R"("balance_before")"), 4U);
  EXPECT_EQ(member(statement("?position=1", 404), "code"), "unknown_account");
  EXPECT_EQ(member(statement("?at=2023-01-01T00:00:00Z", 404), "code"), "unknown_account");
}

TEST_F(AccountBook, KeepsAccountsApart) {
  expect(client, 201, "POST", "/v1/accounts", R"({"account":"beta","currency":"CNY"})");
  expect(client, 200, "POST", "/v1/accounts/beta/funds", R"({"amount":"3"})");
  live();
  EXPECT_EQ(count(statement(), R"("balance_before")"), 5U);
  const std::string beta = expect(client, 200, "GET", "/v1/accounts/beta/statement").body;
  EXPECT_EQ(count(beta, R"("balance_before")"), 1U);
  EXPECT_THAT(beta, HasSubstr(R"("balance_after":"3")"));
  expect(client, 404, "GET", "/v1/accounts/nobody/statement");
}

// ---- explanations ----

TEST_F(AccountBook, ExplainsFiguresByTheEntriesThatMadeThem) {
  live();
  const std::string all = explained();
  EXPECT_THAT(all, HasSubstr(R"("balance":{"amount":"57","ledger":"57","agrees":true)"));
  EXPECT_THAT(all,
              HasSubstr(R"("package":"o1.1","quota":1000,"remaining":899,"held":0,"used":101)"));
  EXPECT_THAT(all, HasSubstr(R"("agrees":true,"position":9})"));
  const std::string package = explained("?package=o1.1");
  EXPECT_THAT(package, HasSubstr(R"("name":"s1","text":"Send s1 of 101 units to CN)"));
  const std::string alarm = explained("?alarm=low");
  EXPECT_THAT(alarm, HasSubstr(R"("because":{"position":7,"kind":"send_recorded")"));
  const std::string entry = explained("?entry=8");
  EXPECT_THAT(entry, HasSubstr(R"("because":[{"position":7,"kind":"send_recorded")"));
}

TEST_F(AccountBook, ExplainsFiguresAsOfThen) {
  live();
  EXPECT_THAT(explained("?position=4"), HasSubstr(R"("remaining":1000,"held":0,"used":0)"));
  EXPECT_THAT(explained("?position=3&balance=true"), HasSubstr(R"("amount":"100","ledger":"100")"));
}

TEST_F(AccountBook, RefusesToExplainWhatIsNotThere) {
  live();
  EXPECT_EQ(member(explained("?package=x", 404), "code"), "unknown_package");
  EXPECT_EQ(member(explained("?alarm=x", 404), "code"), "unknown_alarm");
  EXPECT_EQ(member(explained("?renewal=true", 404), "code"), "unknown_renewal");
  EXPECT_EQ(member(explained("?entry=99", 400), "code"), "invalid_entry");
  EXPECT_EQ(member(explained("?entry=1", 400), "code"), "invalid_entry");
  EXPECT_EQ(member(explained("?balance=true&alarm=low", 400), "code"), "invalid_alarm");
  EXPECT_EQ(member(explained("?balance=yes", 400), "code"), "invalid_balance");
  EXPECT_EQ(member(explained("?cursor=x", 400), "code"), "invalid_cursor");
  expect(client, 404, "GET", "/v1/accounts/nobody/explain");
}

TEST_F(AccountBook, RefusesParametersOfTheStatementThatAreWrong) {
  EXPECT_EQ(member(statement("?kind=x", 400), "field"), "kind");
  EXPECT_EQ(member(statement("?from=today", 400), "field"), "from");
  EXPECT_EQ(member(statement("?to=1", 400), "field"), "to");
  EXPECT_EQ(member(statement("?cursor=x", 400), "code"), "invalid_cursor");
  EXPECT_EQ(member(statement("?limit=1001", 400), "code"), "invalid_limit");
  EXPECT_EQ(member(statement("?position=99", 400), "code"), "invalid_position");
  EXPECT_EQ(member(statement("?topic=alarm", 400), "code"), "unknown_parameter");
}

TEST_F(AccountBook, WaitsForWhatIsStillToCome) {
  std::thread writer([this] {
    HttpClient other = daemon.client();
    expect(other, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"5"})");
  });
  const std::string held = statement("?after=5&wait=60");
  writer.join();
  EXPECT_THAT(held, HasSubstr(R"("amount":"5")"));
}

TEST(AccountBookUnderPressure, SaysBusyWhereAnotherReadsThePast) {
  Daemon daemon({.past_busy = true});
  HttpClient client = daemon.client();
  open_mainland(client);
  const auto busy = expect(client, 503, "GET", "/v1/accounts/acme/statement");
  EXPECT_EQ(code_of(busy), "busy");
  EXPECT_EQ(busy.header("Retry-After"), "1");
  expect(client, 200, "GET", "/v1/accounts/acme/notices");
}

// ---- notices ----

TEST_F(AccountBook, TellsNoticesWithTheirReceivers) {
  live();
  const std::string all = notices();
  EXPECT_THAT(all, HasSubstr(R"("notice":"acme-8","position":8,"kind":"alarm_raised")"));
  EXPECT_THAT(all, HasSubstr(R"("topic":"alarm")"));
  EXPECT_THAT(all, HasSubstr(R"("caused_by":7)"));
  EXPECT_THAT(all, HasSubstr(R"("told":[{"contact":"ops","channels":["internal"]}])"));
  EXPECT_THAT(all, HasSubstr("Alarm low: 899 units left in pool CN, below the threshold of 900"));
  EXPECT_EQ(member(all, "position"), "9");
}

TEST_F(AccountBook, KeepsNoticesOverARestart) {
  live();
  const std::string before = notices();
  daemon.restart();
  HttpClient anew = daemon.client();
  EXPECT_EQ(expect(anew, 200, "GET", "/v1/accounts/acme/notices").body, before);
}

TEST_F(AccountBook, ChoosesNoticesByTopicTimeAndPosition) {
  live();
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"-58"})");  // 10, 11, 12
  const auto told = [&](std::string_view query) { return count(notices(query), R"("notice":)"); };
  EXPECT_EQ(told(""), 3U);
  EXPECT_EQ(told("?topic=account"), 2U);
  EXPECT_EQ(told("?topic=renewal"), 0U);
  EXPECT_EQ(told("?from=9"), 2U);
  EXPECT_EQ(told("?from=8"), 3U);
  EXPECT_EQ(told("?from=2024-05-01T00:30:00%2B08:00"), 2U);
  EXPECT_EQ(told("?position=9"), 1U);
  EXPECT_EQ(told("?at=2024-05-01T00:30:00%2B08:00"), 1U);
  const std::string first = notices("?limit=2");
  EXPECT_EQ(member(first, "next_cursor"), "11");
  const std::string second = notices("?limit=2&cursor=11");
  EXPECT_EQ(count(second, R"("notice":)"), 1U);
  EXPECT_THAT(second, HasSubstr("The account is suspended since 2024-05-01 01:00 (UTC+08:00)"));
  EXPECT_EQ(member(second, "next_cursor"), "");
}

TEST_F(AccountBook, RefusesParametersOfNoticesThatAreWrong) {
  EXPECT_EQ(member(notices("?topic=weather", 400), "field"), "topic");
  EXPECT_EQ(member(notices("?from=soon", 400), "field"), "from");
  EXPECT_EQ(member(notices("?cursor=x", 400), "field"), "cursor");
  expect(client, 404, "GET", "/v1/accounts/nobody/notices");
}

TEST_F(AccountBook, TellsNoticesToWhoeverWatchesTheEntries) {
  WatchClient watcher(daemon.url());
  ASSERT_TRUE(watcher.connect());
  ASSERT_TRUE(watcher.send(R"({"watch":"entries","accounts":["acme"],"from":4})"));
  live();
  std::string raised = "{}";
  while (member(raised, "kind") != "alarm_raised") {
    const auto text = watcher.next(std::chrono::seconds(20));
    ASSERT_TRUE(text && *text);
    raised = **text;
    ASSERT_NE(member(raised, "type"), "error") << raised;
    ASSERT_NE(member(raised, "kind"), "funds_credited") << "the notice was passed over";
  }
  EXPECT_EQ(member(raised, "account"), "acme");
  EXPECT_EQ(member(raised, "position"), "8");
  EXPECT_EQ(member(raised, "caused_by"), "7");
}

}  // namespace
}  // namespace packledger::serve
