// Answers to requests that set rules, and to those about holds and invoices: whole bodies, as
// clients see them.
#include "tests/wire/some_names.hpp"
#include "wire/command_answers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

constexpr Instant may_first{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00
constexpr Country thailand{{'T', 'H'}};

// The answer without its account and its place.
std::string answer_to(What what, Decision decision) {
  const Entry entry{.sequence = Sequence{12},
                    .recorded_at = may_first,
                    .input = {AccountId{7}, "", std::move(what)},
                    .decision = std::move(decision),
                    .caused_by = {}};
  const std::string answer = command_answer({&entry, 1}, SomeNames{});
  constexpr std::string_view start = R"({"account":"acme",)";
  constexpr std::string_view stand = R"(,"position":12,"recorded_at":"2024-04-30T16:00:00.000Z"})";
  EXPECT_TRUE(answer.starts_with(start)) << answer;
  EXPECT_TRUE(answer.ends_with(stand)) << answer;
  return answer.substr(start.size(), answer.size() - start.size() - stand.size());
}

// ---- holds ----

TEST(HoldAnswer, TellsWhatIsSetAside) {
  HoldDecision decided;
  decided.lines = {{PackageId{1}, Units{2}}, {PackageId{3}, Units{3}}};
  decided.expires_at = may_first + hours(24);
  EXPECT_EQ(answer_to(HoldPlaced{"h1", Units{5}, thailand, TemplateType::promotion, std::nullopt},
                      decided),
            R"("hold":"h1","units":5,"destination":"TH","template":"promotion","state":"held",)"
            R"("lines":[{"package":"A","units":2},{"package":"B","units":3}],)"
            R"("placed_at":"2024-04-30T16:00:00.000Z","expires_at":"2024-05-01T16:00:00.000Z")");
}

TEST(HoldAnswer, TellsWhatIsTakenAndWhereTheRestWent) {
  HoldEndDecision decided;
  decided.taken = {{PackageId{1}, Units{2}}};
  decided.back = {{PackageId{1}, Units{1}, false}, {PackageId{3}, Units{3}, true}};
  EXPECT_EQ(answer_to(HoldCaptured{"h1", Units{2}}, decided),
            R"("hold":"h1","state":"captured","captured":2,"lines":[{"package":"A","units":2}],)"
            R"("given_back":[{"package":"A","units":1,"to":"forfeited"},)"
            R"({"package":"B","units":3,"to":"remaining"}])");
  decided.taken.clear();
  EXPECT_EQ(answer_to(HoldReleased{"h1"}, decided),
            R"("hold":"h1","state":"released","given_back":[)"
            R"({"package":"A","units":1,"to":"forfeited"},)"
            R"({"package":"B","units":3,"to":"remaining"}])");
}

// ---- alarms ----

AlarmRule alarm_of(AlarmKind kind, AlarmThreshold threshold, AlarmWhen when) {
  return {.name = "low",
          .pool = kind == AlarmKind::balance ? "" : "CN",
          .kind = kind,
          .threshold = std::move(threshold),
          .when = when,
          .contacts = {},
          .cooldown = {}};
}

AlarmThreshold units_from(std::int64_t units) {
  AlarmThreshold threshold;
  threshold.units = Units{units};
  return threshold;
}

TEST(AlarmAnswer, TellsTheWholeRule) {
  AlarmRule rule = alarm_of(AlarmKind::per_package, {}, AlarmWhen::at_or_below);
  rule.threshold.percent = 10;
  rule.threshold.per_package = {{"gift", Units{500}}, {"o1.1", Units{0}}};
  rule.contacts = {"finance", "ops"};
  rule.cooldown = hours(24);
  EXPECT_EQ(answer_to(AlarmRuleSet{rule}, AlarmRuleDecision{}),
            R"("alarm":"low","pool":"CN","kind":"per_package","threshold":{"percent":10,)"
            R"("per_package":{"gift":500,"o1.1":0}},"when":"at_or_below",)"
            R"("contacts":["finance","ops"],"cooldown":"PT24H","warnings":[])");
}

TEST(AlarmAnswer, OfTheBalanceHasNoPool) {
  AlarmThreshold threshold;
  threshold.amount = Money{100'500'000};
  EXPECT_EQ(answer_to(AlarmRuleSet{alarm_of(AlarmKind::balance, threshold, AlarmWhen::below)},
                      AlarmRuleDecision{}),
            R"("alarm":"low","pool":null,"kind":"balance","threshold":{"amount":"100.5",)"
            R"("currency":"CNY"},"when":"below","contacts":[],"cooldown":"PT0S","warnings":[])");
}

TEST(AlarmAnswer, OfTheEndOfAPoolTellsHowSoon) {
  AlarmThreshold threshold;
  threshold.within = days(3);
  EXPECT_EQ(answer_to(AlarmRuleSet{alarm_of(AlarmKind::runs_out_within, threshold,
                                            AlarmWhen::at_or_below)},
                      AlarmRuleDecision{}),
            R"("alarm":"low","pool":"CN","kind":"runs_out_within","threshold":{"within":"PT72H"},)"
            R"("when":"at_or_below","contacts":[],"cooldown":"PT0S","warnings":[])");
}

std::string warnings_in(const std::string& answer) {
  std::string codes;
  constexpr std::string_view key = R"({"code":")";
  for (std::size_t at = answer.find(key); at != std::string::npos; at = answer.find(key, at + 1)) {
    const std::size_t from = at + key.size();
    codes += answer.substr(from, answer.find('"', from) - from) + " ";
  }
  return codes;
}

