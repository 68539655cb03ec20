// When a snapshot is made, by whom, and what happens where it cannot be.
#include "app/snapshotter.hpp"

#include "app/doors.hpp"
#include "app/restart.hpp"
#include "store/memory_journal.hpp"
#include "tests/system/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>

namespace packledger {
namespace {

using testing::HasSubstr;

struct SnapshotterTest : testing::Test {
  TemporaryDirectory directory;
  Snapshots files{directory.path()};
  boost::asio::io_context io;
  Fanout fanout{io, {}};
  FrontDoor door;
  MemoryJournal journal;
  Ledger ledger;
  ChainLink end;

  void SetUp() override { ASSERT_TRUE(files.prepare()); }

  void live(int accounts) {
    for (int i = 0; i < accounts; ++i) {
      const std::string name = "a" + std::to_string(ledger.last().value);
      const Input input{{}, {}, AccountOpened{name, {{'C', 'N', 'Y'}}, {}}};
      auto decision = ledger.decide(input, {});
      ASSERT_TRUE(decision);
      const Entry entry{next(ledger.last()), {}, input, *std::move(decision), {}};
      ASSERT_TRUE(journal.append(ledger.last(), {&entry, 1}));
      ledger.apply(entry);
    }
    end.sequence = ledger.last();
    end.hash = *journal.chain_at(ledger.last());
  }
  Snapshotter snapshotter(std::uint64_t entries) {
    return {{.files = files,
             .inbox = door,
             .fanout = fanout,
             .journal_end = [this] { return end; },
             .notices = [](const PieceVisit&) {}},
            entries};
  }
  // What the engine does at the end of a turn; how many questions there were.
  int turn(Snapshotter& of) {
    of.look(ledger.last());
    int asked = 0;
    while (auto request = door.take()) {
      std::get<Question>(*request).ask(ledger);
      ++asked;
    }
    return asked;
  }
  std::optional<TakenUp> take_up(Ledger& again) {
    const auto chain_at = [this](Sequence last) {
      return Result<std::optional<ChainHash>, Fault>{journal.chain_at(last)};
    };
    return take_up_snapshot(files, chain_at, again);
  }
  std::string newest() {
    Ledger again;
    return take_up(again) ? std::to_string(again.last().value) : "none";
  }
};

TEST_F(SnapshotterTest, MakesOneEverySoManyEntries) {
  Snapshotter of = snapshotter(10);
  of.begin({});
  live(9);
  EXPECT_EQ(turn(of), 0);
  live(1);
  EXPECT_EQ(turn(of), 1);
  of.stop(ledger);
  EXPECT_EQ(newest(), "10");
  EXPECT_THAT(of.metrics(), HasSubstr("\npackledger_snapshots_total 1\n"));
  live(9);
  EXPECT_EQ(turn(of), 0);
  live(1);
  EXPECT_EQ(turn(of), 1);
}

TEST_F(SnapshotterTest, MakesNoneWhereItIsToldNever) {
  Snapshotter of = snapshotter(0);
  of.begin({});
  live(9);
  EXPECT_EQ(turn(of), 0);
  of.stop(ledger);
  EXPECT_EQ(newest(), "none");
}

TEST_F(SnapshotterTest, GoesOnFromTheNewestThereIs) {
  Snapshotter of = snapshotter(10);
  live(9);
  of.begin(Sequence{4});
  EXPECT_EQ(turn(of), 0);
  live(5);
  EXPECT_EQ(turn(of), 1);
}

// A ledger ahead of its journal would be a state that never was, if the process ended now.
TEST_F(SnapshotterTest, WaitsUntilEverythingIsDurable) {
  Snapshotter of = snapshotter(10);
  of.begin({});
  live(10);
  end.sequence = Sequence{9};
  EXPECT_EQ(turn(of), 1);
  of.stop(ledger);
  EXPECT_EQ(newest(), "none");
  end.sequence = Sequence{10};
  EXPECT_EQ(turn(of), 1);
  of.stop(ledger);
  EXPECT_EQ(newest(), "10");
}

TEST_F(SnapshotterTest, KeepsWhatIsNewAtAStopWhereItIsEnough) {
  Snapshotter of = snapshotter(100);
  of.begin({});
  live(4);
  of.stop(ledger);
  EXPECT_EQ(newest(), "none");
  live(1);
  of.stop(ledger);
  EXPECT_EQ(newest(), "5");
}

// Its notices are those of the readers, who may be behind the ledger.
TEST_F(SnapshotterTest, SaysHowFarItsReadersHaveHeard) {
  Snapshotter of = snapshotter(100);
  of.begin({});
  live(100);
  fanout.restored(Sequence{97}, [] {});
  io.poll();
  EXPECT_EQ(turn(of), 1);
  of.stop(ledger);
  Ledger again;
  const auto taken = take_up(again);
  ASSERT_TRUE(taken);
  EXPECT_EQ(again.last(), Sequence{100});
  EXPECT_EQ(taken->heard, Sequence{97});
}

TEST_F(SnapshotterTest, CountsWhatFailsAndTriesAgainLater) {
  Snapshotter of = snapshotter(100);
  of.begin({});
  std::filesystem::remove_all(directory.path() / "snapshots");
  live(100);
  EXPECT_EQ(turn(of), 1);
  // Not by stopping it, which would try once more.
  while (!of.metrics().contains("\npackledger_snapshots_failed_total 1\n")) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    EXPECT_EQ(turn(of), 0);
  }
  ASSERT_TRUE(files.prepare());
  live(10);
  EXPECT_EQ(turn(of), 1);
  of.stop(ledger);
  EXPECT_EQ(newest(), "110");
}

}  // namespace
}  // namespace packledger
