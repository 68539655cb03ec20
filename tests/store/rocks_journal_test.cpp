// What a journal in RocksDB promises beyond the contract: one writer, epochs, private files, no
// option that loses data.
#include "store/rocks_journal.hpp"

#include "store/rocks.hpp"
#include "tests/store/journal_fixture.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <memory>

namespace packledger::store_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Result<std::unique_ptr<RocksJournal>, Fault> open(const fs::path& directory,
                                                  WatermarkMode mode = WatermarkMode::before_ack) {
  return RocksJournal::open(
      {.directory = directory, .watermark = mode, .write_buffer_bytes = 64 * 1024, .files = {}});
}

TEST(RocksJournal, HasOneWriter) {
  const TemporaryDirectory root;
  auto journal = open(root / "journal");
  ASSERT_TRUE(journal);
  const auto second = open(root / "journal");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, JournalFault::fenced);
  EXPECT_THAT(second.error().detail, HasSubstr("is open in another process"));
  // In a process of its own, too.
  const pid_t child = ::fork();
  if (child == 0) ::_exit(open(root / "journal") ? 1 : 0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE((*journal)->append(Sequence{}, batch(Sequence{}, 1)));
  journal->reset();
  EXPECT_TRUE(open(root / "journal"));
}

TEST(RocksJournal, CountsItsWriters) {
  const TemporaryDirectory root;
  for (const auto mode : {WatermarkMode::before_ack, WatermarkMode::one_behind}) {
    const fs::path directory = root.path() / std::to_string(static_cast<int>(mode));
    for (std::uint64_t epoch = 1; epoch <= 4; ++epoch) {
      auto journal = open(directory, mode);
      ASSERT_TRUE(journal) << journal.error().detail;
      EXPECT_EQ((*journal)->epoch(), epoch);
      if (epoch == 2) continue;  // one that writes nothing counts as well
      const Sequence last = (*journal)->last();
      ASSERT_TRUE((*journal)->append(last, batch(last, 2)));
      EXPECT_EQ((*journal)->head().epoch, epoch);
    }
  }
}

TEST(RocksJournal, TellsItsHead) {
  const TemporaryDirectory root;
  JournalHead head;
  {
    auto journal = open(root / "journal");
    ASSERT_TRUE(journal);
    EXPECT_EQ((*journal)->head(), (JournalHead{Sequence{}, 0, std::string(64, '0')}));
    ASSERT_TRUE((*journal)->append(Sequence{}, batch(Sequence{}, 2)));
    head = (*journal)->head();
  }
  EXPECT_EQ(head.sequence, Sequence{2});
  EXPECT_EQ(head.hash.size(), 64U);
  auto journal = open(root / "journal");
  ASSERT_TRUE(journal);
  EXPECT_EQ((*journal)->head(), head);
}

TEST(RocksJournal, KeepsItsFilesPrivate) {
  const TemporaryDirectory root;
  fs::create_directory(root / "open");
  fs::permissions(root / "open", fs::perms::all);
  for (const char* name : {"open", "made/for/it"}) {
    std::vector<Entry> kept;
    auto journal = open(root / name);
    ASSERT_TRUE(journal && append_batches(**journal, 20, kept));
    EXPECT_EQ(fs::status(root / name).permissions(), fs::perms::owner_all);
    for (const auto& entry : fs::recursive_directory_iterator(root / name)) {
      const auto others = fs::perms::group_all | fs::perms::others_all;
      EXPECT_EQ(entry.status().permissions() & others, fs::perms::none) << entry.path();
    }
  }
}

TEST(RocksJournal, HoldsMoreThanItsBuffers) {
  const TemporaryDirectory root;
  std::vector<Entry> kept;
  {
    auto journal = open(root / "journal", WatermarkMode::one_behind);
    ASSERT_TRUE(journal);
    for (int i = 0; i < 60; ++i) {
      const auto entries = batch((*journal)->last(), 200);
      ASSERT_TRUE((*journal)->append((*journal)->last(), entries));
      kept.insert(kept.end(), entries.begin(), entries.end());
    }
    EXPECT_EQ(read_all(**journal).entries, kept);
  }
  file_in(root / "journal" / "records", ".sst");
  auto journal = open(root / "journal");
  ASSERT_TRUE(journal) << journal.error().detail;
  EXPECT_EQ(read_all(**journal).entries, kept);
}

TEST(RocksJournal, SaysWhereItCannotBe) {
  const TemporaryDirectory root;
  write_file(root / "file", "");
  const auto journal = open(root / "file/journal");
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, JournalFault::unavailable);
  EXPECT_THAT(journal.error().detail, HasSubstr("file/journal"));
}

TEST(RocksJournal, BeginsAgainWhereTheFirstStartWasCutOff) {
  const TemporaryDirectory root;
  ASSERT_TRUE(open(root / "journal"));
  fs::remove_all(root / "journal/records");  // the watermark came first
  auto journal = open(root / "journal");
  ASSERT_TRUE(journal) << journal.error().detail;
  EXPECT_EQ((*journal)->epoch(), 2U);
}

// In a process of its own, started by the test below: appends without end and tells each
// acknowledgement through a pipe.
constexpr const char* directory_variable = "PACKLEDGER_TEST_DIRECTORY";
constexpr const char* pipe_variable = "PACKLEDGER_TEST_PIPE";

