// The record and the slot of the watermark, byte by byte.
#include "store/record.hpp"

#include "store/watermark.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <cstring>
#include <functional>

namespace packledger::store_tests {
namespace {

using ::testing::HasSubstr;

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text.push_back(digits[static_cast<std::uint8_t>(byte) >> 4U]);
    text.push_back(digits[static_cast<std::uint8_t>(byte) & 0xFU]);
  }
  return text;
}

Record second_record() {
  const auto first = make_record({}, 1, batch(Sequence{}, 1));
  EXPECT_TRUE(first);
  auto second = make_record(first->link, 2, batch(Sequence{1}, 2));
  EXPECT_TRUE(second);
  return *second;
}

// The example of docs/journal_format.md.
TEST(Record, IsWhatTheDocumentShows) {
  const auto record = make_record({}, 1, batch(Sequence{}, 1));
  ASSERT_TRUE(record);
  EXPECT_EQ(hex_of(record->key), "0000000000000001");
  EXPECT_EQ(hex_of(record->value),
            "504c4a310100000001000000000000000100000000000000004ef4d18f010000"
            "0000000000000000000000000000000000000000000000000000000000000000"
            "6e3b4425f9d9699f380298034d2d3bf69733333aef791622eb39ccba0b8813ce"
            "0a16080222120a0673656e642d311001184220013a020101");
}

TEST(Record, IsReadAsItWasMade) {
  const Record record = second_record();
  const auto view = read_record(record.key, record.value);
  ASSERT_TRUE(view) << view.error().detail;
  EXPECT_EQ(view->first, Sequence{2});
  EXPECT_EQ(view->count, 2U);
  EXPECT_EQ(view->link, record.link);
  std::vector<Entry> entries;
  const auto whole = visit_entries(*view, Sequence{2}, [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ(entries, batch(Sequence{1}, 2));
}

TEST(Record, IsRefusedForEveryBitOfItAndItsKey) {
  const Record record = second_record();
  for (std::size_t at = 0; at < record.value.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = record.value;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const auto view = read_record(record.key, changed);
      ASSERT_FALSE(view) << at;
      EXPECT_EQ(view.error().code, JournalFault::corrupt);
      EXPECT_THAT(view.error().detail, HasSubstr("record of sequence 2, byte"));
    }
    EXPECT_FALSE(read_record(record.key, std::string_view(record.value).substr(0, at)));
  }
  EXPECT_FALSE(read_record(record.key, record.value + '\0'));
  for (std::size_t at = 0; at < record.key.size(); ++at) {
    std::string changed = record.key;
    changed[at] ^= 1;
    EXPECT_FALSE(read_record(changed, record.value)) << at;
  }
  EXPECT_FALSE(read_record(record.key.substr(1), record.value));
}

// What a writer of records that is wrong itself would make: the hash fits, what it says does not.
TEST(Record, IsRefusedForWhatItSaysWhereItsHashFits) {
  constexpr std::size_t hash_at = 64;
  const auto put = [](std::string& value, std::size_t at, auto number) {
    std::memcpy(value.data() + at, &number, sizeof number);
  };
  const auto refusal = [&](const std::string& key,
                           const std::function<void(std::string&)>& change) -> std::string {
    std::string value = second_record().value;
    change(value);
    std::string hashed = value.substr(0, hash_at) + value.substr(record_header_bytes);
    SHA256(reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size(),
           reinterpret_cast<unsigned char*>(value.data()) + hash_at);
    const auto view = read_record(key, value);
    return view ? "" : view.error().detail;
  };
  const std::string second = record_key(Sequence{2});
  EXPECT_EQ(refusal(second, [](std::string&) {}), "");
  const std::uint64_t none = 0;
  EXPECT_THAT(refusal(record_key(Sequence{}), [&](std::string& v) { put(v, 8, none); }),
              HasSubstr("before the first sequence"));
  const std::uint64_t end = UINT64_MAX;
  EXPECT_THAT(refusal(record_key(Sequence{end}), [&](std::string& v) { put(v, 8, end); }),
              HasSubstr("behind the last sequence"));
  EXPECT_THAT(refusal(second, [&](std::string& v) { put(v, 16, none); }), HasSubstr("no epoch"));
  for (const std::int64_t at : {INT64_MAX, INT64_MIN}) {
    EXPECT_THAT(refusal(second, [&](std::string& v) { put(v, 24, at); }),
                HasSubstr("out of range"));
  }
  for (const std::uint32_t count : {0U, 1U, 3U}) {
    EXPECT_THAT(refusal(second, [&](std::string& v) { put(v, 4, count); }),
                HasSubstr("as many entries as it says"));
  }
  EXPECT_THAT(refusal(second,
                      [](std::string& v) {
                        v.resize(record_header_bytes);
                        v.replace(4, 4, 4, '\0');
                      }),
              HasSubstr("as many entries as it says"));
  EXPECT_THAT(refusal(second, [](std::string& v) { v.pop_back(); }), HasSubstr("record of"));
  const std::string endless(record_bytes_max + 1, '\0');
  EXPECT_THAT(read_record(second, endless).error().detail, HasSubstr("too long"));
}

TEST(Record, FollowsOnlyTheOneBefore) {
  const auto first = make_record({}, 1, batch(Sequence{}, 1));
  const Record second = second_record();
  const auto view = read_record(second.key, second.value);
  ASSERT_TRUE(view);
  EXPECT_TRUE(follows(*view, first->link));
  const auto detail = [&](const std::function<void(ChainLink&)>& change) {
    ChainLink before = first->link;
    change(before);
    const auto linked = follows(*view, before);
    return linked ? "" : linked.error().detail;
  };
  EXPECT_THAT(detail([](ChainLink& b) { b.sequence = Sequence{2}; }), HasSubstr("is missing"));
  EXPECT_THAT(detail([](ChainLink& b) { b.hash[31] ^= 1; }), HasSubstr("continue the chain"));
  EXPECT_THAT(detail([](ChainLink& b) { b.epoch = 3; }), HasSubstr("earlier epoch"));
  EXPECT_THAT(detail([](ChainLink& b) { b.recorded_at = b.recorded_at + hours(1); }),
              HasSubstr("recorded before"));
}

TEST(Record, HoldsNoMoreThanItsBound) {
  std::vector<Entry> entries = batch(Sequence{}, 5);
  for (Entry& entry : entries) {
    entry.input.what = FundsCredited{Money{1}, std::string(record_bytes_max / 5, 'x')};
    entry.decision = FundsDecision{};
  }
  const auto record = make_record({}, 1, entries);
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().detail, HasSubstr("exceeds the largest record"));
}

