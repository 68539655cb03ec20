// Lines of the journal: every member of every kind of entry, by its name in the contract.
#include "wire/entry_views.hpp"

#include "tests/wire/entry_examples.hpp"
#include "tests/wire/some_names.hpp"
#include "tests/wire/watch_examples.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::wire_tests {
namespace {

constexpr std::string_view settings_asked =
    R"("zone":"America/New_York","order":"expiry_first","late_window":"PT48H",)"
    R"("acceptance_window":"P30D","reversal_window":"P31D","order_ttl":"PT30M",)"
    R"("overdue_grace":"PT12H","prepaid_strict":false,"absorb_overage":"same_day","reminders":[])";
constexpr std::string_view settings_decided =
    R"("zone":"America/New_York","order":"expiry_first","late_window":"PT48H",)"
    R"("acceptance_window":"P30D","reversal_window":"P31D","order_ttl":"PT30M",)"
    R"("overdue_grace":"PT12H","prepaid_strict":true,"absorb_overage":"same_day",)"
    R"("reminders":["P30D","P7D","PT24H"])";

std::string terms_named(std::string_view name) {
  return R"({"package":")" + std::string{name} +
         R"(","pool":"ID+TH","order":"o-2024-06","product":"intl-10k","quota":10000,)"
         R"("effective_at":"2024-06-01T04:00:00.000Z","expires_at":"2025-06-01T04:00:00.000Z",)"
         R"("destinations":["ID","TH"],"templates":["verification","notification"],)"
         R"("mode":"stop_before_excess","priority":50,"price_paid":"450","currency":"CNY",)"
         R"("refund":"prorata_90d"})";
}

struct Row {
  std::string_view kind;
  std::string input;
  std::string decision;
};

// The price book has a test of its own.
std::vector<Row> business_table() {
  const std::string timer = R"("package":"B","due":"2024-06-01T04:00:00.000Z")";
  return {
      {"account_opened", R"("account":"acme","currency":"CNY",)" + std::string{settings_asked},
       std::string{settings_decided}},
      {"account_settings_set", std::string{settings_asked}, std::string{settings_decided}},
      {"service_mode_set", R"("modes":{"CN":"stop_before_excess","*":"pay_per_use"})", ""},
      {"funds_credited", R"("amount":"1000","currency":"CNY","reason":"bank transfer")",
       R"("balance":"999.868","currency":"CNY")"},
      {"funds_adjusted", R"("amount":"-0.5","currency":"CNY","reason":"booked twice")",
       R"("balance":"-0.065","currency":"CNY")"},
      {"order_placed",
       R"("order":"o-2024-06","product":"intl-10k","quota":10000,"copies":2,"pay":"external")",
       R"("price":"900","balance":"-0.000001","currency":"CNY",)"
       R"("times_out_at":"2024-06-02T04:00:00.000Z","packages":[)" +
           terms_named("o-2024-06.1") + "," + terms_named("o-2024-06.2") +
           R"(],"validity":"P12M1D","expiry":"start_of_day","activation_delay":"PT5M")"},
      {"order_paid", R"("order":"o-2024-06","payment_reference":"psp:pay_91")",
       R"("effective_at":"2024-06-01T04:00:00.000Z","expires_at":"2025-06-01T04:00:00.000Z")"},
      {"order_cancelled", R"("order":"o-2024-06")", ""},
      {"package_granted",
       R"("package":"gift","quota":1000,"destinations":["CN"],"templates":["verification"],)"
       R"("mode":"stop_before_excess","priority":10,"effective_at":"2024-06-01T04:00:00.000Z",)"
       R"("validity":"P3M","expiry":"end_of_day","price_paid":"0.000001","currency":"CNY",)"
       R"("reason":"赠送 for the first order")",
       R"("package":)" + terms_named("o-2024-06.1")},
      {"package_refunded", R"("package":"gift","reason":"wrong account")",
       R"("package":"B","units":1000,"amount":"50","balance":"0.000001","currency":"CNY")"},
      {"send_recorded",
       R"("send":"msg-20240601-0001","units":8,"occurred_at":"2024-06-01T03:58:30.000Z",)"
       R"("destination":"TH","template":"promotion","billable":false)",
       R"("lines":[{"package":"A","units":2},{"package":"B","units":3}],)"
       R"("payg":[{"units":2,"unit_price":"0.132","amount":"0.264","currency":"CNY"},)"
       R"({"units":1,"unit_price":"0.12","amount":"0.12","currency":"CNY"}],)"
       R"("counter":{"group":"TH","month":"2024-06","units":3,"volume_price":"0.12",)"
       R"("adjustment":"-0.024","currency":"CNY"})"},
      {"send_reversed", R"("send":"msg-20240601-0001","reversal":"dlr-1","units":7)",
       R"("lines":[{"package":"B","units":3,"to":"remaining"},)"
       R"({"package":"A","units":1,"to":"forfeited"}],)"
       R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.396","currency":"CNY"}],)"
       R"("counter_units":3)"},
      {"batch_taken",
       R"("producer":"gateway-7","epoch":1717214400000,"number":42,)"
       R"("digest":"fedcba9876543210","sends":1000,"entries":998,"not_recorded":[)"
       R"({"index":3,"code":"quota_exhausted","field":"units"},)"
       R"({"index":7,"code":"unknown_account"},)"
       R"({"index":999,"code":"duplicate","first_position":17}])",
       ""},
      {"package_activated", timer, ""},
      {"package_expired", R"("package":"B","due":"2024-06-01T03:59:59.000Z")",
       R"("forfeited":4900,"closes_at":"2024-06-04T04:00:00.000Z")"},
      {"package_closed", timer, ""},
      {"grace_ended", timer, ""},
      {"package_released", timer, ""},
      {"order_timed_out", R"("order":"o-2024-06","due":"2024-06-01T04:00:00.000Z")", ""},
  };
}

