// Alarms, automatic renewal and contacts over the whole daemon.
#include "tests/serve/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view alarms = "/v1/accounts/acme/alarms";
constexpr std::string_view low = "/v1/accounts/acme/alarms/low";
constexpr std::string_view renewal = "/v1/accounts/acme/renewal";
constexpr std::string_view contacts = "/v1/accounts/acme/contacts";
constexpr std::string_view ops =
    R"({"contacts":[{"contact":"ops","channels":[{"channel":"internal"}]}]})";

class Rules : public ::testing::Test {
 protected:
  Rules() { open_mainland(client); }
  std::string shown(std::string_view path) { return expect(client, 200, "GET", path).body; }

  Daemon daemon;
  HttpClient client = daemon.client();
};

// ---- alarms ----

TEST_F(Rules, SetAnAlarmThatFiresAndIsArmedAgain) {
  const auto set = expect(client, 200, "PUT", low, R"({"threshold":{"units":900}})");
  EXPECT_EQ(member(set.body, "alarm"), "low");
  EXPECT_EQ(member(set.body, "pool"), "CN");
  EXPECT_EQ(member(set.body, "kind"), "total");
  EXPECT_THAT(set.body, HasSubstr(R"("warnings":[])"));
  EXPECT_THAT(set.body, Not(HasSubstr("consequences")));
  EXPECT_EQ(member(shown(low), "state"), "armed");

  send_units(client, "s1", 101);
  EXPECT_EQ(member(shown(low), "state"), "fired");
  EXPECT_EQ(member(shown(low), "firings"), "1");
  const auto line = expect(client, 200, "GET", "/v1/journal?kind=alarm_raised&account=acme").body;
  EXPECT_EQ(member(line, "account"), "acme");
  EXPECT_EQ(member(line, "caused_by"), "6");

  const auto bought = expect(client, 201, "POST", "/v1/accounts/acme/orders",
                             R"({"order":"o2","product":"cn-1k","pay":"balance"})");
  EXPECT_THAT(bought.body, HasSubstr(R"("consequences":[{"position":9,)"));
  EXPECT_THAT(bought.body, HasSubstr(R"("kind":"alarm_cleared")"));
  EXPECT_EQ(bought.header("Packledger-Position"), "9");
  EXPECT_EQ(member(shown(low), "state"), "armed");
}

TEST_F(Rules, ListAlarmsByName) {
  expect(client, 200, "PUT", low, R"({"threshold":{"percent":10}})");
  expect(client, 200, "PUT", "/v1/accounts/acme/alarms/gone",
         R"({"threshold":{"units":0},"when":"at_or_below"})");
  const std::string list = shown(alarms);
  EXPECT_LT(list.find(R"("alarm":"gone")"), list.find(R"("alarm":"low")"));
  EXPECT_EQ(member(list, "position"), "6");
  EXPECT_THAT(shown(std::string(alarms) + "?position=5"), Not(HasSubstr("gone")));
}

TEST_F(Rules, RemoveAnAlarmOnce) {
  expect(client, 200, "PUT", low, R"({"threshold":{"units":900}})");
  expect(client, 200, "DELETE", std::string(low) + "?dry_run=true");
  const auto removed = expect(client, 200, "DELETE", low);
  EXPECT_EQ(member(removed.body, "removed"), "true");
  EXPECT_EQ(member(removed.body, "position"), "6");
  EXPECT_EQ(code_of(expect(client, 404, "DELETE", low)), "unknown_alarm");
  EXPECT_EQ(code_of(expect(client, 404, "GET", low)), "unknown_alarm");
  EXPECT_EQ(member(shown(std::string(low) + "?position=5"), "alarm"), "low");
}