TEST(RocksJournalChild, AppendsUntilItIsKilled) {
  const char* directory = std::getenv(directory_variable);
  if (directory == nullptr) GTEST_SKIP() << "started by HoldsWhatItAcknowledgedBeforeItWasKilled";
  const int acknowledge = std::atoi(std::getenv(pipe_variable));
  auto journal = open(directory, WatermarkMode::one_behind);
  ASSERT_TRUE(journal) << journal.error().detail;
  for (std::size_t i = 0;; ++i) {
    const Sequence last = (*journal)->last();
    ASSERT_TRUE((*journal)->append(last, batch(last, 1 + i % 3)));
    const std::uint64_t told = (*journal)->last().value;
    ASSERT_EQ(::write(acknowledge, &told, sizeof told), ssize_t{sizeof told});
  }
}

struct Child {
  pid_t process = 0;
  int acknowledged = -1;
};

Child start_child(const fs::path& directory) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  ::setenv(directory_variable, directory.c_str(), 1);
  ::setenv(pipe_variable, std::to_string(ends[1]).c_str(), 1);
  std::string name = "store_test";
  std::string filter = "--gtest_filter=RocksJournalChild.AppendsUntilItIsKilled";
  std::array<char*, 3> arguments{name.data(), filter.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  Child child{0, ends[0]};
  EXPECT_EQ(
      ::posix_spawn(&child.process, "/proc/self/exe", &actions, nullptr, arguments.data(), environ),
      0);
  ::posix_spawn_file_actions_destroy(&actions);
  ::unsetenv(directory_variable);
  ::close(ends[1]);
  return child;
}

TEST(RocksJournal, HoldsWhatItAcknowledgedBeforeItWasKilled) {
  const TemporaryDirectory root;
  for (int round = 0; round < 8; ++round) {
    const Child child = start_child(root / "journal");
    std::uint64_t acknowledged = 0;
    for (int i = 0; i < 3 + round * 7; ++i)
      ASSERT_EQ(::read(child.acknowledged, &acknowledged, sizeof acknowledged), 8) << "it ended";
    ::kill(child.process, SIGKILL);
    ::waitpid(child.process, nullptr, 0);
    for (std::uint64_t more = 0; ::read(child.acknowledged, &more, sizeof more) == sizeof more;)
      acknowledged = more;
    ::close(child.acknowledged);
    auto journal = open(root / "journal");
    ASSERT_TRUE(journal) << journal.error().detail;
    const Contents contents = read_all(**journal);
    EXPECT_EQ(contents.fault, "");
    EXPECT_GE(contents.entries.size(), acknowledged);
    for (std::size_t i = 0; i < contents.entries.size(); ++i)
      ASSERT_EQ(contents.entries[i].sequence, Sequence{i + 1});
  }
}

TEST(RocksOptions, AreFreeOfWhatLosesData) {
  rocksdb::Options options;
  set_journal_options(options, {.write_buffer_bytes = 1 << 20, .direct_io = true});
  EXPECT_EQ(forbidden_option(options), std::nullopt);
}

TEST(RocksOptions, AreRefusedByName) {
  using Change = std::function<void(rocksdb::Options&)>;
  struct Row {
    const char* name;
    Change change;
  };
  const Row rows[] = {
      {"wal_compression", [](auto& o) { o.wal_compression = rocksdb::kZSTD; }},
      {"recycle_log_file_num", [](auto& o) { o.recycle_log_file_num = 1; }},
      {"wal_bytes_per_sync", [](auto& o) { o.wal_bytes_per_sync = 1; }},
      {"track_and_verify_wals_in_manifest",
       [](auto& o) { o.track_and_verify_wals_in_manifest = true; }},
      {"inplace_update_support", [](auto& o) { o.inplace_update_support = true; }},
      {"max_write_buffer_number", [](auto& o) { o.max_write_buffer_number = 3; }},
      {"wal_recovery_mode",
       [](auto& o) { o.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords; }},
      {"wal_recovery_mode",
       [](auto& o) { o.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency; }},
      {"best_efforts_recovery", [](auto& o) { o.best_efforts_recovery = true; }},
      {"compaction_style", [](auto& o) { o.compaction_style = rocksdb::kCompactionStyleFIFO; }},
      {"paranoid_checks", [](auto& o) { o.paranoid_checks = false; }},
      {"manual_wal_flush", [](auto& o) { o.manual_wal_flush = true; }},
      {"unordered_write", [](auto& o) { o.unordered_write = true; }},
      {"enable_pipelined_write", [](auto& o) { o.enable_pipelined_write = true; }},
      {"two_write_queues", [](auto& o) { o.two_write_queues = true; }},
      {"avoid_flush_during_recovery", [](auto& o) { o.avoid_flush_during_recovery = true; }},
      {"allow_concurrent_memtable_write",
       [](auto& o) { o.allow_concurrent_memtable_write = true; }},
  };
  for (const Row& row : rows) {
    rocksdb::Options options;
    set_journal_options(options, {});
    row.change(options);
    EXPECT_EQ(forbidden_option(options), row.name);
  }
}

}  // namespace
}  // namespace packledger::store_tests
