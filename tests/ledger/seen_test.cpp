// What is remembered, and until when: an identity is found or not by the journal's time alone,
// never by when its memory is given back (rules §1 R4 R12, §7 R75).
#include "packledger/ledger/seen_keys.hpp"
#include "packledger/ledger/seen_sends.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>

namespace packledger {
namespace {

constexpr AccountId one{1};
constexpr AccountId two{2};

SendRecord record(AccountId account, std::string name, std::uint64_t sequence,
                  std::int64_t forget_at) {
  SendRecord made;
  made.account = account;
  made.sequence = Sequence{sequence};
  made.forget_at = Instant{forget_at};
  made.asked.send = std::move(name);
  return made;
}

std::uint64_t found(const SeenSends& sends, AccountId account, std::string_view name,
                    std::int64_t at) {
  const auto seen = sends.find(account, name, Instant{at});
  return seen ? seen->sequence.value : 0;
}

TEST(SeenSends, FindByAccountAndNameUntilTheEnd) {
  SeenSends sends;
  sends.remember(record(one, "s", 1, 100));
  sends.remember(record(two, "s", 2, 50));
  EXPECT_EQ(found(sends, one, "s", 99), 1U);
  EXPECT_EQ(found(sends, one, "s", 100), 0U);
  EXPECT_EQ(found(sends, two, "s", 49), 2U);
  EXPECT_EQ(found(sends, two, "s", 50), 0U);
  EXPECT_EQ(found(sends, one, "t", 0), 0U);
  EXPECT_EQ(found(sends, AccountId{3}, "s", 0), 0U);
}

TEST(SeenSends, GiveBackMemoryFromTheFrontOnly) {
  SeenSends sends;
  sends.remember(record(one, "long", 1, 100));
  sends.remember(record(one, "short", 2, 10));
  sends.forget(Instant{50}, 10);
  EXPECT_EQ(sends.size(), 2U);  // the first still holds its place
  EXPECT_EQ(found(sends, one, "short", 50), 0U);
  EXPECT_EQ(found(sends, one, "long", 50), 1U);
  sends.forget(Instant{100}, 1);
  EXPECT_EQ(sends.size(), 1U);
  sends.forget(Instant{100}, 1);
  EXPECT_EQ(sends.size(), 0U);
}

TEST(SeenSends, GiveANameThatCameAgainToTheLaterSend) {
  SeenSends sends;
  sends.remember(record(one, "s", 1, 10));
  sends.remember(record(one, "s", 2, 100));
  EXPECT_EQ(found(sends, one, "s", 20), 2U);
  sends.forget(Instant{20}, 10);
  EXPECT_EQ(sends.size(), 1U);
  EXPECT_EQ(found(sends, one, "s", 20), 2U);
}

TEST(SeenSends, RememberWhatWasReversed) {
  SeenSends sends;
  sends.remember(record(one, "s", 1, 100));
  sends.reverse(one, "s", {"r1", Units{2}, Sequence{2}});
  sends.reverse(one, "s", {"r2", Units{3}, Sequence{3}});
  EXPECT_EQ(sends.find(one, "s", Instant{0})->reversed(), Units{5});
  EXPECT_DEATH(sends.reverse(one, "t", {"r", Units{1}, Sequence{4}}), "");
}

TEST(SeenSends, OverAnotherChangeOnlyThemselves) {
  SeenSends beneath;
  beneath.remember(record(one, "s", 1, 100));
  SeenSends over(&beneath);
  over.remember(record(one, "t", 2, 100));
  over.reverse(one, "s", {"r", Units{1}, Sequence{3}});
  EXPECT_EQ(over.find(one, "s", Instant{0})->reversed(), Units{1});
  EXPECT_EQ(found(over, one, "t", 0), 2U);
  EXPECT_EQ(beneath.find(one, "s", Instant{0})->reversed(), Units{0});
  EXPECT_EQ(found(beneath, one, "t", 0), 0U);
}

// Everything that a record holds comes out as it went in, at the ends of the ranges too.
TEST(SeenSends, KeepEveryMemberOfARecord) {
  SendRecord whole = record(AccountId{~0ULL}, std::string(64, 'x'), ~0ULL, instant_max.ms);
  whole.recorded_at = Instant{1};
  whole.reversible_until = Instant{2};
  whole.asked.units = Units{INT64_MAX};
  whole.asked.occurred_at = Instant{-5};
  whole.asked.destination = Country{{'T', 'H'}};
  whole.asked.type = TemplateType::promotion;
  whole.asked.billable = false;
  whole.decided.lines = {{PackageId{1}, Units{2}}, {PackageId{~0ULL}, Units{INT64_MAX}}};
  whole.decided.charges = {{Units{3}, Price{-7}}, {Units{INT64_MAX}, Price{INT64_MAX}}};
  whole.decided.counter = CounterMove{.month = Month{24'290},
                                      .units = Units{9},
                                      .volume_price = Price{60'000},
                                      .adjustment = Money{INT64_MIN},
                                      .volume_from = Instant{-1}};
  whole.reversals = {{"r1", Units{2}, Sequence{9}}};
  SeenSends sends;
  sends.remember(whole);
  const auto found_again = sends.find(whole.account, whole.asked.send, Instant{0});
  ASSERT_TRUE(found_again);
  EXPECT_EQ(found_again->asked, whole.asked);
  EXPECT_EQ(found_again->decided, whole.decided);
  EXPECT_EQ(found_again->sequence, whole.sequence);
  EXPECT_EQ(found_again->recorded_at, whole.recorded_at);
  EXPECT_EQ(found_again->reversible_until, whole.reversible_until);
  EXPECT_EQ(found_again->forget_at, whole.forget_at);
  EXPECT_EQ(found_again->reversed(), Units{2});
}

// Against a plain map, over chunks and tables that come and go.
TEST(SeenSends, AgreeWithAPlainMap) {
  SeenSends sends;
  std::map<std::pair<std::uint64_t, std::string>, SendRecord> plain;
  std::mt19937_64 chance{11};
  std::int64_t now = 0;
  for (std::uint64_t n = 1; n <= 120'000; ++n) {
    now += static_cast<std::int64_t>(chance() % 3);
    const AccountId account{1 + chance() % 50};
    const std::string name = "m" + std::to_string(chance() % 200'000);
    const auto seen = plain.find({account.value, name});
    const bool known = seen != plain.end() && now < seen->second.forget_at.ms;
    ASSERT_EQ(found(sends, account, name, now), known ? seen->second.sequence.value : 0) << n;
    if (known) {
      const std::string reversal = "r" + std::to_string(n);
      sends.reverse(account, name, {reversal, Units{1}, Sequence{n}});
      seen->second.reversals.push_back({reversal, Units{1}, Sequence{n}});
      ASSERT_EQ(sends.find(account, name, Instant{now})->reversed(), seen->second.reversed());
      continue;
    }
    const SendRecord made = record(account, name, n, now + 40'000);
    sends.remember(made);
    plain.insert_or_assign({account.value, name}, made);
    sends.forget(Instant{now}, 2);
  }
  std::size_t visited = 0;
  std::uint64_t last = 0;
  sends.each([&](const SendRecord& each) {
    ASSERT_GT(each.sequence.value, last);
    last = each.sequence.value;
    ++visited;
  });
  EXPECT_EQ(visited, sends.size());
  EXPECT_LT(sends.size(), 60'000U);
  EXPECT_LT(sends.memory() / sends.size(), 120U);
}

TEST(SeenKeys, FindByAccountUntilTheEnd) {
  SeenKeys keys;
  keys.remember(one, "key:k", {Sequence{1}, 7, Instant{10}});
  keys.remember(one, "order:o", {Sequence{2}, 8, {}});
  ASSERT_NE(keys.find(one, "key:k", Instant{9}), nullptr);
  EXPECT_EQ(keys.find(one, "key:k", Instant{9})->digest, 7U);
  EXPECT_EQ(keys.find(one, "key:k", Instant{10}), nullptr);
  EXPECT_EQ(keys.find(two, "key:k", Instant{0}), nullptr);
  EXPECT_EQ(keys.find(one, "key:o", Instant{0}), nullptr);
  EXPECT_NE(keys.find(one, "order:o", instant_max), nullptr);
  keys.forget(Instant{10}, 10);
  EXPECT_EQ(keys.all().size(), 1U);
}

TEST(SeenKeys, KeepAKeyThatWasUsedAgain) {
  SeenKeys keys;
  keys.remember(one, "key:k", {Sequence{1}, 7, Instant{10}});
  keys.remember(one, "key:k", {Sequence{2}, 8, Instant{20}});
  keys.forget(Instant{10}, 10);
  ASSERT_NE(keys.find(one, "key:k", Instant{10}), nullptr);
  EXPECT_EQ(keys.find(one, "key:k", Instant{10})->sequence, Sequence{2});
  keys.forget(Instant{20}, 10);
  EXPECT_TRUE(keys.all().empty());
}

}  // namespace
}  // namespace packledger
