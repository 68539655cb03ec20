// What the entries of rules and their consequences say in words.
#include "app/cli/entry_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace packledger::cli {
namespace {

struct Row {
  std::string kind;
  std::string input;
  std::string decision;
  std::string words;
};

const std::string told = R"("told":[{"contact":"ops","channels":["sms","email"]}])";

const std::string told_too = "," + told + "}";

const std::vector<Row> alarms_and_reminders{
    {"alarm_raised", R"({"alarm":"low"})",
     R"({"firing":1,"remaining":900,"quota":1000,"balance":"5","currency":"CNY")" + told_too,
     "low: 900 of 1,000 units left, told ops (sms, email)"},
    {"alarm_raised", R"({"alarm":"each","package":"o1.1"})",
     R"({"remaining":1,"quota":1000,"told":[]})",
     "each of o1.1: 1 of 1,000 units left, told nobody"},
    {"alarm_cleared", R"({"alarm":"money"})",
     R"({"remaining":0,"quota":0,"balance":"1234.5","currency":"CNY")" + told_too,
     "money: balance 1,234.5 CNY, told ops (sms, email)"},
    {"alarm_rule_set",
     R"({"alarm":"low","pool":"CN","kind":"total","threshold":{"percent":10},"when":"below"})",
     "{}", "low: the total of CN below 10 %"},
    {"alarm_rule_set",
     R"({"alarm":"m","pool":null,"kind":"balance","threshold":{"amount":"50","currency":"CNY"},)"
     R"("when":"at_or_below"})",
     "{}", "m: the balance at or below 50 CNY"},
    {"alarm_rule_set",
     R"({"alarm":"soon","pool":"CN","kind":"runs_out_within","threshold":{"within":"P3D"},)"
     R"("when":"at_or_below"})",
     "{}", "soon: the end of CN within 3 days"},
    {"alarm_rule_removed", R"({"alarm":"low"})", "{}", "low"},
    {"run_out_forecast", R"({"pool":"CN","runs_out_at":"2024-05-03T04:00:00.000Z","position":9})",
     "{}", "CN: runs out at 2024-05-03T04:00:00.000Z"},
    {"run_out_forecast", R"({"pool":"CN","position":9})", "{}", "CN: no end in sight"},
    {"alarm_raised", R"({"alarm":"soon"})",
     R"({"remaining":900,"quota":1000,"runs_out_at":"2024-05-03T04:00:00.000Z","told":[]})",
     "soon: 900 of 1,000 units left, until 2024-05-03T04:00:00.000Z, told nobody"},
    {"alarm_cooldown_ended", R"({"alarm":"low"})", "{}", "low"},
    {"expiry_reminder_due", R"({"package":"P","before":"P7D"})",
     R"({"skipped":false,"remaining":1200)" + told_too,
     "P ends in 7 days: 1,200 units left, told ops (sms, email)"},
    {"expiry_reminder_due", R"({"package":"P","before":"PT12H"})",
     R"({"skipped":true,"remaining":0,"told":[]})", "P ends in 12 h: nothing is left of it"},
};

const std::vector<Row> the_rest{
    {"renewal_rule_set", R"({"enabled":true,"quantity":1000,"threshold":null,"pre_expiry":true})",
     R"({"product":"cn"})", "on: 1,000 units before the last package ends, product cn"},
    {"renewal_failed", R"({"trigger":"threshold"})",
     R"({"reason":"insufficient_balance","needed":"50","balance":"12","currency":"CNY",)"
     R"("retry_at":"2024-05-01T19:00:00.000Z")" +
         told_too,
     "insufficient_balance: 50 needed, balance 12 CNY, tried again at 2024-05-01T19:00:00.000Z"},
    {"renewal_retry_due", "{}",
     R"({"refused":"insufficient_balance","next_at":"2024-05-02T19:00:00.000Z"})",
     "still insufficient_balance, tried again at 2024-05-02T19:00:00.000Z"},
    {"renewal_retry_due", "{}", R"({"next_at":"2024-05-02T19:00:00.000Z"})", "tried again"},
    {"renewal_capped", R"({"trigger":"threshold"})", R"({"max_per_day":3})",
     "no more today: 3 a day"},
    {"pre_expiry_renewal_due", R"({"package":"P"})", R"({"skipped":"not_last"})",
     "P ends soon, but another package ends later"},
    {"pre_expiry_renewal_due", R"({"package":"P"})", R"({"skipped":"outstanding"})",
     "P ends soon, but a renewal is being tried already"},
    {"pre_expiry_renewal_due", R"({"package":"P"})", "{}", "P ends soon"},
    {"account_overdue", "{}",
     R"({"balance":"-3","currency":"CNY","suspends_at":"2024-05-04T00:00:00.000Z")" + told_too,
     "balance -3 CNY, suspended from 2024-05-04T00:00:00.000Z"},
    {"account_resumed", "{}", R"({"balance":"0","currency":"CNY","told":[]})", "balance 0 CNY"},
    {"suspension_due", "{}", "{}", ""},
    {"hold_released", R"({"hold":"h"})",
     R"({"given_back":[{"package":"A","units":2,"to":"remaining"},)"
     R"({"package":"B","units":1,"to":"forfeited"}]})",
     "h: given back A 2, B 1 forfeited"},
    {"hold_captured", R"({"hold":"h","units":3})",
     R"({"lines":[{"package":"A","units":3}],"given_back":[]})", "h: used A 3"},
    {"contacts_set", R"({"contacts":[]})", "{}", "none"},
    {"invoice_requested", R"({"note":""})",
     R"({"invoice":2,"lines":[{},{}],"printed_total":"1470.00","currency":"CNY"})",
     "number 2: 2 lines, 1,470.00 CNY"},
    {"order_timed_out", R"({"order":"o"})", "{}", "o"},
    {"account_settings_set", R"({"order":"expiry_first"})", R"({"zone":"+08:00"})",
     "order=expiry_first"},
    {"batch_taken",
     R"({"producer":"gw-1","epoch":2,"number":1234,"sends":1000,"not_recorded":[{},{}]})", "{}",
     "gw-1: batch 1,234 of epoch 2, 1,000 sends, 2 not recorded"},
    {"batch_taken", R"({"producer":"gw-1","epoch":1,"number":1,"sends":1,"not_recorded":[]})", "{}",
     "gw-1: batch 1 of epoch 1, 1 sends"},
    {"never_heard_of", R"({"a":1})", R"({"b":[true]})", "a=1  -> b=[yes]"},
};

void check(const std::vector<Row>& rows) {
  for (const auto& [kind, input, decision, words] : rows) {
    const auto entry = parse_json(R"({"kind":")" + kind + R"(","input":)" + input +
                                  R"(,"decision":)" + decision + "}");
    ASSERT_TRUE(entry) << kind << ' ' << decision;
    EXPECT_EQ(entry_words(entry->root()), words) << kind;
  }
}

TEST(EntryWords, TellAlarmsAndReminders) { check(alarms_and_reminders); }

TEST(EntryWords, TellTheOtherKinds) { check(the_rest); }

}  // namespace
}  // namespace packledger::cli
