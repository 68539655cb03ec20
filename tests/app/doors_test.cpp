// The front's door: order, bounds, sleeping and closing.
#include "app/doors.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace packledger {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds deadline{20'000};  // far longer than any of this takes

Request command(std::string account) {
  return Command{.account = std::move(account), .input = {}, .dry_run = false, .reply = {}};
}

Request batch(std::size_t sends) {
  return SendBatch{.sends = std::vector<SendAsked>(sends), .dry_run = false, .reply = {}};
}

std::string account_of(const std::optional<Request>& request) {
  return request ? std::get<Command>(*request).account : "nothing";
}

TEST(FrontDoor, GivesWhatWasPutInOrder) {
  FrontDoor door;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(door.put(command(name)));
  EXPECT_EQ(account_of(door.take()), "a");
  EXPECT_EQ(account_of(door.take()), "b");
  EXPECT_EQ(account_of(door.take()), "c");
  EXPECT_FALSE(door.take());
}

TEST(FrontDoor, LetsQuestionsOvertakeWhatIsToChangeSomething) {
  FrontDoor door{{.requests_max = 4, .sends_max = sends_per_batch_max}};
  std::string asked;
  const auto question = [&asked](char name) {
    return Question{[&asked, name](const Ledger&) { asked += name; }};
  };
  ASSERT_TRUE(door.put(command("a")));
  ASSERT_TRUE(door.put(command("b")));
  EXPECT_EQ(account_of(door.take()), "a");  // b is taken with it, and waits
  ASSERT_TRUE(door.put(question('1')));
  ASSERT_TRUE(door.put(question('2')));
  ASSERT_TRUE(door.put(command("c")));
  EXPECT_FALSE(door.put(question('3'))) << "they count as the others do";
  const Ledger ledger;
  std::get<Question>(*door.take()).ask(ledger);
  std::get<Question>(*door.take()).ask(ledger);
  EXPECT_EQ(asked, "12");
  EXPECT_EQ(account_of(door.take()), "b");
  EXPECT_EQ(account_of(door.take()), "c");
  EXPECT_EQ(door.requests(), 0U);
}

TEST(FrontDoor, SaysFullAndLeavesTheRequestAlone) {
  FrontDoor door{{.requests_max = 2, .sends_max = sends_per_batch_max}};
  ASSERT_TRUE(door.put(command("a")));
  ASSERT_TRUE(door.put(command("b")));
  Request third = command("c");
  EXPECT_FALSE(door.put(std::move(third)));
  EXPECT_EQ(std::get<Command>(third).account, "c");
  EXPECT_EQ(account_of(door.take()), "a");
  EXPECT_TRUE(door.put(std::move(third)));
  EXPECT_EQ(door.requests(), 2U);
}

TEST(FrontDoor, CountsTheSendsOfBatches) {
  FrontDoor door{{.requests_max = 10, .sends_max = sends_per_batch_max}};
  ASSERT_TRUE(door.put(batch(sends_per_batch_max - 1)));
  EXPECT_FALSE(door.put(batch(2)));
  EXPECT_TRUE(door.put(batch(1)));
  EXPECT_TRUE(door.put(command("of no send")));
  EXPECT_EQ(door.sends(), sends_per_batch_max);
  ASSERT_TRUE(door.take());
  EXPECT_EQ(door.sends(), 1U);
  EXPECT_TRUE(door.put(batch(2)));
}

TEST(FrontDoor, TakesNothingMoreOnceClosed) {
  FrontDoor door;
  ASSERT_TRUE(door.put(command("a")));
  door.close();
  EXPECT_FALSE(door.put(command("b")));
  EXPECT_EQ(account_of(door.take()), "a");
  EXPECT_FALSE(door.take());
}

// Runs `wait` on a thread, does what ends it, and sees that it ended.
template <class Ending>
void expect_wait_ends(FrontDoor& door, std::optional<milliseconds> longest, Ending ending) {
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { door.wait(longest, stop.get_token()); });
  ending(stop);
  EXPECT_EQ(waiting.wait_for(deadline), std::future_status::ready);
}

TEST(FrontDoor, WaitEndsWithARequestAWakeACloseAStopOrItsTime) {
  FrontDoor door;
  expect_wait_ends(door, {}, [&](std::stop_source&) { ASSERT_TRUE(door.put(command("a"))); });
  ASSERT_TRUE(door.take());
  expect_wait_ends(door, {}, [&](std::stop_source&) { door.wake(); });
  expect_wait_ends(door, {}, [&](std::stop_source& stop) { stop.request_stop(); });
  expect_wait_ends(door, milliseconds{1}, [&](std::stop_source&) {});
  expect_wait_ends(door, {}, [&](std::stop_source&) { door.close(); });
}

TEST(FrontDoor, DoesNotForgetAWakeThatCameBeforeTheWait) {
  FrontDoor door;
  door.wake();
  expect_wait_ends(door, {}, [](std::stop_source&) {});
}

TEST(FrontDoor, SleepsWhileNothingHappens) {
  FrontDoor door;
  auto waiting = std::async(std::launch::async, [&] { door.wait({}, std::stop_token{}); });
  EXPECT_EQ(waiting.wait_for(milliseconds{50}), std::future_status::timeout);
  door.wake();
  EXPECT_EQ(waiting.wait_for(deadline), std::future_status::ready);
}

TEST(FrontDoor, LosesNothingBetweenManyThreads) {
  constexpr int putters = 4;
  constexpr int each = 5'000;
  FrontDoor door{{.requests_max = 64, .sends_max = sends_per_batch_max}};
  std::vector<std::jthread> threads;
  for (int n = 0; n < putters; ++n) {
    threads.emplace_back([&door, n] {
      for (int i = 0; i < each; ++i) {
        Request request = command(std::to_string(n) + ":" + std::to_string(i));
        while (!door.put(std::move(request))) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next_of(putters, 0);
  for (int taken = 0; taken < putters * each;) {
    door.wait({}, std::stop_token{});
    while (const auto request = door.take()) {
      const std::string name = account_of(request);
      const std::size_t colon = name.find(':');
      int& next = next_of[std::stoul(name.substr(0, colon))];
      ASSERT_EQ(std::stoi(name.substr(colon + 1)), next);
      ++next;
      ++taken;
    }
  }
  EXPECT_EQ(next_of, std::vector<int>(putters, each));
}

}  // namespace
}  // namespace packledger
