// The simulated disk keeps what was synced, loses the rest as it is told to, and does the same
// again for the same seed. The journal lives on it.
#include "tests/sim/disk.hpp"

#include "store/rocks_journal.hpp"
#include "store/send_files.hpp"
#include "store/watermark.hpp"
#include "tests/sim/one_thread.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace packledger::sim {
namespace {

using rocksdb::IOOptions;
using rocksdb::IOStatus;
using store_tests::append_batches;
using store_tests::batch;
using store_tests::read_all;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const rocksdb::FileOptions plain_file;
const IOOptions io;

std::unique_ptr<rocksdb::FSWritableFile> make(Disk& disk, const std::string& path) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  EXPECT_TRUE(disk.NewWritableFile(path, plain_file, &file, nullptr).ok());
  return file;
}

IOStatus sync_folder(Disk& disk, const std::string& path) {
  std::unique_ptr<rocksdb::FSDirectory> folder;
  EXPECT_TRUE(disk.NewDirectory(path, io, &folder, nullptr).ok());
  return folder->Fsync(io, nullptr);
}

// "kept" is synced with its name, then "more" is written.
void write_both(Disk& disk) {
  const auto file = make(disk, "/file");
  ASSERT_TRUE(file->Append("kept", io, nullptr).ok());
  ASSERT_TRUE(file->Sync(io, nullptr).ok());
  ASSERT_TRUE(sync_folder(disk, "/").ok());
  ASSERT_TRUE(file->Append("more", io, nullptr).ok());
}

std::string left_after(Loss loss, std::uint64_t seed = 1) {
  Disk disk(seed);
  write_both(disk);
  disk.lose_power(loss);
  disk.restore_power();
  return disk.bytes("/file").value_or("absent");
}

TEST(Disk, LosesWhatWasNotSynced) {
  EXPECT_EQ(left_after(Loss::none), "keptmore");
  EXPECT_EQ(left_after(Loss::dropped), "kept");
  EXPECT_EQ(left_after(Loss::names_undone), "kept");
  EXPECT_EQ(left_after(Loss::zeroed), std::string("kept\0\0\0\0", 8));
  const std::string garbled = left_after(Loss::garbled);
  EXPECT_THAT(garbled, ::testing::AllOf(::testing::SizeIs(8), ::testing::StartsWith("kept")));
  EXPECT_NE(garbled, "keptmore");
}

TEST(Disk, TearsAWriteAnywhere) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) seen.insert(left_after(Loss::torn, seed));
  for (const std::string kept : {"kept", "keptm", "keptmo", "keptmor", "keptmore"})
    EXPECT_TRUE(seen.contains(kept)) << kept;
  for (const std::string& left : seen) EXPECT_TRUE(left.starts_with("kept")) << left;
}

TEST(Disk, LeavesHolesWhereItScatters) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) seen.insert(left_after(Loss::scattered, seed));
  EXPECT_EQ(seen, (std::set<std::string>{"kept", "keptmore", std::string("kept\0\0\0\0", 8)}));
}