TEST_F(Rules, AnswerARepeatedAlarmWithItsConsequencesByteForByte) {
  const auto set = [&](std::string_view body, unsigned status) {
    return expect(client, status, "PUT", low, body, {{"Idempotency-Key", "a-1"}});
  };
  const auto first = set(R"({"threshold":{"units":2000}})", 200);
  EXPECT_THAT(first.body, HasSubstr(R"("kind":"alarm_raised")"));
  send_units(client, "s1", 1);
  const auto again = set(R"({"threshold":{"units":2000}})", 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Packledger-Position"), first.header("Packledger-Position"));
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  const auto other = set(R"({"threshold":{"units":2001}})", 409);
  EXPECT_EQ(code_of(other), "conflict");
  EXPECT_EQ(field_of(other), "threshold");
}

TEST_F(Rules, TryAnAlarmWithoutKeepingIt) {
  const std::string before = digest_of(client);
  const auto tried = expect(client, 200, "PUT", std::string(low) + "?dry_run=true",
                            R"({"threshold":{"units":2000}})");
  EXPECT_EQ(member(tried.body, "dry_run"), "true");
  EXPECT_THAT(tried.body, HasSubstr("fires_after_every_purchase"));
  EXPECT_THAT(tried.body, HasSubstr(R"("kind":"alarm_raised")"));
  EXPECT_EQ(digest_of(client), before);
  EXPECT_EQ(code_of(expect(client, 404, "GET", low)), "unknown_alarm");
}

TEST_F(Rules, RefuseAnAlarmThatIsWrong) {
  const auto refused = [&](unsigned status, std::string_view body) {
    return code_of(expect(client, status, "PUT", low, body));
  };
  EXPECT_EQ(refused(422, R"({"threshold":{"units":1},"contacts":["nobody"]})"), "unknown_contact");
  EXPECT_EQ(refused(400, R"({"threshold":{"units":1,"percent":1}})"), "invalid_threshold");
  EXPECT_EQ(refused(400, R"({"threshold":{"units":1},"unit":1})"), "unknown_field");
  EXPECT_EQ(refused(400, "[]"), "invalid_body");
  EXPECT_EQ(code_of(expect(client, 400, "PUT", "/v1/accounts/acme/alarms/no%20name",
                           R"({"threshold":{"units":1}})")),
            "invalid_alarm");
  EXPECT_EQ(code_of(expect(client, 404, "DELETE", "/v1/accounts/acme/alarms/no%20name")),
            "unknown_alarm");
  EXPECT_EQ(code_of(expect(client, 404, "PUT", "/v1/accounts/nobody/alarms/low",
                           R"({"threshold":{"units":1}})")),
            "unknown_account");
  expect(client, 404, "GET", "/v1/accounts/nobody/alarms");
}

TEST_F(Rules, AllowSoManyAlarmsAndNoMore) {
  for (std::size_t i = 0; i < alarms_per_account_max; ++i)
    expect(client, 200, "PUT", std::string(alarms) + "/a" + std::to_string(i),
           R"({"threshold":{"units":0}})");
  EXPECT_EQ(code_of(expect(client, 422, "PUT", low, R"({"threshold":{"units":0}})")),
            "alarms_max_reached");
}

// ---- renewal ----

TEST_F(Rules, RenewWhenLittleIsLeft) {
  const auto set = expect(client, 200, "PUT", renewal, R"({"enabled":true,"threshold":500,
                                                           "quantity":1000})");
  EXPECT_EQ(member(set.body, "product"), "cn-custom");
  EXPECT_EQ(member(set.body, "retry_at"), "03:00");
  std::string shown_now = shown(renewal);
  EXPECT_EQ(member(shown_now, "price"), "50");
  EXPECT_EQ(member(shown_now, "state"), "idle");
  EXPECT_EQ(member(shown_now, "total"), "1000");

  send_units(client, "s1", 500);
  shown_now = shown(renewal);
  EXPECT_EQ(member(shown_now, "renewed_today"), "1");
  EXPECT_EQ(member(shown_now, "balance"), "0");
  const auto line = expect(client, 200, "GET", "/v1/journal?kind=package_renewed").body;
  EXPECT_EQ(member(line, "key"), "renew/acme/CN/6");
  EXPECT_EQ(member(line, "caused_by"), "6");
  const auto package = shown("/v1/accounts/acme/packages/renewal-7");
  EXPECT_EQ(member(package, "remaining"), "1000");
  EXPECT_EQ(code_of(expect(client, 422, "POST", "/v1/accounts/acme/packages",
                           R"({"package":"renewal-9","quota":1,"destinations":["CN"],
                               "validity":"P1M"})")),
            "reserved_name");
}