constexpr std::string_view told =
    R"("told":[{"contact":"finance","channels":["email"]},)"
    R"({"contact":"ops","channels":["sms","internal","dingtalk_robot"]}])";

std::vector<Row> hold_table() {
  const std::string back = R"("given_back":[{"package":"A","units":200,"to":"forfeited"},)"
                           R"({"package":"B","units":300,"to":"remaining"}])";
  return {
      {"hold_placed",
       R"("hold":"campaign-7","units":500,"destination":"CN","template":"promotion","ttl":"PT36H")",
       R"("lines":[{"package":"A","units":200},{"package":"B","units":300}],)"
       R"("expires_at":"2024-06-02T16:00:00.000Z")"},
      {"hold_captured", R"("hold":"campaign-7","units":350)",
       R"("lines":[{"package":"A","units":200},{"package":"B","units":150}],)"
       R"("given_back":[{"package":"B","units":150,"to":"forfeited"}],)"
       R"("counter":{"month":"2024-06","units":350,"volume_price":"0.06","adjustment":"-0.005",)"
       R"("currency":"CNY"})"},
      {"hold_released", R"("hold":"campaign-7")", back},
      {"hold_expired", R"("hold":"campaign-7","due":"2024-06-01T03:58:30.000Z")", back},
      {"invoice_requested", R"("note":"PO 4711, 五月")",
       R"("invoice":3,"currency":"CNY","lines":[{"kind":"order","name":"o-2024-05",)"
       R"("product":"cn-10k","units":10000,"amount":"470","at":"2024-05-12T04:00:00.000Z"},)"
       R"({"kind":"renewal","name":"renewal-812","product":"custom-cn","units":1000,)"
       R"("amount":"47.5","at":"2024-05-22T04:00:00.000Z"},)"
       R"({"kind":"refund","name":"gift","units":1000,"amount":"-50",)"
       R"("at":"2024-05-30T04:00:00.000Z"},)"
       R"({"kind":"payg","name":"2024-05","amount":"12.345678","at":"2024-05-31T16:00:00.000Z"}],)"
       R"("total":"479.845678","printed_total":"479.85","more":true)"},
  };
}

