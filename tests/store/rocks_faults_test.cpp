// A sync or a write fails, or the power is cut: the journal stops, and opened again it holds a
// prefix with everything that it acknowledged.
#include "store/rocks_journal.hpp"
#include "store/watermark.hpp"
#include "tests/store/failing_files.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace packledger::store_tests {
namespace {

using ::testing::HasSubstr;

OpenOptions options_for(const std::filesystem::path& directory, WatermarkMode mode) {
  return {
      .directory = directory, .watermark = mode, .write_buffer_bytes = 64 * 1024, .files = nullptr};
}

constexpr std::size_t first_batches = 3;
constexpr std::size_t more_batches = 6;

void expect_every_append_refused(RocksJournal& journal) {
  for (int i = 0; i < 3; ++i) {
    const auto again = journal.append(journal.last(), batch(journal.last(), 1));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, JournalFault::unavailable);
    EXPECT_THAT(again.error().detail, HasSubstr("failed before"));
  }
}

// Adds what was acknowledged.
void append_until_it_fails(RocksJournal& journal, const FailingFiles& files,
                           std::vector<Entry>& kept) {
  EXPECT_FALSE(files.has_failed()) << "what fails while opening is not passed over";
  auto appended = append_batches(journal, more_batches, kept);
  // The watermark may fail behind the last append; then the next one tells.
  if (appended && files.has_failed()) {
    appended = append_batches(journal, 1, kept);
    EXPECT_FALSE(appended) << "a failed sync was passed over";
  }
  if (!appended) {
    EXPECT_EQ(appended.error().code, JournalFault::unavailable) << appended.error().detail;
    expect_every_append_refused(journal);
  }
  EXPECT_EQ(read_all(journal).entries, kept) << "only what was acknowledged is shown";
}

// What was acknowledged is promised, but for the last batch where the watermark may be behind.
void expect_watermark_near(const std::filesystem::path& directory, WatermarkMode mode,
                           const std::vector<Entry>& kept) {
  if (kept.empty()) return;
  const auto file = WatermarkFile::open(*rocksdb::FileSystem::Default(), directory.string());
  ASSERT_TRUE(file);
  const Instant last_batch = kept.back().recorded_at;
  std::uint64_t promised = kept.size();
  while (mode == WatermarkMode::one_behind && promised > 0 &&
         kept[promised - 1].recorded_at == last_batch)
    --promised;
  EXPECT_GE(file->current().sequence.value, promised);
}

struct Run {
  FailingFiles::Failure failure;
  WatermarkMode mode;
  bool fresh = true;  // otherwise there is a store already, with something to recover
  int at = 1;
};

// Opens, appends and closes on a file system that fails at a sync; false once there are not so
// many.
bool run(const Run& run) {
  SCOPED_TRACE("sync " + std::to_string(run.at) + (run.fresh ? " of a fresh store" : ""));
  const WatermarkMode mode = run.mode;
  const TemporaryDirectory root(TemporaryDirectory::Where::memory);
  std::vector<Entry> kept;
  if (!run.fresh) {
    auto journal = RocksJournal::open(options_for(root / "journal", mode));
    EXPECT_TRUE(journal && append_batches(**journal, first_batches, kept));
  }
  const auto files = std::make_shared<FailingFiles>(run.failure, run.at);
  OpenOptions options = options_for(root / "journal", mode);
  options.files = files;
  {
    auto journal = RocksJournal::open(options);
    if (journal) append_until_it_fails(**journal, *files, kept);
  }
  if (run.failure == FailingFiles::Failure::power_cut) files->lose_what_was_not_synced();
  expect_watermark_near(root / "journal", mode, kept);

  auto reopened = RocksJournal::open(options_for(root / "journal", mode));
  EXPECT_TRUE(reopened) << reopened.error().detail;
  if (!reopened) return files->has_failed();
  const Contents contents = read_all(**reopened);
  EXPECT_EQ(contents.fault, "");
  EXPECT_GE(contents.entries.size(), kept.size());
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), contents.entries.begin()));
  // Whatever else it holds is the next batch, whole.
  if (contents.entries.size() > kept.size()) {
    const auto next_batch =
        std::vector<Entry>(contents.entries.begin() + static_cast<std::ptrdiff_t>(kept.size()),
                           contents.entries.end());
    EXPECT_EQ(next_batch, batch(Sequence{kept.size()}, next_batch.size()));
  }
  EXPECT_TRUE((*reopened)->append((*reopened)->last(), batch((*reopened)->last(), 1)));
  return files->has_failed();
}

void run_all(FailingFiles::Failure failure, WatermarkMode mode) {
  int at = 1;
  for (bool more = true; more; ++at) {
    const bool fresh = run({failure, mode, true, at});
    const bool used = run({failure, mode, false, at});
    more = (fresh || used) && !::testing::Test::HasFailure();
  }
  EXPECT_GT(at, 15) << "opening and every append were reached";
}

TEST(RocksFaults, StopAtTheFirstFailedSync) {
  run_all(FailingFiles::Failure::one_sync, WatermarkMode::before_ack);
}
TEST(RocksFaults, StopAtTheFirstFailedSyncOfTheWatermarkBehind) {
  run_all(FailingFiles::Failure::one_sync, WatermarkMode::one_behind);
}
TEST(RocksFaults, LoseNothingAcknowledgedInAPowerCut) {
  run_all(FailingFiles::Failure::power_cut, WatermarkMode::before_ack);
}
TEST(RocksFaults, LoseNothingAcknowledgedInAPowerCutWithTheWatermarkBehind) {
  run_all(FailingFiles::Failure::power_cut, WatermarkMode::one_behind);
}

TEST(RocksFaults, StopAtTheFirstWriteThatStopsHalfWay) {
  run_all(FailingFiles::Failure::short_write, WatermarkMode::before_ack);
}
TEST(RocksFaults, StopAtTheFirstWriteThatStopsHalfWayWithTheWatermarkBehind) {
  run_all(FailingFiles::Failure::short_write, WatermarkMode::one_behind);
}

}  // namespace
}  // namespace packledger::store_tests