TEST_F(Rules, NameTheNewPackageInTheLinesOfLaterSends) {
  expect(client, 200, "PUT", renewal, R"({"enabled":true,"threshold":500,"quantity":1000})");
  send_units(client, "s1", 500);
  const auto sent = send_units(client, "s2", 501);
  EXPECT_THAT(sent.body, HasSubstr(R"({"package":"renewal-7","units":1})"));
  daemon.restart();
  HttpClient anew = daemon.client();
  EXPECT_THAT(expect(anew, 200, "GET", "/v1/journal?from=8").body,
              HasSubstr(R"({"package":"renewal-7","units":1})"));
}

TEST_F(Rules, TryARenewalAgainWithTheNextCredit) {
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"-49"})");
  const auto set = expect(client, 200, "PUT", renewal, R"({"enabled":true,"threshold":1000,
                                                           "quantity":1000})");
  EXPECT_THAT(set.body, HasSubstr(R"("kind":"renewal_failed")"));
  EXPECT_THAT(set.body, HasSubstr("insufficient_balance"));
  EXPECT_THAT(set.body, HasSubstr("fires_after_every_purchase"));
  EXPECT_EQ(member(shown(renewal), "state"), "pending");
  EXPECT_THAT(shown(renewal), HasSubstr(R"("pending":{"trigger":"threshold")"));
  const auto funded = expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"49"})");
  EXPECT_THAT(funded.body, HasSubstr(R"("kind":"package_renewed")"));
  EXPECT_EQ(member(shown(renewal), "state"), "idle");
}

TEST_F(Rules, RemoveARenewalOnce) {
  EXPECT_EQ(code_of(expect(client, 404, "GET", renewal)), "unknown_renewal");
  EXPECT_EQ(code_of(expect(client, 404, "DELETE", renewal)), "unknown_renewal");
  expect(client, 200, "PUT", renewal, R"({"enabled":false,"quantity":1000})");
  EXPECT_EQ(member(shown(renewal), "enabled"), "false");
  EXPECT_EQ(member(expect(client, 200, "DELETE", renewal).body, "removed"), "true");
  EXPECT_EQ(code_of(expect(client, 404, "GET", renewal)), "unknown_renewal");
}

TEST_F(Rules, TryARenewalWithoutKeepingIt) {
  const std::string before = digest_of(client);
  const auto tried = expect(client, 200, "PUT", std::string(renewal) + "?dry_run=true",
                            R"({"enabled":true,"threshold":1000,"quantity":1000})");
  EXPECT_THAT(tried.body, HasSubstr(R"("kind":"package_renewed")"));
  EXPECT_THAT(tried.body, HasSubstr(R"("package":"renewal-6")"));
  EXPECT_EQ(digest_of(client), before);
}

TEST_F(Rules, RefuseARenewalThatIsWrong) {
  const auto refused = [&](unsigned status, std::string_view body) {
    const auto answer = expect(client, status, "PUT", renewal, body);
    return code_of(answer) + " " + field_of(answer);
  };
  EXPECT_EQ(refused(400, R"({"enabled":true,"quantity":1000,"pool":"TH"})"), "invalid_pool pool");
  EXPECT_EQ(refused(400, R"({"enabled":true,"quantity":999})"), "invalid_quantity quantity");
  EXPECT_EQ(refused(400, R"({"enabled":true,"quantity":2000,"product":"cn-1k"})"),
            "invalid_quantity quantity");
  EXPECT_EQ(refused(422, R"({"enabled":true,"quantity":1000,"product":"th"})"),
            "unknown_product product");
  EXPECT_EQ(refused(400, R"({"enabled":true,"quantity":1000,"product":"cn-week",
                             "pre_expiry":true})"),
            "invalid_lead pre_expiry");
  EXPECT_EQ(refused(400, R"({"quantity":1000})"), "invalid_enabled enabled");
}

// ---- contacts ----

