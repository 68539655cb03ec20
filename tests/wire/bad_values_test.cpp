// Values that no member of any request may have, in every member of every request.
#include "tests/wire/bad_requests.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger::wire_tests {
namespace {

using enum Route;
using Members = std::vector<std::pair<std::string_view, std::string_view>>;

struct Good {
  Route route;
  Members members;
};

std::vector<Good> good_requests() {
  return {
      {account, {{"account", R"("a")"}, {"currency", R"("CNY")"}, {"zone", R"("+08:00")"}}},
      {patch, {{"order", R"("expiry_first")"}, {"prepaid_strict", "true"}}},
      {patch, {{"reminders", R"(["P7D"])"}, {"modes", R"({"CN":"pay_per_use"})"}}},
      {funds, {{"amount", R"("1.5")"}, {"reason", R"("why")"}}},
      {order,
       {{"order", R"("o")"},
        {"product", R"("p")"},
        {"quota", "1000"},
        {"copies", "2"},
        {"pay", R"("balance")"}}},
      {pay, {{"payment_reference", R"("r")"}}},
      {grant,
       {{"package", R"("g")"},
        {"quota", "10"},
        {"destinations", R"(["TH"])"},
        {"priority", "5"},
        {"validity", R"("P1M")"},
        {"price_paid", R"("1")"}}},
      {refund, {{"reason", R"("why")"}}},
      {reversal, {{"reversal", R"("r")"}, {"units", "1"}}},
      {clock, {{"by", R"("PT1H")"}}},
      {send,
       {{"account", R"("a")"},
        {"send", R"("m")"},
        {"units", "1"},
        {"destination", R"("TH")"},
        {"template", R"("promotion")"},
        {"billable", "true"},
        {"occurred_at", R"("2024-05-10T00:00:00Z")"}}},
      {hold,
       {{"hold", R"("h")"},
        {"units", "1"},
        {"destination", R"("TH")"},
        {"template", R"("promotion")"}}},
      {capture, {{"units", "1"}}},
  };
}

std::string text_of(const Members& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ',';
    text += '"' + std::string(name) + "\":" + std::string(value);
  }
  return body_of(text + "}");
}

TEST(BadValues, AreRefusedInEveryMemberOfEveryRequestAndNamed) {
  // Numbers that are none of ours, text that is none, and far too much of it.
  constexpr std::array<std::string_view, 15> bad{"1e400",
                                                 "-1e400",
                                                 "18446744073709551616",
                                                 "-9223372036854775809",
                                                 "1.5",
                                                 "1e2",
                                                 "-0.0",
                                                 R"("<nul>")",
                                                 R"("\u0000")",
                                                 R"("\udc00")",
                                                 "null",
                                                 "[[[]]]",
                                                 R"({"a":{"b":{}}})",
                                                 "<deep>",
                                                 R"("<257>")"};
  std::size_t checked = 0;
  for (const Good& good : good_requests()) {
    ASSERT_FALSE(fault_of(good.route, text_of(good.members))) << text_of(good.members);
    for (std::size_t at = 0; at < good.members.size(); ++at) {
      for (const std::string_view value : bad) {
        Members members = good.members;
        members[at].second = value;
        const std::string body = text_of(members);
        const auto fault = fault_of(good.route, body);
        ASSERT_TRUE(fault) << body << " was understood";
        EXPECT_TRUE(fault->field.starts_with(members[at].first)) << body << " " << fault->field;
        ++checked;
      }
      Members twice = good.members;
      twice.push_back(twice[at]);
      const auto fault = fault_of(good.route, text_of(twice));
      ASSERT_TRUE(fault) << text_of(twice);
      EXPECT_EQ(fault->field, twice[at].first);
      EXPECT_EQ(fault->code, "invalid_json");
      Members not_utf8 = good.members;
      not_utf8[at].second = R"("<ff>")";
      EXPECT_TRUE(fault_of(good.route, text_of(not_utf8))) << text_of(not_utf8);
    }
  }
  EXPECT_GT(checked, 500U);
}

}  // namespace
}  // namespace packledger::wire_tests
