// Snapshots on disk: the newest that is right is loaded, and nothing that is wrong.
#include "store/snapshots.hpp"

#include "store/memory_journal.hpp"
#include "tests/ledger/desk.hpp"
#include "tests/store/journal_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace packledger::store_tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct SnapshotsTest : testing::Test {
  TemporaryDirectory directory;
  Snapshots snapshots{directory.path()};
  Desk desk{Instant{1'714'536'000'000}};
  MemoryJournal journal;
  std::vector<std::string> refused;

  void SetUp() override { ASSERT_TRUE(snapshots.prepare()); }

  // Another account, in the journal too.
  void live() {
    const auto name = "a" + std::to_string(desk.entries().size());
    ASSERT_TRUE(desk.ask("", AccountOpened{name, {{'C', 'N', 'Y'}}, {}}));
    ASSERT_TRUE(journal.append(journal.last(), std::span{desk.entries()}.last(1)));
  }
  [[nodiscard]] SnapshotHead head() const {
    return {.sequence = desk.ledger().last(),
            .recorded_at = desk.ledger().recorded_at(),
            .journal = *journal.chain_at(desk.ledger().last()),
            .noticed = {}};
  }
  // Lives on and keeps a snapshot; its file.
  std::filesystem::path snapshot() {
    live();
    const auto notices = [](const PieceVisit& visit) { visit("a piece"); };
    EXPECT_EQ(snapshots.write(head(), desk.ledger(), notices), 0);
    return snapshots.list().front().path;
  }
  // What is loaded: "3", or "none".
  std::string loaded(const std::function<bool(const SnapshotHead&)>& fits = {}) {
    refused.clear();
    const auto found = snapshots.load(
        {.chain_at =
             [this](Sequence last) {
               return Result<std::optional<ChainHash>, Fault>{journal.chain_at(last)};
             },
         .fits = fits,
         .begin_notices = {},
         .refused = [this](const RefusedSnapshot& one) { refused.push_back(one.fault.detail); }});
    if (!found) return "none";
    EXPECT_EQ(found->ledger->last(), found->head.sequence);
    EXPECT_EQ(found->ledger->digest(),
              replayed(std::span{desk.entries()}.first(found->head.sequence.value))->digest());
    return std::to_string(found->head.sequence.value);
  }
  static void spoil(const std::filesystem::path& path, std::size_t at) {
    std::string bytes = read_file(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write_file(path, bytes);
  }
};

TEST_F(SnapshotsTest, LoadsTheNewest) {
  EXPECT_EQ(loaded(), "none");
  snapshot();
  EXPECT_EQ(loaded(), "1");
  snapshot();
  live();
  EXPECT_EQ(loaded(), "2");
  EXPECT_TRUE(refused.empty());
}

TEST_F(SnapshotsTest, LoadsTheNewestThatFits) {
  for (int i = 0; i < 3; ++i) snapshot();
  EXPECT_EQ(loaded([](const SnapshotHead& h) { return h.sequence < Sequence{3}; }), "2");
  EXPECT_EQ(loaded([](const SnapshotHead&) { return false; }), "none");
  EXPECT_TRUE(refused.empty());
}

TEST_F(SnapshotsTest, FallsBackToTheOneBefore) {
  snapshot();
  const auto newest = snapshot();
  const std::size_t size = read_file(newest).size();
  for (std::size_t at = 0; at < size; at += 7) {
    spoil(newest, at);
    ASSERT_EQ(loaded(), "1") << at;
    ASSERT_EQ(refused.size(), 1U) << at;
    spoil(newest, at);
  }
  EXPECT_EQ(loaded(), "2");
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, size / 2, size - 1}) {
    std::filesystem::resize_file(newest, bytes);
    EXPECT_EQ(loaded(), "1") << bytes;
  }
}

TEST_F(SnapshotsTest, OfAnotherJournalAreRefused) {
  snapshot();
  snapshot();
  MemoryJournal other;
  std::vector<Entry> entries = desk.entries();
  for (Entry& entry : entries) entry.input.key = "other";
  for (const Entry& entry : entries) ASSERT_TRUE(other.append(other.last(), {&entry, 1}));
  const auto chain_at = [&](Sequence last) {
    return Result<std::optional<ChainHash>, Fault>{other.chain_at(last)};
  };
  const auto note = [this](const RefusedSnapshot& one) { refused.push_back(one.fault.detail); };
  EXPECT_FALSE(snapshots.load({chain_at, {}, {}, note}));
  EXPECT_THAT(refused,
              ElementsAre(HasSubstr("of another journal"), HasSubstr("of another journal")));
}

TEST_F(SnapshotsTest, BeyondTheEndOfTheJournalOrInARecordAreRefused) {
  snapshot();
  snapshot();
  refused.clear();
  const auto chain_at = [&](Sequence last) {
    const bool ends = last == Sequence{1};
    return Result<std::optional<ChainHash>, Fault>{ends ? journal.chain_at(last) : std::nullopt};
  };
  const auto note = [this](const RefusedSnapshot& one) { refused.push_back(one.fault.detail); };
  const auto found = snapshots.load({chain_at, {}, {}, note});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->head.sequence, Sequence{1});
  EXPECT_THAT(refused, ElementsAre(HasSubstr("no record of this journal ends")));
}

TEST_F(SnapshotsTest, UnderAnotherNameAreRefused) {
  const auto path = snapshot();
  std::filesystem::rename(path, path.parent_path() / "00000000000000000009.snapshot");
  EXPECT_EQ(loaded(), "none");
  EXPECT_THAT(refused, ElementsAre(HasSubstr("the name of another")));
}

TEST_F(SnapshotsTest, PutAsideAreNotTriedAgain) {
  snapshot();
  snapshot();
  snapshots.put_aside(snapshots.list().front());
  EXPECT_EQ(loaded(), "1");
  EXPECT_TRUE(refused.empty());
}

TEST_F(SnapshotsTest, PrunedAreTwo) {
  for (int i = 0; i < 5; ++i) snapshot();
  snapshots.prune();
  ASSERT_EQ(snapshots.list().size(), 2U);
  EXPECT_EQ(snapshots.list().back().sequence, Sequence{4});
}

// One of a newer release is no use to this one: it does not take the place of another.
TEST_F(SnapshotsTest, OfAnotherFormatDoNotCount) {
  for (int i = 0; i < 3; ++i) snapshot();
  std::string bytes = read_file(snapshots.list().front().path);
  bytes[3] = '9';
  write_file(snapshots.list().front().path, bytes);
  snapshots.prune();
  EXPECT_EQ(snapshots.list().size(), 3U);
  EXPECT_EQ(loaded(), "2");
}

TEST_F(SnapshotsTest, HalfWrittenAreRemovedAndNeverSeen) {
  snapshot();
  write_file(directory.path() / "snapshots" / "00000000000000000005.new", "half");
  EXPECT_EQ(loaded(), "1");
  ASSERT_TRUE(snapshots.prepare());
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "snapshots/00000000000000000005.new"));
}

TEST_F(SnapshotsTest, ThatCannotBeWrittenLeaveNothingBehind) {
  live();
  std::filesystem::remove_all(directory.path() / "snapshots");
  EXPECT_EQ(snapshots.write(head(), desk.ledger(), [](const PieceVisit&) {}), ENOENT);
  EXPECT_EQ(loaded(), "none");
}

}  // namespace
}  // namespace packledger::store_tests
