// Who waits for a position: until it is reached and no entry earlier, or the time is over.
#include "serve/positions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>

namespace packledger::serve {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto long_enough = 1h;

struct PositionsTest : testing::Test {
  // Runs what is ready; nothing waits for real time here.
  void settle() {
    io.restart();
    io.poll();
  }
  // Whether it is over is in the returned flag.
  void wait(Sequence position, std::chrono::milliseconds at_most, bool& over) {
    asio::co_spawn(io, positions.wait_for(position, at_most),
                   [&over](const std::exception_ptr& thrown) {
                     EXPECT_EQ(thrown, nullptr);
                     over = true;
                   });
    settle();
  }
  asio::io_context io;
  Positions positions{io.get_executor()};
};

TEST_F(PositionsTest, LetsGoAtThePositionAndNoEntryEarlier) {
  bool fifth = false;
  bool seventh = false;
  positions.reached(Sequence{3});
  wait(Sequence{5}, long_enough, fifth);
  wait(Sequence{7}, long_enough, seventh);
  positions.reached(Sequence{4});
  settle();
  EXPECT_FALSE(fifth);
  positions.reached(Sequence{6});  // a batch
  settle();
  EXPECT_TRUE(fifth);
  EXPECT_FALSE(seventh);
  positions.reached(Sequence{7});
  settle();
  EXPECT_TRUE(seventh);
}

TEST_F(PositionsTest, HoldsUpNobodyForWhatIsThereOrForNoTime) {
  bool there = false;
  bool no_time = false;
  positions.reached(Sequence{3});
  wait(Sequence{3}, long_enough, there);
  wait(Sequence{4}, 0ms, no_time);
  EXPECT_TRUE(there);
  EXPECT_TRUE(no_time);
}

TEST_F(PositionsTest, LetsEverybodyGoWhenItStops) {
  bool before = false;
  bool behind = false;
  wait(Sequence{1}, long_enough, before);
  EXPECT_FALSE(before);
  positions.stop();
  settle();
  EXPECT_TRUE(before);
  wait(Sequence{1}, long_enough, behind);
  EXPECT_TRUE(behind);
}

}  // namespace
}  // namespace packledger::serve
