// Records are changed by somebody who knows how to write a store: every checksum of RocksDB is
// right. What the chain of records says is found wherever it is read, with a name and its place.
#include "store/record.hpp"
#include "store/rocks_journal.hpp"
#include "store/stored_journal.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace packledger::store_tests {
namespace {

using ::testing::HasSubstr;

// Five records: 1, 2 to 3, 4, 5 to 6, 7 to 9. The first two are of an earlier epoch.
class Rewritten : public ::testing::Test {
 protected:
  Rewritten() {
    std::vector<Entry> kept;
    append(2, kept);
    append(3, kept);
  }

  [[nodiscard]] Result<std::unique_ptr<RocksJournal>, Fault> open() const {
    return RocksJournal::open({.directory = directory(),
                               .watermark = WatermarkMode::before_ack,
                               .write_buffer_bytes = 64 * 1024,
                               .files = nullptr});
  }
  void append(std::size_t batches, std::vector<Entry>& kept) {
    auto journal = open();
    ASSERT_TRUE(journal && append_batches(**journal, batches, kept));
  }
  [[nodiscard]] std::filesystem::path directory() const { return root_ / "journal"; }

  void change(const std::function<void(rocksdb::DB&)>& by) const {
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open({}, (directory() / "records").string(), &opened);
    ASSERT_TRUE(status.ok()) << status.ToString();
    const std::unique_ptr<rocksdb::DB> db{opened};
    by(*db);
  }
  void remove(std::uint64_t first) const {
    change([&](rocksdb::DB& db) { ASSERT_TRUE(db.Delete({}, record_key({first})).ok()); });
  }
  void flip_in(std::uint64_t first) const {
    change([&](rocksdb::DB& db) {
      std::string value;
      ASSERT_TRUE(db.Get({}, record_key({first}), &value).ok());
      value.back() ^= 1;
      ASSERT_TRUE(db.Put({}, record_key({first}), value).ok());
    });
  }
  // Instead of the record that begins there, one of so many entries behind `before`.
  void put(const ChainLink& before, std::uint64_t epoch, std::vector<Entry> entries) const {
    const auto record = make_record(before, epoch, entries);
    ASSERT_TRUE(record);
    change([&](rocksdb::DB& db) { ASSERT_TRUE(db.Put({}, record->key, record->value).ok()); });
  }
  [[nodiscard]] ChainLink link_at(std::uint64_t last) const {
    const auto stored = StoredJournal::open(directory());
    if (!stored) return {};
    return (*stored)->link_at({last}).value_or(std::nullopt).value_or(ChainLink{});
  }

  // What reading all of it says by itself: "chain_broken at 4", or that it is not opened.
  [[nodiscard]] std::string found(std::uint64_t from = 1) const {
    const auto stored = StoredJournal::open(directory());
    if (!stored) return "refused: " + stored.error().code;
    const auto read = (*stored)->read({from}, [](const Entry&) { return true; });
    if (read) return "";
    EXPECT_EQ(read.error().detail, (*stored)->finding().detail);
    const StoreFinding& finding = (*stored)->finding();
    return finding.code + " at " + std::to_string(finding.position.value);
  }
  // What the journal itself says.
  [[nodiscard]] std::string told(std::uint64_t from = 1) const {
    const auto journal = open();
    return journal ? read_all(**journal, {from}).fault : journal.error().detail;
  }

