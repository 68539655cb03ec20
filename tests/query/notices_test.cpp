// Where the notices of an account stand, and how they are told.
#include "query/notices.hpp"

#include "tests/query/lived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace packledger {
namespace {

using query_tests::everybody;
using query_tests::Lived;
using query_tests::order;
using query_tests::send;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr AccountId acme{1};

class Notices : public ::testing::Test {
 protected:
  Notices() {
    lived.ask(ContactsSet{{everybody("ops")}});
    lived.ask(FundsCredited{.amount = Money{100'000'000}, .reason = {}});
    lived.ask(order("o1"));
    AlarmRule low;
    low.name = "low";
    low.threshold.units = Units{900};
    lived.ask(AlarmRuleSet{low});
    lived.ask(send("s1", 101));  // raised
    lived.ask(order("o2"));      // cleared
    lived.ask(FundsAdjusted{.amount = Money{-1'000'000}, .reason = {}},
              lived.now() + hours(1));  // overdue, suspended
    for (const Entry& entry : lived.entries()) index.learn(entry);
  }

  [[nodiscard]] std::vector<std::string_view> kinds(NoticesQuery query) const {
    if (query.limit == 0) query.limit = 100;
    if (query.until.value == 0) query.until = lived.entries().back().sequence;
    std::vector<std::string_view> found;
    for (const NoticeRow& row : index.find(acme, query).rows)
      found.push_back(kind_text(lived.entries()[row.position.value - 1].input.what));
    return found;
  }

  Lived lived;
  NoticeIndex index;
};

TEST_F(Notices, AreFoundInTheOrderOfTheJournal) {
  EXPECT_THAT(kinds({}),
              ElementsAre("alarm_raised", "alarm_cleared", "account_overdue", "account_suspended"));
}

TEST_F(Notices, AreFoundByTopicTimeAndPosition) {
  NoticesQuery query;
  query.topic = Topic::alarm;
  EXPECT_THAT(kinds(query), ElementsAre("alarm_raised", "alarm_cleared"));
  query = {};
  query.from = lived.now();
  EXPECT_THAT(kinds(query), ElementsAre("account_overdue", "account_suspended"));
  query = {};
  query.after = lived.last("alarm_raised").sequence;
  query.until = lived.last("alarm_cleared").sequence;
  EXPECT_THAT(kinds(query), ElementsAre("alarm_cleared"));
}

TEST_F(Notices, AreCutIntoPages) {
  NoticesQuery query;
  query.until = lived.entries().back().sequence;
  query.limit = 4;
  EXPECT_FALSE(index.find(acme, query).more);
  query.limit = 3;
  const NoticesFound first = index.find(acme, query);
  EXPECT_TRUE(first.more);
  ASSERT_EQ(first.rows.size(), 3U);
  query.after = first.rows.back().position;
  EXPECT_THAT(kinds(query), ElementsAre("account_suspended"));
}

TEST_F(Notices, AreNoneOfAnAccountThatIsNot) {
  EXPECT_TRUE(
      index.find(AccountId{2}, {.after = {}, .until = Sequence{100}, .limit = 1}).rows.empty());
  EXPECT_TRUE(
      index.find(AccountId{}, {.after = {}, .until = Sequence{100}, .limit = 1}).rows.empty());
}

TEST_F(Notices, AreToldWithTheirReceiversAndFigures) {
  const Entry& raised = lived.last("alarm_raised");
  const NoticesFound found = index.find(acme, {.after = {}, .until = raised.sequence, .limit = 10});
  const std::vector entries{raised};
  const std::string page = notices_page({.account = acme,
                                         .rows = found.rows,
                                         .entries = entries,
                                         .more = true,
                                         .position = Sequence{99}},
                                        lived);
  const std::string position = std::to_string(raised.sequence.value);
  EXPECT_THAT(page, HasSubstr(R"({"account":"acme","notices":[{"notice":"acme-)" + position +
                              R"(","position":)" + position +
                              R"(,"kind":"alarm_raised","topic":"alarm","at":")"));
  EXPECT_THAT(page, HasSubstr(R"("caused_by":)" + std::to_string(raised.sequence.value - 1)));
  EXPECT_THAT(page, HasSubstr(R"("text":"Alarm low: 899 units left)"));
  EXPECT_THAT(page, HasSubstr(R"("told":[{"contact":"ops","channels":["internal"]}])"));
  EXPECT_THAT(page, HasSubstr(R"("decision":{)"));
  EXPECT_THAT(page, HasSubstr(R"("next_cursor":")" + position + R"(","position":99})"));
}

TEST(Topics, AreReadByTheirNames) {
  EXPECT_EQ(parse_topic("reminder"), Topic::reminder);
  EXPECT_EQ(parse_topic("account"), Topic::account);
  EXPECT_FALSE(parse_topic("Alarm"));
  EXPECT_FALSE(parse_topic(""));
}

// ---- from a snapshot ----

std::vector<std::string> pieces_of(const NoticeIndex& index) {
  std::vector<std::string> pieces;
  index.write([&](std::string_view piece) { pieces.emplace_back(piece); });
  return pieces;
}

bool same(const NoticeRow& a, const NoticeRow& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return (x == nullptr) == (y == nullptr) && (x == nullptr || *x == *y);
  };
  return a.position == b.position && a.recorded_at == b.recorded_at && a.topic == b.topic &&
         equal(a.terms.zone, b.terms.zone) && equal(a.terms.alarm, b.terms.alarm) &&
         equal(a.terms.renewal, b.terms.renewal);
}

// Wherever it was cut: what it knew, and what it learns from there.
TEST_F(Notices, AreTheSameFromASnapshot) {
  const NoticesQuery all{.after = {}, .until = lived.entries().back().sequence, .limit = 100};
  const auto wanted = index.find(acme, all).rows;
  NoticeIndex until_now;
  for (const Entry& entry : lived.entries()) {
    until_now.learn(entry);
    NoticeIndex again;
    for (const std::string& piece : pieces_of(until_now)) ASSERT_TRUE(again.read(piece));
    EXPECT_EQ(pieces_of(again), pieces_of(until_now));
    again.heard(entry.sequence);
    for (const Entry& any : lived.entries()) again.learn(any);
    EXPECT_TRUE(std::ranges::equal(again.find(acme, all).rows, wanted, same));
  }
}

TEST_F(Notices, RefuseWhatIsNoSnapshotOfThem) {
  const std::vector<std::string> pieces = pieces_of(index);
  ASSERT_EQ(pieces.size(), 1U);
  for (std::size_t size = 1; size < pieces.front().size(); ++size)
    EXPECT_FALSE(NoticeIndex{}.read(std::string_view{pieces.front()}.substr(0, size))) << size;
  EXPECT_FALSE(NoticeIndex{}.read("no snapshot"));
}

}  // namespace
}  // namespace packledger
