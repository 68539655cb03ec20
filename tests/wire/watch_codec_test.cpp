// Holds, alarms, renewals, contacts and invoices out of the range that the ledger allows are not
// read.
#include "tests/wire/encoded.hpp"
#include "tests/wire/watch_examples.hpp"
#include "wire/entry_codec.hpp"
#include "wire/scalar_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::wire_tests {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t week_ms = 7ULL * 24 * 3'600'000;

// A change to the example of one kind, and why the result is refused; "none" where it is not.
struct Row {
  std::string_view kind;
  std::string_view fault;
  std::function<void(v1::Entry&)> change;
};

void expect_faults(const std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    v1::Entry message = generated_example(rows[i].kind);
    rows[i].change(message);
    EXPECT_THAT(fault_in(message), HasSubstr(std::string{rows[i].fault}))
        << rows[i].kind << ", row " << i;
  }
}

TEST(WatchCodec, RefusesHoldsOutOfRange) {
  expect_faults({
      {"hold_placed", "a name is missing", [](auto& m) { m.mutable_hold_placed()->clear_hold(); }},
      {"hold_placed", "has no units", [](auto& m) { m.mutable_hold_placed()->clear_units(); }},
      {"hold_placed", "not its units", [](auto& m) { m.mutable_hold_placed()->set_units(501); }},
      {"hold_placed", "not its units", [](auto& m) { m.mutable_hold_placed()->clear_lines(); }},
      {"hold_placed", "names no package",
       [](auto& m) { m.mutable_hold_placed()->set_lines(0, 0); }},
      {"hold_placed", "field 3 is missing",
       [](auto& m) { m.mutable_hold_placed()->clear_destination(); }},
      {"hold_placed", "too short or too long",
       [](auto& m) { m.mutable_hold_placed()->set_ttl_ms(0); }},
      {"hold_placed", "none", [](auto& m) { m.mutable_hold_placed()->set_ttl_ms(week_ms); }},
      {"hold_placed", "too short or too long",
       [](auto& m) { m.mutable_hold_placed()->set_ttl_ms(week_ms + 1); }},
      {"hold_placed", "too early or too late",
       [](auto& m) { m.mutable_hold_placed()->clear_life_ms(); }},
      {"hold_placed", "none", [](auto& m) { m.mutable_hold_placed()->set_life_ms(week_ms); }},
      {"hold_placed", "too early or too late",
       [](auto& m) { m.mutable_hold_placed()->set_life_ms(week_ms + 1); }},
      {"hold_captured", "has no units", [](auto& m) { m.mutable_hold_captured()->clear_units(); }},
      {"hold_captured", "not its units",
       [](auto& m) { m.mutable_hold_captured()->set_taken(1, 199); }},
      {"hold_captured", "none", [](auto& m) { m.mutable_hold_captured()->clear_back(); }},
      {"hold_captured", "out of range", [](auto& m) { m.mutable_hold_captured()->set_back(2, 2); }},
      {"hold_captured", "middle of an item",
       [](auto& m) { m.mutable_hold_captured()->add_back(1); }},
      {"hold_released", "gives nothing back",
       [](auto& m) { m.mutable_hold_released()->clear_back(); }},
      {"hold_released", "has no units", [](auto& m) { m.mutable_hold_released()->set_back(1, 0); }},
      {"hold_expired", "gives nothing back",
       [](auto& m) { m.mutable_hold_expired()->clear_back(); }},
      {"hold_expired", "names no package",
       [](auto& m) { m.mutable_hold_expired()->set_back(0, 0); }},
  });
}

TEST(WatchCodec, RefusesHoldsWhoseUnitsDoNotFitTogether) {
  v1::Entry message = generated_example("hold_placed");
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  auto* hold = message.mutable_hold_placed();
  hold->set_units(most);
  hold->set_lines(1, most);
  hold->set_lines(3, most);
  EXPECT_THAT(fault_in(message), HasSubstr("not its units"));
}

v1::AlarmThreshold& threshold_of(v1::Entry& message) {
  return *message.mutable_alarm_rule_set()->mutable_threshold();
}

