// What is remembered, and until when: an identity is found or not by the journal's time alone,
// never by when its memory is given back (rules §1 R4 R12, §7 R75).
#include "packledger/ledger/seen_keys.hpp"
#include "packledger/ledger/seen_sends.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packledger {
namespace {

constexpr AccountId one{1};
constexpr AccountId two{2};

constexpr std::int64_t hour = 3'600'000;
// Every record is a generation, and a chunk holds few of them.
constexpr SendLimits tiny{.generation_records_max = 1, .chunk_bytes = 100};

SendRecord record(AccountId account, std::string name, std::uint64_t sequence,
                  std::int64_t forget_at) {
  SendRecord made;
  made.account = account;
  made.sequence = Sequence{sequence};
  made.forget_at = Instant{forget_at};
  made.asked.send = std::move(name);
  return made;
}

void remember(SeenSends& sends, const SendRecord& made) {
  sends.remember(send_key(made.account, made.asked.send),
                 SendTaken{.account = made.account,
                           .sequence = made.sequence,
                           .recorded_at = made.recorded_at,
                           .reversible_until = made.reversible_until,
                           .forget_at = made.forget_at,
                           .asked = made.asked,
                           .decided = made.decided});
}

std::uint64_t found(const SeenSends& sends, AccountId account, std::string_view name,
                    std::int64_t at) {
  const auto seen = sends.find(account, name, Instant{at});
  return seen ? seen->sequence.value : 0;
}

void reverse(SeenSends& sends, AccountId account, std::string_view name, Reversal reversal) {
  const auto seen = sends.find(account, name, Instant{0});
  ASSERT_TRUE(seen) << name;
  sends.reverse(*seen, std::move(reversal));
}

// What save() writes.
std::vector<std::pair<SendPortionKind, std::string>> saved(const SeenSends& sends,
                                                           std::int64_t at = 0) {
  std::vector<std::pair<SendPortionKind, std::string>> portions;
  sends.save(Instant{at}, [&portions](const SendPortion& portion) {
    portions.emplace_back(portion.kind, std::string{portion.bytes});
  });
  return portions;
}

bool load(SeenSends& sends, const std::vector<std::pair<SendPortionKind, std::string>>& portions) {
  return std::ranges::all_of(portions, [&sends](const auto& portion) {
    return sends.load({.kind = portion.first, .bytes = portion.second});
  });
}

TEST(SeenSends, FindByAccountAndNameUntilTheEnd) {
  SeenSends sends;
  remember(sends, record(one, "s", 1, 100));
  remember(sends, record(two, "s", 2, 50));
  EXPECT_EQ(found(sends, one, "s", 99), 1U);
  EXPECT_EQ(found(sends, one, "s", 100), 0U);
  EXPECT_EQ(found(sends, two, "s", 49), 2U);
  EXPECT_EQ(found(sends, two, "s", 50), 0U);
  EXPECT_EQ(found(sends, one, "t", 0), 0U);
  EXPECT_EQ(found(sends, AccountId{3}, "s", 0), 0U);
}

TEST(SeenSends, GiveBackGenerationsFromTheFrontOnly) {
  SeenSends sends{tiny};
  remember(sends, record(one, "long", 1, 10 * hour - 1));
  remember(sends, record(one, "short", 2, 1 * hour));
  const std::size_t memory = sends.memory();
  sends.forget(Instant{5 * hour});
  EXPECT_EQ(sends.size(), 2U);
  EXPECT_EQ(sends.sum(Instant{5 * hour}).records, 1U);
  EXPECT_EQ(sends.memory(), memory);  // the first still holds its place
  EXPECT_EQ(found(sends, one, "short", 5 * hour), 0U);
  EXPECT_EQ(found(sends, one, "long", 5 * hour), 1U);
  sends.forget(Instant{10 * hour - 1});
  EXPECT_EQ(found(sends, one, "long", 10 * hour - 2), 1U);
  sends.forget(Instant{10 * hour});
  EXPECT_EQ(sends.size(), 0U);
  EXPECT_EQ(found(sends, one, "long", 0), 0U);
  remember(sends, record(one, "long", 3, 20 * hour));
  EXPECT_EQ(found(sends, one, "long", 10 * hour), 3U);
}

TEST(SeenSends, WriteManyReversalsInSeveralPortions) {
  constexpr int reversals = 12'000;
  SeenSends sends;
  remember(sends, record(one, "s", 1, 100 * hour));
  const auto seen = sends.find(one, "s", Instant{0});
  ASSERT_TRUE(seen);
  for (int i = 0; i < reversals; ++i)
    sends.reverse(*seen, {std::string(40, 'r') + std::to_string(i), Units{1}, Sequence{2}});
  const auto portions = saved(sends);
  EXPECT_GT(portions.size(), 3U);
  SeenSends again;
  ASSERT_TRUE(load(again, portions));
  EXPECT_EQ(again.find(one, "s", Instant{0})->reversals.size(), std::size_t{reversals});
}

TEST(SeenSends, TakeNoRecordThatWouldNotFit) {
  SeenSends sends;
  constexpr std::size_t body = (std::size_t{1} << 24U) - 1;  // 16 MiB, its length in four bytes
  const std::string long_one = "\xff\xff\xff\x07" + std::string(body, '\0');
  EXPECT_FALSE(sends.load({.kind = SendPortionKind::records, .bytes = long_one}));
}

// Whether a record is found at an instant is the same before and after its hour is dropped.
TEST(SeenSends, NeverFindWhatIsForgottenAndLoseNothingElse) {
  for (const std::size_t records_max : {1U, 2U, 3U, 7U, 1000U}) {
    SeenSends sends{{.generation_records_max = records_max, .chunk_bytes = 64}};
    std::mt19937_64 chance{records_max};
    std::vector<SendRecord> made;
    std::int64_t now = 0;
    for (std::uint64_t n = 1; n <= 2'000; ++n) {
      now += static_cast<std::int64_t>(chance() % (hour / 4));
      const auto memory = static_cast<std::int64_t>(1 + chance() % (20 * hour));
      made.push_back(record(one, "s" + std::to_string(n), n, now + memory));
      remember(sends, made.back());
      sends.forget(Instant{now});
      const SendRecord& any = made[chance() % made.size()];
      ASSERT_EQ(found(sends, one, any.asked.send, now),
                now < any.forget_at.ms ? any.sequence.value : 0);
    }
    for (const SendRecord& each : made) {
      ASSERT_EQ(found(sends, one, each.asked.send, now),
                now < each.forget_at.ms ? each.sequence.value : 0);
    }
  }
}

TEST(SeenSends, GiveANameThatCameAgainToTheLaterSend) {
  for (const SendLimits& limits : {SendLimits{}, tiny}) {
    SeenSends sends{limits};
    remember(sends, record(one, "s", 1, 10));
    remember(sends, record(one, "s", 2, 5 * hour));
    EXPECT_EQ(found(sends, one, "s", 20), 2U);
    sends.forget(Instant{hour});
    EXPECT_EQ(sends.sum(Instant{hour}).records, 1U);
    EXPECT_EQ(found(sends, one, "s", hour), 2U);
  }
}

TEST(SeenSends, RememberWhatWasReversed) {
  SeenSends sends;
  remember(sends, record(one, "s", 1, 100));
  reverse(sends, one, "s", {"r1", Units{2}, Sequence{2}});
  reverse(sends, one, "s", {"r2", Units{3}, Sequence{3}});
  const auto seen = sends.find(one, "s", Instant{0});
  EXPECT_EQ(seen->reversed(), Units{5});
  ASSERT_EQ(seen->reversals.size(), 2U);
  EXPECT_EQ(seen->reversals[0].name, "r1");
}

TEST(SeenSends, OverAnotherChangeOnlyThemselves) {
  SeenSends beneath;
  remember(beneath, record(one, "s", 1, 100));
  reverse(beneath, one, "s", {"r1", Units{2}, Sequence{2}});
  const SendSum before = beneath.sum(Instant{0});
  SeenSends over(&beneath);
  EXPECT_EQ(over.sum(Instant{0}), before);
  remember(over, record(one, "t", 3, 100));
  reverse(over, one, "s", {"r2", Units{1}, Sequence{4}});
  EXPECT_EQ(over.find(one, "s", Instant{0})->reversed(), Units{3});
  EXPECT_EQ(found(over, one, "t", 0), 3U);
  EXPECT_EQ(beneath.find(one, "s", Instant{0})->reversed(), Units{2});
  EXPECT_EQ(found(beneath, one, "t", 0), 0U);
  EXPECT_EQ(beneath.sum(Instant{0}), before);
  // The digest of a dry run is that of the run.
  const SendSum tried = over.sum(Instant{0});
  remember(beneath, record(one, "t", 3, 100));
  reverse(beneath, one, "s", {"r2", Units{1}, Sequence{4}});
  EXPECT_EQ(beneath.sum(Instant{0}), tried);
}

// Everything that a record holds, at the ends of the ranges too.
SendRecord whole_record() {
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
  return whole;
}

void expect_same(const SendRecord& a, const SendRecord& b) {
  EXPECT_EQ(a.asked, b.asked);
  EXPECT_EQ(a.decided, b.decided);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.recorded_at, b.recorded_at);
  EXPECT_EQ(a.reversible_until, b.reversible_until);
  EXPECT_EQ(a.forget_at, b.forget_at);
  EXPECT_EQ(a.reversed(), b.reversed());
}

