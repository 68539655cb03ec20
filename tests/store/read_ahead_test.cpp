// Reading ahead gives what reading gives, on the thread that asked, and stops when told.
#include "store/read_ahead.hpp"

#include "store/memory_journal.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace packledger::store_tests {
namespace {

constexpr std::size_t many = 5 * portion_entries_max + 7;

struct ReadAhead : testing::Test {
  void SetUp() override {
    for (std::uint64_t n = 0; n < many; n += 1'000) {
      const std::size_t some = std::min<std::size_t>(1'000, many - n);
      ASSERT_TRUE(journal.append(Sequence{n}, batch(Sequence{n}, some)));
    }
  }
  MemoryJournal journal;
};

TEST_F(ReadAhead, GivesEveryEntryInOrderFromAnyPlace) {
  for (const std::uint64_t from : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{many}}) {
    std::vector<Entry> entries;
    const auto here = std::this_thread::get_id();
    const auto read = read_ahead(journal)(Sequence{from}, [&](const SharedBatch& portion) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      EXPECT_FALSE(portion->entries.empty());
      entries.insert(entries.end(), portion->entries.begin(), portion->entries.end());
      return true;
    });
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(entries, read_all(journal, Sequence{from}).entries);
  }
}

TEST_F(ReadAhead, OfNothingIsNothing) {
  const auto none = [](const SharedBatch&) { return ADD_FAILURE() << "nothing is there", true; };
  EXPECT_TRUE(read_ahead(journal)(Sequence{many + 1}, none).has_value());
  EXPECT_TRUE(read_ahead(MemoryJournal{})(Sequence{1}, none).has_value());
}

TEST_F(ReadAhead, StopsWhenNothingMoreIsWanted) {
  int portions = 0;
  const auto read =
      read_ahead(journal)(Sequence{1}, [&](const SharedBatch&) { return ++portions < 2; });
  EXPECT_TRUE(read.has_value());
  EXPECT_EQ(portions, 2);
}

class BrokenJournal final : public Journal {
 public:
  Result<void, Fault> append(Sequence, std::span<const Entry>) override { return {}; }
  Result<void, Fault> read(Sequence, const Visit& visit) const override {
    for (const Entry& entry : batch({}, portion_entries_max + 1)) (void)visit(entry);
    return std::unexpected{Fault{JournalFault::corrupt, "planted"}};
  }
  Sequence last() const override { return {}; }
};

TEST(ReadAheadOfABrokenJournal, TellsTheFault) {
  const BrokenJournal journal;
  int portions = 0;
  const auto read = read_ahead(journal)(Sequence{1}, [&](const SharedBatch&) {
    ++portions;
    return true;
  });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().detail, "planted");
  EXPECT_EQ(portions, 1);
}

}  // namespace
}  // namespace packledger::store_tests
