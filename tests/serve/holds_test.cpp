// Holds over the whole daemon: set aside, captured, released, run out, and every refusal.
#include "tests/serve/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view holds = "/v1/accounts/acme/holds";

std::string hold_body(std::string_view name, int units) {
  return R"({"hold":")" + std::string(name) + R"(","units":)" + std::to_string(units) +
         R"(,"destination":"CN","template":"verification"})";
}

class Holds : public ::testing::Test {
 protected:
  Holds() { open_mainland(client); }

  HttpAnswer place(std::string_view name, int units, unsigned status = 201) {
    return expect(client, status, "POST", holds, hold_body(name, units));
  }
  HttpAnswer capture(std::string_view name, int units, unsigned status = 200) {
    return expect(client, status, "POST", path(name) + "/capture",
                  R"({"units":)" + std::to_string(units) + "}");
  }
  HttpAnswer release(std::string_view name, unsigned status = 200) {
    return expect(client, status, "POST", path(name) + "/release", "{}");
  }
  static std::string path(std::string_view name) {
    return std::string(holds) + "/" + std::string(name);
  }
  std::string package(std::string_view figure) {
    return member(expect(client, 200, "GET", "/v1/accounts/acme/packages/o1.1").body, figure);
  }

  Daemon daemon;
  HttpClient client = daemon.client();
};

TEST_F(Holds, SetUnitsAsideAndUseThem) {
  const auto placed = place("h1", 100);
  EXPECT_EQ(member(placed.body, "state"), "held");
  EXPECT_EQ(member(placed.body, "expires_at"), "2024-05-01T16:00:00.000Z");
  EXPECT_THAT(placed.body, HasSubstr(R"("lines":[{"package":"o1.1","units":100}])"));
  EXPECT_EQ(package("remaining"), "900");
  EXPECT_EQ(package("held"), "100");

  const auto captured = capture("h1", 80);
  EXPECT_EQ(member(captured.body, "state"), "captured");
  EXPECT_EQ(member(captured.body, "captured"), "80");
  EXPECT_THAT(captured.body,
              HasSubstr(R"("given_back":[{"package":"o1.1","units":20,"to":"remaining"}])"));
  EXPECT_EQ(package("remaining"), "920");
  EXPECT_EQ(package("held"), "0");
  EXPECT_EQ(package("used"), "80");
  const auto shown = expect(client, 200, "GET", path("h1")).body;
  EXPECT_EQ(member(shown, "state"), "captured");
  EXPECT_EQ(member(expect(client, 200, "GET", path("h1") + "?position=5").body, "state"), "held");
}

TEST_F(Holds, GiveUnitsBack) {
  place("h1", 100);
  const auto released = expect(client, 200, "POST", path("h1") + "/release");
  EXPECT_EQ(member(released.body, "state"), "released");
  EXPECT_EQ(package("remaining"), "1000");
}

TEST_F(Holds, RunOut) {
  const auto placed = expect(client, 201, "POST", holds,
                             R"({"hold":"h1","units":5,"destination":"CN",
                                 "template":"verification","ttl":"PT1H"})");
  EXPECT_EQ(member(placed.body, "expires_at"), "2024-04-30T17:00:00.000Z");
  const auto later = expect(client, 200, "POST", "/v1/clock/advance", R"({"by":"PT1H"})");
  EXPECT_THAT(later.body, HasSubstr(R"("kind":"hold_expired")"));
  EXPECT_EQ(code_of(capture("h1", 1, 422)), "hold_expired");
  EXPECT_EQ(package("remaining"), "1000");
}

TEST_F(Holds, AreListedWhileTheyAreOpenPageByPage) {
  place("h1", 1);
  place("h2", 2);
  place("h3", 3);
  release("h2");
  const auto first = expect(client, 200, "GET", std::string(holds) + "?limit=1").body;
  EXPECT_THAT(first, HasSubstr(R"("hold":"h1")"));
  const std::string cursor = member(first, "next_cursor");
  EXPECT_NE(cursor, "");
  const auto second =
      expect(client, 200, "GET", std::string(holds) + "?limit=1&cursor=" + cursor).body;
  EXPECT_THAT(second, HasSubstr(R"("hold":"h3")"));
  EXPECT_EQ(member(second, "next_cursor"), "");
  EXPECT_THAT(expect(client, 200, "GET", std::string(holds) + "?position=7").body,
              HasSubstr(R"("hold":"h2")"));
  EXPECT_EQ(code_of(expect(client, 400, "GET", std::string(holds) + "?cursor=x")),
            "invalid_cursor");
  EXPECT_EQ(code_of(expect(client, 400, "GET", std::string(holds) + "?limit=0")), "invalid_limit");
}

