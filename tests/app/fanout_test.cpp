// The engine's door: order, one post per batch, and how a slow reader slows the engine.
#include "app/fanout.hpp"

#include "packledger/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>

namespace packledger {
namespace {

constexpr std::chrono::milliseconds deadline{20'000};

std::vector<Entry> entries(std::uint64_t first, std::uint64_t last) {
  std::vector<Entry> made;
  for (std::uint64_t n = first; n <= last; ++n)
    made.push_back(
        {.sequence = Sequence{n}, .recorded_at = {}, .input = {}, .decision = {}, .caused_by = {}});
  return made;
}

// Writes down what it hears: "learn 1-3 committed 4-5".
class Listener {
 public:
  BatchReader reader() {
    return {.learn = [this](std::span<const Entry> told) { note("learn", told); },
            .committed =
                [this](const std::shared_ptr<const serve::Batch>& batch) {
                  note("committed", batch->entries);
                }};
  }
  std::string heard;

 private:
  void note(std::string_view how, std::span<const Entry> told) {
    if (!heard.empty()) heard += " ";
    heard += std::string{how} + " " + std::to_string(told.front().sequence.value) + "-" +
             std::to_string(told.back().sequence.value);
  }
};

struct FanoutTest : testing::Test {
  boost::asio::io_context io;
  Listener listener;
  Ledger ledger;
};

TEST_F(FanoutTest, TellsEachBatchOnceInOrder) {
  Fanout fanout{io, listener.reader()};
  fanout.go_live();
  fanout.committed(entries(1, 3), ledger);
  fanout.committed(entries(4, 4), ledger);
  EXPECT_EQ(listener.heard, "");  // on the reader's thread only
  EXPECT_EQ(fanout.entries_waiting(), 4U);
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-3 committed 4-4");
  EXPECT_EQ(fanout.entries_waiting(), 0U);
}

TEST_F(FanoutTest, GathersWhatRecoveryTells) {
  Fanout fanout{io, listener.reader(), {.entries_max = 100, .learn_entries = 3}};
  for (std::uint64_t n = 1; n <= 7; ++n) fanout.committed(entries(n, n), ledger);
  fanout.go_live();
  fanout.committed(entries(8, 9), ledger);
  io.run();
  EXPECT_EQ(listener.heard, "learn 1-3 learn 4-6 learn 7-7 committed 8-9");
}

TEST_F(FanoutTest, WaitsForASlowReader) {
  Fanout fanout{io, listener.reader(), {.entries_max = 4, .learn_entries = 3}};
  fanout.go_live();
  fanout.committed(entries(1, 3), ledger);
  auto engine = std::async(std::launch::async, [&] { fanout.committed(entries(4, 5), ledger); });
  EXPECT_EQ(engine.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
  auto work = boost::asio::make_work_guard(io);
  std::jthread front{[&] { io.run(); }};
  EXPECT_EQ(engine.wait_for(deadline), std::future_status::ready);
  work.reset();
  front.join();
  EXPECT_EQ(listener.heard, "committed 1-3 committed 4-5");
}

TEST_F(FanoutTest, LetsABatchAboveTheLimitThroughAlone) {
  Fanout fanout{io, listener.reader(), {.entries_max = 2, .learn_entries = 3}};
  fanout.go_live();
  fanout.committed(entries(1, 5), ledger);
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-5");
}

TEST_F(FanoutTest, KeepsNobodyWaitingOnceClosed) {
  Fanout fanout{io, listener.reader(), {.entries_max = 1, .learn_entries = 3}};
  fanout.go_live();
  fanout.committed(entries(1, 1), ledger);
  auto engine = std::async(std::launch::async, [&] { fanout.committed(entries(2, 2), ledger); });
  fanout.close();
  EXPECT_EQ(engine.wait_for(deadline), std::future_status::ready);
  fanout.committed(entries(3, 3), ledger);
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-1");
}

}  // namespace
}  // namespace packledger