 private:
  TemporaryDirectory root_;
};

TEST_F(Rewritten, NotAtAll) {
  EXPECT_EQ(found(), "");
  EXPECT_EQ(told(), "");
  const auto stored = StoredJournal::open(directory());
  ASSERT_TRUE(stored);
  EXPECT_TRUE((*stored)->check_tables());
  EXPECT_EQ((*stored)->append({9}, batch({9}, 1)).error().detail, "this journal is only read");
  const auto never = [](const RecordView&) -> Result<bool, StoreFinding> {
    ADD_FAILURE();
    return false;
  };
  EXPECT_TRUE((*stored)->walk({10}, never));
  const auto stops = [](const RecordView&) -> Result<bool, StoreFinding> {
    return std::unexpected{StoreFinding{.code = "enough"}};
  };
  EXPECT_EQ((*stored)->walk({1}, stops).error().code, "enough");
}

std::string hash_at(const auto& journal, std::uint64_t last) {
  const auto chain = journal.chain_at({last});
  if (!chain) return chain.error().detail;
  return *chain ? hex(**chain) : "none";
}

// A chain can be asked for behind a record only.
TEST_F(Rewritten, NotAtAllAndAskedForItsChain) {
  const auto stored = StoredJournal::open(directory());
  const auto journal = open();
  ASSERT_TRUE(stored && journal);
  for (const std::uint64_t last : {0U, 2U, 5U, 7U, 8U, 10U}) {
    EXPECT_EQ(hash_at(**stored, last), "none") << last;
    EXPECT_EQ(hash_at(**journal, last), "none") << last;
  }
  for (const std::uint64_t last : {1U, 3U, 4U, 6U, 9U})
    EXPECT_EQ(hash_at(**stored, last), hash_at(**journal, last)) << last;
}

TEST_F(Rewritten, WithoutARecordInTheMiddle) {
  remove(5);
  EXPECT_EQ(found(), "record_missing at 7");
  EXPECT_EQ(found(6), "record_missing at 6");
  EXPECT_THAT(told(), HasSubstr("missing"));
  EXPECT_THAT(told(6), HasSubstr("sequence 6 is missing"));
  const auto stored = StoredJournal::open(directory());
  const auto journal = open();
  EXPECT_FALSE((*stored)->chain_at({6}));
  EXPECT_FALSE((*journal)->chain_at({6}));
}

TEST_F(Rewritten, WithAByteOfTheMiddleChanged) {
  flip_in(4);
  EXPECT_EQ(found(), "record_damaged at 4");
  EXPECT_THAT(told(), HasSubstr("record of sequence 4"));
}

TEST_F(Rewritten, WithARecordOfAnotherHistory) {
  ChainLink before = link_at(3);
  before.hash[0] ^= 1;
  put(before, 2, batch({3}, 1));
  EXPECT_EQ(found(), "chain_broken at 4");
  EXPECT_THAT(told(), HasSubstr("continue the chain"));
}

TEST_F(Rewritten, WithARecordOfAnEarlierEpoch) {
  ChainLink before = link_at(4);
  before.epoch = 1;
  put(before, 1, batch({4}, 2));
  EXPECT_EQ(found(), "epoch_went_back at 5");
  EXPECT_THAT(told(), HasSubstr("earlier epoch"));
}

TEST_F(Rewritten, WithARecordOfAnEarlierTime) {
  ChainLink before = link_at(4);
  before.recorded_at = before.recorded_at - hours(1);
  auto entries = batch({4}, 2);
  for (Entry& entry : entries) entry.recorded_at = before.recorded_at;
  put(before, 2, entries);
  EXPECT_EQ(found(), "time_went_back at 5");
  EXPECT_THAT(told(), HasSubstr("recorded before"));
}

TEST_F(Rewritten, AtItsBeginning) {
  flip_in(1);
  EXPECT_EQ(found(), "record_damaged at 1");
  EXPECT_THAT(told(), HasSubstr("record of sequence 1"));
  remove(1);
  EXPECT_EQ(found(), "refused: store_damaged");
  EXPECT_THAT(told(), HasSubstr("sequence 1 is missing"));
}

TEST_F(Rewritten, AtItsEnd) {
  put(link_at(6), 2, batch({6}, 4));  // the watermark promises an end at 9
  EXPECT_EQ(found(), "refused: other_history");
  EXPECT_THAT(told(), HasSubstr("promises sequence 9"));
  flip_in(7);
  EXPECT_EQ(found(), "refused: store_damaged");
  EXPECT_THAT(told(), HasSubstr("record of sequence 7"));
  change([](rocksdb::DB& db) { ASSERT_TRUE(db.Put({}, "~", "x").ok()); });
  EXPECT_THAT(told(), HasSubstr("key has 1 bytes"));
}

}  // namespace
}  // namespace packledger::store_tests
