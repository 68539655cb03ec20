// What entries add to usage, as tables: a line for each row, what it counts behind it.
#include "query/usage.hpp"

#include "query/usage_report.hpp"
#include "tests/ledger/zones.hpp"
#include "tests/query/lived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

using query_tests::first_of_may;
using query_tests::hold;
using query_tests::Lived;
using query_tests::order;
using query_tests::send;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr AccountId acme{1};
const Zone shanghai{};

SendRecorded at(Instant t, SendRecorded of) {
  of.occurred_at = t;
  return of;
}

std::string count(std::int64_t number, const char* what) {
  return number == 0 ? "" : " " + std::to_string(number) + " " + what;
}

std::string told(const UsageFigures& figures) {
  std::string text = count(figures.sends, "sent") + count(figures.units, "units") +
                     count(figures.reversed, "back");
  if (figures.amount != 0) text += " " + money_text(Money{figures.amount}) + " CNY";
  return text;
}

// "02:15 o1.1 CN verification: 1 sent 3 units", on the clock of Shanghai.
std::vector<std::string> told(const UsageChanges& changes, const Names& names) {
  std::vector<std::string> lines;
  for (const auto& [key, quarters] : changes.rows) {
    for (std::size_t quarter = 0; quarter < quarters_per_hour; ++quarter) {
      if (quarters.at(quarter) == UsageFigures{}) continue;
      const Instant start = usage_start(key.hour, quarter);
      std::string line = instant_text(Instant{local_time(shanghai, start).ms}).substr(8, 8) + " ";
      if (key.payer == UsagePayer::all) line += "all";
      if (key.payer == UsagePayer::payg) line += "payg";
      if (key.payer == UsagePayer::package) line += names.package(key.account, key.package);
      line += " " + std::string(key.destination.text());
      if (key.type != template_unknown) line += " " + std::string(template_text(key.type));
      lines.push_back(line + ":" + told(quarters.at(quarter)));
    }
  }
  return lines;
}

std::vector<std::string> usage_of(const Lived& lived) {
  return told(fold_usage(lived.entries(), {}), lived);
}

// A thousand units in o1.1.
void buy_package(Lived& lived) {
  lived.ask(FundsCredited{.amount = Money{100'000'000}, .reason = {}});
  lived.ask(order("o1"));
}

TEST(Usage, OfASendIsThatOfEachPayerAndOnceOfAll) {
  Lived lived;
  buy_package(lived);
  lived.ask(send("s1", 998), first_of_may + minutes(20));
  lived.ask(send("s2", 5), first_of_may + minutes(50));
  EXPECT_THAT(usage_of(lived),
              ElementsAre("01T00:15 all CN verification: 1 sent 998 units",
                          "01T00:45 all CN verification: 1 sent 5 units 0.195 CNY",
                          "01T00:45 payg CN verification: 1 sent 3 units 0.195 CNY",
                          "01T00:15 o1.1 CN verification: 1 sent 998 units",
                          "01T00:45 o1.1 CN verification: 1 sent 2 units"));
}

TEST(Usage, OfALateSendIsThatOfTheHourInWhichItOccurred) {
  Lived lived;
  buy_package(lived);
  lived.ask(at(first_of_may + hours(1), send("s1", 3)), first_of_may + hours(30));
  EXPECT_THAT(usage_of(lived), ElementsAre("01T01:00 all CN verification: 1 sent 3 units",
                                           "01T01:00 o1.1 CN verification: 1 sent 3 units"));
}