TEST(SeenSends, KeepEveryMemberOfARecord) {
  SendRecord whole = whole_record();
  SeenSends sends;
  remember(sends, whole);
  reverse(sends, whole.account, whole.asked.send, {"r1", Units{2}, Sequence{9}});
  whole.reversals = {{"r1", Units{2}, Sequence{9}}};
  const auto found_again = sends.find(whole.account, whole.asked.send, Instant{0});
  ASSERT_TRUE(found_again);
  expect_same(*found_again, whole);
}

// A send that very many packages pay for is larger than a chunk, and its length is written in full.
TEST(SeenSends, KeepASendThatManyPackagesPayFor) {
  SeenSends sends{{.generation_records_max = 3, .chunk_bytes = 1'000}};
  SendRecord large = record(one, "large", 2, hour);
  for (std::uint64_t n = 1; n <= 20'000; ++n)
    large.decided.lines.push_back({PackageId{n}, Units{1}});
  remember(sends, record(one, "before", 1, hour));
  remember(sends, large);
  remember(sends, record(one, "after", 3, hour));
  remember(sends, record(one, "next", 4, 9 * hour));
  EXPECT_EQ(found(sends, one, "before", 0), 1U);
  EXPECT_EQ(found(sends, one, "after", 0), 3U);
  expect_same(*sends.find(one, "large", Instant{0}), large);
  SeenSends again;
  ASSERT_TRUE(load(again, saved(sends)));
  expect_same(*again.find(one, "large", Instant{0}), large);
  const std::size_t before = sends.memory();
  sends.forget(Instant{2 * hour});
  EXPECT_LT(sends.memory() + 20'000, before);
  EXPECT_EQ(found(sends, one, "next", 2 * hour), 4U);
}

// The sum says what is remembered: each member of a record and of a reversal counts.
TEST(SeenSends, AddUpToAnotherSumWhereAnythingDiffers) {
  const auto sum_of = [](const SendRecord& made, const Reversal& reversal) {
    SeenSends sends;
    remember(sends, made);
    reverse(sends, made.account, made.asked.send, reversal);
    return sends.sum(Instant{0});
  };
  const SendRecord whole = whole_record();
  const Reversal reversal{"r", Units{1}, Sequence{7}};
  const SendSum sum = sum_of(whole, reversal);
  EXPECT_EQ(sum_of(whole, reversal), sum);
  SendRecord other = whole;
  other.decided.lines[1].units = Units{1};
  EXPECT_NE(sum_of(other, reversal), sum);
  other = whole;
  other.asked.billable = true;
  EXPECT_NE(sum_of(other, reversal), sum);
  other = whole;
  other.sequence = Sequence{8};
  EXPECT_NE(sum_of(other, reversal), sum);
  EXPECT_NE(sum_of(whole, {"q", Units{1}, Sequence{7}}), sum);
  EXPECT_NE(sum_of(whole, {"r", Units{2}, Sequence{7}}), sum);
  EXPECT_NE(sum_of(whole, {"r", Units{1}, Sequence{8}}), sum);
}

// Against a plain map, over chunks, tables and generations that come and go.
TEST(SeenSends, AgreeWithAPlainMap) {
  for (const SendLimits& limits :
       {SendLimits{.generation_records_max = 5'000, .chunk_bytes = 50'000},
        SendLimits{.generation_records_max = 30, .chunk_bytes = 1'200},
        SendLimits{.generation_records_max = 800, .chunk_bytes = 2'000}}) {
    SeenSends sends{limits};
    std::map<std::pair<std::uint64_t, std::string>, SendRecord> plain;
    std::mt19937_64 chance{11};
    std::int64_t now = 0;
    for (std::uint64_t n = 1; n <= 120'000; ++n) {
      now += static_cast<std::int64_t>(chance() % 3'000);
      const AccountId account{1 + chance() % 50};
      const std::string name = "m" + std::to_string(chance() % 200'000);
      const auto seen = plain.find({account.value, name});
      const bool known = seen != plain.end() && now < seen->second.forget_at.ms;
      ASSERT_EQ(found(sends, account, name, now), known ? seen->second.sequence.value : 0) << n;
      if (known) {
        const auto record = sends.find(account, name, Instant{now});
        sends.reverse(*record, {"r" + std::to_string(n), Units{1}, Sequence{n}});
        seen->second.reversals.push_back({"r" + std::to_string(n), Units{1}, Sequence{n}});
        ASSERT_EQ(sends.find(account, name, Instant{now})->reversed(), seen->second.reversed());
        continue;
      }
      const SendRecord made = record(account, name, n, now + 40'000'000);
      remember(sends, made);
      plain.insert_or_assign({account.value, name}, made);
      sends.forget(Instant{now});
    }
    SeenSends again{limits};
    ASSERT_TRUE(load(again, saved(sends, now)));
    EXPECT_EQ(again.sum(Instant{now}), sends.sum(Instant{now}));
    EXPECT_EQ(saved(again, now), saved(sends, now));
    std::size_t known = 0;
    for (const auto& [key, made] : plain) {
      const auto seen = again.find(AccountId{key.first}, key.second, Instant{now});
      ASSERT_EQ(seen.has_value(), now < made.forget_at.ms);
      if (!seen) continue;
      ++known;
      ASSERT_EQ(seen->reversed(), made.reversed());
    }
    EXPECT_GE(sends.size(), known);
    EXPECT_LT(sends.size(), 32'000U);
    EXPECT_LT(sends.memory() / sends.size(), 200U);
  }
}

// Whatever bytes come back: those that are no records are refused.
TEST(SeenSends, RefuseToLoadWhatIsNoRecord) {
  SeenSends sends;
  remember(sends, whole_record());
  reverse(sends, AccountId{~0ULL}, std::string(64, 'x'), {"r1", Units{2}, Sequence{9}});
  const auto portions = saved(sends);
  ASSERT_EQ(portions.size(), 2U);
  for (const auto& [kind, bytes] : portions) {
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      SeenSends again;
      EXPECT_FALSE(again.load({.kind = kind, .bytes = std::string_view{bytes}.substr(0, size)}));
    }
  }
  SeenSends again;
  EXPECT_TRUE(load(again, portions));
  EXPECT_FALSE(again.load({.kind = portions[0].first, .bytes = portions[0].second}));  // twice
  EXPECT_FALSE(again.load({.kind = SendPortionKind{9}, .bytes = {}}));
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

// Whatever clients call their things, two of them never meet in one name.
TEST(SeenKeys, KeepEveryTupleApart) {
  const std::vector<std::string> texts{"key:",    "key:1",   "key:11",  "key:1-1",  "key:-1",
                                       "order:1", "order:-", "order:1", "paid:1-1", "1:key:1"};
  SeenKeys keys;
  std::uint64_t number = 0;
  std::map<std::pair<std::uint64_t, std::string>, std::uint64_t> wanted;
  for (const std::uint64_t account : {0ULL, 1ULL, 11ULL, 111ULL}) {
    for (const std::string& text : texts) {
      keys.remember(AccountId{account}, text, SeenKey{Sequence{++number}, 0, {}});
      wanted[{account, text}] = number;
    }
  }
  for (const auto& [key, sequence] : wanted) {
    const SeenKey* const seen = keys.find(AccountId{key.first}, key.second, Instant{});
    ASSERT_NE(seen, nullptr) << key.first << " " << key.second;
    EXPECT_EQ(seen->sequence.value, sequence) << key.first << " " << key.second;
  }
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