TEST(WatchCodec, RefusesAlarmRulesOutOfRange) {
  constexpr std::string_view set = "alarm_rule_set";
  expect_faults({
      {set, "a name is missing", [](auto& m) { m.mutable_alarm_rule_set()->clear_alarm(); }},
      {set, "pool is missing", [](auto& m) { m.mutable_alarm_rule_set()->clear_pool(); }},
      {set, "field 3 is missing", [](auto& m) { m.mutable_alarm_rule_set()->clear_kind(); }},
      {set, "field 5 is missing", [](auto& m) { m.mutable_alarm_rule_set()->clear_when(); }},
      {set, "field 4 is missing", [](auto& m) { m.mutable_alarm_rule_set()->clear_threshold(); }},
      {set, "percentage", [](auto& m) { threshold_of(m).set_percent(0); }},
      {set, "none", [](auto& m) { threshold_of(m).set_percent(1); }},
      {set, "none", [](auto& m) { threshold_of(m).set_percent(100); }},
      {set, "percentage", [](auto& m) { threshold_of(m).set_percent(101); }},
      {set, "not of its alarm's kind", [](auto& m) { threshold_of(m).set_units(0); }},
      {set, "not of its alarm's kind", [](auto& m) { threshold_of(m).set_amount(0); }},
      {set, "not of its alarm's kind", [](auto& m) { threshold_of(m).Clear(); }},
      {set, "none", [](auto& m) { threshold_of(m).clear_percent(); }},
      {set, "none", [](auto& m) { threshold_of(m).clear_per_package(); }},
      {set, "exceptions of an alarm do not rise",
       [](auto& m) { threshold_of(m).mutable_per_package(1)->set_package("A"); }},
      {set, "a name is missing",
       [](auto& m) { threshold_of(m).mutable_per_package(0)->clear_package(); }},
      {set, "field 6 is written, but empty",
       [](auto& m) { m.mutable_alarm_rule_set()->set_contacts(0, ""); }},
      {set, "none", [](auto& m) { m.mutable_alarm_rule_set()->clear_contacts(); }},
      {set, "none",
       [](auto& m) { m.mutable_alarm_rule_set()->set_cooldown_ms(31ULL * 86'400'000); }},
      {set, "cooldown is too long",
       [](auto& m) { m.mutable_alarm_rule_set()->set_cooldown_ms(31ULL * 86'400'000 + 1); }},
  });
}

TEST(WatchCodec, RefusesTimesOfAlarmsAndForecastsOutOfRange) {
  constexpr std::string_view set = "alarm_rule_set";
  constexpr std::uint64_t hour = 3'600'000;
  const auto soon = [](v1::Entry& m) -> v1::AlarmThreshold& {
    m.mutable_alarm_rule_set()->set_kind(v1::ALARM_KIND_RUNS_OUT_WITHIN);
    threshold_of(m).Clear();
    return threshold_of(m);
  };
  expect_faults({
      {set, "none", [&](auto& m) { soon(m).set_within_ms(hour); }},
      {set, "none", [&](auto& m) { soon(m).set_within_ms(365 * 24 * hour); }},
      {set, "time of an alarm is out of range", [&](auto& m) { soon(m).set_within_ms(hour - 1); }},
      {set, "time of an alarm is out of range",
       [&](auto& m) { soon(m).set_within_ms(365 * 24 * hour + 1); }},
      {set, "not of its alarm's kind", [&](auto& m) { soon(m); }},
      {set, "not of its alarm's kind",
       [&](auto& m) {
         soon(m).set_within_ms(hour);
         threshold_of(m).set_units(1);
       }},
      {set, "not of its alarm's kind", [&](auto& m) { threshold_of(m).set_within_ms(hour); }},
      {"run_out_forecast", "none",
       [](auto& m) { m.mutable_run_out_forecast()->clear_runs_out_at(); }},
      {"run_out_forecast", "a name is missing",
       [](auto& m) { m.mutable_run_out_forecast()->clear_pool(); }},
      {"run_out_forecast", "knows no entry",
       [](auto& m) { m.mutable_run_out_forecast()->clear_position(); }},
  });
}