TEST_F(Rules, KeepContactsAndTellWhoWasTold) {
  EXPECT_THAT(shown(contacts), HasSubstr(R"("contacts":[])"));
  const auto set = expect(client, 200, "PUT", contacts, R"({"contacts":[
      {"contact":"ops","channels":[{"channel":"email","address":"ops@example.com"}],
       "topics":["alarm"]},
      {"contact":"boss","channels":[{"channel":"sms","address":"+8613800000000"}],
       "topics":["account"]}]})");
  EXPECT_EQ(member(set.body, "position"), "5");
  EXPECT_THAT(shown(contacts), HasSubstr(R"("address":"ops@example.com")"));
  const auto alarm = expect(client, 200, "PUT", low, R"({"threshold":{"units":2000}})");
  EXPECT_THAT(alarm.body, HasSubstr(R"("told":[{"contact":"ops","channels":["email"]}])"));
  EXPECT_THAT(shown(std::string(contacts) + "?position=4"), HasSubstr(R"("contacts":[])"));
}

TEST_F(Rules, RefuseContactsThatCannotBeReached) {
  const auto refused = [&](std::string_view channel, std::string_view address) {
    const std::string body = R"({"contacts":[{"contact":"ops","channels":[{"channel":")" +
                             std::string(channel) + R"(","address":")" + std::string(address) +
                             R"("}]}]})";
    return field_of(expect(client, 400, "PUT", contacts, body));
  };
  EXPECT_THAT(refused("email", "nobody"), HasSubstr("address"));
  EXPECT_THAT(refused("sms", "110"), HasSubstr("address"));
  EXPECT_THAT(refused("webhook", "http://example.com"), HasSubstr("address"));
  EXPECT_THAT(refused("pigeon", "coo"), HasSubstr("channel"));
  EXPECT_EQ(code_of(expect(client, 404, "PUT", "/v1/accounts/nobody/contacts", ops)),
            "unknown_account");
}

TEST_F(Rules, RepeatAndTryContacts) {
  const std::string before = digest_of(client);
  const auto tried = expect(client, 200, "PUT", std::string(contacts) + "?dry_run=true", ops);
  EXPECT_THAT(tried.body, HasSubstr(R"("kind":"contacts_set")"));
  EXPECT_EQ(digest_of(client), before);
  const auto first = expect(client, 200, "PUT", contacts, ops, {{"Idempotency-Key", "c-1"}});
  const auto again = expect(client, 200, "PUT", contacts, ops, {{"Idempotency-Key", "c-1"}});
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  const auto other =
      expect(client, 409, "PUT", contacts, R"({"contacts":[]})", {{"Idempotency-Key", "c-1"}});
  EXPECT_EQ(field_of(other), "contacts");
}

// ---- arrears ----

TEST_F(Rules, SuspendAnAccountThatOwesAndSayWhichWritesItRefuses) {
  const auto owing = expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"-51"})");
  EXPECT_THAT(owing.body, HasSubstr(R"("kind":"account_overdue")"));
  EXPECT_THAT(owing.body, HasSubstr(R"("kind":"account_suspended")"));
  EXPECT_EQ(member(shown("/v1/accounts/acme"), "status"), "suspended");
  EXPECT_EQ(code_of(send_units(client, "s1", 1)), "account_suspended");
  EXPECT_EQ(code_of(expect(client, 422, "POST", "/v1/accounts/acme/orders",
                           R"({"order":"o2","product":"cn-1k","pay":"balance"})")),
            "account_suspended");
  const auto paid = expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"1"})");
  EXPECT_THAT(paid.body, HasSubstr(R"("kind":"account_resumed")"));
  EXPECT_EQ(member(send_units(client, "s1", 1).body, "result"), "recorded");
}

TEST_F(Rules, LetAnOverdueAccountSendButNotBuy) {
  expect(client, 200, "PATCH", "/v1/accounts/acme", R"({"overdue_grace":"PT12H"})");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"-51"})");
  const std::string account = shown("/v1/accounts/acme");
  EXPECT_EQ(member(account, "status"), "overdue");
  EXPECT_EQ(member(account, "suspends_at"), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(member(send_units(client, "s1", 1).body, "result"), "recorded");
  EXPECT_EQ(code_of(expect(client, 422, "POST", "/v1/accounts/acme/orders",
                           R"({"order":"o2","product":"cn-1k","pay":"balance"})")),
            "account_overdue");
  const auto later = expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT12H"})");
  EXPECT_THAT(later.body, HasSubstr(R"("kind":"suspension_due")"));
  EXPECT_THAT(later.body, HasSubstr(R"("kind":"account_suspended")"));
}

}  // namespace
}  // namespace packledger::serve
