// The engine's door: order, one post per batch, and how a slow reader slows the engine.
#include "app/fanout.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <thread>

namespace packledger {
namespace {

constexpr std::chrono::milliseconds deadline{20'000};

Committed entries(std::uint64_t first, std::uint64_t last) {
  auto batch = std::make_shared<Batch>();
  for (std::uint64_t n = first; n <= last; ++n)
    batch->entries.push_back(
        {.sequence = Sequence{n}, .recorded_at = {}, .input = {}, .decision = {}, .caused_by = {}});
  return {.batch = std::move(batch)};
}

// Writes down what it hears: "learn 1-3 committed 4-5".
class Listener {
 public:
  BatchReader reader() {
    return {.learn = [this](const Batch& batch) { note("learn", batch.entries); },
            .committed = [this](const SharedBatch& batch) { note("committed", batch->entries); }};
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
};

TEST_F(FanoutTest, TellsEachBatchOnceInOrder) {
  Fanout fanout{io, listener.reader()};
  fanout.go_live();
  fanout.committed(entries(1, 3));
  fanout.committed(entries(4, 4));
  EXPECT_EQ(listener.heard, "");  // on the reader's thread only
  EXPECT_EQ(fanout.entries_waiting(), 4U);
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-3 committed 4-4");
  EXPECT_EQ(fanout.entries_waiting(), 0U);
}

TEST_F(FanoutTest, LetsWhatRecoveryTellsBeLearnt) {
  Fanout fanout{io, listener.reader()};
  fanout.committed(entries(1, 3));
  fanout.committed(entries(4, 7));
  fanout.go_live();
  fanout.committed(entries(8, 9));
  io.run();
  EXPECT_EQ(listener.heard, "learn 1-3 learn 4-7 committed 8-9");
}

TEST_F(FanoutTest, AnswersOnceTheBatchIsHeard) {
  Fanout fanout{io, listener.reader()};
  fanout.go_live();
  Committed told = entries(1, 3);
  told.answers.emplace_back([&] { listener.heard += " first"; });
  told.answers.emplace_back([&] { listener.heard += " second"; });
  fanout.committed(std::move(told));
  Committed answer_alone;
  answer_alone.answers.emplace_back([&] { listener.heard += " third"; });
  fanout.committed(std::move(answer_alone));
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-3 first second third");
}

TEST_F(FanoutTest, WaitsForASlowReader) {
  Fanout fanout{io, listener.reader(), {.entries_max = 4}};
  fanout.go_live();
  fanout.committed(entries(1, 3));
  auto engine = std::async(std::launch::async, [&] { fanout.committed(entries(4, 5)); });
  EXPECT_EQ(engine.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
  auto work = boost::asio::make_work_guard(io);
  std::jthread front{[&] { io.run(); }};
  EXPECT_EQ(engine.wait_for(deadline), std::future_status::ready);
  work.reset();
  front.join();
  EXPECT_EQ(listener.heard, "committed 1-3 committed 4-5");
}

TEST_F(FanoutTest, LetsABatchAboveTheLimitThroughAlone) {
  Fanout fanout{io, listener.reader(), {.entries_max = 2}};
  fanout.go_live();
  fanout.committed(entries(1, 5));
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-5");
}

TEST_F(FanoutTest, KeepsNobodyWaitingOnceClosed) {
  Fanout fanout{io, listener.reader(), {.entries_max = 1}};
  fanout.go_live();
  fanout.committed(entries(1, 1));
  auto engine = std::async(std::launch::async, [&] { fanout.committed(entries(2, 2)); });
  fanout.close();
  EXPECT_EQ(engine.wait_for(deadline), std::future_status::ready);
  fanout.committed(entries(3, 3));
  io.run();
  EXPECT_EQ(listener.heard, "committed 1-1");
}

}  // namespace
}  // namespace packledger
