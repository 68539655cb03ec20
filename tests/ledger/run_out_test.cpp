// Alarms of kind runs_out_within and the forecasts that they judge (rules §8 R132).
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace packledger {
namespace {

const Instant start = instant("2024-05-01T00:00:00Z");

AlarmRuleSet alarm(const std::string& name, Duration within, Duration cooldown = {}) {
  AlarmRule rule;
  rule.name = name;
  rule.kind = AlarmKind::runs_out_within;
  rule.threshold.within = within;
  rule.when = AlarmWhen::at_or_below;
  rule.cooldown = cooldown;
  return {rule};
}

PackageGranted grant(const std::string& name, Country country = mainland) {
  PackageGranted made;
  made.package = name;
  made.quota = Units{1'000};
  made.scope.destinations.countries = {country};
  made.expires_at = start + days(300);
  return made;
}

struct RunOutAlarms : testing::Test {
  Desk desk{start};

  RunOutAlarms() {
    PriceBook book;
    book.version = "v1";
    book.currency = Currency{{'C', 'N', 'Y'}};
    tell("", PriceBookPublished{book});
    AccountOpened opened;
    opened.name = "acme";
    opened.currency = book.currency;
    tell("", opened);
    tell("acme", grant("P"));
  }

  void tell(std::string_view account, What what) {
    EXPECT_EQ(code_of(desk.ask(account, std::move(what))), "done");
  }
  [[nodiscard]] Sequence last() const { return desk.ledger().last(); }
  RunOutForecast forecast(std::optional<Duration> in, std::optional<Sequence> position = {}) const {
    RunOutForecast made{.pool = "CN", .runs_out_at = {}, .position = position.value_or(last())};
    if (in) made.runs_out_at = desk.now() + *in;
    return made;
  }
  // What came of it: the kinds of what followed, or the refusal, which changes nothing.
  std::string after(RunOutForecast told) {
    const std::string digest = desk.ledger().digest();
    const std::size_t before = desk.entries().size();
    const auto decided = desk.ask("acme", std::move(told));
    if (!decided) {
      EXPECT_EQ(desk.ledger().digest(), digest);
      return code_of(decided);
    }
    std::string kinds;
    for (std::size_t i = before + 1; i < desk.entries().size(); ++i) {
      const Input& input = desk.entries()[i].input;
      kinds += (kinds.empty() ? "" : " ") + std::string(kind_text(input.what));
    }
    return kinds;
  }
  [[nodiscard]] bool fired(std::string_view name) const {
    return desk.account("acme").find_alarm(name)->fired;
  }
};

TEST_F(RunOutAlarms, FireOnceWhenTheEndIsNear) {
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(days(3) + Duration{1})), "nothing_to_tell");
  EXPECT_EQ(after(forecast(std::nullopt)), "nothing_to_tell");
  EXPECT_EQ(after(forecast(days(3))), "alarm_raised");
  const auto& decided = std::get<AlarmDecision>(desk.entries().back().decision);
  EXPECT_EQ(decided.runs_out_at, start + days(3));
  EXPECT_EQ(decided.remaining, Units{1'000});
  EXPECT_EQ(after(forecast(days(1))), "nothing_to_tell") << "it has fired";
  EXPECT_EQ(desk.account("acme").find_alarm("soon")->firings, 1U);
}

TEST_F(RunOutAlarms, BelowLeavesOutTheTimeItself) {
  AlarmRuleSet set = alarm("soon", days(3));
  set.rule.when = AlarmWhen::below;
  tell("acme", set);
  EXPECT_EQ(after(forecast(days(3))), "nothing_to_tell");
  EXPECT_EQ(after(forecast(Duration{days(3).ms - 1})), "alarm_raised");
}

TEST_F(RunOutAlarms, FireEachOnceTheLongestFirst) {
  tell("acme", alarm("a", hours(1)));
  tell("acme", alarm("b", days(7)));
  tell("acme", alarm("c", days(3)));
  EXPECT_EQ(after(forecast(days(2))), "alarm_raised alarm_raised");
  const auto& entries = desk.entries();
  EXPECT_EQ(std::get<AlarmRaised>(entries[entries.size() - 2].input.what).alarm, "b");
  EXPECT_EQ(std::get<AlarmRaised>(entries.back().input.what).alarm, "c");
  EXPECT_EQ(after(forecast(minutes(30))), "alarm_raised");
}

TEST_F(RunOutAlarms, AreNotMovedByForecastsForNobody) {
  EXPECT_EQ(after(forecast(hours(1))), "nothing_to_tell") << "no rule";
  AlarmRuleSet abroad = alarm("abroad", days(3));
  abroad.rule.pool = "TH";
  tell("acme", abroad);
  EXPECT_EQ(after(forecast(hours(1))), "nothing_to_tell") << "another pool";
  RunOutForecast thai = forecast(hours(1));
  thai.pool = "TH";
  EXPECT_EQ(after(thai), "nothing_to_tell") << "a pool that never had a package";
  EXPECT_EQ(code_of(desk.ask("nobody", forecast(hours(1)))), "unknown_account");
}

TEST_F(RunOutAlarms, DoNotBelieveWhatKnowsLess) {
  const Sequence before = last();
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(hours(1), before)), "nothing_to_tell") << "of before the rule";
  EXPECT_EQ(after(forecast(hours(1), next(last()))), "nothing_to_tell") << "of the future";
  const Sequence before_purchase = last();
  tell("acme", grant("Q"));
  EXPECT_EQ(after(forecast(hours(1), before_purchase)), "nothing_to_tell");
  EXPECT_EQ(after(forecast(hours(1))), "alarm_raised");
  EXPECT_EQ(after(forecast(hours(1), before_purchase)), "nothing_to_tell");
}

TEST_F(RunOutAlarms, AreClearedByAForecastThatKnowsOfNewQuota) {
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
  EXPECT_EQ(after(forecast(days(30))), "nothing_to_tell") << "numbers that swing";
  tell("acme", grant("T", Country{{'T', 'H'}}));
  EXPECT_EQ(after(forecast(days(30))), "nothing_to_tell") << "quota of another pool";
  const Sequence before = last();
  tell("acme", grant("Q"));
  EXPECT_TRUE(fired("soon"));
  EXPECT_EQ(after(forecast(days(30), before)), "nothing_to_tell") << "does not know of it";
  EXPECT_EQ(after(forecast(hours(6))), "nothing_to_tell") << "still near";
  EXPECT_EQ(after(forecast(std::nullopt)), "alarm_cleared");
  EXPECT_FALSE(std::get<AlarmDecision>(desk.entries().back().decision).runs_out_at.has_value());
  EXPECT_EQ(after(forecast(days(2))), "alarm_raised");
  EXPECT_EQ(desk.account("acme").find_alarm("soon")->firings, 2U);
}

TEST_F(RunOutAlarms, AreClearedByAForecastAfterTheRuleChanged) {
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(days(2))), "alarm_raised");
  tell("acme", alarm("soon", days(1)));
  EXPECT_TRUE(fired("soon"));
  EXPECT_EQ(after(forecast(days(2))), "alarm_cleared");
}