TEST(Disk, KeepsAnyOfTheSectorsThatWereNotSynced) {
  std::set<std::pair<bool, bool>> seen;  // of the first and the second sector
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Disk disk(seed);
    disk.put("/file", std::string(1024, 'a'));
    ASSERT_TRUE(make(disk, "/other")->Append("x", io, nullptr).ok());
    std::unique_ptr<rocksdb::FSRandomRWFile> file;
    ASSERT_TRUE(disk.NewRandomRWFile("/file", plain_file, &file, nullptr).ok());
    ASSERT_TRUE(file->Write(0, std::string(1024, 'b'), io, nullptr).ok());
    file.reset();
    disk.lose_power(Loss::torn);
    const std::string left = disk.bytes("/file").value_or("");
    ASSERT_EQ(left.size(), 1024U);
    seen.emplace(left[511] == 'b', left[1023] == 'b');
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST(Disk, UndoesNamesThatNobodySynced) {
  Disk disk(1);
  disk.put("/old", "1");
  disk.put("/gone", "2");
  ASSERT_TRUE(disk.RenameFile("/old", "/new", io, nullptr).ok());
  ASSERT_TRUE(disk.DeleteFile("/gone", io, nullptr).ok());
  const auto made = make(disk, "/made");
  ASSERT_TRUE(made->Append("3", io, nullptr).ok());
  ASSERT_TRUE(made->Sync(io, nullptr).ok());
  EXPECT_THAT(disk.files(), ElementsAre("/made", "/new"));
  EXPECT_THAT(disk.unsynced(), ElementsAre("/made", "/new"));
  const auto synced = disk.copy(1);
  ASSERT_TRUE(sync_folder(*synced, "/").ok());
  EXPECT_THAT(synced->unsynced(), IsEmpty());

  disk.lose_power(Loss::names_undone);
  EXPECT_THAT(disk.files(), ElementsAre("/gone", "/old"));
  EXPECT_EQ(disk.bytes("/gone"), "2");
  synced->lose_power(Loss::names_undone);
  EXPECT_THAT(synced->files(), ElementsAre("/made", "/new"));
  EXPECT_EQ(synced->bytes("/made"), "3");
}

TEST(Disk, ReachesNothingInAFolderWhoseNameIsLost) {
  Disk disk(1);
  ASSERT_TRUE(disk.CreateDir("/folder", io, nullptr).ok());
  const auto file = make(disk, "/folder/file");
  ASSERT_TRUE(file->Sync(io, nullptr).ok());
  ASSERT_TRUE(sync_folder(disk, "/folder").ok());
  disk.lose_power(Loss::names_undone);
  disk.restore_power();
  EXPECT_THAT(disk.files(), IsEmpty());
  EXPECT_TRUE(disk.FileExists("/folder", io, nullptr).IsNotFound());
}

TEST(Disk, FailsEveryCallBehindTheLossOfPower) {
  Disk disk(1);
  disk.plan({.power_lost_at = 3});
  const auto file = make(disk, "/file");
  EXPECT_TRUE(file->Append("1", io, nullptr).ok());
  EXPECT_FALSE(file->Append("2", io, nullptr).ok()) << "the third step does not happen";
  EXPECT_FALSE(file->Sync(io, nullptr).ok());
  EXPECT_FALSE(disk.FileExists("/file", io, nullptr).ok());
  EXPECT_FALSE(disk.has_power());
  disk.lose_power(Loss::none);
  disk.restore_power();
  EXPECT_EQ(disk.bytes("/file"), "1");
  EXPECT_FALSE(file->Append("3", io, nullptr).ok()) << "it was open in another life";
  EXPECT_TRUE(disk.DeleteFile("/file", io, nullptr).ok());
}

// After a failed fsync Linux marks the pages clean: the next one succeeds and writes nothing.
TEST(Disk, NeverWritesWhatASyncFailedToWrite) {
  for (const auto cache : {Platter::Cache::kept, Platter::Cache::dropped}) {
    Disk disk(1);
    disk.plan({.sync_fails_at = 3, .failed_pages = cache});
    write_both(disk);  // syncs twice
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(disk.ReopenWritableFile("/file", plain_file, &file, nullptr).ok());
    EXPECT_FALSE(file->Sync(io, nullptr).ok());
    EXPECT_TRUE(disk.has_failed());
    EXPECT_TRUE(file->Sync(io, nullptr).ok());
    EXPECT_EQ(disk.bytes("/file"), cache == Platter::Cache::kept ? "keptmore" : "kept");
    EXPECT_THAT(disk.unsynced(), ElementsAre("/file"));
    disk.lose_power(Loss::dropped);
    EXPECT_EQ(disk.bytes("/file"), "kept");
  }
}

TEST(Disk, StopsAWriteHalfWay) {
  Disk disk(1);
  disk.plan({.short_write_at = 2});
  const auto file = make(disk, "/file");
  EXPECT_FALSE(file->Append("1234", io, nullptr).ok());
  EXPECT_EQ(disk.bytes("/file"), "12");
  EXPECT_TRUE(file->Append("56", io, nullptr).ok()) << "only that one";
}

TEST(Disk, IsFullAfterSoManyBytes) {
  Disk disk(1);
  disk.plan({.room = 5});
  const auto file = make(disk, "/file");
  EXPECT_TRUE(file->Append("1234", io, nullptr).ok());
  EXPECT_TRUE(file->Append("56", io, nullptr).IsNoSpace());
  EXPECT_EQ(disk.bytes("/file"), "12345");
  std::unique_ptr<rocksdb::FSRandomRWFile> placed;
  ASSERT_TRUE(disk.NewRandomRWFile("/file", plain_file, &placed, nullptr).ok());
  EXPECT_TRUE(placed->Write(0, "ab", io, nullptr).ok()) << "it takes no room";
  disk.plan({});
  EXPECT_TRUE(file->Append("6", io, nullptr).ok());
}

TEST(Disk, FlipsABitOfWhatWasSynced) {
  Disk disk(1);
  disk.put("/file", "aa");
  disk.flip_bit("/file", 9);
  EXPECT_EQ(disk.bytes("/file"), "ac");
  EXPECT_EQ(disk.synced_bytes("/file"), "ac");
}

TEST(Disk, KeepsAFileThatIsOpenWithoutAName) {
  Disk disk(1);
  disk.put("/file", "here");
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  ASSERT_TRUE(disk.NewRandomAccessFile("/file", plain_file, &file, nullptr).ok());
  ASSERT_TRUE(disk.DeleteFile("/file", io, nullptr).ok());
  ASSERT_TRUE(sync_folder(disk, "/").ok());
  std::string space(4, '\0');
  rocksdb::Slice read;
  ASSERT_TRUE(file->Read(0, 4, io, &read, space.data(), nullptr).ok());
  EXPECT_EQ(read.ToString(), "here");
}

TEST(Disk, ACopyGoesItsOwnWay) {
  Disk disk(1);
  write_both(disk);
  const auto other = disk.copy(2);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  ASSERT_TRUE(other->ReopenWritableFile("/file", plain_file, &file, nullptr).ok());
  ASSERT_TRUE(file->Append("!", io, nullptr).ok());
  EXPECT_EQ(disk.bytes("/file"), "keptmore");
  EXPECT_EQ(other->bytes("/file"), "keptmore!");
  other->lose_power(Loss::dropped);
  EXPECT_EQ(other->bytes("/file"), "kept") << "it knew what was synced";
}

// ---- the journal on the disk ----

OpenOptions on(const std::shared_ptr<OneThread>& env, WatermarkMode mode) {
  return {.directory = "/var/data/journal",
          .watermark = mode,
          .write_buffer_bytes = 64 * 1024,
          .files = nullptr,
          .env = env};
}

std::string life(std::uint64_t seed, WatermarkMode mode) {
  const auto disk = std::make_shared<Disk>(seed);
  const auto env = std::make_shared<OneThread>(disk);
  std::vector<Entry> kept;
  for (int opening = 0; opening < 3; ++opening) {
    auto journal = RocksJournal::open(on(env, mode));
    EXPECT_TRUE(journal) << journal.error().detail;
    if (!journal) return {};
    EXPECT_EQ(read_all(**journal).entries, kept);
    for (int i = 0; i < 12; ++i) {
      const auto more = batch((*journal)->last(), 120);  // so that memory is flushed
      EXPECT_TRUE((*journal)->append((*journal)->last(), more));
      env->run_jobs();
      kept.insert(kept.end(), more.begin(), more.end());
    }
  }
  EXPECT_GT(
      std::ranges::count_if(disk->files(), [](const auto& path) { return path.ends_with(".sst"); }),
      1);
  return disk->trace_hash();
}

TEST(DiskWithAJournal, MakesTheSameStepsAgain) {
  for (const auto mode : {WatermarkMode::before_ack, WatermarkMode::one_behind}) {
    const std::string trace = life(1, mode);
    EXPECT_EQ(trace, life(1, mode));
    EXPECT_EQ(trace.size(), 16U);
  }
}

// It once lost everything where a start had made more than one folder: the name of the upper one
// was not durable.
TEST(DiskWithAJournal, CarriesItThroughEveryLossOfPower) {
  for (const Loss loss :
       {Loss::none, Loss::dropped, Loss::torn, Loss::zeroed, Loss::garbled, Loss::names_undone}) {
    SCOPED_TRACE(name_of(loss));
    const auto disk = std::make_shared<Disk>(7);
    const auto env = std::make_shared<OneThread>(disk);
    std::vector<Entry> kept;
    for (int opening = 0; opening < 4; ++opening) {
      auto journal = RocksJournal::open(on(env, WatermarkMode::before_ack));
      ASSERT_TRUE(journal) << journal.error().detail;
      EXPECT_TRUE(read_all(**journal).entries == kept);
      ASSERT_TRUE(append_batches(**journal, 3, kept));
      disk->cut_power();
      journal->reset();
      disk->lose_power(loss);
      disk->restore_power();
    }
  }
}

// A process was killed between a slot of the watermark and its sync. The next one read that slot
// and wrote the other; then the power was cut, and neither was whole (`swarm --seed 102458`).
TEST(DiskWithAWatermark, HasAWholeSlotHoweverOftenItIsCutOff) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Disk disk(seed);
    ASSERT_TRUE(WatermarkFile::create(disk, "/"));
    const auto write_until = [&](std::uint64_t sequence, std::uint64_t step, Loss loss) {
      auto file = WatermarkFile::open(disk, "/");
      ASSERT_TRUE(file) << file.error().detail;
      disk.plan({.power_lost_at = disk.steps() + step});
      [[maybe_unused]] const auto cut_off = file->write({Sequence{sequence}, 1, {}});
      disk.plan({});
      disk.cut_power();
      disk.lose_power(loss);
      disk.restore_power();
    };
    write_until(1, 4, Loss::none);
    for (std::uint64_t step = 1; step <= 3; ++step) {
      write_until(2, 3, Loss::none);
      write_until(3, step, Loss::garbled);
      EXPECT_TRUE(WatermarkFile::open(disk, "/")) << "seed " << seed << ", step " << step;
    }
  }
}

