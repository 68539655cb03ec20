// Lines of the journal: every member of every kind of entry, by its name in the contract.
#include "wire/entry_views.hpp"

#include "tests/wire/entry_examples.hpp"
#include "tests/wire/some_names.hpp"

#include <gtest/gtest.h>

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

// In the order of entry_examples(). The price book has a test of its own.
std::vector<Row> table() {
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
      {"price_book_published", "", ""},
      {"package_activated", timer, ""},
      {"package_expired", R"("package":"B","due":"2024-06-01T03:59:59.000Z")",
       R"("forfeited":4900,"closes_at":"2024-06-04T04:00:00.000Z")"},
      {"package_closed", timer, ""},
      {"grace_ended", timer, ""},
      {"package_released", timer, ""},
      {"order_timed_out", R"("order":"o-2024-06","due":"2024-06-01T04:00:00.000Z")", ""},
  };
}

TEST(JournalLine, TellsEveryMemberOfEveryKind) {
  const std::vector<Entry> entries = entry_examples();
  const std::vector<Row> rows = table();
  ASSERT_EQ(entries.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    ASSERT_EQ(kind_text(entries[i].input.what), row.kind);
    if (row.kind == "price_book_published") continue;
    const std::string line = journal_line(entries[i], SomeNames{});
    const std::string middle =
        R"("input":{)" + row.input + R"(},"decision":{)" + row.decision + "}";
    EXPECT_NE(line.find(middle), std::string::npos) << line;
  }
}

TEST(JournalLine, BeginsWithWhereAndWhen) {
  const std::vector<Entry> entries = entry_examples();
  EXPECT_TRUE(journal_line(entries[0], SomeNames{})
                  .starts_with(R"({"position":1000,"recorded_at":"2024-06-01T04:00:00.000Z",)"
                               R"("occurred_at":"2024-06-01T04:00:00.000Z",)"
                               R"("kind":"account_opened","account":"acme",)"
                               R"("key":"0190163d-8694-739b-aea5-966c26f8ad91","input":{)"));
  // A timer occurred when it was due, a send when it was sent.
  EXPECT_EQ(journal_line(entries[14], SomeNames{}),
            R"({"position":1000,"recorded_at":"2024-06-01T04:00:00.000Z",)"
            R"("occurred_at":"2024-06-01T03:59:59.000Z","kind":"package_expired",)"
            R"("account":"acme","input":{"package":"B","due":"2024-06-01T03:59:59.000Z"},)"
            R"("decision":{"forfeited":4900,"closes_at":"2024-06-04T04:00:00.000Z"},)"
            R"("caused_by":997})");
}

TEST(JournalLine, OfAPriceBookHasNoAccountAndTheWholeBook) {
  const std::string line = journal_line(entry_examples()[12], SomeNames{});
  EXPECT_NE(line.find(R"("kind":"price_book_published","account":null,)"
                      R"("input":{"price_book":{"version":"2025-03",)"),
            std::string::npos)
      << line;
  EXPECT_TRUE(line.ends_with(R"("retry_at":"03:00"}}},"decision":{}})")) << line;
}

TEST(JournalLine, IsOneLineWhateverTheClientWrote) {
  Entry entry = entry_examples()[3];
  std::get<FundsCredited>(entry.input.what).reason = "a \"b\"\n\x01</script>\u2028";
  EXPECT_NE(journal_line(entry, SomeNames{}).find(R"("reason":"a \"b\"\n\u0001</script>)"),
            std::string::npos);
  EXPECT_EQ(journal_line(entry, SomeNames{}).find('\n'), std::string::npos);
}

TEST(JournalLine, AsAMessageSaysItsType) {
  const Entry entry = entry_examples()[3];
  std::string line = journal_line(entry, SomeNames{});
  line.insert(1, R"("type":"entry",)");
  EXPECT_EQ(entry_message(entry, SomeNames{}), line);
}

}  // namespace
}  // namespace packledger::wire_tests