std::vector<Row> alarm_table() {
  const std::string alarm = R"("alarm":"low","package":"B","at":"2024-06-01T03:58:30.000Z")";
  const std::string figures =
      R"("firing":2,"remaining":100,"quota":10000,"balance":"-0.065","currency":"CNY",)" +
      std::string{told};
  return {
      {"contacts_set",
       R"("contacts":[{"contact":"finance","channels":[{"channel":"email",)"
       R"("address":"finance@acme.example"}],"topics":["alarm","account"]},)"
       R"({"contact":"ops","channels":[{"channel":"sms","address":"+8613800138000"},)"
       R"({"channel":"internal"},)"
       R"({"channel":"webhook","address":"https://acme.example/hooks/packledger"},)"
       R"({"channel":"dingtalk_robot","address":"https://robot.example/send?access_token=t"}],)"
       R"("topics":["alarm","reminder","renewal","account"]}])",
       ""},
      {"alarm_rule_set",
       R"("alarm":"low","pool":"CN","kind":"per_package","threshold":{"percent":10,)"
       R"("per_package":{"A":100,"B":0}},"when":"at_or_below","contacts":["ops","finance"],)"
       R"("cooldown":"PT6H")",
       R"("fires_after_every_purchase":true)"},
      {"alarm_rule_removed", R"("alarm":"low")", ""},
      {"alarm_cooldown_ended", R"("alarm":"low","due":"2024-06-01T03:58:30.000Z")", ""},
      {"run_out_forecast", R"("pool":"CN","runs_out_at":"2024-06-03T16:00:00.000Z","position":998)",
       ""},
      {"alarm_raised", alarm, figures},
      {"alarm_cleared", alarm, figures},
      {"expiry_reminder_due", R"("package":"B","due":"2024-06-01T03:58:30.000Z","before":"P7D")",
       R"("skipped":false,"remaining":4900,)" + std::string{told}},
  };
}

std::vector<Row> renewal_table() {
  const std::string tried = R"("trigger":"pre_expiry","at":"2024-06-01T03:58:30.000Z")";
  const std::string at = R"("at":"2024-06-01T03:58:30.000Z")";
  const std::string due = R"("due":"2024-06-01T03:58:30.000Z")";
  return {
      {"renewal_rule_set",
       R"("enabled":true,"pool":"CN","threshold":1000,"pre_expiry":true,"quantity":1000,)"
       R"("product":"custom-cn","max_per_day":3)",
       R"("product":"custom-cn","max_per_day":3,"lead":"P10D","retry_at":"03:00",)"
       R"("fires_after_every_purchase":true)"},
      {"renewal_rule_removed", "", ""},
      {"pre_expiry_renewal_due", R"("package":"B",)" + due, R"("skipped":"outstanding")"},
      {"renewal_retry_due", due,
       R"("refused":"insufficient_balance","needed":"427.5","balance":"72.5","currency":"CNY",)"
       R"("next_at":"2024-06-02T03:58:30.000Z")"},
      {"package_renewed", R"("trigger":"pre_expiry","cause":997,"at":"2024-06-01T03:58:30.000Z")",
       R"("package":{"package":"renewal-1000","pool":"CN","product":"custom-cn","quota":10000,)"
       R"("effective_at":"2024-06-01T04:00:00.000Z","expires_at":"2025-06-01T04:00:00.000Z",)"
       R"("destinations":["CN"],"templates":["verification","notification","promotion"],)"
       R"("mode":"stop_before_excess","priority":50,"price_paid":"450","currency":"CNY",)"
       R"("refund":"prorata_90d"},"price":"427.5","balance":"72.5","currency":"CNY",)" +
           std::string{told}},
      {"renewal_failed", tried,
       R"("reason":"insufficient_balance","needed":"427.5","balance":"72.5","currency":"CNY",)"
       R"("retry_at":"2024-06-02T03:58:30.000Z",)" +
           std::string{told}},
      {"renewal_capped", tried, R"("max_per_day":3,)" + std::string{told}},
      {"account_overdue", at,
       R"("balance":"-0.065","currency":"CNY","suspends_at":"2024-06-01T15:58:30.000Z",)" +
           std::string{told}},
      {"suspension_due", due, ""},
      {"account_suspended", at, R"("balance":"-0.065","currency":"CNY",)" + std::string{told}},
      {"account_resumed", at, R"("balance":"0.935","currency":"CNY",)" + std::string{told}},
  };
}

