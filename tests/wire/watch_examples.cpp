#include "tests/wire/watch_examples.hpp"

#include "tests/wire/entry_examples.hpp"

#include <initializer_list>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr Instant before_noon = noon - seconds(90);

Channels channels(std::initializer_list<Channel> some) {
  Channels made;
  for (const Channel channel : some) made.add(channel);
  return made;
}

std::vector<Told> told() {
  return {{"finance", channels({Channel::email})},
          {"ops", channels({Channel::sms, Channel::internal, Channel::dingtalk_robot})}};
}

Entry caused(What what, Decision decision) {
  Entry entry = entry_of(std::move(what), std::move(decision));
  entry.caused_by = Sequence{999};
  return entry;
}

// ---- holds and invoices ----

Entry held() {
  HoldPlaced asked{.hold = "campaign-7",
                   .units = Units{500},
                   .destination = mainland,
                   .type = TemplateType::promotion,
                   .ttl = hours(36)};
  HoldDecision decided{.lines = {{PackageId{1}, Units{200}}, {PackageId{3}, Units{300}}},
                       .expires_at = noon + hours(36)};
  return entry_of(std::move(asked), std::move(decided));
}

Entry captured() {
  HoldEndDecision decided{.taken = {{PackageId{1}, Units{200}}, {PackageId{3}, Units{150}}},
                          .back = {{PackageId{3}, Units{150}, false}},
                          .counter = CounterMove{Month{2024 * 12 + 5}, Units{350}, Price{60'000},
                                                 Money{-5'000}, before_noon}};
  return entry_of(HoldCaptured{"campaign-7", Units{350}}, std::move(decided));
}

HoldEndDecision given_back() {
  return {.taken = {},
          .back = {{PackageId{1}, Units{200}, false}, {PackageId{3}, Units{300}, true}},
          .counter = {}};
}

Entry invoiced() {
  InvoiceDecision decided;
  decided.number = 3;
  decided.lines = {
      {InvoiceLineKind::order, "o-2024-05", "cn-10k", Units{10'000}, Money{470'000'000},
       noon - days(20)},
      {InvoiceLineKind::renewal, "renewal-812", "custom-cn", Units{1'000}, Money{47'500'000},
       noon - days(10)},
      {InvoiceLineKind::refund, "gift", "", Units{1'000}, Money{-50'000'000}, noon - days(2)},
      {InvoiceLineKind::payg, "2024-05", "", Units{}, Money{12'345'678}, noon - hours(12)}};
  decided.total = Money{479'845'678};
  decided.printed = Money{479'850'000};
  decided.more = true;
  return entry_of(InvoiceRequested{"PO 4711, 五月"}, std::move(decided));
}

// An order for another copy of a package that has ended.
Entry placed_to_renew() {
  OrderPlaced asked{.order = "o-2024-07",
                    .product = "intl-10k",
                    .quota = {},
                    .copies = 1,
                    .pay = Payment::balance,
                    .renews = "o-2024-06.1"};
  OrderDecision decided;
  decided.price = Money{450'000'000};
  decided.balance_after = Money{50'000'000};
  decided.validity = {12, {}};
  decided.packages = {example_terms()};
  return entry_of(std::move(asked), std::move(decided));
}

// A reversal that says which entry its send is.
Entry located_reversal() {
  ReversalDecision decided;
  decided.lines = {{PackageId{3}, Units{1}, true}};
  decided.send = Sequence{700};
  return entry_of(SendReversed{"msg-20240601-0001", "dlr-1", Units{1}}, std::move(decided));
}

// ---- contacts, alarms, reminders ----

Entry contacts() {
  Contact finance{"finance", {{Channel::email, "finance@acme.example"}}, {0b10010}};
  Contact ops{"ops",
              {{Channel::sms, "+8613800138000"},
               {Channel::internal, ""},
               {Channel::webhook, "https://acme.example/hooks/packledger"},
               {Channel::dingtalk_robot, "https://robot.example/send?access_token=t"}},
              {}};
  return entry_of(ContactsSet{{std::move(finance), std::move(ops)}}, Done{});
}

Entry alarm_set() {
  AlarmRule rule{.name = "low",
                 .pool = "CN",
                 .kind = AlarmKind::per_package,
                 .threshold = {.units = std::nullopt,
                               .percent = 10,
                               .amount = std::nullopt,
                               .per_package = {{"A", Units{100}}, {"B", Units{}}}},
                 .when = AlarmWhen::at_or_below,
                 .contacts = {"ops", "finance"},
                 .cooldown = hours(6)};
  return entry_of(AlarmRuleSet{std::move(rule)}, AlarmRuleDecision{true});
}

AlarmDecision figures() {
  return {.firing = 2,
          .remaining = Units{100},
          .quota = Units{10'000},
          .balance = Money{-65'000},
          .told = told()};
}

// ---- automatic renewal ----

Entry renewal_set() {
  RenewalRule rule{.enabled = true,
                   .pool = "CN",
                   .threshold = Units{1'000},
                   .pre_expiry = true,
                   .quantity = Units{1'000},
                   .product = "custom-cn",
                   .per_day_max = 3};
  return entry_of(
      RenewalRuleSet{std::move(rule)},
      RenewalRuleDecision{
          {.product = "custom-cn", .lead = days(10), .per_day_max = 3, .retry_at_minute = 180},
          true});
}

Entry renewed() {
  PackageTerms terms = example_terms();
  terms.id = PackageId{5};
  terms.name = "renewal-1000";
  terms.order = "";
  terms.product = "custom-cn";
  terms.scope = {{{mainland}}, {}};
  return caused(PackageRenewed{RenewalTrigger::pre_expiry, Sequence{997}, before_noon},
                RenewalDecision{.package = std::move(terms),
                                .price = Money{427'500'000},
                                .balance_after = Money{72'500'000},
                                .told = told()});
}

}  // namespace

std::vector<Entry> watch_examples() {
  const PackageId package{3};
  return {
      held(),
      captured(),
      entry_of(HoldReleased{"campaign-7"}, given_back()),
      alarm_set(),
      entry_of(AlarmRuleRemoved{"low"}, Done{}),
      renewal_set(),
      entry_of(RenewalRuleRemoved{}, Done{}),
      contacts(),
      invoiced(),
      entry_of(ExpiryReminderDue{package, days(7), before_noon},
               ReminderDecision{.skipped = false, .remaining = Units{4'900}, .told = told()}),
      entry_of(PreExpiryRenewalDue{package, before_noon},
               PreExpiryDecision{RenewalSkip::outstanding}),
      entry_of(RenewalRetryDue{before_noon}, RetryDecision{.refused = Reject::insufficient_balance,
                                                           .needed = Money{427'500'000},
                                                           .balance = Money{72'500'000},
                                                           .next_at = before_noon + days(1)}),
      entry_of(SuspensionDue{before_noon}, Done{}),
      entry_of(HoldExpired{"campaign-7", before_noon}, given_back()),
      entry_of(AlarmCooldownEnded{"low", before_noon}, Done{}),
      entry_of(
          RunOutForecast{.pool = "CN", .runs_out_at = noon + hours(60), .position = Sequence{998}},
          Done{}),
      caused(AlarmRaised{"low", package, before_noon}, figures()),
      caused(AlarmCleared{"low", package, before_noon}, figures()),
      renewed(),
      caused(RenewalFailed{RenewalTrigger::pre_expiry, before_noon},
             RenewalFailure{.reason = Reject::insufficient_balance,
                            .needed = Money{427'500'000},
                            .balance = Money{72'500'000},
                            .retry_at = before_noon + days(1),
                            .told = told()}),
      caused(RenewalCapped{RenewalTrigger::pre_expiry, before_noon},
             CapDecision{.per_day_max = 3, .told = told()}),
      caused(AccountOverdue{before_noon}, StandingDecision{.balance = Money{-65'000},
                                                           .suspends_at = before_noon + hours(12),
                                                           .told = told()}),
      caused(AccountSuspended{before_noon},
             StandingDecision{.balance = Money{-65'000}, .suspends_at = {}, .told = told()}),
      caused(AccountResumed{before_noon},
             StandingDecision{.balance = Money{935'000}, .suspends_at = {}, .told = told()})};
}

std::vector<Variant> entry_variants() {
  AlarmThreshold within;
  within.within = days(3);
  AlarmRule soon{.name = "soon",
                 .pool = "CN",
                 .kind = AlarmKind::runs_out_within,
                 .threshold = within,
                 .when = AlarmWhen::at_or_below,
                 .contacts = {},
                 .cooldown = {}};
  AlarmDecision ending = figures();
  ending.runs_out_at = noon + hours(60);
  AlarmRule total{.name = "exhausted",
                  .pool = "ID+TH",
                  .kind = AlarmKind::total,
                  .threshold = {.units = Units{}, .percent = {}, .amount = {}, .per_package = {}},
                  .when = AlarmWhen::at_or_below,
                  .contacts = {},
                  .cooldown = {}};
  AlarmRule balance{
      .name = "broke",
      .pool = "",
      .kind = AlarmKind::balance,
      .threshold = {.units = {}, .percent = {}, .amount = Money{-1}, .per_package = {}},
      .when = AlarmWhen::below,
      .contacts = {},
      .cooldown = days(31)};
  RenewalRule off{.enabled = false,
                  .pool = "CN",
                  .threshold = {},
                  .pre_expiry = false,
                  .quantity = Units{1'000'000'000},
                  .product = "",
                  .per_day_max = {}};
  return {
      {"funds_credited.retried",
       entry_of(FundsCredited{Money{1'000'000}, ""}, FundsDecision{Money{935'000}, Money{47'500}})},
      {"order_placed.renews", placed_to_renew()},
      {"send_reversed.located", located_reversal()},
      {"hold_placed.common", common_hold()},
      {"hold_captured.common", common_capture()},
      {"alarm_rule_set.total", entry_of(AlarmRuleSet{std::move(total)}, AlarmRuleDecision{false})},
      {"alarm_rule_set.balance",
       entry_of(AlarmRuleSet{std::move(balance)}, AlarmRuleDecision{false})},
      {"alarm_rule_set.runs_out_within",
       entry_of(AlarmRuleSet{std::move(soon)}, AlarmRuleDecision{false})},
      {"run_out_forecast.never",
       entry_of(RunOutForecast{.pool = "ID+TH", .runs_out_at = {}, .position = Sequence{998}},
                Done{})},
      {"alarm_raised.common", common_alarm()},
      {"alarm_raised.runs_out_within",
       caused(AlarmRaised{"soon", PackageId{}, noon}, std::move(ending))},
      {"expiry_reminder_due.skipped",
       entry_of(ExpiryReminderDue{PackageId{3}, days(7), before_noon},
                ReminderDecision{.skipped = true, .remaining = {}, .told = {}})},
      {"renewal_rule_set.off",
       entry_of(RenewalRuleSet{std::move(off)},
                RenewalRuleDecision{
                    {.product = "custom-cn", .lead = {}, .per_day_max = 10, .retry_at_minute = 0},
                    false})},
      {"pre_expiry_renewal_due.tried",
       entry_of(PreExpiryRenewalDue{PackageId{3}, before_noon}, PreExpiryDecision{})},
      {"renewal_retry_due.done",
       entry_of(RenewalRetryDue{before_noon}, RetryDecision{.refused = {},
                                                            .needed = Money{427'500'000},
                                                            .balance = Money{500'000'000},
                                                            .next_at = before_noon + days(1)})},
      {"contacts_set.none", entry_of(ContactsSet{}, Done{})}};
}

Entry common_hold() {
  HoldPlaced asked{.hold = "01J0B3XV6Q8Z4N2K",
                   .units = Units{3},
                   .destination = mainland,
                   .type = TemplateType::verification,
                   .ttl = std::nullopt};
  return entry_of(std::move(asked), HoldDecision{.lines = {{PackageId{1}, Units{3}}},
                                                 .expires_at = noon + hours(24)});
}

Entry common_capture() {
  HoldEndDecision decided{.taken = {{PackageId{1}, Units{2}}},
                          .back = {{PackageId{1}, Units{1}, true}},
                          .counter = CounterMove{Month{2024 * 12 + 5}, Units{2}, {}, {}}};
  return entry_of(HoldCaptured{"01J0B3XV6Q8Z4N2K", Units{2}}, std::move(decided));
}

Entry common_alarm() {
  AlarmDecision decided{.firing = 1,
                        .remaining = Units{99},
                        .quota = Units{10'000},
                        .balance = Money{1'000'000'000},
                        .told = {{"ops", channels({Channel::sms})}}};
  return caused(AlarmRaised{"low", PackageId{}, noon}, std::move(decided));
}

}  // namespace packledger::wire_tests