TEST(WatchCodec, RefusesThresholdsOfAnotherKindOfAlarm) {
  constexpr std::string_view set = "alarm_rule_set";
  const auto total = [](v1::Entry& m) -> v1::AlarmThreshold& {
    m.mutable_alarm_rule_set()->set_kind(v1::ALARM_KIND_TOTAL);
    threshold_of(m).Clear();
    return threshold_of(m);
  };
  const auto balance = [](v1::Entry& m) -> v1::AlarmThreshold& {
    m.mutable_alarm_rule_set()->set_kind(v1::ALARM_KIND_BALANCE);
    m.mutable_alarm_rule_set()->clear_pool();
    threshold_of(m).Clear();
    return threshold_of(m);
  };
  expect_faults({
      {set, "none", [&](auto& m) { total(m).set_units(0); }},
      {set, "none", [&](auto& m) { total(m).set_percent(50); }},
      {set, "not of its alarm's kind", [&](auto& m) { total(m); }},
      {set, "not of its alarm's kind", [&](auto& m) { total(m).set_amount(5); }},
      {set, "not of its alarm's kind",
       [&](auto& m) { total(m).add_per_package()->set_package("A"); }},
      {set, "none", [&](auto& m) { balance(m).set_amount(-5); }},
      {set, "not of its alarm's kind", [&](auto& m) { balance(m); }},
      {set, "not of its alarm's kind", [&](auto& m) { balance(m).set_percent(5); }},
      {set, "pool is missing or too much",
       [&](auto& m) {
         balance(m).set_amount(5);
         m.mutable_alarm_rule_set()->set_pool("CN");
       }},
  });
}

TEST(WatchCodec, RefusesWhatAlarmsAndRemindersCannotTell) {
  expect_faults({
      {"alarm_raised", "no firing", [](auto& m) { m.mutable_alarm_raised()->clear_firing(); }},
      {"alarm_raised", "none", [](auto& m) { m.mutable_alarm_raised()->clear_package(); }},
      {"alarm_raised", "none", [](auto& m) { m.mutable_alarm_raised()->clear_told(); }},
      {"alarm_raised", "field 3 is out of range",
       [](auto& m) { m.mutable_alarm_raised()->set_lag_ms((1ULL << 53U) + 1); }},
      {"alarm_raised", "field 2 is missing",
       [](auto& m) { m.mutable_alarm_raised()->mutable_told(0)->clear_channels(); }},
      {"alarm_raised", "field 2 is out of range",
       [](auto& m) { m.mutable_alarm_raised()->mutable_told(0)->set_channels(1); }},
      {"alarm_raised", "field 2 is out of range",
       [](auto& m) { m.mutable_alarm_raised()->mutable_told(0)->set_channels(64); }},
      {"alarm_raised", "a name is missing",
       [](auto& m) { m.mutable_alarm_raised()->mutable_told(0)->clear_contact(); }},
      {"alarm_cleared", "a name is missing",
       [](auto& m) { m.mutable_alarm_cleared()->clear_alarm(); }},
      {"expiry_reminder_due", "skipped reminder tells something",
       [](auto& m) { m.mutable_expiry_reminder_due()->mutable_decided()->set_skipped(true); }},
      {"expiry_reminder_due", "names no package",
       [](auto& m) { m.mutable_expiry_reminder_due()->clear_package(); }},
  });
}

v1::RenewalRuleSet& renewal_of(v1::Entry& message) { return *message.mutable_renewal_rule_set(); }

