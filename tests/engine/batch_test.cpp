// Batches: what is counted of their entries, and when they are filled again.
#include "packledger/engine/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace packledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Entry entry_of(What what) {
  Entry entry;
  entry.input.what = std::move(what);
  return entry;
}

TEST(Batch, NotesWhatIsNoSend) {
  Batch batch;
  batch.entries = {entry_of(SendRecorded{}), entry_of(FundsCredited{})};
  batch.note(0);
  batch.entries.push_back(entry_of(SendRecorded{}));
  batch.entries.push_back(entry_of(PackageExpired{}));
  batch.note(2);
  EXPECT_THAT(batch.others, ElementsAre(1U, 3U));
}

TEST(Batch, WeighsWhatStandsInAnEntryManyTimes) {
  Batch small;
  small.entries = {entry_of(OrderPlaced{})};
  small.entries.front().decision = OrderDecision{};
  small.note(0);
  Batch large = small;
  large.bytes = 0;
  std::get<OrderDecision>(large.entries.front().decision).packages.resize(1'000);
  large.note(0);
  EXPECT_GT(large.bytes, small.bytes + 100'000);
}

TEST(SpareBatches, GivesABatchAgainOnceEverybodyHasLetItGo) {
  SpareBatches spare;
  std::shared_ptr<Batch> batch = spare.take();
  const Batch* const first = batch.get();
  batch->entries.resize(1'000);
  batch->note(0);
  const SharedBatch reader = batch;
  spare.give(std::move(batch));
  EXPECT_NE(spare.take().get(), first);
  EXPECT_EQ(reader->entries.size(), 1'000U);
}

TEST(SpareBatches, GivesItEmptyAndWithItsRoom) {
  SpareBatches spare;
  std::shared_ptr<Batch> batch = spare.take();
  const Batch* const first = batch.get();
  batch->entries.resize(1'000);
  batch->note(0);
  spare.give(std::move(batch));
  const std::shared_ptr<Batch> again = spare.take();
  ASSERT_EQ(again.get(), first);
  EXPECT_THAT(again->entries, IsEmpty());
  EXPECT_THAT(again->others, IsEmpty());
  EXPECT_EQ(again->bytes, 0U);
  EXPECT_GE(again->entries.capacity(), 1'000U);
}

TEST(SpareBatches, KeepsAFew) {
  SpareBatches spare;
  std::vector<std::weak_ptr<Batch>> all;
  for (std::size_t i = 0; i < 2 * SpareBatches::kept_max; ++i) {
    auto batch = std::make_shared<Batch>();
    all.emplace_back(batch);
    spare.give(std::move(batch));
  }
  std::size_t kept = 0;
  for (const auto& batch : all) kept += batch.expired() ? 0 : 1;
  EXPECT_EQ(kept, SpareBatches::kept_max);
}

}  // namespace
}  // namespace packledger