// Whoever wrote a file of sends may have been killed before its name was durable; a snapshot of the
// next process relies on it all the same.
TEST(DiskWithSends, KeepsTheNamesThatAStartFinds) {
  Disk disk(1);
  const auto files = files_over(disk);
  ASSERT_EQ(files->make_folder("/sends"), 0);
  ASSERT_TRUE(make(disk, "/sends/found")->Sync(io, nullptr).ok());
  const SendFiles sends{"/sends", {}, *files, SendFiles::Writer::caller};
  disk.lose_power(Loss::names_undone);
  disk.restore_power();
  EXPECT_TRUE(disk.bytes("/sends/found"));
}

TEST(DiskWithAJournal, GoesAroundThePageCacheWhereItMay) {
  const auto disk = std::make_shared<Disk>(7);
  disk->support_direct_io(true);
  const auto env = std::make_shared<OneThread>(disk);
  std::vector<Entry> kept;
  for (int opening = 0; opening < 6; ++opening) {  // tables enough to be compacted
    auto journal = RocksJournal::open(on(env, WatermarkMode::before_ack));
    ASSERT_TRUE(journal) << journal.error().detail;
    EXPECT_EQ(read_all(**journal).entries, kept);
    ASSERT_TRUE(append_batches(**journal, 3, kept));
    env->run_jobs();
  }
}

}  // namespace
}  // namespace packledger::sim
