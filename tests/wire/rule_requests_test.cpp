// Requests that set rules, and requests about holds, that are right.
#include "wire/rule_requests.hpp"

#include "tests/wire/asked.hpp"
#include "wire/hold_requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

AlarmRule alarm_of(std::string_view body) {
  return asked<AlarmRuleSet>(read_alarm("low", body)).rule;
}

// ---- alarms ----

TEST(RuleRequests, SetAnAlarmOfTheMainlandTotalWhereNothingElseIsSaid) {
  AlarmRule rule;
  rule.name = "low";
  rule.threshold.units = Units{1'000};
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":1000}})"), rule);
  EXPECT_EQ(rule.pool, "CN");
  EXPECT_EQ(rule.kind, AlarmKind::total);
  EXPECT_EQ(rule.when, AlarmWhen::below);
}

TEST(RuleRequests, SetAnAlarmWithEveryMember) {
  EXPECT_EQ(alarm_of(R"({"pool":"ID+TH","kind":"per_package","threshold":{"percent":10,
                         "per_package":{"o2.1":0,"gift":500}},"when":"below",
                         "contacts":["ops","finance"],"cooldown":"PT24H"})"),
            (AlarmRule{.name = "low",
                       .pool = "ID+TH",
                       .kind = AlarmKind::per_package,
                       .threshold = {.units = std::nullopt,
                                     .percent = 10,
                                     .amount = std::nullopt,
                                     .per_package = {{"gift", Units{500}}, {"o2.1", Units{0}}}},
                       .when = AlarmWhen::below,
                       .contacts = {"finance", "ops"},
                       .cooldown = hours(24)}));
}

TEST(RuleRequests, TellWhenAnAlarmFiresByItsKind) {
  EXPECT_EQ(alarm_of(R"({"kind":"total","threshold":{"percent":100}})").when, AlarmWhen::below);
  EXPECT_EQ(alarm_of(R"({"kind":"per_package","threshold":{"units":1}})").when,
            AlarmWhen::at_or_below);
  EXPECT_EQ(alarm_of(R"({"kind":"balance","threshold":{"amount":"1"}})").when, AlarmWhen::below);
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":0},"when":"at_or_below"})").when,
            AlarmWhen::at_or_below);
}

TEST(RuleRequests, SetAnAlarmOfTheBalanceWithoutAPool) {
  const AlarmRule rule = alarm_of(R"({"kind":"balance","threshold":{"amount":"-12.5"}})");
  EXPECT_EQ(rule.pool, "");
  EXPECT_EQ(rule.threshold.amount, Money{-12'500'000});
}

TEST(RuleRequests, SetAnAlarmOfTheEndOfAPool) {
  const AlarmRule rule = alarm_of(R"({"kind":"runs_out_within","threshold":{"within":"P3D"}})");
  EXPECT_EQ(rule.pool, "CN");
  EXPECT_EQ(rule.kind, AlarmKind::runs_out_within);
  EXPECT_EQ(rule.when, AlarmWhen::at_or_below);
  EXPECT_EQ(rule.threshold.within, days(3));
  for (const Duration edge : {hours(1), days(365)}) {
    EXPECT_EQ(alarm_of(R"({"kind":"runs_out_within","pool":"*","threshold":{"within":")" +
                       duration_text(edge) + R"("}})")
                  .threshold.within,
              edge);
  }
}

TEST(RuleRequests, TakeEveryThresholdOfSinglePackages) {
  EXPECT_EQ(alarm_of(R"({"kind":"per_package","threshold":{"per_package":{"P":1}}})")
                .threshold.per_package,
            (std::vector<PackageThreshold>{{"P", Units{1}}}));
  const AlarmThreshold both =
      alarm_of(R"({"kind":"per_package","threshold":{"units":5,"per_package":{"P":1}}})").threshold;
  EXPECT_EQ(both.units, Units{5});
  EXPECT_EQ(both.per_package.size(), 1U);
}

TEST(RuleRequests, TakeThresholdsUpToTheirLimits) {
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":0}})").threshold.units, Units{0});
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":9223372036854775807}})").threshold.units,
            Units{std::numeric_limits<std::int64_t>::max()});
  EXPECT_EQ(alarm_of(R"({"threshold":{"percent":1}})").threshold.percent, 1);
  EXPECT_EQ(alarm_of(R"({"threshold":{"percent":100}})").threshold.percent, 100);
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":1},"cooldown":"P31D"})").cooldown, days(31));
  EXPECT_EQ(alarm_of(R"({"threshold":{"units":1},"cooldown":"PT0S"})").cooldown, Duration{0});
}

// ---- renewal ----