void expect_line_tells(const Entry& entry, const Row& row) {
  const std::string line = journal_line(entry, SomeNames{});
  const std::string middle = R"("input":{)" + row.input + R"(},"decision":{)" + row.decision + "}";
  EXPECT_NE(line.find(middle), std::string::npos) << line;
}

TEST(JournalLine, TellsEveryMemberOfEveryKind) {
  std::set<std::string_view> told_of{"price_book_published"};
  for (const auto& table : {business_table(), hold_table(), alarm_table(), renewal_table()}) {
    for (const Row& row : table) {
      expect_line_tells(entry_example(row.kind), row);
      told_of.insert(row.kind);
    }
  }
  for (const Entry& entry : entry_examples())
    EXPECT_TRUE(told_of.contains(kind_text(entry.input.what))) << kind_text(entry.input.what);
}

TEST(JournalLine, LeavesOutWhatWasNotAskedOrDecided) {
  const std::vector<Row> rows{
      {"funds_credited.retried", R"("amount":"1","currency":"CNY")",
       R"("balance":"0.935","currency":"CNY","renewal_needs":"0.0475")"},
      {"order_placed.renews",
       R"("order":"o-2024-07","product":"intl-10k","copies":1,"pay":"balance",)"
       R"("renews":"o-2024-06.1")",
       R"("price":"450","balance":"50","currency":"CNY","packages":[)" +
           terms_named("o-2024-06.1") +
           R"(],"validity":"P12M","expiry":"exact","activation_delay":"PT0S")"},
      {"send_reversed.located", R"("send":"msg-20240601-0001","reversal":"dlr-1","units":1)",
       R"("lines":[{"package":"B","units":1,"to":"remaining"}],"payg":[],"counter_units":0,)"
       R"("send_position":700)"},
      {"hold_placed.common",
       R"("hold":"01J0B3XV6Q8Z4N2K","units":3,"destination":"CN","template":"verification")",
       R"("lines":[{"package":"A","units":3}],"expires_at":"2024-06-02T04:00:00.000Z")"},
      {"hold_captured.common", R"("hold":"01J0B3XV6Q8Z4N2K","units":2)",
       R"("lines":[{"package":"A","units":2}],)"
       R"("given_back":[{"package":"A","units":1,"to":"remaining"}],)"
       R"("counter":{"month":"2024-06","units":2})"},
      {"alarm_rule_set.total",
       R"("alarm":"exhausted","pool":"ID+TH","kind":"total","threshold":{"units":0},)"
       R"("when":"at_or_below","contacts":[],"cooldown":"PT0S")",
       R"("fires_after_every_purchase":false)"},
      {"alarm_rule_set.balance",
       R"("alarm":"broke","pool":null,"kind":"balance",)"
       R"("threshold":{"amount":"-0.000001","currency":"CNY"},)"
       R"("when":"below","contacts":[],"cooldown":"P31D")",
       R"("fires_after_every_purchase":false)"},
      {"alarm_rule_set.runs_out_within",
       R"("alarm":"soon","pool":"CN","kind":"runs_out_within","threshold":{"within":"PT72H"},)"
       R"("when":"at_or_below","contacts":[],"cooldown":"PT0S")",
       R"("fires_after_every_purchase":false)"},
      {"run_out_forecast.never", R"("pool":"ID+TH","position":998)", ""},
      {"alarm_raised.common", R"("alarm":"low","at":"2024-06-01T04:00:00.000Z")",
       R"("firing":1,"remaining":99,"quota":10000,"balance":"1000","currency":"CNY",)"
       R"("told":[{"contact":"ops","channels":["sms"]}])"},
      {"alarm_raised.runs_out_within", R"("alarm":"soon","at":"2024-06-01T04:00:00.000Z")",
       R"("firing":2,"remaining":100,"quota":10000,"balance":"-0.065","currency":"CNY",)"
       R"("runs_out_at":"2024-06-03T16:00:00.000Z",)" +
           std::string{told}},
      {"expiry_reminder_due.skipped",
       R"("package":"B","due":"2024-06-01T03:58:30.000Z","before":"P7D")",
       R"("skipped":true,"remaining":0,"told":[])"},
      {"renewal_rule_set.off",
       R"("enabled":false,"pool":"CN","threshold":null,"pre_expiry":false,"quantity":1000000000)",
       R"("product":"custom-cn","max_per_day":10,"lead":"PT0S","retry_at":"00:00",)"
       R"("fires_after_every_purchase":false)"},
      {"pre_expiry_renewal_due.tried", R"("package":"B","due":"2024-06-01T03:58:30.000Z")", ""},
      {"renewal_retry_due.done", R"("due":"2024-06-01T03:58:30.000Z")",
       R"("needed":"427.5","balance":"500","currency":"CNY",)"
       R"("next_at":"2024-06-02T03:58:30.000Z")"},
      {"contacts_set.none", R"("contacts":[])", ""},
  };
  const std::vector<Variant> variants = entry_variants();
  ASSERT_EQ(rows.size(), variants.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].kind, variants[i].golden);
    expect_line_tells(variants[i].entry, rows[i]);
  }
}

