// Requests that are right, and what is asked of the ledger by them.
#include "wire/requests.hpp"

#include "tests/wire/asked.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

const Zone bangkok{.name = "Asia/Bangkok", .offset_s = 7 * 3600, .transitions = {}};
constexpr Instant may_first{1'714'492'800'000};  // 2024-05-01T00:00:00+08:00

std::optional<Zone> bangkok_only(std::string_view name) {
  return name == bangkok.name ? std::optional{bangkok} : std::nullopt;
}

TEST(Requests, OpenAnAccountWithTheDefaultsOfTheBook) {
  const auto opened =
      asked<AccountOpened>(read_account(R"({"account":"acme","currency":"CNY"})", bangkok_only));
  EXPECT_EQ(opened, (AccountOpened{.name = "acme", .currency = {{'C', 'N', 'Y'}}, .settings = {}}));
}

TEST(Requests, OpenAnAccountWithEverySetting) {
  const auto opened = asked<AccountOpened>(read_account(
      R"({"account":"A-1.b_c:d","currency":"USD","zone":"Asia/Bangkok","order":"expiry_first",
          "late_window":"PT0S","acceptance_window":"P60D","reversal_window":"PT96H",
          "order_ttl":"PT30M","overdue_grace":"PT12H","prepaid_strict":true,
          "absorb_overage":"same_day","reminders":["P7D","P3D","P1D"]})",
      bangkok_only));
  EXPECT_EQ(opened.name, "A-1.b_c:d");
  EXPECT_EQ(opened.settings, (SettingsPatch{.zone = bangkok,
                                            .order = DeductionOrder::expiry_first,
                                            .late_window = Duration{0},
                                            .acceptance_window = days(60),
                                            .reversal_window = hours(96),
                                            .order_ttl = minutes(30),
                                            .overdue_grace = hours(12),
                                            .prepaid_strict = true,
                                            .absorb_overage = AbsorbOverage::same_day,
                                            .reminders = {{days(7), days(3), days(1)}}}));
}

TEST(Requests, TakeAFixedZoneWithoutADatabase) {
  const auto opened = asked<AccountOpened>(
      read_account(R"({"account":"a","currency":"CNY","zone":"-05:30"})", FindZone{}));
  ASSERT_TRUE(opened.settings.zone);
  EXPECT_EQ(opened.settings.zone->offset_s, -(5 * 3600 + 30 * 60));
}

TEST(Requests, PatchSettingsAndModes) {
  const auto patch = read_account_patch(
      R"({"late_window":"PT1H","modes":{"TH":"pay_per_use","CN":"stop_before_excess"},
          "pools":[{"pool":"ID+TH","mode":"stop_before_excess"}]})",
      bangkok_only);
  ASSERT_TRUE(patch) << patch.error().detail;
  ASSERT_TRUE(patch->settings);
  EXPECT_EQ(patch->settings->settings.late_window, hours(1));
  ASSERT_TRUE(patch->modes);
  EXPECT_EQ(patch->modes->modes, (std::vector<PoolMode>{{"CN", OverageMode::stop_before_excess},
                                                        {"ID+TH", OverageMode::stop_before_excess},
                                                        {"TH", OverageMode::pay_per_use}}));
}

TEST(Requests, PatchOnlyOneOfTheTwo) {
  const auto settings = read_account_patch(R"({"reminders":[]})", bangkok_only);
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->settings && !settings->modes);
  const auto modes = read_account_patch(R"({"modes":{"*":"pay_per_use"}})", bangkok_only);
  ASSERT_TRUE(modes);
  EXPECT_TRUE(modes->modes && !modes->settings);
}

TEST(Requests, CreditAndAdjustFunds) {
  EXPECT_EQ(asked<FundsCredited>(read_funds(R"({"amount":"0.000001"})")).amount, Money{1});
  EXPECT_EQ(asked<FundsCredited>(read_funds(R"({"amount":"9223372036854.775807"})")).amount,
            Money{9'223'372'036'854'775'807});
  EXPECT_EQ(asked<FundsAdjusted>(read_funds(R"({"amount":"-2.5","reason":"转错了 \"x\""})")),
            (FundsAdjusted{Money{-2'500'000}, "转错了 \"x\""}));
}