TEST(RuleRequests, SetARenewalWithItsDefaults) {
  EXPECT_EQ(asked<RenewalRuleSet>(read_renewal(R"({"enabled":true,"quantity":10000})")).rule,
            (RenewalRule{.enabled = true,
                         .pool = "CN",
                         .threshold = std::nullopt,
                         .pre_expiry = false,
                         .quantity = Units{10'000},
                         .product = "",
                         .per_day_max = std::nullopt}));
}

TEST(RuleRequests, SetARenewalWithEveryMember) {
  EXPECT_EQ(asked<RenewalRuleSet>(
                read_renewal(R"({"enabled":false,"threshold":0,"pre_expiry":true,"quantity":1000,
                                 "product":"cn-custom","max_per_day":10,"pool":"CN"})"))
                .rule,
            (RenewalRule{.enabled = false,
                         .pool = "CN",
                         .threshold = Units{0},
                         .pre_expiry = true,
                         .quantity = Units{1'000},
                         .product = "cn-custom",
                         .per_day_max = 10}));
}

TEST(RuleRequests, LeaveQuantityAndPoolOfARenewalToTheLaw) {
  const auto rule =
      asked<RenewalRuleSet>(read_renewal(R"({"enabled":true,"quantity":-1,"pool":"ID+TH"})")).rule;
  EXPECT_EQ(rule.quantity, Units{-1});
  EXPECT_EQ(rule.pool, "ID+TH");
  EXPECT_EQ(
      asked<RenewalRuleSet>(read_renewal(R"({"enabled":true,"quantity":9223372036854775807})"))
          .rule.quantity,
      Units{std::numeric_limits<std::int64_t>::max()});
}

// ---- contacts ----

TEST(RuleRequests, SetContactsSortedByNameAndChannel) {
  EXPECT_EQ(
      asked<ContactsSet>(read_contacts(R"({"contacts":[
          {"contact":"ops","channels":[
              {"channel":"dingtalk_robot","address":"https://oapi.dingtalk.com/robot?a=b"},
              {"channel":"sms","address":"+8613800138000"},
              {"channel":"internal"}],"topics":["renewal","alarm"]},
          {"contact":"finance","channels":[{"channel":"email","address":"账务@acme.example"}]}]})"))
          .contacts,
      (std::vector<Contact>{
          {.name = "finance", .channels = {{Channel::email, "账务@acme.example"}}, .topics = {}},
          {.name = "ops",
           .channels = {{Channel::sms, "+8613800138000"},
                        {Channel::internal, ""},
                        {Channel::dingtalk_robot, "https://oapi.dingtalk.com/robot?a=b"}},
           .topics = {.bits = 0b1010}}}));
}

TEST(RuleRequests, SetNoContactsAtAll) {
  EXPECT_TRUE(asked<ContactsSet>(read_contacts(R"({"contacts":[]})")).contacts.empty());
}

TEST(RuleRequests, TakeEveryAddressThatIsOne) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> addresses{{
      {"sms", "+123456"},
      {"sms", "+123456789012345"},
      {"email", "a@b"},
      {"email", "first.last+tag@sub.acme.example"},
      {"webhook", "https://a"},
      {"webhook", "https://acme.example:1/"},
      {"webhook", "https://acme.example:65535/hook?key=a%20b&c=d#e"},
      {"webhook", "https://127.0.0.1/"},
      {"webhook", "https://[2001:db8::1]:8443/"},
      {"dingtalk_robot", "https://oapi.dingtalk.com/robot/send?access_token=0f"},
  }};
  for (const auto& [channel, address] : addresses) {
    const auto contacts =
        asked<ContactsSet>(
            read_contacts(R"({"contacts":[{"contact":"ops","channels":[{"channel":")" +
                          std::string{channel} + R"(","address":")" + std::string{address} +
                          R"("}]}]})"))
            .contacts;
    ASSERT_EQ(contacts.size(), 1U) << address;
    EXPECT_EQ(contacts[0].channels[0].address, address);
    EXPECT_EQ(channel_text(contacts[0].channels[0].channel), channel);
  }
}

// ---- holds ----

TEST(HoldRequests, SetUnitsAside) {
  EXPECT_EQ(asked<HoldPlaced>(read_hold(
                R"({"hold":"h1","units":500,"destination":"TH","template":"promotion"})")),
            (HoldPlaced{.hold = "h1",
                        .units = Units{500},
                        .destination = {{'T', 'H'}},
                        .type = TemplateType::promotion,
                        .ttl = std::nullopt}));
  for (const auto& [text, ttl] : {std::pair{"PT1S", seconds(1)}, std::pair{"P7D", days(7)}}) {
    EXPECT_EQ(asked<HoldPlaced>(
                  read_hold(R"({"hold":"h","units":1,"destination":"CN","template":"verification",)"
                            R"("ttl":")" +
                            std::string{text} + R"("})"))
                  .ttl,
              ttl);
  }
}

TEST(HoldRequests, CaptureAndRelease) {
  EXPECT_EQ(asked<HoldCaptured>(read_capture("h1", R"({"units":3})")),
            (HoldCaptured{"h1", Units{3}}));
  for (const std::string_view body : {"", "{}"}) {
    EXPECT_EQ(asked<HoldReleased>(read_release("h1", body)), HoldReleased{"h1"});
  }
}

TEST(HoldRequests, LeaveUnitsThatAreNotPositiveToTheLaw) {
  EXPECT_EQ(asked<HoldCaptured>(read_capture("h1", R"({"units":-3})")).units, Units{-3});
  EXPECT_EQ(asked<HoldPlaced>(read_hold(R"({"hold":"h1","units":0,"destination":"CN",)"
                                        R"("template":"verification"})"))
                .units,
            Units{0});
}

}  // namespace
}  // namespace packledger::wire_tests
