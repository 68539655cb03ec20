// What is remembered, and until when: an identity is found or not by the journal's time alone,
// never by when its memory is given back (rules §1 R4 R12, §7 R75).
#include "packledger/ledger/seen_keys.hpp"
#include "packledger/ledger/seen_sends.hpp"

#include <gtest/gtest.h>

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
  const SendRecord* const seen = sends.find(account, name, Instant{at});
  return seen == nullptr ? 0 : seen->sequence.value;
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