TEST(RecordDeathTest, IsMadeOnlyOfWhatComesNext) {
  const auto first = make_record({}, 2, batch(Sequence{}, 1));
  EXPECT_DEATH((void)make_record(first->link, 1, batch(Sequence{1}, 1)), "epochs");
  EXPECT_DEATH((void)make_record(first->link, 2, batch(Sequence{2}, 1)), "without gaps");
  std::vector<Entry> earlier = batch(Sequence{1}, 1);
  earlier[0].recorded_at = first->link.recorded_at - seconds(1);
  EXPECT_DEATH((void)make_record(first->link, 2, earlier), "does not go back");
}

TEST(Watermark, IsReadAsItWasWritten) {
  Watermark watermark{Sequence{0x0102030405060708}, 9, {}};
  for (std::size_t i = 0; i < watermark.hash.size(); ++i)
    watermark.hash[i] = static_cast<std::uint8_t>(i);
  const std::string slot = watermark_slot(watermark);
  EXPECT_EQ(hex_of(slot),
            "504c573108070605040302010900000000000000000102030405060708090a0b"
            "0c0d0e0f101112131415161718191a1b1c1d1e1fc87dfc31");
  EXPECT_EQ(read_watermark_slot(slot), watermark);
  for (std::size_t at = 0; at < slot.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string torn = slot;
      torn[at] = static_cast<char>(torn[at] ^ 1 << bit);
      EXPECT_EQ(read_watermark_slot(torn), std::nullopt) << at;
    }
    EXPECT_EQ(read_watermark_slot(slot.substr(0, at)), std::nullopt);
  }
}

}  // namespace
}  // namespace packledger::store_tests