TEST(WatchCodec, RefusesRenewalsOutOfRange) {
  constexpr std::string_view set = "renewal_rule_set";
  expect_faults({
      {set, "can be renewed", [](auto& m) { renewal_of(m).set_pool("TH"); }},
      {set, "none", [](auto& m) { renewal_of(m).set_quantity(1'000'000'000); }},
      {set, "quantity of a renewal", [](auto& m) { renewal_of(m).set_quantity(999); }},
      {set, "quantity of a renewal", [](auto& m) { renewal_of(m).set_quantity(1'000'000'001); }},
      {set, "renewals of a day", [](auto& m) { renewal_of(m).set_per_day_max(0); }},
      {set, "renewals of a day", [](auto& m) { renewal_of(m).set_per_day_max(11); }},
      {set, "none", [](auto& m) { renewal_of(m).clear_per_day_max(); }},
      {set, "renewals of a day",
       [](auto& m) { renewal_of(m).mutable_decided()->clear_per_day_max(); }},
      {set, "a name is missing", [](auto& m) { renewal_of(m).mutable_decided()->clear_product(); }},
      {set, "none", [](auto& m) { renewal_of(m).mutable_decided()->set_retry_at_minute(1'439); }},
      {set, "minute of the day",
       [](auto& m) { renewal_of(m).mutable_decided()->set_retry_at_minute(1'440); }},
      {set, "minute of the day",
       [](auto& m) { renewal_of(m).mutable_decided()->set_retry_at_minute(-1); }},
      {"pre_expiry_renewal_due", "field 1 is out of range",
       [](auto& m) {
         m.mutable_pre_expiry_renewal_due()->mutable_decided()->set_skipped(
             static_cast<v1::RenewalSkip>(3));
       }},
      {"package_renewed", "has no cause",
       [](auto& m) { m.mutable_package_renewed()->clear_cause(); }},
      {"package_renewed", "field 1 is missing",
       [](auto& m) { m.mutable_package_renewed()->clear_trigger(); }},
      {"renewal_retry_due", "field 1 is out of range",
       [](auto& m) {
         m.mutable_renewal_retry_due()->mutable_decided()->set_refused(v1::REJECT_UNSPECIFIED);
       }},
      {"renewal_failed", "field 1 is out of range",
       [](auto& m) {
         m.mutable_renewal_failed()->mutable_decided()->set_reason(
             static_cast<v1::Reject>(v1::Reject_MAX + 1));
       }},
      {"renewal_capped", "renewals of a day",
       [](auto& m) { m.mutable_renewal_capped()->mutable_decided()->set_per_day_max(11); }},
  });
}

TEST(WatchCodec, RefusesAStandingThatItsBalanceDoesNotBearOut) {
  expect_faults({
      {"account_overdue", "without a debt",
       [](auto& m) { m.mutable_account_overdue()->mutable_decided()->clear_balance(); }},
      {"account_overdue", "none",
       [](auto& m) { m.mutable_account_overdue()->mutable_decided()->clear_suspends_at(); }},
      {"account_suspended", "without a debt",
       [](auto& m) { m.mutable_account_suspended()->mutable_decided()->set_balance(1); }},
      {"account_suspended", "suspended later",
       [](auto& m) { m.mutable_account_suspended()->mutable_decided()->set_suspends_at(1); }},
      {"account_resumed", "with a debt",
       [](auto& m) { m.mutable_account_resumed()->mutable_decided()->set_balance(-1); }},
      {"account_resumed", "none",
       [](auto& m) { m.mutable_account_resumed()->mutable_decided()->clear_balance(); }},
  });
}

v1::Contact& contact_of(v1::Entry& message, int which) {
  return *message.mutable_contacts_set()->mutable_contacts(which);
}

TEST(WatchCodec, RefusesContactsOutOfRange) {
  constexpr std::string_view set = "contacts_set";
  expect_faults({
      {set, "names of contacts do not rise", [](auto& m) { contact_of(m, 1).set_name("finance"); }},
      {set, "has no channel", [](auto& m) { contact_of(m, 0).clear_channels(); }},
      {set, "channels of a contact do not rise",
       [](auto& m) { *contact_of(m, 0).add_channels() = contact_of(m, 0).channels(0); }},
      {set, "field 1 is out of range",
       [](auto& m) {
         contact_of(m, 0).mutable_channels(0)->set_channel(static_cast<v1::Channel>(6));
       }},
      {set, "address is missing",
       [](auto& m) { contact_of(m, 0).mutable_channels(0)->clear_address(); }},
      {set, "address is missing or too much",
       [](auto& m) { contact_of(m, 1).mutable_channels(1)->set_address("x"); }},
      {set, "none",
       [](auto& m) { contact_of(m, 0).mutable_channels(0)->set_address(std::string(512, 'x')); }},
      {set, "address is too long",
       [](auto& m) { contact_of(m, 0).mutable_channels(0)->set_address(std::string(513, 'x')); }},
      {set, "none", [](auto& m) { contact_of(m, 0).clear_topics(); }},
      {set, "field 3 is out of range", [](auto& m) { contact_of(m, 0).set_topics(1); }},
      {set, "field 3 is out of range", [](auto& m) { contact_of(m, 0).set_topics(32); }},
      {set, "too many contacts",
       [](auto& m) {
         for (char letter = 'a'; letter <= 'o'; ++letter) {
           auto* more = m.mutable_contacts_set()->add_contacts();
           *more = contact_of(m, 0);
           more->set_name(std::string("z") + letter);
         }
       }},
  });
}

v1::InvoiceRequested::Decided& invoice_of(v1::Entry& message) {
  return *message.mutable_invoice_requested()->mutable_decided();
}

TEST(WatchCodec, RefusesInvoicesOutOfRange) {
  constexpr std::string_view set = "invoice_requested";
  const auto lines = [](v1::Entry& m, int count) {
    const v1::InvoiceLine line = invoice_of(m).lines(0);
    invoice_of(m).clear_lines();
    for (int i = 0; i < count; ++i) *invoice_of(m).add_lines() = line;
  };
  expect_faults({
      {set, "has no number", [](auto& m) { invoice_of(m).clear_number(); }},
      {set, "has no line", [](auto& m) { invoice_of(m).clear_lines(); }},
      {set, "none", [&](auto& m) { lines(m, 1'000); }},
      {set, "too many lines", [&](auto& m) { lines(m, 1'001); }},
      {set, "not above zero", [](auto& m) { invoice_of(m).clear_total(); }},
      {set, "not above zero", [](auto& m) { invoice_of(m).set_total(-1); }},
      {set, "a name is missing", [](auto& m) { invoice_of(m).mutable_lines(0)->clear_name(); }},
      {set, "field 1 is out of range",
       [](auto& m) {
         invoice_of(m).mutable_lines(0)->set_kind(static_cast<v1::InvoiceLineKind>(5));
       }},
  });
}

// Every refusal has its number in the contract, and no number has another name there.
TEST(WatchCodec, NumbersRefusalsAsTheContractDoes) {
  const auto* rejects = v1::Reject_descriptor();
  EXPECT_EQ(v1::Reject_MAX, static_cast<int>(last_of<Reject>));
  for (int n = 1; n <= v1::Reject_MAX; ++n) {
    const auto* value = rejects->FindValueByNumber(n);
    ASSERT_NE(value, nullptr) << n;
    std::string name = "REJECT_";
    for (const char c : reject_text(static_cast<Reject>(n)))
      name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    EXPECT_EQ(value->name(), name);
  }
}

TEST(WatchCodec, ReadsFundsFromBeforeRenewalsWereTriedAgain) {
  v1::Entry message = generated_example("funds_credited");
  ASSERT_FALSE(message.funds_credited().decided().has_renewal_needs());
  const auto old = decode(message.SerializeAsString(), common_send());
  ASSERT_TRUE(old);
  EXPECT_EQ(std::get<FundsDecision>(old->decision).renewal_needs, std::nullopt);
  message.mutable_funds_credited()->mutable_decided()->set_renewal_needs(0);
  const auto now = decode(message.SerializeAsString(), common_send());
  ASSERT_TRUE(now);
  EXPECT_EQ(std::get<FundsDecision>(now->decision).renewal_needs, Money{});
}

TEST(WatchCodecDeathTest, WritesNothingThatItWouldRefuse) {
  std::string out;
  Entry entry = common_hold();
  std::get<HoldDecision>(entry.decision).lines.clear();
  EXPECT_DEATH(encode_entry(entry, out), "not its units");
  entry = entry_example("hold_released");
  std::get<HoldEndDecision>(entry.decision).counter = CounterMove{};
  EXPECT_DEATH(encode_entry(entry, out), "takes something");
  entry = common_alarm();
  std::get<AlarmRaised>(entry.input.what).at = entry.recorded_at + Duration{1};
  EXPECT_DEATH(encode_entry(entry, out), "can be read");
  entry = entry_example("alarm_rule_set");
  std::get<AlarmRuleSet>(entry.input.what).rule.contacts[0].clear();
  EXPECT_DEATH(encode_entry(entry, out), "says something");
}

}  // namespace
}  // namespace packledger::wire_tests