TEST(Usage, GivenBackLeavesTheHourAndThePayersOfItsSend) {
  Lived lived;
  buy_package(lived);
  lived.ask(send("s1", 1'002), first_of_may + hours(1));
  lived.ask(SendReversed{.send = "s1", .reversal = "r1", .units = Units{3}},
            first_of_may + hours(40));
  EXPECT_THAT(usage_of(lived),
              ElementsAre("01T01:00 all CN verification: 1 sent 999 units 3 back",
                          "01T01:00 payg CN verification: 1 sent 2 back",
                          "01T01:00 o1.1 CN verification: 1 sent 999 units 1 back"));
}

// Entries of before the journal kept which send it was.
TEST(Usage, GivenBackByAnOldEntryLeavesTheHourOfTheReversal) {
  Lived lived;
  buy_package(lived);
  lived.ask(send("s1", 10), first_of_may + hours(1));
  lived.ask(SendReversed{.send = "s1", .reversal = "r1", .units = Units{4}},
            first_of_may + hours(3));
  std::vector<Entry> entries = lived.entries();
  std::get<ReversalDecision>(entries.back().decision).send = Sequence{};
  EXPECT_THAT(told(fold_usage(entries, {}), lived),
              ElementsAre("01T01:00 all CN verification: 1 sent 10 units",
                          "01T01:00 o1.1 CN verification: 1 sent 10 units",
                          "01T03:00 all --: -4 units 4 back", "01T03:00 o1.1 --: -4 units 4 back"));
}

TEST(Usage, OfAHoldIsThatOfItsCapture) {
  Lived lived;
  buy_package(lived);
  HoldPlaced promotion = hold("h1", 100);
  promotion.type = TemplateType::promotion;
  lived.ask(promotion, first_of_may + hours(1));
  lived.ask(hold("h2", 50));
  lived.ask(HoldCaptured{.hold = "h1", .units = Units{60}}, first_of_may + hours(2));
  lived.ask(HoldReleased{.hold = "h2"}, first_of_may + hours(3));
  EXPECT_THAT(usage_of(lived), ElementsAre("01T02:00 all CN promotion: 1 sent 60 units",
                                           "01T02:00 o1.1 CN promotion: 1 sent 60 units"));
}

// A volume tariff of 0.10 that falls to 0.08 from the eleventh unit of the month on: the send that
// reaches it gives back what the first ten cost too much, in its own hour.
TEST(Usage, OfAVolumeTariffHasTheAdjustmentWithTheSendThatMadeIt) {
  Lived lived;
  PriceBook book;
  book.version = "volume";
  book.currency = Currency{{'C', 'N', 'Y'}};
  book.effective_from = first_of_may;
  Tariff tariff;
  tariff.mode = TierMode::volume;
  tariff.tiers = {{.up_to = Units{10}, .price = Price{100'000}},
                  {.up_to = {}, .price = Price{80'000}}};
  book.tariffs = {tariff};
  lived.ask(PriceBookPublished{book});
  lived.ask(FundsCredited{.amount = Money{100'000'000}, .reason = {}});
  lived.ask(send("s1", 10), first_of_may + hours(1));
  lived.ask(send("s2", 5), first_of_may + hours(2));
  EXPECT_THAT(usage_of(lived),
              ElementsAre("01T01:00 all CN verification: 1 sent 10 units 1 CNY",
                          "01T01:00 payg CN verification: 1 sent 10 units 1 CNY",
                          "01T02:00 all CN verification: 1 sent 5 units 0.2 CNY",
                          "01T02:00 payg CN verification: 1 sent 5 units 0.2 CNY"));
}

TEST(Usage, OfWhatIsNotBillableIsASendWithoutUnits) {
  Lived lived;
  buy_package(lived);
  SendRecorded free = send("s1", 3);
  free.billable = false;
  lived.ask(free, first_of_may + hours(1));
  EXPECT_THAT(usage_of(lived), ElementsAre("01T01:00 all CN verification: 1 sent"));
}

TEST(Usage, IsTheSameWhereverTheJournalIsCut) {
  Lived lived;
  buy_package(lived);
  lived.ask(hold("h1", 100));
  lived.ask(send("s1", 1'000), first_of_may + hours(1));
  lived.ask(SendReversed{.send = "s1", .reversal = "r1", .units = Units{200}},
            first_of_may + hours(5));
  lived.ask(HoldCaptured{.hold = "h1", .units = Units{60}}, first_of_may + hours(6));
  const UsageChanges whole = fold_usage(lived.entries(), {});
  const std::span<const Entry> entries = lived.entries();
  for (std::size_t cut = 1; cut < entries.size(); ++cut) {
    UsageChanges sum = fold_usage(entries.first(cut), {});
    const auto rest = entries.subspan(cut);
    const UsageWanted wanted = usage_wanted(rest);
    UsageBefore before;
    for (const Sequence send : wanted.sends)
      before.sends[send] = usage_subject(entries[send.value - 1]);
    for (const UsageHoldKey& key : wanted.holds) before.holds[key] = *sum.holds.at(key);
    for (const auto& [key, more] : fold_usage(rest, before).rows) {
      for (std::size_t i = 0; i < more.size(); ++i) sum.rows[key].at(i) += more.at(i);
    }
    EXPECT_EQ(sum.rows, whole.rows) << cut;
  }
}

TEST(Usage, NeverWraps) {
  UsageFigures figures{.sends = 1, .units = INT64_MAX - 1, .reversed = 0, .amount = INT64_MIN};
  figures += {.sends = 1, .units = 7, .reversed = 0, .amount = -1};
  EXPECT_EQ(figures, (UsageFigures{.sends = 2, .units = INT64_MAX, .amount = INT64_MIN}));
}

// ---- rows as bytes ----

TEST(UsageRow, IsReadBackAndSortsByAccountAndHour) {
  const UsageKey key{.account = AccountId{7},
                     .hour = 476'000,
                     .payer = UsagePayer::package,
                     .package = PackageId{300},
                     .destination = mainland,
                     .type = TemplateType::promotion};
  EXPECT_EQ(parse_usage_key(usage_key_bytes(key)), key);
  UsageKey later = key;
  later.hour += 1;
  later.package = PackageId{1};
  EXPECT_LT(usage_key_bytes(key), usage_key_bytes(later));
  EXPECT_LT(usage_from_bytes(key.account, key.hour), usage_key_bytes(key));
  UsageHour quarters{};
  quarters[1] = {.sends = 1, .units = 300, .reversed = 2, .amount = -7};
  quarters[3] = {.sends = INT64_MAX, .units = INT64_MIN};
  EXPECT_EQ(parse_usage_hour(usage_hour_bytes(quarters)), quarters);
}

TEST(UsageRow, IsRefusedWhereItIsNone) {
  const std::string good = usage_hour_bytes({{{.sends = 1}, {}, {}, {}}});
  ASSERT_TRUE(parse_usage_hour(good));
  for (const std::string& bad :
       {std::string{}, good + "x", good.substr(0, good.size() - 1), std::string("\x10")})
    EXPECT_FALSE(parse_usage_hour(bad));
  EXPECT_FALSE(parse_usage_key("u"));
  EXPECT_FALSE(parse_usage_hold("CN"));
  EXPECT_FALSE(parse_usage_hold("CN\x07"));
}

// ---- periods and steps ----

std::string bounds_text(const Zone& zone, UsageStep step, const UsagePeriod& period) {
  const auto bounds = usage_bounds(zone, step, period);
  if (!bounds) return "none";
  std::string text;
  for (const Instant t : *bounds) text += instant_text(t).substr(5, 11) + " ";
  return text;
}

struct SpanRow {
  const char* span;
  UsageStep step;
  const char* from;
  const char* to;
};

// It is Wednesday the 15th, 10:20 in Shanghai.
TEST(UsagePeriods, AreLocalDaysUpToTheEndOfTheStep) {
  const Instant now = instant("2024-05-15T02:20:00Z");
  const std::vector<SpanRow> rows{
      {"today", UsageStep::hour, "2024-05-14T16:00:00Z", "2024-05-15T03:00:00Z"},
      {"today", UsageStep::day, "2024-05-14T16:00:00Z", "2024-05-15T16:00:00Z"},
      {"today", UsageStep::month, "2024-05-14T16:00:00Z", "2024-05-15T16:00:00Z"},
      {"yesterday", UsageStep::hour, "2024-05-13T16:00:00Z", "2024-05-14T16:00:00Z"},
      {"7d", UsageStep::day, "2024-05-08T16:00:00Z", "2024-05-15T16:00:00Z"},
      {"30d", UsageStep::hour, "2024-04-15T16:00:00Z", "2024-05-15T03:00:00Z"},
  };
  for (const SpanRow& row : rows) {
    const UsagePeriod period = period_of(shanghai, *parse_span(row.span), row.step, now);
    EXPECT_EQ(period.from, instant(row.from)) << row.span;
    EXPECT_EQ(period.to, instant(row.to)) << row.span;
  }
  EXPECT_FALSE(parse_span("8d"));
}

TEST(UsagePeriods, HaveDaysOfTwentyThreeAndTwentyFiveHours) {
  const UsagePeriod spring{instant("2024-03-09T05:00:00Z"), instant("2024-03-12T04:00:00Z")};
  EXPECT_EQ(bounds_text(new_york(), UsageStep::day, spring),
            "03-09T05:00 03-10T05:00 03-11T04:00 03-12T04:00 ");
  const UsagePeriod autumn{instant("2024-11-03T04:00:00Z"), instant("2024-11-04T05:00:00Z")};
  EXPECT_EQ(usage_bounds(new_york(), UsageStep::hour, autumn)->size(), 26U);
}

TEST(UsagePeriods, BeginAtTheQuarterWhereTheZoneDoes) {
  const Zone nepal = *fixed_zone("+05:45");
  const UsagePeriod day{instant("2024-05-14T18:15:00Z"), instant("2024-05-15T20:15:00Z")};
  EXPECT_EQ(bounds_text(nepal, UsageStep::day, day), "05-14T18:15 05-15T18:15 05-15T20:15 ");
  const UsagePeriod hours_of{instant("2024-05-14T18:30:00Z"), instant("2024-05-14T20:15:00Z")};
  EXPECT_EQ(bounds_text(nepal, UsageStep::hour, hours_of), "05-14T18:30 05-14T19:15 05-14T20:15 ");
  const Zone odd = *fixed_zone("+05:40");
  EXPECT_EQ(bounds_text(odd, UsageStep::hour, hours_of), "none");
}

TEST(UsagePeriods, LeaveOutADayThatTheZoneLeftOut) {
  const UsagePeriod days{instant("2011-12-29T10:00:00Z"), instant("2012-01-01T10:00:00Z")};
  EXPECT_EQ(bounds_text(samoa(), UsageStep::day, days),
            "12-29T10:00 12-30T10:00 12-31T10:00 01-01T10:00 ");
}

TEST(UsagePeriods, HaveMonthsAndALimit) {
  const UsagePeriod year{instant("2024-01-20T00:00:00Z"), instant("2024-04-01T00:00:00Z")};
  EXPECT_EQ(bounds_text(shanghai, UsageStep::month, year),
            "01-20T00:00 01-31T16:00 02-29T16:00 03-31T16:00 04-01T00:00 ");
  const UsagePeriod most{first_of_may, first_of_may + hours(usage_points_max)};
  EXPECT_EQ(usage_bounds(shanghai, UsageStep::hour, most)->size(), usage_points_max + 1);
  const UsagePeriod more{first_of_may, first_of_may + hours(usage_points_max + 1)};
  EXPECT_EQ(usage_bounds(shanghai, UsageStep::hour, more).error(), UsageFault::too_many_points);
}

// ---- the report ----

std::string report_of(const Lived& lived, const UsageFilter& filter, UsageStep step) {
  const UsagePeriod period{first_of_may, first_of_may + hours(3)};
  UsageReport report{{.account = acme,
                      .step = step,
                      .bounds = *usage_bounds(shanghai, step, period),
                      .filter = filter}};
  for (const auto& [key, quarters] : fold_usage(lived.entries(), {}).rows)
    EXPECT_TRUE(report.take({.key = key, .quarters = quarters}));
  return report.body(lived, shanghai, {.position = Sequence{9}, .last = Sequence{12}});
}

TEST(UsageReport, HasAPointForEveryStepAndSumsThatAgree) {
  Lived lived;
  buy_package(lived);
  lived.ask(send("s1", 998), first_of_may + minutes(20));
  lived.ask(send("s2", 5), first_of_may + hours(2));
  lived.ask(send("later", 5), first_of_may + hours(3));
  EXPECT_EQ(
      report_of(lived, {}, UsageStep::hour),
      R"({"account":"acme","currency":"CNY","zone":"+08:00","from":"2024-04-30T16:00:00.000Z",)"
      R"("to":"2024-04-30T19:00:00.000Z","step":"hour","points":[)"
      R"({"from":"2024-04-30T16:00:00.000Z","to":"2024-04-30T17:00:00.000Z",)"
      R"("sends":1,"units":998,"reversed":0,"amount":"0"},)"
      R"({"from":"2024-04-30T17:00:00.000Z","to":"2024-04-30T18:00:00.000Z",)"
      R"("sends":0,"units":0,"reversed":0,"amount":"0"},)"
      R"({"from":"2024-04-30T18:00:00.000Z","to":"2024-04-30T19:00:00.000Z",)"
      R"("sends":1,"units":5,"reversed":0,"amount":"0.195"}],)"
      R"("totals":{"sends":2,"units":1003,"reversed":0,"amount":"0.195"},)"
      R"("packages":[{"package":"o1.1","sends":2,"units":1000,"reversed":0,"amount":"0"}],)"
      R"("payg":{"sends":1,"units":3,"reversed":0,"amount":"0.195"},)"
      R"("destinations":[{"destination":"CN","sends":2,"units":1003,"reversed":0,)"
      R"("amount":"0.195"}],)"
      R"("templates":[{"template":"verification","sends":2,"units":1003,"reversed":0,)"
      R"("amount":"0.195"}],"behind":3,"position":9})");
}

TEST(UsageReport, CountsOnlyWhatIsAskedFor) {
  Lived lived;
  buy_package(lived);
  lived.ask(send("s1", 1'005), first_of_may + hours(1));
  const std::string all = R"("totals":{"sends":1,"units":1005,"reversed":0,"amount":"0.325"})";
  EXPECT_THAT(report_of(lived, {}, UsageStep::day), HasSubstr(all));
  EXPECT_THAT(report_of(lived, {.package = PackageId{1}}, UsageStep::day),
              HasSubstr(R"("totals":{"sends":1,"units":1000,"reversed":0,"amount":"0"})"));
  EXPECT_THAT(report_of(lived, {.payg = true}, UsageStep::day),
              HasSubstr(R"("totals":{"sends":1,"units":5,"reversed":0,"amount":"0.325"})"));
  EXPECT_THAT(report_of(lived, {.destination = mainland}, UsageStep::day), HasSubstr(all));
  EXPECT_THAT(report_of(lived, {.type = TemplateType::promotion}, UsageStep::day),
              HasSubstr(R"("totals":{"sends":0,"units":0,"reversed":0,"amount":"0"})"));
}

}  // namespace
}  // namespace packledger
