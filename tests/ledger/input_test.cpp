// What is asked again under the same key must be the same: the first member that differs is told,
// for every kind of input (rules §1 R12).
#include "packledger/ledger/input.hpp"

#include "packledger/ledger/alarm.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

namespace packledger {
namespace {

struct Differ {
  What first;
  What again;
  std::string_view field;
};

TEST(Input, ThatIsAskedOtherwiseSaysInWhat) {
  AccountSettingsSet strict;
  strict.settings.prepaid_strict = true;
  PriceBookPublished book;
  book.book.version = "2";
  const std::vector<Differ> table = {
      {AccountSettingsSet{}, strict, "prepaid_strict"},
      {ServiceModeSet{}, ServiceModeSet{{{"CN", {}}}}, "modes"},
      {FundsCredited{Money{1}, "a"}, FundsCredited{Money{2}, "a"}, "amount"},
      {FundsAdjusted{Money{-1}, "a"}, FundsAdjusted{Money{-1}, "b"}, "reason"},
      {OrderPaid{"o", "a"}, OrderPaid{"o", "b"}, "payment_reference"},
      {OrderCancelled{"o"}, OrderCancelled{"p"}, "order"},
      {PackageRefunded{"A", "a"}, PackageRefunded{"B", "a"}, "package"},
      {SendReversed{"s", "r", Units{1}}, SendReversed{"s", "r", Units{2}}, "units"},
      {HoldCaptured{"h", Units{1}}, HoldCaptured{"h", Units{2}}, "units"},
      {HoldReleased{"h"}, HoldReleased{"i"}, "hold"},
      {AlarmRuleRemoved{"a"}, AlarmRuleRemoved{"b"}, "alarm"},
      {ContactsSet{}, ContactsSet{{{"ops", {}, {}}}}, "contacts"},
      {InvoiceRequested{"a"}, InvoiceRequested{"b"}, "note"},
      {PriceBookPublished{}, book, "version"},
      {RunOutForecast{"CN", {}, {}}, RunOutForecast{"TH", {}, {}}, "kind"},
      {HoldReleased{"h"}, AlarmRuleRemoved{"h"}, "kind"},
  };
  for (const auto& [first, again, field] : table) {
    EXPECT_EQ(differing_field(first, again), field) << kind_text(first);
    EXPECT_EQ(differing_field(first, first), "") << kind_text(first);
  }
}

// A price book under a key is published once.
TEST(Input, OfABookIsRememberedByItsKey) {
  Desk desk{instant("2024-05-01T00:00:00Z")};
  PriceBookPublished book;
  book.book.version = "1";
  book.book.currency = Currency{{'C', 'N', 'Y'}};
  EXPECT_TRUE(desk.ask("", book, "key").has_value());
  EXPECT_EQ(code_of(desk.ask("", book, "key")), "duplicate");
  book.book.version = "2";
  EXPECT_EQ(code_of(desk.ask("", book, "key")), "conflict");
}

// Nothing is low against a threshold that a rule does not have.
TEST(Alarm, WithoutAThresholdHoldsForNothing) {
  const AlarmRule rule;
  EXPECT_FALSE(holds(rule, Units{0}, Units{1}, ""));
  EXPECT_FALSE(holds(rule, Money{-1}));
  EXPECT_FALSE(holds(rule, std::optional{Instant{1}}, Instant{0}));
}

}  // namespace
}  // namespace packledger
