// The sentences of notices, as the law makes them.
#include "query/notice_text.hpp"

#include "query/notice_terms.hpp"
#include "tests/query/lived.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace packledger {
namespace {

using query_tests::first_of_may;
using query_tests::Lived;
using query_tests::order;
using query_tests::send;

Money cny(std::int64_t whole) { return Money{whole * 1'000'000}; }

FundsCredited credit(std::int64_t whole) { return {.amount = cny(whole), .reason = {}}; }

AlarmRuleSet alarm(std::string name, AlarmKind kind, AlarmThreshold threshold, AlarmWhen when) {
  AlarmRule rule;
  rule.name = std::move(name);
  rule.kind = kind;
  rule.pool = kind == AlarmKind::balance ? "" : "CN";
  rule.threshold = std::move(threshold);
  rule.when = when;
  return {rule};
}

AlarmThreshold units(std::int64_t count) {
  AlarmThreshold threshold;
  threshold.units = Units{count};
  return threshold;
}

// The last notice of that kind, in the words of its own time.
std::string text_of(const Lived& lived, std::string_view kind) {
  NoticeTermsNow terms;
  const Entry& wanted = lived.last(kind);
  for (const Entry& entry : lived.entries()) {
    if (account_of(entry) != AccountId{1}) continue;
    terms.learn(entry);
    if (entry.sequence == wanted.sequence) break;
  }
  return notice_text(wanted, terms.of(wanted), lived);
}

class NoticeText : public ::testing::Test {
 protected:
  NoticeText() {
    lived.ask(credit(100));
    lived.ask(order("o1"));
  }
  Lived lived;
};

TEST_F(NoticeText, SaysHowFewUnitsAreLeft) {
  lived.ask(alarm("low", AlarmKind::total, units(900), AlarmWhen::below));
  lived.ask(send("s1", 101));
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm low: 899 units left in pool CN, below the threshold of 900 units.");
  lived.ask(order("o2"));
  EXPECT_EQ(text_of(lived, "alarm_cleared"), "Alarm low has ended: 1,899 units left in pool CN.");
  EXPECT_EQ(topic_of(lived.last("alarm_cleared")), Topic::alarm);
}

TEST_F(NoticeText, SaysThatNothingIsLeft) {
  lived.ask(alarm("gone", AlarmKind::total, units(0), AlarmWhen::at_or_below));
  lived.ask(send("s1", 1'000));
  EXPECT_EQ(text_of(lived, "alarm_raised"), "Alarm gone: no units are left in pool CN.");
}

TEST_F(NoticeText, NamesThePackageAndItsOwnThreshold) {
  AlarmThreshold threshold;
  threshold.percent = 10;
  lived.ask(alarm("each", AlarmKind::per_package, threshold, AlarmWhen::at_or_below));
  lived.ask(send("s1", 900));
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm each: 100 units left of package o1.1, at or below the threshold of 10% of 1,000 "
            "units.");
  threshold.per_package = {{.package = "o1.1", .units = Units{60}}};
  lived.ask(alarm("own", AlarmKind::per_package, threshold, AlarmWhen::at_or_below));
  lived.ask(send("s2", 50));
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm own: 50 units left of package o1.1, at or below the threshold of 60 units.");
}

TEST_F(NoticeText, SaysHowLittleMoneyIsLeft) {
  AlarmThreshold threshold;
  threshold.amount = cny(40);
  lived.ask(alarm("money", AlarmKind::balance, threshold, AlarmWhen::below));
  lived.ask(FundsAdjusted{.amount = Money{-10'500'000}, .reason = {}});
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm money: the balance is 39.5 CNY, below the threshold of 40 CNY.");
  lived.ask(credit(1));
  EXPECT_EQ(text_of(lived, "alarm_cleared"), "Alarm money has ended: the balance is 40.5 CNY.");
}

TEST_F(NoticeText, SaysWhenAPoolRunsOut) {
  AlarmThreshold threshold;
  threshold.within = days(3);
  lived.ask(alarm("soon", AlarmKind::runs_out_within, threshold, AlarmWhen::at_or_below));
  const auto forecast = [&](std::optional<Instant> end) {
    return RunOutForecast{
        .pool = "CN", .runs_out_at = end, .position = lived.entries().back().sequence};
  };
  lived.ask(forecast(first_of_may + hours(60)));
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm soon: 1,000 units left in pool CN, used up or ended by 2024-05-03 12:00 "
            "(UTC+08:00) at the "
            "present rate, at or below the threshold of 3 days.");
  lived.ask(order("o2"));
  lived.ask(forecast(first_of_may + days(9)));
  EXPECT_EQ(text_of(lived, "alarm_cleared"),
            "Alarm soon has ended: 2,000 units left in pool CN, until 2024-05-10 00:00 (UTC+08:00) "
            "at the "
            "present rate.");
  lived.ask(forecast(first_of_may + hours(1)));
  lived.ask(order("o3", Payment::external));
  lived.ask(OrderPaid{.order = "o3", .payment_reference = "r"});
  lived.ask(forecast(std::nullopt));
  EXPECT_EQ(text_of(lived, "alarm_cleared"),
            "Alarm soon has ended: 3,000 units left in pool CN, and their end is not in sight.");
}

TEST_F(NoticeText, KeepsTheThresholdOfItsTime) {
  lived.ask(alarm("low", AlarmKind::total, units(900), AlarmWhen::below));
  lived.ask(send("s1", 101));
  lived.ask(alarm("low", AlarmKind::total, units(950), AlarmWhen::below));
  EXPECT_EQ(text_of(lived, "alarm_raised"),
            "Alarm low: 899 units left in pool CN, below the threshold of 900 units.");
}

TEST_F(NoticeText, SaysWhenAPackageEndsAndWhatIsLost) {
  lived.ask(PackageGranted{.package = "gift",
                           .quota = Units{10},
                           .scope = {{{mainland}}, {}},
                           .effective_at = {},
                           .expires_at = first_of_may + days(30),
                           .validity = {},
                           .price_paid = {},
                           .reason = {}});
  lived.advance(first_of_may + days(23));
  EXPECT_EQ(
      text_of(lived, "expiry_reminder_due"),
      "Package gift ends in 7 days, at 2024-05-31 00:00 (UTC+08:00), with 10 units left; what "
      "is not used by then is lost.");
  EXPECT_EQ(topic_of(lived.last("expiry_reminder_due")), Topic::reminder);
}

RenewalRuleSet renewal(std::int64_t threshold, std::int32_t per_day_max) {
  RenewalRule rule;
  rule.threshold = Units{threshold};
  rule.quantity = Units{1'000};
  rule.per_day_max = per_day_max;
  return {rule};
}

std::string renewed_name(const Lived& lived) {
  return std::get<RenewalDecision>(lived.last("package_renewed").decision).package.name;
}

TEST_F(NoticeText, SaysWhatARenewalBought) {
  lived.ask(renewal(900, 10));
  lived.ask(send("s1", 100));
  EXPECT_EQ(text_of(lived, "package_renewed"),
            "Automatic renewal bought package " + renewed_name(lived) +
                " of 1,000 units for 50 CNY, because pool CN had 900 units or fewer; it ends at "
                "2025-05-01 00:00 (UTC+08:00) and the balance is now 0 CNY.");
  EXPECT_EQ(topic_of(lived.last("package_renewed")), Topic::renewal);
}

TEST_F(NoticeText, SaysThatARenewalWasDueToAnEnd) {
  RenewalRule rule;
  rule.pre_expiry = true;
  rule.quantity = Units{1'000};
  lived.ask(RenewalRuleSet{rule});
  lived.advance(first_of_may + days(355));
  EXPECT_EQ(text_of(lived, "package_renewed"),
            "Automatic renewal bought package " + renewed_name(lived) +
                " of 1,000 units for 50 CNY, because the last package of pool CN was near its end; "
                "it ends at 2026-04-21 00:00 (UTC+08:00) and the balance is now 0 CNY.");
}

TEST_F(NoticeText, SaysWhyARenewalFailedAndWhenItIsTriedAgain) {
  lived.ask(FundsAdjusted{.amount = cny(-49), .reason = {}});
  lived.ask(renewal(900, 10));
  lived.ask(send("s1", 100));
  EXPECT_EQ(text_of(lived, "renewal_failed"),
            "Automatic renewal of 1,000 units, due because pool CN had 900 units or fewer, failed: "
            "it costs 50 CNY and the balance is 1 CNY; it is tried again with every credit and "
            "next at 2024-05-01 03:00 (UTC+08:00).");
}

TEST_F(NoticeText, SaysThatARenewalFailedForTheArrearsOfTheAccount) {
  SettingsPatch patch;
  patch.overdue_grace = hours(12);
  lived.ask(AccountSettingsSet{patch});
  lived.ask(FundsAdjusted{.amount = cny(-51), .reason = {}});
  lived.ask(renewal(900, 10));
  lived.ask(send("s1", 100));
  EXPECT_EQ(text_of(lived, "renewal_failed"),
            "Automatic renewal of 1,000 units, due because pool CN had 900 units or fewer, failed: "
            "the account is overdue with a balance of -1 CNY; it is tried again with every credit "
            "and next at 2024-05-01 03:00 (UTC+08:00).");
}

TEST_F(NoticeText, SaysThatRenewalRests) {
  lived.ask(credit(1'000));
  lived.ask(renewal(2'000, 1));
  lived.ask(send("s1", 1));
  EXPECT_EQ(text_of(lived, "renewal_capped"),
            "Automatic renewal rests since 2024-05-01 00:00 (UTC+08:00) until the next day: 1 "
            "renewal a day is allowed.");
}

TEST_F(NoticeText, SaysHowTheAccountStands) {
  SettingsPatch patch;
  patch.overdue_grace = hours(12);
  lived.ask(AccountSettingsSet{patch});
  lived.ask(FundsAdjusted{.amount = cny(-51), .reason = {}});
  EXPECT_EQ(text_of(lived, "account_overdue"),
            "The account is overdue: its balance is -1 CNY; unless it is made good, the account is "
            "suspended at 2024-05-01 12:00 (UTC+08:00).");
  lived.advance(first_of_may + hours(12));
  EXPECT_EQ(
      text_of(lived, "account_suspended"),
      "The account is suspended since 2024-05-01 12:00 (UTC+08:00): its balance is -1 CNY, and "
      "nothing is sent until it is made good.");
  lived.ask(credit(2));
  EXPECT_EQ(
      text_of(lived, "account_resumed"),
      "The account is active again since 2024-05-01 12:00 (UTC+08:00): its balance is 1 CNY.");
  EXPECT_EQ(topic_of(lived.last("account_resumed")), Topic::account);
}

TEST_F(NoticeText, SaysThatThereIsNoTimeOfGrace) {
  lived.ask(FundsAdjusted{.amount = cny(-51), .reason = {}});
  EXPECT_EQ(text_of(lived, "account_overdue"),
            "The account is overdue: its balance is -1 CNY, and there is no time of grace.");
}

}  // namespace
}  // namespace packledger
