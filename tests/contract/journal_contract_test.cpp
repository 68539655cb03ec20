// The five promises of engine/journal.hpp, over every journal there is.
#include "packledger/engine/journal.hpp"
#include "store/memory_journal.hpp"
#include "store/rocks_journal.hpp"
#include "tests/store/journal_fixture.hpp"
#include "tests/wire/entry_examples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace packledger {
namespace {

using store_tests::append_batches;
using store_tests::batch;
using store_tests::Contents;
using store_tests::read_all;
using store_tests::TemporaryDirectory;

// A journal and the ways in which its process may end.
class Place {
 public:
  virtual ~Place() = default;
  virtual Journal& journal() = 0;
  virtual void reopen() = 0;  // closed in order, opened again
  virtual void crash() = 0;   // gone at once, opened again from what was on disk
};

class MemoryPlace : public Place {
 public:
  Journal& journal() override { return journal_; }
  void reopen() override { journal_.reopen(); }
  void crash() override { journal_.reopen(); }

 private:
  MemoryJournal journal_;
};

template <WatermarkMode mode> class RocksPlace : public Place {
 public:
  RocksPlace() { open(); }
  Journal& journal() override { return *journal_; }
  void reopen() override {
    journal_.reset();
    open();
  }
  // A copy of the files is what a killed process leaves behind.
  void crash() override {
    const auto from = directory();
    ++copies_;
    std::filesystem::copy(from, directory(), std::filesystem::copy_options::recursive);
    reopen();
  }

 private:
  [[nodiscard]] std::filesystem::path directory() const {
    return root_ / ("journal." + std::to_string(copies_)).c_str();
  }
  void open() {
    auto opened = RocksJournal::open({.directory = directory(),
                                      .watermark = mode,
                                      .write_buffer_bytes = 64 * 1024,
                                      .files = nullptr});
    ASSERT_TRUE(opened) << opened.error().detail;
    journal_ = std::move(*opened);
  }

  TemporaryDirectory root_;
  int copies_ = 0;
  std::unique_ptr<RocksJournal> journal_;
};

struct Kind {
  const char* name;
  std::unique_ptr<Place> (*make)();
};

template <class P> std::unique_ptr<Place> make_place() { return std::make_unique<P>(); }

class JournalContract : public ::testing::TestWithParam<Kind> {
 protected:
  Journal& journal() { return place_->journal(); }
  Place& place() { return *place_; }

  std::vector<Entry> append(std::size_t batches) {
    std::vector<Entry> kept;
    const auto appended = append_batches(journal(), batches, kept);
    EXPECT_TRUE(appended) << appended.error().detail;
    return kept;
  }
  void expect_holds(const std::vector<Entry>& entries) {
    const Contents contents = read_all(journal());
    EXPECT_EQ(contents.fault, "");
    EXPECT_EQ(contents.entries, entries);
    EXPECT_EQ(journal().last().value, entries.size());
  }

 private:
  std::unique_ptr<Place> place_ = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(
    Over, JournalContract,
    ::testing::Values(Kind{"Memory", make_place<MemoryPlace>},
                      Kind{"RocksBeforeAck", make_place<RocksPlace<WatermarkMode::before_ack>>},
                      Kind{"RocksOneBehind", make_place<RocksPlace<WatermarkMode::one_behind>>}),
    [](const auto& info) { return info.param.name; });

TEST_P(JournalContract, BeginsEmpty) {
  expect_holds({});
  EXPECT_TRUE(read_all(journal(), Sequence{0}).entries.empty());
  EXPECT_TRUE(read_all(journal(), Sequence{5}).entries.empty());
}

TEST_P(JournalContract, ReadsFromAnyEntryToTheEndOrAsFarAsWanted) {
  const std::vector<Entry> kept = append(7);
  for (std::uint64_t from = 1; from <= kept.size() + 2; ++from) {
    const auto begin = kept.begin() + static_cast<std::ptrdiff_t>(std::min(from - 1, kept.size()));
    EXPECT_EQ(read_all(journal(), Sequence{from}).entries, std::vector<Entry>(begin, kept.end()));
  }
  for (std::size_t wanted = 1; wanted <= kept.size(); ++wanted) {
    std::size_t visited = 0;
    EXPECT_TRUE(journal().read(Sequence{1}, [&](const Entry&) { return ++visited < wanted; }));
    EXPECT_EQ(visited, wanted);
  }
}

// Promise 1, as far as a process can tell: what was acknowledged is there afterwards.
TEST_P(JournalContract, HoldsWhatItAcknowledgedHoweverItEnds) {
  std::vector<Entry> kept;
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(append_batches(journal(), 3, kept));
    if (i % 2 == 0) {
      place().crash();
    } else {
      place().reopen();
    }
    expect_holds(kept);
  }
}

// Promise 2; what a crash in the middle of one leaves is tried for each kind by itself.
TEST_P(JournalContract, HoldsTheFirstAppendsAfterACrashBetweenAnyTwo) {
  std::vector<Entry> kept;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(append_batches(journal(), 1, kept));
    place().crash();
    expect_holds(kept);
  }
}

