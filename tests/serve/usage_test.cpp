// Usage over the whole daemon: periods, steps, filters, and what is refused.
#include "tests/serve/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;

std::size_t count(std::string_view text, std::string_view wanted) {
  std::size_t found = 0;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + wanted.size()))
    ++found;
  return found;
}

class Usage : public ::testing::Test {
 protected:
  Usage() { open_mainland(client); }
  HttpAnswer usage(std::string_view query = {}, unsigned status = 200) {
    return expect(client, status, "GET", "/v1/accounts/acme/usage" + std::string(query));
  }
  std::string body(std::string_view query = {}) { return usage(query).body; }
  // 300 units at midnight, 705 at a quarter past one, of which 5 go past the package.
  void live() {
    send_units(client, "s1", 300);
    expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT1H15M"})");
    send_units(client, "s2", 705);
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Usage, OfTodayHasAPointForEveryHourSoFar) {
  live();
  const std::string today = body();
  EXPECT_EQ(count(today, R"({"from":)"), 2U);
  EXPECT_EQ(body("?range=today&step=hour"), today);
  EXPECT_THAT(today, HasSubstr(R"({"from":"2024-04-30T17:00:00.000Z",)"
                               R"("to":"2024-04-30T18:00:00.000Z","sends":1,"units":705,)"
                               R"("reversed":0,"amount":"0.325"})"));
  EXPECT_THAT(today, HasSubstr(R"("totals":{"sends":2,"units":1005,"reversed":0,)"
                               R"("amount":"0.325"})"));
  EXPECT_THAT(today, HasSubstr(R"("packages":[{"package":"o1.1","sends":2,"units":1000,)"));
  EXPECT_THAT(today, HasSubstr(R"("payg":{"sends":1,"units":5,"reversed":0,"amount":"0.325"})"));
  EXPECT_EQ(member(today, "zone"), "+08:00");
  EXPECT_EQ(member(today, "behind"), "0");
  EXPECT_EQ(member(today, "position"), "6");
}

TEST_F(Usage, HasEveryRange) {
  live();
  EXPECT_EQ(count(body("?range=7d"), R"({"from":)"), 7U);
  EXPECT_EQ(count(body("?range=30d"), R"({"from":)"), 30U);
  EXPECT_EQ(count(body("?range=7d&step=hour"), R"({"from":)"), 146U);
  const std::string yesterday = body("?range=yesterday");
  EXPECT_EQ(count(yesterday, R"({"from":)"), 24U);
  EXPECT_THAT(yesterday, HasSubstr(R"("totals":{"sends":0,"units":0,)"));
  const std::string months = body("?from=2024-03-31T16:00:00Z&step=month");
  EXPECT_EQ(count(months, R"({"from":)"), 2U);
  EXPECT_EQ(member(months, "to"), "2024-04-30T17:30:00.000Z");
}

TEST_F(Usage, OfAPeriodIsCutAtQuartersOfAnHour) {
  live();
  const std::string first = body("?from=2024-04-30T16:00:00Z&to=2024-04-30T17:15:00Z");
  EXPECT_THAT(first, HasSubstr(R"("totals":{"sends":1,"units":300,)"));
  const std::string second = body("?from=2024-04-30T17:15:00Z&to=2024-04-30T17:30:00Z");
  EXPECT_THAT(second, HasSubstr(R"("totals":{"sends":1,"units":705,)"));
  EXPECT_THAT(body("?range=today&step=day&zone=%2B05:45"),
              HasSubstr(R"("from":"2024-04-29T18:15:00.000Z")"));
}

TEST_F(Usage, IsThatOfThePayerTheDestinationOrTheTemplate) {
  live();
  EXPECT_THAT(body("?package=o1.1"), HasSubstr(R"("totals":{"sends":2,"units":1000,)"));
  EXPECT_THAT(body("?payg=true"), HasSubstr(R"("totals":{"sends":1,"units":5,)"));
  EXPECT_THAT(body("?destination=TH"), HasSubstr(R"("totals":{"sends":0,)"));
  EXPECT_THAT(body("?template=verification"), HasSubstr(R"("totals":{"sends":2,)"));
}

