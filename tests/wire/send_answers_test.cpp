// Results of sends, as the client of POST /v1/sends sees them.
#include "wire/send_answers.hpp"

#include "tests/wire/some_names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace packledger::wire_tests {
namespace {

constexpr Instant may_tenth{1'715'270'400'000};  // 2024-05-10T00:00:00+08:00

SendAsked asked_of(std::string_view name, Units units) {
  return {.account = "acme",
          .send = {.send = std::string{name},
                   .units = units,
                   .occurred_at = may_tenth,
                   .destination = {{'T', 'H'}},
                   .type = TemplateType::verification,
                   .billable = true}};
}

// As a dry run gives it, and a duplicate with its refusal.
SendAnswer recorded(std::vector<PackageLine> lines, std::vector<ChargeLine> charges) {
  auto told = std::make_unique<Unrecorded>();
  told->recorded_at = may_tenth + seconds(1);
  told->decision = {std::move(lines), std::move(charges), std::nullopt};
  return {.sequence = Sequence{812}, .account = AccountId{7}, .unrecorded = std::move(told)};
}

SendAnswer refused(Reject reject, std::string_view field = {}) {
  auto told = std::make_unique<Unrecorded>();
  told->refusal = Refusal{reject, field, Sequence{700}};
  return {.sequence = {}, .account = {}, .unrecorded = std::move(told)};
}

std::string result(const SendAsked& asked, const SendAnswer& answer,
                   SendsKept kept = SendsKept::kept, const Batch* batch = nullptr) {
  std::string out;
  append_send_result(out,
                     {.asked = {&asked, 1}, .answers = {&answer, 1}, .batch = batch, .kept = kept},
                     0, SomeNames{});
  return out;
}

constexpr std::string_view paid =
    R"("units":3,"occurred_at":"2024-05-09T16:00:00.000Z",)"
    R"("lines":[{"package":"A","units":1},{"package":"B","units":2}],"payg":[])";

TEST(SendResult, TellsWhoPaid) {
  const SendAnswer answer = recorded({{PackageId{1}, Units{1}}, {PackageId{3}, Units{2}}}, {});
  EXPECT_EQ(result(asked_of("m-1", Units{3}), answer),
            R"({"account":"acme","send":"m-1","result":"recorded","position":812,)" +
                std::string{paid} + "}");
}

TEST(SendResult, TellsARecordedOneFromItsEntry) {
  Batch batch;
  for (const std::uint64_t sequence : {811U, 812U}) {
    batch.entries.push_back({.sequence = Sequence{sequence},
                             .recorded_at = may_tenth + seconds(1),
                             .input = {},
                             .decision = SendDecision{},
                             .caused_by = {}});
  }
  batch.entries.back().decision =
      SendDecision{{{PackageId{1}, Units{1}}, {PackageId{3}, Units{2}}}, {}, std::nullopt};
  const SendAnswer answer{
      .sequence = Sequence{812}, .account = AccountId{7}, .unrecorded = nullptr};
  EXPECT_EQ(result(asked_of("m-1", Units{3}), answer, SendsKept::kept, &batch),
            R"({"account":"acme","send":"m-1","result":"recorded","position":812,)" +
                std::string{paid} + "}");
}

TEST(SendResult, TellsInADryRunWhatWouldFollow) {
  SendAnswer answer = recorded({{PackageId{1}, Units{3}}}, {});
  Entry overdue;
  overdue.sequence = Sequence{813};
  overdue.recorded_at = may_tenth;
  overdue.caused_by = Sequence{812};
  overdue.input = {AccountId{7}, {}, AccountOverdue{may_tenth}};
  overdue.decision = StandingDecision{Money{-5'000'000}, may_tenth, {}};
  answer.unrecorded->consequences = {overdue};
  const std::string told = result(asked_of("m-1", Units{3}), answer, SendsKept::dry_run);
  EXPECT_NE(told.find(R"("dry_run":true,"consequences":[{"position":813,)"), std::string::npos);
  EXPECT_NE(told.find(R"("kind":"account_overdue")"), std::string::npos) << told;
}

TEST(SendResult, TellsMoneyLineByLineAndTheAdjustmentOfTheMonth) {
  SendAnswer answer = recorded({}, {{Units{2}, Price{132'000}}, {Units{1}, Price{120'000}}});
  answer.unrecorded->decision.counter =
      CounterMove{Month{24'292}, Units{3}, Price{120'000}, Money{-500'000'000}};
  EXPECT_EQ(result(asked_of("m-1", Units{3}), answer),
            R"({"account":"acme","send":"m-1","result":"recorded","position":812,"units":3,)"
            R"("occurred_at":"2024-05-09T16:00:00.000Z","lines":[],"payg":[)"
            R"({"units":2,"unit_price":"0.132","amount":"0.264","currency":"CNY"},)"
            R"({"units":1,"unit_price":"0.12","amount":"0.12","currency":"CNY"}],)"
            R"("adjustment":"-500","currency":"CNY"})");
}

TEST(SendResult, OccursWhenItIsRecordedWhereTheClientDidNotSay) {
  SendAsked asked = asked_of("m-1", Units{1});
  asked.send.occurred_at = std::nullopt;
  asked.send.billable = false;
  EXPECT_EQ(result(asked, recorded({}, {})),
            R"({"account":"acme","send":"m-1","result":"recorded","position":812,"units":1,)"
            R"("occurred_at":"2024-05-09T16:00:01.000Z","lines":[],"payg":[],"billable":false})");
}

TEST(SendResult, OfADuplicateIsTheFirstAnswer) {
  SendAnswer answer = recorded({{PackageId{1}, Units{1}}, {PackageId{3}, Units{2}}}, {});
  answer.unrecorded->refusal = Refusal{Reject::duplicate, "", Sequence{812}};
  EXPECT_EQ(result(asked_of("m-1", Units{3}), answer),
            R"({"account":"acme","send":"m-1","result":"duplicate","position":812,)" +
                std::string{paid} + "}");
}

TEST(SendResult, OfARefusalNamesTheCode) {
  const SendAsked asked = asked_of("m-1", Units{3});
  EXPECT_EQ(result(asked, refused(Reject::quota_exhausted)),
            R"({"account":"acme","send":"m-1","result":"rejected","code":"quota_exhausted"})");
  EXPECT_EQ(result(asked, refused(Reject::invalid_units, "units")),
            R"({"account":"acme","send":"m-1","result":"rejected","code":"invalid_units",)"
            R"("field":"units"})");
  EXPECT_EQ(result(asked, refused(Reject::conflict, "units")),
            R"({"account":"acme","send":"m-1","result":"rejected","code":"conflict",)"
            R"("field":"units","first_position":700})");
}

TEST(SendResult, OfADryRunHasNoPosition) {
  const SendAnswer answer = recorded({{PackageId{1}, Units{1}}, {PackageId{3}, Units{2}}}, {});
  EXPECT_EQ(result(asked_of("m-1", Units{3}), answer, SendsKept::dry_run),
            R"({"account":"acme","send":"m-1","result":"recorded",)" + std::string{paid} +
                R"(,"dry_run":true})");
}

// Refused before the engine and answered by it, told in the order of the body.
TEST(SendsAnswer, HasTheShapeAndTheOrderOfTheBody) {
  const std::vector<SendRefused> early = {
      {.index = 0, .account = "", .send = "", .fault = {"invalid_json", "", "not JSON at byte 3"}},
      {.index = 2,
       .account = "acme",
       .send = "m-3",
       .fault = {"invalid_units", "units", "units: expected an integer"}}};
  const std::vector<SendAsked> asked = {asked_of("m-2", Units{1}), asked_of("m-4", Units{1})};
  const std::array answers = {refused(Reject::no_tariff), refused(Reject::unknown_account)};
  const std::string r1 =
      R"({"result":"rejected","code":"invalid_json","detail":"not JSON at byte 3"})";
  const std::string r2 =
      R"({"account":"acme","send":"m-2","result":"rejected","code":"no_tariff"})";
  const std::string r3 =
      R"({"account":"acme","send":"m-3","result":"rejected","code":"invalid_units",)"
      R"("field":"units","detail":"units: expected an integer"})";
  const std::string r4 =
      R"({"account":"acme","send":"m-4","result":"rejected","code":"unknown_account"})";
  const auto told = [&](SendsShape shape) {
    return sends_answer({.shape = shape, .refused = early, .asked = asked, .answers = answers},
                        SomeNames{});
  };
  EXPECT_EQ(told(SendsShape::array), "[" + r1 + "," + r2 + "," + r3 + "," + r4 + "]");
  EXPECT_EQ(told(SendsShape::lines), r1 + "\n" + r2 + "\n" + r3 + "\n" + r4 + "\n");
}

TEST(SendsAnswer, OfOneObjectIsOneObjectAndOfNothingNothing) {
  const std::vector<SendAsked> asked = {asked_of("m-2", Units{1})};
  const std::array answers = {refused(Reject::no_tariff)};
  EXPECT_EQ(
      sends_answer({.shape = SendsShape::object, .asked = asked, .answers = answers}, SomeNames{}),
      R"({"account":"acme","send":"m-2","result":"rejected","code":"no_tariff"})");
  EXPECT_EQ(sends_answer({.shape = SendsShape::array}, SomeNames{}), "[]");
}

}  // namespace
}  // namespace packledger::wire_tests