// Promise 3.
TEST_P(JournalContract, NumbersEntriesFromOneWithoutGaps) {
  append(4);
  place().reopen();
  append(4);
  Sequence expected{1};
  for (const Entry& entry : read_all(journal()).entries) {
    EXPECT_EQ(entry.sequence, expected);
    expected = next(expected);
  }
  EXPECT_EQ(journal().last(), Sequence{expected.value - 1});
}

// Promise 4.
TEST_P(JournalContract, ChangesNothingWhenItIsFenced) {
  const std::vector<Entry> kept = append(3);
  for (const std::uint64_t after : {kept.size() - 1, kept.size() + 1, std::size_t{0}}) {
    const auto appended = journal().append(Sequence{after}, batch(Sequence{after}, 1));
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, JournalFault::fenced);
    EXPECT_THAT(appended.error().detail, ::testing::HasSubstr(std::to_string(after)));
  }
  expect_holds(kept);
  place().reopen();
  expect_holds(kept);
  EXPECT_TRUE(journal().append(journal().last(), batch(journal().last(), 1)));
}

TEST_P(JournalContract, KeepsEveryKindOfEntry) {
  wire_tests::Rng rng(11);
  std::vector<Entry> kept;
  for (int i = 0; i < 20; ++i) {
    std::vector<Entry> entries(1 + rng() % 20);
    for (std::size_t k = 0; k < entries.size(); ++k) {
      entries[k] = wire_tests::random_entry(rng, Instant{1'717'214'400'000});
      entries[k].sequence = Sequence{kept.size() + k + 1};
      entries[k].caused_by = Sequence{k == 0 ? 0 : entries[k].sequence.value - 1};
    }
    ASSERT_TRUE(journal().append(journal().last(), entries));
    kept.insert(kept.end(), entries.begin(), entries.end());
  }
  expect_holds(kept);
  place().crash();
  expect_holds(kept);
}

TEST_P(JournalContract, TakesAFullBatch) {
  const std::vector<Entry> entries = batch(Sequence{}, 8'192);
  ASSERT_TRUE(journal().append(Sequence{}, entries));
  expect_holds(entries);
  EXPECT_EQ(read_all(journal(), Sequence{8'192}).entries.size(), 1U);
  place().crash();
  expect_holds(entries);
}

TEST_P(JournalContract, IsReadByOthersWhileItIsAppendedTo) {
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::jthread reader([&] {
    while (!done || reads == 0) {
      const std::uint64_t before = journal().last().value;
      std::uint64_t seen = 0;
      const auto read = journal().read(Sequence{1}, [&](const Entry& entry) {
        EXPECT_EQ(entry.sequence.value, ++seen);
        return true;
      });
      EXPECT_TRUE(read);
      EXPECT_GE(seen, before);
      EXPECT_LE(seen, journal().last().value);
      ++reads;
    }
  });
  const std::vector<Entry> kept = append(150);
  done = true;
  reader.join();
  expect_holds(kept);
}

using JournalContractDeathTest = JournalContract;
INSTANTIATE_TEST_SUITE_P(Over, JournalContractDeathTest,
                         ::testing::Values(Kind{"Memory", make_place<MemoryPlace>}),
                         [](const auto& info) { return info.param.name; });

TEST_P(JournalContractDeathTest, TakesOnlyEntriesThatFit) {
  const auto append_these = [&](std::vector<Entry> entries) {
    (void)journal().append(Sequence{}, entries);
  };
  std::vector<Entry> entries = batch(Sequence{}, 3);
  entries[1].sequence = Sequence{3};
  EXPECT_DEATH(append_these(entries), "without gaps");
  entries = batch(Sequence{}, 3);
  entries[2].recorded_at = entries[2].recorded_at + seconds(1);
  EXPECT_DEATH(append_these(entries), "one instant");
  EXPECT_DEATH(append_these({}), "at least one");
}

}  // namespace
}  // namespace packledger