TEST_F(Usage, OfAReversalLeavesTheHourOfItsSend) {
  live();
  expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT24H"})");
  expect(client, 201, "POST", "/v1/accounts/acme/sends/s1/reversals",
         R"({"reversal":"r1","units":100})");
  EXPECT_THAT(
      body("?range=yesterday"),
      HasSubstr(R"("to":"2024-04-30T17:00:00.000Z","sends":1,"units":200,"reversed":100,)"));
  EXPECT_THAT(body(), HasSubstr(R"("totals":{"sends":0,"units":0,"reversed":0,)"));
}

struct Wrong {
  std::string_view query;
  unsigned status;
  std::string_view code;
  std::string_view field;
};

TEST_F(Usage, RefusesWhatItCannotTellExactly) {
  for (const Wrong& wrong : {
           Wrong{"?range=8d", 400, "invalid_range", "range"},
           Wrong{"?range=today&from=2024-04-30T16:00:00Z", 400, "invalid_range", "range"},
           Wrong{"?to=2024-04-30T16:00:00Z", 400, "invalid_to", "to"},
           Wrong{"?from=2024-04-30T16:00:00Z&to=2024-04-30T16:00:00Z", 400, "invalid_to", "to"},
           Wrong{"?from=2024-04-30T16:01:00Z", 400, "invalid_from", "from"},
           Wrong{"?from=2024-04-30T16:00:00Z&to=2024-04-30T17:00:00.001Z", 400, "invalid_to", "to"},
           Wrong{"?from=2025-04-30T16:00:00Z", 400, "invalid_from", "from"},
           Wrong{"?step=week", 400, "invalid_step", "step"},
           Wrong{"?zone=%2B05:41", 400, "invalid_zone", "zone"},
           Wrong{"?zone=Atlantis", 400, "invalid_zone", "zone"},
           Wrong{"?destination=thai", 400, "invalid_destination", "destination"},
           Wrong{"?template=none", 400, "invalid_template", "template"},
           Wrong{"?package=%20", 400, "invalid_package", "package"},
           Wrong{"?package=o1.1&payg=true", 400, "invalid_payg", "payg"},
           Wrong{"?package=o9", 404, "unknown_package", ""},
           Wrong{"?from=1970-01-01T00:00:00Z&step=hour", 422, "period_too_long", "step"},
           Wrong{"?position=300", 400, "invalid_position", "position"},
           Wrong{"?position=3&at=2024-04-30T16:00:00Z", 400, "invalid_at", "at"},
           Wrong{"?position=2&package=o1.1", 404, "unknown_package", ""},
       }) {
    const HttpAnswer answer = usage(wrong.query, wrong.status);
    EXPECT_EQ(code_of(answer), wrong.code) << wrong.query;
    EXPECT_EQ(field_of(answer), wrong.field) << wrong.query;
  }
  EXPECT_EQ(code_of(expect(client, 404, "GET", "/v1/accounts/nobody/usage")), "unknown_account");
}

// ---- the past ----

TEST_F(Usage, OfThePastIsWhatWasToldThen) {
  live();
  const std::string first = body("?range=today");
  const std::string before = member(first, "position");
  expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT24H"})");
  expect(client, 201, "POST", "/v1/accounts/acme/sends/s1/reversals",
         R"({"reversal":"r1","units":100})");
  const std::string second = body("?range=yesterday");
  EXPECT_THAT(second, HasSubstr(R"("totals":{"sends":2,"units":905,"reversed":100,)"));
  EXPECT_EQ(body("?range=today&position=" + before), first);
  EXPECT_EQ(body("?range=today&at=2024-04-30T17:15:00Z"), first);
  EXPECT_EQ(body("?range=yesterday&position=" + member(second, "position")), second);
  EXPECT_THAT(body("?range=today&position=5"), HasSubstr(R"("totals":{"sends":1,"units":300,)"));
  EXPECT_THAT(body("?package=o1.1&position=5"), HasSubstr(R"("totals":{"sends":1,"units":300,)"));
}

