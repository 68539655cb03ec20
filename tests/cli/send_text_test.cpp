#include "app/cli/send_text.hpp"

#include "app/cli/entry_text.hpp"

#include <gtest/gtest.h>

namespace packledger::cli {
namespace {

JsonDocument json(std::string_view text) {
  auto document = parse_json(text);
  EXPECT_TRUE(document) << text;
  return *std::move(document);
}

TEST(SendText, SaysWhoPaid) {
  const auto result =
      json(R"({"send":"m","result":"recorded","lines":[{"package":"A.1","units":1},)"
           R"({"package":"B.1","units":2000}],"payg":[{"units":2,"unit_price":"0.132",)"
           R"("amount":"0.264","currency":"CNY"}]})");
  EXPECT_EQ(result_text(result.root()),
            "2,003 units recorded: A.1 1 + B.1 2,000 + 2 per use at 0.132 = 0.264 CNY");
}

TEST(SendText, SaysWhyNot) {
  const auto bare = json(R"({"result":"rejected","code":"quota_exhausted"})");
  EXPECT_EQ(result_text(bare.root()), "rejected: quota_exhausted");
  const auto full = json(R"({"result":"rejected","code":"invalid_units","field":"units",)"
                         R"("detail":"must be positive"})");
  EXPECT_EQ(result_text(full.root()), "rejected: invalid_units (units): must be positive");
}

TEST(SendText, SaysWhatAReversalGaveBack) {
  const auto answer =
      json(R"({"lines":[{"package":"B.1","units":3,"to":"remaining"},)"
           R"({"package":"A.1","units":1,"to":"forfeited"}],)"
           R"("payg":[{"units":3,"unit_price":"0.132","amount":"0.396","currency":"CNY"}]})");
  EXPECT_EQ(reversal_text(answer.root()),
            "7 units given back: B.1 3, A.1 1 forfeited, 3 per use at 0.132 = 0.396 CNY");
}

TEST(EntryText, TellsTheCommonKindsAsSentences) {
  const auto entry =
      json(R"({"position":12,"occurred_at":"2024-05-09T16:00:00.000Z","kind":"send_recorded",)"
           R"("account":"acme","input":{"send":"m-1","units":3,"destination":"TH",)"
           R"("template":"verification","billable":true},"decision":{"lines":[{"package":"A.1",)"
           R"("units":3}]}})");
  EXPECT_EQ(entry_text(entry.root(), Zone{}),
            "      12  2024-05-10 00:00:00.000  send_recorded         acme  m-1: 3 units to TH, "
            "verification: A.1 3");
}

TEST(EntryText, TellsKindsItHasNeverHeardOf) {
  const auto entry =
      json(R"({"position":1,"occurred_at":"2024-05-09T16:00:00.000Z","kind":"hold_praised",)"
           R"("account":null,"input":{"hold":"h","units":3,"none":null},"decision":{"lines":)"
           R"([{"package":"A.1"}]}})");
  EXPECT_EQ(entry_text(entry.root(), Zone{}),
            "       1  2024-05-10 00:00:00.000  hold_praised          hold=h units=3  -> "
            "lines=[{package=A.1}]");
}

}  // namespace
}  // namespace packledger::cli