TEST(JournalLine, OfARenewalTellsItsKeyAndItsCause) {
  const std::string line = journal_line(entry_example("package_renewed"), SomeNames{});
  EXPECT_TRUE(line.starts_with(R"({"position":1000,"recorded_at":"2024-06-01T04:00:00.000Z",)"
                               R"("occurred_at":"2024-06-01T03:58:30.000Z",)"
                               R"("kind":"package_renewed","account":"acme",)"
                               R"("key":"renew/acme/CN/997","input":{)"))
      << line;
  EXPECT_TRUE(line.ends_with(R"(]},"caused_by":999})")) << line;
}

TEST(JournalLine, BeginsWithWhereAndWhen) {
  EXPECT_TRUE(journal_line(entry_example("account_opened"), SomeNames{})
                  .starts_with(R"({"position":1000,"recorded_at":"2024-06-01T04:00:00.000Z",)"
                               R"("occurred_at":"2024-06-01T04:00:00.000Z",)"
                               R"("kind":"account_opened","account":"acme",)"
                               R"("key":"0190163d-8694-739b-aea5-966c26f8ad91","input":{)"));
  // A timer occurred when it was due, a send when it was sent.
  EXPECT_EQ(journal_line(entry_example("package_expired"), SomeNames{}),
            R"({"position":1000,"recorded_at":"2024-06-01T04:00:00.000Z",)"
            R"("occurred_at":"2024-06-01T03:59:59.000Z","kind":"package_expired",)"
            R"("account":"acme","input":{"package":"B","due":"2024-06-01T03:59:59.000Z"},)"
            R"("decision":{"forfeited":4900,"closes_at":"2024-06-04T04:00:00.000Z"},)"
            R"("caused_by":997})");
}

TEST(JournalLine, OfAPriceBookHasNoAccountAndTheWholeBook) {
  const std::string line = journal_line(entry_example("price_book_published"), SomeNames{});
  EXPECT_NE(line.find(R"("kind":"price_book_published","account":null,)"
                      R"("input":{"price_book":{"version":"2025-03",)"),
            std::string::npos)
      << line;
  EXPECT_TRUE(line.ends_with(R"("retry_at":"03:00"}}},"decision":{}})")) << line;
}

TEST(JournalLine, IsOneLineWhateverTheClientWrote) {
  Entry entry = entry_example("funds_credited");
  std::get<FundsCredited>(entry.input.what).reason = "a \"b\"\n\x01</script>\u2028";
  EXPECT_NE(journal_line(entry, SomeNames{}).find(R"("reason":"a \"b\"\n\u0001</script>)"),
            std::string::npos);
  EXPECT_EQ(journal_line(entry, SomeNames{}).find('\n'), std::string::npos);
}

TEST(JournalLine, AsAMessageSaysItsType) {
  const Entry entry = entry_example("funds_credited");
  std::string line = journal_line(entry, SomeNames{});
  line.insert(1, R"("type":"entry",)");
  EXPECT_EQ(entry_message(entry, SomeNames{}), line);
}

}  // namespace
}  // namespace packledger::wire_tests