TEST_F(Holds, RefuseWhatCannotBeSetAside) {
  EXPECT_EQ(code_of(place("h1", 1'001, 422)), "quota_exhausted");
  EXPECT_EQ(code_of(place("h1", 0, 400)), "invalid_units");
  EXPECT_EQ(code_of(expect(client, 400, "POST", holds,
                           R"({"hold":"h1","units":1,"destination":"CN",
                               "template":"verification","ttl":"P8D"})")),
            "invalid_ttl");
  EXPECT_EQ(code_of(expect(client, 404, "POST", "/v1/accounts/nobody/holds", hold_body("h", 1))),
            "unknown_account");
  expect(client, 200, "POST", "/v1/accounts/acme/funds", R"({"amount":"-51"})");
  EXPECT_EQ(code_of(place("h1", 1, 422)), "account_suspended");
}

TEST_F(Holds, RefuseToEndTwiceOrTooMuch) {
  EXPECT_EQ(code_of(capture("h1", 1, 404)), "unknown_hold");
  EXPECT_EQ(code_of(release("h1", 404)), "unknown_hold");
  EXPECT_EQ(code_of(release("no%20name", 404)), "unknown_hold");
  EXPECT_EQ(code_of(capture("no%20name", 1, 404)), "unknown_hold");
  EXPECT_EQ(code_of(expect(client, 404, "GET", path("h1"))), "unknown_hold");
  place("h1", 10);
  EXPECT_EQ(code_of(capture("h1", 11, 422)), "over_capture");
  EXPECT_EQ(code_of(capture("h1", 0, 400)), "invalid_units");
  capture("h1", 10);
  EXPECT_EQ(code_of(capture("h1", 10, 422)), "hold_captured");
  EXPECT_EQ(code_of(release("h1", 422)), "hold_captured");
  place("h2", 10);
  release("h2");
  EXPECT_EQ(code_of(capture("h2", 1, 422)), "hold_released");
}

TEST_F(Holds, GiveTheFirstAnswerToTheSameHold) {
  const auto first = place("h1", 10);
  capture("h1", 4);
  const auto again = place("h1", 10);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  const auto other = place("h1", 11, 409);
  EXPECT_EQ(code_of(other), "conflict");
  EXPECT_EQ(field_of(other), "units");
}

TEST_F(Holds, GiveTheFirstAnswerToTheSameKey) {
  place("h1", 10);
  const auto take = [&](int units, unsigned status) {
    return expect(client, status, "POST", path("h1") + "/capture",
                  R"({"units":)" + std::to_string(units) + "}", {{"Idempotency-Key", "k"}});
  };
  const auto first = take(4, 200);
  EXPECT_EQ(take(4, 200).body, first.body);
  EXPECT_EQ(field_of(take(5, 409)), "units");
}

TEST_F(Holds, KeepNothingOfADryRun) {
  place("h1", 10);
  const std::string before = digest_of(client);
  const auto tried =
      expect(client, 200, "POST", std::string(holds) + "?dry_run=true", hold_body("h2", 5));
  EXPECT_THAT(tried.body, HasSubstr(R"("kind":"hold_placed")"));
  const auto captured =
      expect(client, 200, "POST", path("h1") + "/capture?dry_run=true", R"({"units":1})");
  EXPECT_EQ(member(captured.body, "captured"), "1");
  const auto released = expect(client, 200, "POST", path("h1") + "/release?dry_run=true", "{}");
  EXPECT_EQ(member(released.body, "state"), "released");
  EXPECT_EQ(digest_of(client), before);
}

TEST_F(Holds, RaiseAlarmsLikeASend) {
  expect(client, 200, "PUT", "/v1/accounts/acme/alarms/low", R"({"threshold":{"units":900}})");
  const auto placed = place("h1", 101);
  EXPECT_THAT(placed.body, HasSubstr(R"("kind":"alarm_raised")"));
  EXPECT_THAT(release("h1").body, Not(HasSubstr("consequences")));
}

}  // namespace
}  // namespace packledger::serve
