#include "tests/wire/entry_examples.hpp"

#include "packledger/ledger/result.hpp"
#include "tests/wire/watch_examples.hpp"

#include <algorithm>
#include <utility>

namespace packledger::wire_tests {
namespace {

constexpr Country thailand{{'T', 'H'}};
constexpr Currency yuan{{'C', 'N', 'Y'}};

Zone new_york() {
  return {"America/New_York",
          -5 * 3600,
          {{Instant{1'710'054'000'000}, -4 * 3600},    // 2024-03-10T07:00Z
           {Instant{1'730'613'600'000}, -5 * 3600}}};  // 2024-11-03T06:00Z
}

AccountSettings settings() {
  return {.late_window = hours(48),
          .acceptance_window = days(30),
          .reversal_window = days(31),
          .prepaid_strict = true,
          .order = DeductionOrder::expiry_first,
          .absorb_overage = AbsorbOverage::same_day,
          .order_ttl = minutes(30),
          .overdue_grace = hours(12),
          .zone = new_york(),
          .reminders = {days(30), days(7), days(1)}};
}

SettingsPatch whole_patch() {
  const AccountSettings all = settings();
  return {.zone = all.zone,
          .order = all.order,
          .late_window = all.late_window,
          .acceptance_window = all.acceptance_window,
          .reversal_window = all.reversal_window,
          .order_ttl = all.order_ttl,
          .overdue_grace = all.overdue_grace,
          .prepaid_strict = false,
          .absorb_overage = all.absorb_overage,
          .reminders = std::vector<Duration>{}};
}

PriceBook book() {
  PriceBook book;
  book.version = "2025-03";
  book.effective_from = Instant{1'740'758'400'000};  // 2025-03-01T00:00:00+08:00
  book.currency = yuan;
  book.products = {{.name = "custom-cn",
                    .scope = {{{mainland}}, {0b1110}},
                    .quota_min = Units{1'000},
                    .quota_max = Units{1'000'000'000},
                    .price = Money{},
                    .bands = {{Units{1'000}, Price{50'000}}, {Units{10'000}, Price{47'000}}},
                    .validity = {24, {}},
                    .expiry = ExpiryPolicy::end_of_day,
                    .mode = OverageMode::pay_per_use,
                    .charge = ChargeTrigger::on_delivery,
                    .refund = RefundPolicy::unused_only,
                    .priority = 100,
                    .activation_delay = seconds(10),
                    .renewable = true},
                   {.name = "th-5k",
                    .scope = {{{thailand}}, {0b1000}},
                    .quota_min = Units{5'000},
                    .quota_max = Units{5'000},
                    .price = Money{660'000'000},
                    .bands = {},
                    .validity = {1, days(10)},
                    .expiry = ExpiryPolicy::start_of_day,
                    .mode = OverageMode::stop_before_excess,
                    .charge = ChargeTrigger::on_submit,
                    .refund = RefundPolicy::none,
                    .priority = -1,
                    .activation_delay = {},
                    .renewable = false}};
  book.tariffs = {{.scope = {{{mainland}}, {0b0110}},
                   .mode = TierMode::graduated,
                   .counts_packages = true,
                   .tiers = {{Units{1'000'000}, Price{65'000}},
                             {Units{3'000'000}, Price{60'000}},
                             {std::nullopt, Price{55'000}}}},
                  {.scope = {{}, {0b1110}},
                   .mode = TierMode::volume,
                   .counts_packages = false,
                   .tiers = {{std::nullopt, Price{132'000}}}}};
  book.defaults = settings();
  book.renewal = {.product = "custom-cn",
                  .lead = days(10),
                  .discount_bp = 9'500,
                  .per_day_max = 10,
                  .retry_at_minute = 180};
  return book;
}

Entry opened() {
  Entry entry = entry_of(AccountOpened{"acme", yuan, whole_patch()},
                         AccountDecision{AccountId{7}, settings()});
  entry.input.account = AccountId{};
  entry.input.key = "0190163d-8694-739b-aea5-966c26f8ad91";
  return entry;
}

Entry published() {
  Entry entry = entry_of(PriceBookPublished{book()}, Done{});
  entry.input.account = AccountId{};
  return entry;
}

Entry sent() {
  SendRecorded send{.send = "msg-20240601-0001",
                    .units = Units{8},
                    .occurred_at = noon - seconds(90),
                    .destination = thailand,
                    .type = TemplateType::promotion,
                    .billable = false};
  SendDecision decided;
  decided.lines = {{PackageId{1}, Units{2}}, {PackageId{3}, Units{3}}};
  decided.charges = {{Units{2}, Price{132'000}}, {Units{1}, Price{120'000}}};
  decided.counter = CounterMove{Month{2024 * 12 + 5}, Units{3}, Price{120'000}, Money{-24'000}};
  return entry_of(std::move(send), std::move(decided));
}

Entry reversed() {
  ReversalDecision decided;
  decided.charges = {{Units{3}, Price{132'000}}};
  decided.lines = {{PackageId{3}, Units{3}, true}, {PackageId{1}, Units{1}, false}};
  decided.counter_units = Units{3};
  return entry_of(SendReversed{"msg-20240601-0001", "dlr-1", Units{7}}, std::move(decided));
}

Entry placed() {
  OrderDecision decided;
  decided.price = Money{900'000'000};
  decided.balance_after = Money{-1};
  decided.times_out_at = noon + hours(24);
  decided.validity = {12, days(1)};
  decided.expiry = ExpiryPolicy::start_of_day;
  decided.activation_delay = minutes(5);
  decided.packages = {example_terms(), example_terms()};
  decided.packages[1].id = PackageId{4};
  decided.packages[1].name = "o-2024-06.2";
  return entry_of(OrderPlaced{"o-2024-06", "intl-10k", Units{10'000}, 2, Payment::external},
                  std::move(decided));
}

Entry granted() {
  PackageGranted asked{.package = "gift",
                       .quota = Units{1'000},
                       .scope = {{{mainland}}, {0b0010}},
                       .mode = OverageMode::stop_before_excess,
                       .priority = 10,
                       .effective_at = noon,
                       .expires_at = std::nullopt,
                       .validity = Validity{3, {}},
                       .expiry = ExpiryPolicy::end_of_day,
                       .price_paid = Money{1},
                       .reason = "赠送 for the first order"};
  return entry_of(std::move(asked), GrantDecision{example_terms()});
}

Entry expired() {
  Entry entry = entry_of(PackageExpired{PackageId{3}, noon - seconds(1)},
                         ExpiryDecision{Units{4'900}, noon + hours(72)});
  entry.caused_by = Sequence{997};
  return entry;
}

Entry batch_taken() {
  BatchTaken taken{.producer = "gateway-7",
                   .epoch = 1'717'214'400'000,
                   .number = 42,
                   .digest = 0xfedc'ba98'7654'3210,
                   .sends = 1'000,
                   .entries = 998,
                   .not_recorded = {}};
  taken.not_recorded = {
      {.index = 3, .why = Reject::quota_exhausted, .field = SendMember::units, .first = {}},
      {.index = 7, .why = Reject::unknown_account, .field = {}, .first = {}},
      {.index = 999, .why = Reject::duplicate, .field = {}, .first = Sequence{17}}};
  Entry entry = entry_of(std::move(taken), Done{});
  entry.input.account = AccountId{};
  return entry;
}

std::vector<Entry> business_examples() {
  return {
      opened(),
      entry_of(AccountSettingsSet{whole_patch()}, SettingsDecision{settings()}),
      entry_of(ServiceModeSet{{{"CN", OverageMode::stop_before_excess},
                               {"*", OverageMode::pay_per_use}}},
               Done{}),
      entry_of(FundsCredited{Money{1'000'000'000}, "bank transfer"},
               FundsDecision{Money{999'868'000}, {}}),
      entry_of(FundsAdjusted{Money{-500'000}, "booked twice"}, FundsDecision{Money{-65'000}, {}}),
      placed(),
      entry_of(OrderPaid{"o-2024-06", "psp:pay_91"}, PaidDecision{noon, noon + days(365)}),
      entry_of(OrderCancelled{"o-2024-06"}, Done{}),
      granted(),
      entry_of(PackageRefunded{"gift", "wrong account"},
               RefundDecision{PackageId{3}, Units{1'000}, Money{50'000'000}, Money{1}}),
      sent(),
      reversed(),
      published(),
      entry_of(PackageActivated{PackageId{3}, noon}, Done{}),
      expired(),
      entry_of(PackageClosed{PackageId{3}, noon}, Done{}),
      entry_of(GraceEnded{PackageId{3}, noon}, Done{}),
      entry_of(PackageReleased{PackageId{3}, noon}, Done{}),
      entry_of(OrderTimedOut{"o-2024-06", noon}, Done{}),
      batch_taken()};
}

}  // namespace

Entry entry_of(What what, Decision decision) {
  Entry entry;
  entry.sequence = Sequence{1'000};
  entry.recorded_at = noon;
  entry.input = {AccountId{7}, "", std::move(what)};
  entry.decision = std::move(decision);
  return entry;
}

PackageTerms example_terms() {
  return {.id = PackageId{3},
          .quota = Units{10'000},
          .effective_at = noon,
          .expires_at = noon + days(365),
          .scope = {{{Country{{'I', 'D'}}, Country{{'T', 'H'}}}}, {0b0110}},
          .mode = OverageMode::stop_before_excess,
          .priority = 50,
          .price_paid = Money{450'000'000},
          .refund = RefundPolicy::prorata_90d,
          .name = "o-2024-06.1",
          .order = "o-2024-06",
          .product = "intl-10k"};
}

std::vector<Entry> entry_examples() {
  std::vector<Entry> all = business_examples();
  for (Entry& entry : watch_examples()) all.push_back(std::move(entry));
  std::ranges::sort(all, {}, [](const Entry& entry) { return entry.input.what.index(); });
  return all;
}

Entry entry_example(std::string_view kind) {
  for (Entry& entry : entry_examples()) {
    if (kind_text(entry.input.what) == kind) return std::move(entry);
  }
  ENSURE(false, "every kind has its example");
}

Entry common_send() {
  SendRecorded send{.send = "01J0B3XV6Q8Z4N2K",
                    .units = Units{3},
                    .occurred_at = noon - seconds(1),
                    .destination = mainland,
                    .type = TemplateType::verification,
                    .billable = true};
  SendDecision decided;
  decided.lines = {{PackageId{1}, Units{2}}};
  decided.charges = {{Units{1}, Price{65'000}}};
  decided.counter = CounterMove{Month{2024 * 12 + 5}, Units{3}, std::nullopt, Money{}};
  return entry_of(std::move(send), std::move(decided));
}

Entry common_send_at_its_largest() {
  Entry entry = common_send();
  entry.input.account = AccountId{(1ULL << 28U) - 1};  // four bytes
  auto& send = std::get<SendRecorded>(entry.input.what);
  send.units = Units{16'000};
  send.occurred_at = noon - days(60);  // no send is accepted later
  send.destination = Country{{'Z', 'W'}};
  send.type = TemplateType::promotion;
  auto& decided = std::get<SendDecision>(entry.decision);
  decided.lines = {{PackageId{16'000}, Units{5'000}}, {PackageId{16'001}, Units{5'000}}};
  decided.charges = {{Units{6'000}, Price{999'999}}};
  decided.counter = CounterMove{Month{2624 * 12}, Units{16'000}, std::nullopt, Money{}};
  return entry;
}

}  // namespace packledger::wire_tests