TEST_F(RunOutAlarms, AreSilentWhileTheyCool) {
  tell("acme", alarm("soon", days(3), days(1)));
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
  tell("acme", grant("Q"));
  EXPECT_EQ(after(forecast(days(9))), "alarm_cleared");
  desk.advance(start + hours(23));
  EXPECT_EQ(after(forecast(hours(5))), "nothing_to_tell");
  desk.advance(start + hours(24));
  EXPECT_FALSE(fired("soon")) << "the end of the cooldown tells nothing by itself";
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
}

TEST_F(RunOutAlarms, BecomeAnotherKindAndForgetTheForecast) {
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
  AlarmRuleSet total = alarm("soon", days(3));
  total.rule.kind = AlarmKind::total;
  total.rule.threshold = {};
  total.rule.threshold.units = Units{10};
  tell("acme", total);
  EXPECT_FALSE(fired("soon"));
  EXPECT_EQ(after(forecast(hours(5))), "nothing_to_tell");
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
}

TEST_F(RunOutAlarms, AreReplayedAsTheyWere) {
  tell("acme", alarm("soon", days(3)));
  EXPECT_EQ(after(forecast(hours(5))), "alarm_raised");
  tell("acme", grant("Q"));
  EXPECT_EQ(after(forecast(std::nullopt)), "alarm_cleared");
  EXPECT_EQ(replayed(desk.entries())->digest(), desk.ledger().digest());
}

// The digest of a journal of before there were such alarms, as an earlier release told it.
TEST_F(RunOutAlarms, LeaveTheDigestOfOlderJournalsAlone) {
  AlarmRule rule;
  rule.name = "low";
  rule.threshold.units = Units{100};
  tell("acme", AlarmRuleSet{rule});
  EXPECT_EQ(desk.ledger().digest(), "98f48c5e0a4350e2bdf6d9ace5bd0b97");
}

}  // namespace
}  // namespace packledger
