// The exhaustive campaign in short: some steps of every small workload, in every way to lose power,
// and some failing ones. And that it would find something: a disk that lies is noticed.
#include "tests/sim/bulk.hpp"
#include "tests/sim/examine.hpp"
#include "tests/sim/workloads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>

namespace packledger::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array losses{Loss::none,   Loss::dropped, Loss::torn,
                            Loss::zeroed, Loss::garbled, Loss::names_undone};

class Exhaustive : public ::testing::TestWithParam<Workload> {};

// Other steps for each way, so that most of them are taken by some.
TEST_P(Exhaustive, SurvivesSomeOfItsSteps) {
  constexpr std::size_t stride = 29;
  Looks looks;
  const History history = record(GetParam(), looks);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    for (std::size_t at = i * 5; at < history.points.size(); at += stride) {
      const bool again = at % 2 == 0;
      examine(history, history.points[at], {.loss = losses[i], .seed = at + 1, .again = again},
              looks);
    }
  }
  EXPECT_THAT(looks.stories(), IsEmpty());
}

TEST_P(Exhaustive, StopsAtWhatFailsAndStartsAgain) {
  constexpr std::uint64_t stride = 17;
  Looks looks;
  const History history = record(GetParam(), looks);
  bool reached = true;
  for (std::uint64_t sync = 3; reached; sync += stride)
    reached = play_with(history, {.sync_fails_at = sync}, sync, looks);
  for (std::uint64_t step = 9; step < history.points.size(); step += 2 * stride)
    EXPECT_TRUE(play_with(history, {.short_write_at = step}, step, looks));
  EXPECT_TRUE(play_with(history, {.room = 2'000}, 1, looks));
  EXPECT_THAT(looks.stories(), IsEmpty());
}

TEST_P(Exhaustive, IsCopiedInBulkOverSomeCrashes) {
  Looks looks;
  const History history = record(GetParam(), looks);
  const std::vector<BulkPoint> points = record_bulk(history, looks);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    for (std::size_t at = i * 2; at < points.size(); at += 13)
      examine_bulk(history, points[at], {.loss = losses[i], .seed = at}, looks);
  }
  EXPECT_THAT(looks.stories(), IsEmpty());
}

TEST_P(Exhaustive, MakesTheSameStepsAgain) {
  Looks looks;
  EXPECT_EQ(record(GetParam(), looks).trace, record(GetParam(), looks).trace);
}

INSTANTIATE_TEST_SUITE_P(Small, Exhaustive, ::testing::ValuesIn(small_workloads()),
                         [](const auto& info) { return info.param.name; });

const Workload& workload(const std::string& name) {
  static const std::vector<Workload> all = small_workloads();
  return *std::ranges::find(all, name, &Workload::name);
}

TEST(Canary, OfSyncsThatDoNothingIsNoticed) {
  Looks looks;
  const History history = record(workload("sends"), looks, {.syncs_lie = true});
  EXPECT_GT(looks.wrong()[10], 0U) << "told before it was synced";
  examine(history, history.points.back(), {.loss = Loss::dropped}, looks);
  EXPECT_GT(looks.wrong()[3], 0U) << "lost";
}

TEST(Canary, OfWhatWasToldOtherwiseIsNoticed) {
  Looks looks;
  History history = record(workload("sends"), looks);
  EXPECT_THAT(looks.stories(), IsEmpty());
  // Another hash than what is stored: as if a byte of what was told had changed.
  history.points.back().chain[0] ^= 1U;
  examine(history, history.points.back(), {.loss = Loss::none}, looks);
  EXPECT_EQ(looks.wrong()[13], 1U);
  // An answer that names another entry: as if a repeat had been recorded once more.
  history.known.answers[4].front().first.value += 1;
  examine(history, history.points.back(), {.loss = Loss::none}, looks);
  EXPECT_EQ(looks.wrong()[5], 1U);
}

TEST(Canary, OfADamagedStoreIsNoticed) {
  Looks looks;
  const History history = record(workload("starts"), looks);
  const std::string mark = std::string(journal_folder) + "/watermark";
  EXPECT_EQ(damage(history, {.file = mark, .byte = 5'000}, looks), Noticed::harmless)
      << "between the slots";
  std::string log;
  for (const std::string& file : history.points.back().disk->files()) {
    if (file.ends_with(".log")) log = file;
  }
  EXPECT_EQ(damage(history, {.file = log, .byte = 20}, looks), Noticed::refused);
  EXPECT_EQ(damage(history, {.file = log, .byte = 20, .cut = true}, looks), Noticed::refused);
  EXPECT_THAT(looks.stories(), IsEmpty());
}

// What the workloads are for happens in them.
TEST(Workloads, GoWhereFewGo) {
  Looks looks;
  std::set<std::string_view> kinds;
  std::set<std::string> steps;
  for (const Workload& one : small_workloads()) {
    const History history = record(one, looks);
    for (const Entry& entry : history.entries) kinds.insert(kind_text(entry.input.what));
    for (const Point& point : history.points) {
      const std::size_t dot = point.step.path.rfind('.');
      if (dot != std::string::npos)
        steps.insert(std::string(name_of(point.step.kind)) + point.step.path.substr(dot));
    }
  }
  for (const char* kind :
       {"alarm_raised", "alarm_cleared", "package_renewed", "order_timed_out", "order_cancelled",
        "hold_expired", "hold_captured", "account_overdue", "account_suspended", "account_resumed",
        "package_expired", "package_closed", "package_released", "send_reversed", "batch_taken"})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  for (const char* step : {"create.sst", "remove.log", "remove.snapshot", "rename.snapshot",
                           "rename.sends", "remove.sends"})
    EXPECT_TRUE(steps.contains(step)) << step;
}

}  // namespace
}  // namespace packledger::sim