TEST(Requests, OrderFixedAndCustomProducts) {
  EXPECT_EQ(asked<OrderPlaced>(read_order(R"({"order":"o1","product":"p","pay":"external"})")),
            (OrderPlaced{.order = "o1",
                         .product = "p",
                         .quota = std::nullopt,
                         .copies = 1,
                         .pay = Payment::external}));
  const auto custom = asked<OrderPlaced>(
      read_order(R"({"order":"o1","product":"p","pay":"balance","quota":9999,"copies":100})"));
  EXPECT_EQ(custom.quota, Units{9'999});
  EXPECT_EQ(custom.copies, 100);
  EXPECT_EQ(custom.pay, Payment::balance);
}

TEST(Requests, PayCancelRefundAndReverse) {
  EXPECT_EQ(asked<OrderPaid>(read_payment("o1", R"({"payment_reference":"wx 7"})")),
            (OrderPaid{"o1", "wx 7"}));
  for (const std::string_view body : {"", "{}", " {} "}) {
    EXPECT_EQ(asked<OrderCancelled>(read_cancellation("o1", body)), OrderCancelled{"o1"});
    EXPECT_EQ(asked<PackageRefunded>(read_refund("o1.1", body)), (PackageRefunded{"o1.1", ""}));
  }
  EXPECT_EQ(asked<PackageRefunded>(read_refund("o1.1", R"({"reason":"unused"})")),
            (PackageRefunded{"o1.1", "unused"}));
  EXPECT_EQ(asked<SendReversed>(read_reversal("m-1", R"({"reversal":"r-1","units":3})")),
            (SendReversed{"m-1", "r-1", Units{3}}));
}

TEST(Requests, LeaveUnitsThatAreNotPositiveToTheLaw) {
  EXPECT_EQ(asked<SendReversed>(read_reversal("m", R"({"reversal":"r","units":-1})")).units,
            Units{-1});
  EXPECT_EQ(asked<SendReversed>(read_reversal("m", R"({"reversal":"r","units":-0})")).units,
            Units{0});
}

TEST(Requests, GrantAPackageWithItsDefaults) {
  const auto gift = asked<PackageGranted>(
      read_grant(R"({"package":"gift","quota":1000,"destinations":["CN"],"validity":"P3M"})"));
  EXPECT_EQ(gift, (PackageGranted{.package = "gift",
                                  .quota = Units{1'000},
                                  .scope = {{{mainland}}, {}},
                                  .mode = OverageMode::pay_per_use,
                                  .priority = 100,
                                  .effective_at = std::nullopt,
                                  .expires_at = std::nullopt,
                                  .validity = Validity{.months = 3, .rest = {}},
                                  .expiry = ExpiryPolicy::end_of_day,
                                  .price_paid = {},
                                  .reason = ""}));
  const auto abroad = asked<PackageGranted>(
      read_grant(R"({"package":"g","quota":1,"destinations":["TH","ID"],"validity":"P180D"})"));
  EXPECT_EQ(abroad.expiry, ExpiryPolicy::start_of_day);
  EXPECT_EQ(pool_name(abroad.scope.destinations), "ID+TH");
}

TEST(Requests, GrantAPackageWithEveryMember) {
  const auto sold = asked<PackageGranted>(read_grant(
      R"({"package":"s","quota":1000000000000,"destinations":["*"],"templates":["promotion"],
          "mode":"stop_before_excess","priority":0,"effective_at":"2024-05-01T00:00:00+08:00",
          "expires_at":"2024-05-31T16:00:00.000Z","price_paid":"12.5",
          "reason":"sold at the desk"})"));
  EXPECT_TRUE(sold.scope.destinations.everywhere());
  EXPECT_EQ(sold.scope.templates.bits, 0b1000);
  EXPECT_EQ(sold.mode, OverageMode::stop_before_excess);
  EXPECT_EQ(sold.priority, 0);
  EXPECT_EQ(sold.effective_at, may_first);
  EXPECT_EQ(sold.expires_at, may_first + days(31));
  EXPECT_EQ(sold.price_paid, Money{12'500'000});
  EXPECT_EQ(sold.reason, "sold at the desk");
}

TEST(Requests, AdvanceTheClockByOrTo) {
  const auto by = read_clock_advance(R"({"by":"PT72H"})");
  ASSERT_TRUE(by);
  EXPECT_EQ(by->by, hours(72));
  EXPECT_FALSE(by->to);
  const auto to = read_clock_advance(R"({"to":"2024-05-01T00:00:00+08:00"})");
  ASSERT_TRUE(to);
  EXPECT_EQ(to->to, may_first);
}

TEST(Requests, AskForAnInvoiceWithANoteOrWithout) {
  for (const std::string_view body : {"", "{}", R"({"note":""})"}) {
    EXPECT_EQ(asked<InvoiceRequested>(read_invoice_request(body)), InvoiceRequested{""});
  }
  EXPECT_EQ(asked<InvoiceRequested>(read_invoice_request(R"({"note":"采购单 7 <b>"})")),
            InvoiceRequested{"采购单 7 <b>"});
}

}  // namespace
}  // namespace packledger::wire_tests