TEST_F(Usage, OfThePastIsForeseenAsThen) {
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"100"})");
  std::vector<std::string> told;
  for (int day = 0; day < 40; ++day) {
    expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"P1D"})");
    send_units(client, "s" + std::to_string(day), 1 + day % 9);
    told.push_back(expect(client, 200, "GET", "/v1/accounts/acme/forecast").body);
  }
  EXPECT_THAT(told.at(3), HasSubstr(R"("days":3,"weeks":0,)"));
  EXPECT_THAT(told.back(), HasSubstr(R"("days":28,"weeks":4,)"));
  for (const std::string& then : told) {
    EXPECT_EQ(expect(client, 200, "GET",
                     "/v1/accounts/acme/forecast?position=" + member(then, "position"))
                  .body,
              then);
  }
}

// ---- forecasts ----

// 100 units at the same hour of ten days: of 1,000 nothing is left, of another 1,000 all.
TEST_F(Usage, IsWalkedForwardAsAForecast) {
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"100"})");
  const auto forecast = [this] {
    return expect(client, 200, "GET", "/v1/accounts/acme/forecast").body;
  };
  EXPECT_EQ(member(forecast(), "enough"), "false");
  for (int day = 0; day < 8; ++day) {
    send_units(client, "s" + std::to_string(day), 100);
    expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"P1D"})");
  }
  expect(client, 200, "PUT", "/v1/accounts/acme/renewal",
         R"({"enabled":true,"threshold":50,"pre_expiry":true,"quantity":1000})");
  const std::string told = forecast();
  EXPECT_EQ(member(told, "enough"), "true");
  EXPECT_THAT(told, HasSubstr(R"("days":7,"weeks":1,"units":700})"));
  EXPECT_THAT(told, HasSubstr(R"("pools":[{"pool":"CN","remaining":200,"units":700,)"
                              R"("units_per_day":100,"runs_out_at":"2024-05-09T16:00:00.000Z",)"
                              R"("reason":"used_up","forfeited":0}])"));
  EXPECT_THAT(told, HasSubstr(R"("packages":[{"package":"o1.1","pool":"CN","remaining":200,)"));
  EXPECT_THAT(told, HasSubstr(R"("renewals":[{"trigger":"threshold","pool":"CN",)"
                              R"("at":"2024-05-09T16:00:00.000Z","quantity":1000},)"
                              R"({"trigger":"pre_expiry","pool":"CN",)"));
  EXPECT_EQ(code_of(expect(client, 404, "GET", "/v1/accounts/nobody/forecast")), "unknown_account");
  EXPECT_EQ(code_of(expect(client, 404, "GET", "/v1/accounts/acme/forecast?position=1")),
            "unknown_account");
}

TEST(UsageAtFault, SaysThatItIsBusyOrBroken) {
  Daemon busy{{.past_busy = true}};
  HttpClient client = busy.client();
  open_mainland(client);
  EXPECT_EQ(code_of(expect(client, 503, "GET", "/v1/accounts/acme/usage")), "busy");
  Daemon broken{{.usage_broken = true}};
  HttpClient other = broken.client();
  open_mainland(other);
  EXPECT_EQ(code_of(expect(other, 503, "GET", "/v1/accounts/acme/usage")), "usage_unavailable");
  EXPECT_EQ(code_of(expect(client, 503, "GET", "/v1/accounts/acme/forecast")), "busy");
  EXPECT_EQ(code_of(expect(other, 503, "GET", "/v1/accounts/acme/forecast")), "usage_unavailable");
  for (const char* what : {"usage", "forecast"}) {
    EXPECT_EQ(code_of(expect(client, 503, "GET",
                             "/v1/accounts/acme/" + std::string(what) + "?position=4")),
              "busy");
  }
}

}  // namespace
}  // namespace packledger::serve
