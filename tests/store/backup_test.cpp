// A backup is a prefix of its journal, byte by byte; and a journal that was refused is put together
// again from what is left of it and a backup, or it is said what is lost.
#include "store/backup.hpp"

#include "store/rocks_journal.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packledger::store_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const CopyStep no_stop = [](std::uint64_t) { return true; };

class Backup : public ::testing::Test {
 protected:
  [[nodiscard]] static Result<std::unique_ptr<RocksJournal>, Fault> open(const fs::path& path) {
    return RocksJournal::open({.directory = path, .files = nullptr});
  }
  // More batches; the daemon of this test, which opens and closes it.
  void grow(std::size_t batches) {
    auto journal = open(data());
    ASSERT_TRUE(journal) << journal.error().detail;
    ASSERT_TRUE(append_batches(**journal, batches, entries_));
  }
  Copied back_up(const fs::path& to) {
    const auto journal = StoredJournal::open(data());
    EXPECT_TRUE(journal);
    const auto copied = copy_journal(**journal, to, no_stop);
    EXPECT_TRUE(copied) << copied.error().detail;
    return copied.value_or(Copied{});
  }
  [[nodiscard]] static ChainLink end_of(const fs::path& path) {
    const auto journal = StoredJournal::open(path);
    EXPECT_TRUE(journal) << journal.error().detail;
    return journal ? (*journal)->end() : ChainLink{};
  }
  void lose_log() const { fs::resize_file(file_in(data() / "records", ".log"), 0); }
  [[nodiscard]] fs::path data() const { return root_ / "data"; }
  [[nodiscard]] fs::path backup() const { return root_ / "backup"; }

  TemporaryDirectory root_{TemporaryDirectory::Where::memory};
  std::vector<Entry> entries_;
};

TEST_F(Backup, HasTheChainOfItsJournalAndGrowsWithIt) {
  grow(3);
  EXPECT_EQ(back_up(backup()).end, end_of(data()));
  grow(4);  // of a later epoch
  const Copied more = back_up(backup());
  EXPECT_EQ(more.from, Sequence{7});
  EXPECT_EQ(end_of(backup()), end_of(data()));
  const auto opened = open(backup());
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(read_all(**opened).entries, entries_);
}

TEST_F(Backup, IsMadeBesideAnOpenJournal) {
  grow(2);
  auto journal = open(data());
  ASSERT_TRUE(journal);
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(append_batches(**journal, 2, entries_));
    back_up(backup());
    EXPECT_EQ(end_of(backup()), (*journal)->end());
  }
}

TEST_F(Backup, IsNeverPutOverAnotherJournalOrALongerOne) {
  grow(3);
  back_up(backup());
  {
    auto other = open(root_ / "other");
    ASSERT_TRUE(other);
    ASSERT_TRUE((*other)->append({}, batch({}, 2)));
  }
  const auto journal = StoredJournal::open(data());
  const auto over = copy_journal(**journal, root_ / "other", no_stop);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, "other_history");
  {
    auto longer = open(backup());
    std::vector<Entry> ignored;
    ASSERT_TRUE(append_batches(**longer, 1, ignored));
  }
  EXPECT_EQ(copy_journal(**journal, backup(), no_stop).error().code, "rolled_back");
}

TEST_F(Backup, GoesOnWhereItWasStopped) {
  grow(6);
  const auto journal = StoredJournal::open(data());
  std::uint64_t steps = 0;
  const auto part =
      copy_journal(**journal, backup(), [&steps](std::uint64_t) { return ++steps < 3; });
  ASSERT_TRUE(part);
  EXPECT_FALSE(part->whole);
  EXPECT_LT(end_of(backup()).sequence, end_of(data()).sequence);
  back_up(backup());
  EXPECT_EQ(end_of(backup()), end_of(data()));
}

using Repair = Backup;

TEST_F(Repair, PutsBackWhatTheBackupHas) {
  grow(4);
  back_up(backup());
  const ChainLink end = end_of(data());
  // In a log, which then seems empty.
  lose_log();
  ASSERT_EQ(StoredJournal::open(data()).error().code, "cut_tail");
  const auto repaired = repair_journal(data(), backup(), no_stop);
  ASSERT_TRUE(repaired) << repaired.error().detail;
  EXPECT_EQ(repaired->records_backup, 4U);
  EXPECT_EQ(end_of(data()), end);
  EXPECT_TRUE(fs::exists(repaired->set_aside / "watermark"));
  grow(2);  // and goes on
  EXPECT_EQ(read_all(**open(data())).entries, entries_);
}

TEST_F(Repair, KeepsWhatCameAfterTheBackup) {
  grow(3);
  back_up(backup());
  grow(3);  // the first three are in a table now, the others in the log
  const ChainLink end = end_of(data());
  fs::remove(file_in(data() / "records", ".sst"));
  ASSERT_FALSE(StoredJournal::open(data()));
  const auto lost = repair_journal(data(), backup(), no_stop);
  // RocksDB opens nothing where a table is gone, so what was in the log cannot be had.
  if (lost) {
    EXPECT_EQ(end_of(data()), end);
  } else {
    EXPECT_EQ(lost.error().code, "lost");
    EXPECT_THAT(lost.error().detail, HasSubstr("lost are"));
  }
}

TEST_F(Repair, SaysWhatIsLostAndChangesNothing) {
  grow(2);
  back_up(backup());
  {
    auto journal = open(data());
    ASSERT_TRUE(append_batches(**journal, 2, entries_));
  }
  lose_log();
  const std::string before = read_file(data() / "watermark");
  const auto repaired = repair_journal(data(), backup(), no_stop);
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().code, "lost");
  EXPECT_EQ(repaired.error().position, Sequence{4});
  EXPECT_EQ(read_file(data() / "watermark"), before);
  std::size_t directories = 0;
  for (const auto& each : fs::directory_iterator(root_.path())) directories += each.is_directory();
  EXPECT_EQ(directories, 2U);  // nothing half made is left
}

TEST_F(Repair, TakesNoBackupOfAnotherJournal) {
  grow(2);
  lose_log();
  {
    auto other = open(backup());
    std::vector<Entry> ignored;
    ASSERT_TRUE((*other)->append({}, batch({}, 3)));
  }
  const auto repaired = repair_journal(data(), backup(), no_stop);
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().code, "other_history");
}

TEST_F(Repair, LeavesAJournalThatIsOpenAlone) {
  grow(1);
  EXPECT_EQ(repair_journal(root_ / "none", backup(), no_stop).error().code, "watermark_damaged");
}

}  // namespace
}  // namespace packledger::store_tests