TEST(AlarmAnswer, WarnsOfRulesThatSpeakAlwaysOrNever) {
  const auto warnings = [](AlarmRule rule, bool always) {
    return warnings_in(answer_to(AlarmRuleSet{std::move(rule)}, AlarmRuleDecision{always}));
  };
  const AlarmRule sane = alarm_of(AlarmKind::total, units_from(1'000), AlarmWhen::below);
  EXPECT_EQ(warnings(sane, false), "");
  EXPECT_EQ(warnings(sane, true), "fires_after_every_purchase ");
  AlarmRule none = alarm_of(AlarmKind::total, units_from(0), AlarmWhen::below);
  EXPECT_EQ(warnings(none, false), "never_fires ");
  none.when = AlarmWhen::at_or_below;
  EXPECT_EQ(warnings(none, false), "");
  none = alarm_of(AlarmKind::per_package, units_from(0), AlarmWhen::below);
  EXPECT_EQ(warnings(none, false), "never_fires ");
  none.threshold.per_package = {{"gift", Units{1}}};
  EXPECT_EQ(warnings(none, false), "");
}

TEST(AlarmAnswer, OfItsRemoval) {
  EXPECT_EQ(answer_to(AlarmRuleRemoved{"low"}, Done{}), R"("alarm":"low","removed":true)");
}

// ---- renewal ----

RenewalRuleDecision agreed(bool always) {
  return {.agreed = {.product = "cn-custom",
                     .lead = days(10),
                     .per_day_max = 3,
                     .retry_at_minute = 9 * 60 + 5},
          .fires_after_every_purchase = always};
}

TEST(RenewalAnswer, TellsWhatWasAgreed) {
  RenewalRule rule;
  rule.threshold = Units{1'000};
  rule.quantity = Units{10'000};
  EXPECT_EQ(answer_to(RenewalRuleSet{rule}, agreed(false)),
            R"("enabled":true,"pool":"CN","threshold":1000,"pre_expiry":false,"quantity":10000,)"
            R"("product":"cn-custom","max_per_day":3,"lead":"P10D","retry_at":"09:05",)"
            R"("warnings":[])");
  rule.threshold.reset();
  rule.pre_expiry = true;
  rule.enabled = false;
  EXPECT_TRUE(answer_to(RenewalRuleSet{rule}, agreed(false))
                  .starts_with(R"("enabled":false,"pool":"CN","threshold":null,)"
                               R"("pre_expiry":true,"quantity":10000,)"));
}

TEST(RenewalAnswer, WarnsOfRulesThatRenewAlwaysOrNever) {
  RenewalRule rule;
  rule.quantity = Units{10'000};
  EXPECT_EQ(warnings_in(answer_to(RenewalRuleSet{rule}, agreed(false))), "never_renews ");
  rule.pre_expiry = true;
  EXPECT_EQ(warnings_in(answer_to(RenewalRuleSet{rule}, agreed(false))), "");
  rule.pre_expiry = false;
  rule.threshold = Units{10'000};
  EXPECT_EQ(warnings_in(answer_to(RenewalRuleSet{rule}, agreed(true))),
            "fires_after_every_purchase ");
  rule = RenewalRule{};
  rule.enabled = false;
  EXPECT_EQ(warnings_in(answer_to(RenewalRuleSet{rule}, agreed(false))), "");
}

TEST(RenewalAnswer, OfItsRemoval) {
  EXPECT_EQ(answer_to(RenewalRuleRemoved{}, Done{}), R"("removed":true)");
}

// ---- contacts and invoices ----

TEST(ContactsAnswer, TellsAllOfThem) {
  const std::vector<Contact> contacts{
      {.name = "finance", .channels = {{Channel::email, "a@b.cn"}}, .topics = {.bits = 0b1000}},
      {.name = "ops",
       .channels = {{Channel::sms, "+8613800138000"}, {Channel::internal, ""}},
       .topics = {}}};
  EXPECT_EQ(answer_to(ContactsSet{contacts}, Done{}),
            R"("contacts":[{"contact":"finance","channels":[{"channel":"email",)"
            R"("address":"a@b.cn"}],"topics":["renewal"]},{"contact":"ops","channels":[)"
            R"({"channel":"sms","address":"+8613800138000"},{"channel":"internal"}],)"
            R"("topics":["alarm","reminder","renewal","account"]}])");
  EXPECT_EQ(answer_to(ContactsSet{}, Done{}), R"("contacts":[])");
}

TEST(InvoiceAnswer, TellsEveryLineExactlyAndTheTotalAsItIsPrinted) {
  InvoiceDecision invoice;
  invoice.number = 3;
  invoice.lines = {
      {InvoiceLineKind::order, "o1", "cn-custom", Units{10'000}, Money{470'000'000}, may_first},
      {InvoiceLineKind::refund, "o0.1", "", Units{12}, Money{-600'000}, may_first},
      {InvoiceLineKind::payg, "2024-04", "", Units{}, Money{105'000}, may_first}};
  invoice.total = Money{469'505'000};
  invoice.printed = Money{469'510'000};
  EXPECT_EQ(answer_to(InvoiceRequested{"PO \"7\""}, invoice),
            R"("invoice":3,"currency":"CNY","lines":[{"kind":"order","name":"o1",)"
            R"("product":"cn-custom","units":10000,"amount":"470",)"
            R"("at":"2024-04-30T16:00:00.000Z"},{"kind":"refund","name":"o0.1","units":12,)"
            R"("amount":"-0.6","at":"2024-04-30T16:00:00.000Z"},{"kind":"payg",)"
            R"("name":"2024-04","amount":"0.105","at":"2024-04-30T16:00:00.000Z"}],)"
            R"("total":"469.505","printed_total":"469.51",)"
            R"("issued_at":"2024-04-30T16:00:00.000Z","note":"PO \"7\"","more":false)");
}

}  // namespace
}  // namespace packledger::wire_tests
