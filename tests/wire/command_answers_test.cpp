// Answers to writes, rendered from their entries alone: whole bodies, as clients see them.
#include "wire/command_answers.hpp"

#include "tests/wire/some_names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

constexpr Instant may_first{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00
constexpr Country thailand{{'T', 'H'}};
constexpr std::string_view stand = R"("position":12,"recorded_at":"2024-04-30T16:00:00.000Z"})";

Entry entry_of(What what, Decision decision) {
  return {.sequence = Sequence{12},
          .recorded_at = may_first,
          .input = {AccountId{7}, "", std::move(what)},
          .decision = std::move(decision),
          .caused_by = {}};
}

std::string answer_to(const Entry& entry, const Names& names) {
  return command_answer({&entry, 1}, names);
}

PackageTerms thai_package(Instant effective_at, Instant expires_at) {
  return {.id = PackageId{9},
          .quota = Units{10'000},
          .effective_at = effective_at,
          .expires_at = expires_at,
          .scope = {{{thailand}}, {}},
          .mode = OverageMode::pay_per_use,
          .priority = 100,
          .price_paid = Money{1'100'000'000},
          .refund = RefundPolicy::none,
          .name = "o1.1",
          .order = "o1",
          .product = "th-10k-1m"};
}

// The members of that package; its state and its numbers as given.
std::string thai_members(std::string_view remaining, std::string_view times,
                         std::string_view state) {
  return R"("package":"o1.1","pool":"TH","order":"o1","product":"th-10k-1m","quota":10000,)"
         R"("remaining":)" +
         std::string{remaining} + R"(,"held":0,"used":0,"forfeited":0,"refunded":0,)" +
         std::string{times} + R"(,"state":")" + std::string{state} +
         R"(","destinations":["TH"],"templates":["verification","notification","promotion"],)"
         R"("mode":"pay_per_use","priority":100,"price_paid":"1100","currency":"CNY")";
}

constexpr std::string_view month_of_may =
    R"("effective_at":"2024-04-30T16:00:00.000Z","expires_at":"2024-05-31T16:00:00.000Z")";

Entry order_entry(Payment pay) {
  OrderDecision decided;
  decided.price = Money{1'100'000'000};
  decided.balance_after = Money{8'900'000'000};
  decided.packages = {thai_package(may_first, may_first + days(31))};
  if (pay == Payment::external) {
    decided.times_out_at = may_first + hours(24);
    decided.packages = {thai_package({}, {})};
  }
  return entry_of(OrderPlaced{"o1", "th-10k-1m", std::nullopt, 1, pay}, std::move(decided));
}

TEST(CommandAnswer, OfFunds) {
  EXPECT_EQ(answer_to(entry_of(FundsCredited{Money{10'000'000'000}, ""},
                               FundsDecision{Money{10'000'000'000}, std::nullopt}),
                      SomeNames{}),
            R"({"account":"acme","amount":"10000","balance":"10000","currency":"CNY",)" +
                std::string{stand});
}

TEST(CommandAnswer, OfAnOrderPaidFromTheBalance) {
  EXPECT_EQ(answer_to(order_entry(Payment::balance), SomeNames{}),
            R"({"account":"acme","order":"o1","product":"th-10k-1m","quota":10000,"copies":1,)"
            R"("pay":"balance","status":"paid","price":"1100","balance":"8900",)"
            R"("currency":"CNY","packages":[{)" +
                thai_members("10000", month_of_may, "active") + "}]," + std::string{stand});
}

TEST(CommandAnswer, OfAnOrderThatAwaitsItsPayment) {
  EXPECT_EQ(answer_to(order_entry(Payment::external), SomeNames{}),
            R"({"account":"acme","order":"o1","product":"th-10k-1m","quota":10000,"copies":1,)"
            R"("pay":"external","status":"pending_payment","price":"1100","balance":"8900",)"
            R"("currency":"CNY","times_out_at":"2024-05-01T16:00:00.000Z","packages":[{)" +
                thai_members("0", R"("effective_at":null,"expires_at":null)", "pending_payment") +
                "}]," + std::string{stand});
}

TEST(CommandAnswer, OfAPaymentAndACancellation) {
  EXPECT_EQ(
      answer_to(entry_of(OrderPaid{"o1", "wx-7"}, PaidDecision{may_first, may_first + days(31)}),
                SomeNames{}),
      R"({"account":"acme","order":"o1","status":"paid","payment_reference":"wx-7",)" +
          std::string{month_of_may} + "," + std::string{stand});
  EXPECT_EQ(answer_to(entry_of(OrderCancelled{"o1"}, Done{}), SomeNames{}),
            R"({"account":"acme","order":"o1","status":"cancelled",)" + std::string{stand});
}

TEST(CommandAnswer, OfAGrantThatStartsLater) {
  PackageGranted asked;
  asked.reason = "sold at the desk";
  const PackageTerms terms = thai_package(may_first + days(1), may_first + days(32));
  EXPECT_EQ(answer_to(entry_of(asked, GrantDecision{terms}), SomeNames{}),
            R"({"account":"acme",)" +
                thai_members("10000",
                             R"("effective_at":"2024-05-01T16:00:00.000Z",)"
                             R"("expires_at":"2024-06-01T16:00:00.000Z")",
                             "scheduled") +
                R"(,"reason":"sold at the desk",)" + std::string{stand});
}

TEST(CommandAnswer, OfARefund) {
  EXPECT_EQ(answer_to(entry_of(PackageRefunded{"o1.1", ""},
                               RefundDecision{PackageId{1}, Units{500}, Money{55'000'000},
                                              Money{155'000'000}}),
                      SomeNames{}),
            R"({"account":"acme","package":"o1.1","units":500,"amount":"55","balance":"155",)"
            R"("currency":"CNY",)" +
                std::string{stand});
}

TEST(CommandAnswer, OfAReversalTellsWhereTheUnitsWent) {
  ReversalDecision decided;
  decided.charges = {{Units{3}, Price{132'000}}};
  decided.lines = {{PackageId{3}, Units{3}, true}, {PackageId{1}, Units{1}, false}};
  EXPECT_EQ(
      answer_to(entry_of(SendReversed{"m-1", "r-1", Units{7}}, std::move(decided)), SomeNames{}),
      R"({"account":"acme","send":"m-1","reversal":"r-1","units":7,"lines":[)"
      R"({"package":"B","units":3,"to":"remaining"},{"package":"A","units":1,"to":"forfeited"}],)"
      R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.396","currency":"CNY"}],)" +
          std::string{stand});
}

TEST(CommandAnswer, OfAPatchSpeaksOfBothEntries) {
  Entry settings = entry_of(AccountSettingsSet{}, SettingsDecision{});
  settings.sequence = Sequence{11};
  const std::array entries{
      settings, entry_of(ServiceModeSet{{{"CN", OverageMode::stop_before_excess}}}, Done{})};
  EXPECT_EQ(command_answer(entries, SomeNames{}),
            R"({"account":"acme","zone":"+08:00","order":"effective_first","late_window":"PT72H",)"
            R"("acceptance_window":"PT72H","reversal_window":"PT96H","order_ttl":"PT24H",)"
            R"("overdue_grace":"PT0S","prepaid_strict":false,"absorb_overage":"none",)"
            R"("reminders":["P7D"],"modes":{"CN":"stop_before_excess"},)" +
                std::string{stand});
}

TEST(CommandAnswer, TellsWhatFollowedFromTheEntry) {
  Entry resumed = entry_of(AccountResumed{may_first}, StandingDecision{Money{50}, {}, {}});
  resumed.sequence = Sequence{13};
  resumed.caused_by = Sequence{12};
  const std::array entries{
      entry_of(FundsCredited{Money{100}, ""}, FundsDecision{Money{50}, std::nullopt}), resumed};
  const std::string answer = command_answer(entries, SomeNames{});
  EXPECT_TRUE(answer.starts_with(
      R"({"account":"acme","amount":"0.0001","balance":"0.00005","currency":"CNY",)"
      R"("position":12,"recorded_at":"2024-04-30T16:00:00.000Z","consequences":[{"position":13,)"))
      << answer;
  EXPECT_NE(answer.find(R"("kind":"account_resumed","account":"acme")"), std::string::npos);
  EXPECT_TRUE(answer.ends_with(R"("caused_by":12}]})")) << answer;
}

TEST(CommandAnswer, OfAPatchTellsWhatFollowedFromEither) {
  Entry settings = entry_of(AccountSettingsSet{}, SettingsDecision{});
  settings.sequence = Sequence{10};
  Entry raised = entry_of(AlarmRaised{"low", {}, may_first}, AlarmDecision{});
  raised.sequence = Sequence{11};
  raised.caused_by = Sequence{10};
  const std::array entries{settings, raised,
                           entry_of(ServiceModeSet{{{"CN", OverageMode::pay_per_use}}}, Done{})};
  const std::string answer = command_answer(entries, SomeNames{});
  EXPECT_NE(answer.find(R"("reminders":["P7D"],"modes":{"CN":"pay_per_use"},"position":12,)"),
            std::string::npos)
      << answer;
  EXPECT_NE(answer.find(R"("consequences":[{"position":11,)"), std::string::npos) << answer;
  EXPECT_NE(
      dry_run_answer(entries, SomeNames{}).find(R"("modes":{"CN":"pay_per_use"},"position":9)"),
      std::string::npos);
}

TEST(DryRunAnswer, IsTheAnswerWithTheEntriesAndThePlaceBeforeThem) {
  const std::array entries{order_entry(Payment::balance)};
  const std::string answer = dry_run_answer(entries, SomeNames{});
  EXPECT_TRUE(answer.starts_with(R"({"dry_run":true,"account":"acme","order":"o1",)")) << answer;
  EXPECT_NE(answer.find(R"("position":11,"recorded_at":"2024-04-30T16:00:00.000Z","entries":[{)"
                        R"("position":12,)"),
            std::string::npos)
      << answer;
}

TEST(DryRunAnswer, KnowsTheNamesThatItsEntriesWouldBringIn) {
  const AccountId unborn{20};
  Entry opened =
      entry_of(AccountOpened{"gamma", {{'U', 'S', 'D'}}, {}}, AccountDecision{unborn, {}});
  opened.input.account = {};
  EXPECT_NE(dry_run_answer(std::array{opened}, SomeNames{}).find(R"("currency":"USD")"),
            std::string::npos);

  Entry activated = entry_of(PackageActivated{PackageId{9}, may_first}, Done{});
  activated.caused_by = Sequence{12};
  const std::array entries{order_entry(Payment::balance), activated};
  EXPECT_NE(dry_run_answer(entries, SomeNames{})
                .find(R"("kind":"package_activated","account":"acme","input":{"package":"o1.1")"),
            std::string::npos);

  RenewalDecision renewal;
  renewal.package = thai_package(may_first, may_first + days(31));
  renewal.package.name = "renewal-13";
  renewal.package.id = PackageId{10};
  Entry renewed = entry_of(PackageRenewed{RenewalTrigger::threshold, Sequence{12}, may_first},
                           std::move(renewal));
  Entry raised = entry_of(AlarmRaised{"low", PackageId{10}, may_first}, AlarmDecision{});
  raised.caused_by = Sequence{12};
  const std::array renewing{order_entry(Payment::balance), renewed, raised};
  EXPECT_NE(dry_run_answer(renewing, SomeNames{})
                .find(R"("kind":"alarm_raised","account":"acme","input":{"alarm":"low",)"
                      R"("package":"renewal-13")"),
            std::string::npos)
      << dry_run_answer(renewing, SomeNames{});
  EXPECT_NE(command_answer(renewing, SomeNames{}).find(R"("package":"renewal-13","at":)"),
            std::string::npos);
}

}  // namespace
}  // namespace packledger::wire_tests
