// What a load is made of: the work, its pace, its latencies, the answers. No daemon, no clock.
#include "app/cli/bench_lane.hpp"
#include "app/cli/bench_latency.hpp"
#include "app/cli/bench_pace.hpp"
#include "app/cli/bench_work.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <set>

namespace packledger::cli {
namespace {

// ---- latencies ----

TEST(BenchLatency, APercentileIsTheSmallestValueThatSoManyDoNotExceed) {
  BenchLatency latency;
  EXPECT_EQ(latency.at({99'000}), 0);
  for (std::int64_t i = 1; i <= 100; ++i) latency.add(i);
  EXPECT_EQ(latency.at({50'000}), 50);
  EXPECT_EQ(latency.at({99'000}), 99);
  EXPECT_EQ(latency.at({99'001}), 100);
  EXPECT_EQ(latency.at({99'900}), 100);
  EXPECT_EQ(latency.at({100'000}), 100);
  EXPECT_EQ(latency.at({1}), 1);
  EXPECT_EQ(latency.count(), 100);
}

TEST(BenchLatency, OfOneValueEveryPercentileIsThatValue) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{127}, std::int64_t{128}, std::int64_t{123'456'789},
        std::numeric_limits<std::int64_t>::max()}) {
    BenchLatency latency;
    latency.add(value);
    EXPECT_EQ(latency.at({1}), value);
    EXPECT_EQ(latency.at({99'900}), value);
    EXPECT_EQ(latency.max(), value);
  }
}

TEST(BenchLatency, WhatIsToldIsNeverBelowTheTruthAndAtMostAStepAbove) {
  Dice dice{7};
  for (int i = 0; i < 2'000; ++i) {
    const auto value =
        static_cast<std::int64_t>(dice.next() >> (1 + static_cast<unsigned>(i) % 62));
    BenchLatency latency;
    latency.add(value);
    latency.add(std::numeric_limits<std::int64_t>::max());  // so that the largest hides nothing
    const std::int64_t told = latency.at({50'000});
    EXPECT_GE(told, value);
    EXPECT_LE(told - value, value / 128);
  }
}

TEST(BenchLatency, WorkersAddUp) {
  BenchLatency one;
  BenchLatency two;
  one.add(10);
  two.add(20);
  two.add(-5);  // a clock that stood: counts as none
  one.add(two);
  EXPECT_EQ(one.count(), 3);
  EXPECT_EQ(one.at({1}), 0);
  EXPECT_EQ(one.at({50'000}), 10);
  EXPECT_EQ(one.max(), 20);
}

// ---- who sends ----

TEST(BenchWork, ZipfDrawsEachRankByItsWeight) {
  constexpr std::int64_t ranks = 50;
  constexpr int draws = 400'000;
  const Zipf zipf{ranks, zipf_exponent};
  Dice dice{7};
  std::vector<int> counts(ranks);
  for (int i = 0; i < draws; ++i) {
    const std::int64_t rank = zipf.draw(dice);
    ASSERT_GE(rank, 0);
    ASSERT_LT(rank, ranks);
    ++counts[static_cast<std::size_t>(rank)];
  }
  double sum = 0;
  for (std::int64_t i = 1; i <= ranks; ++i) sum += std::pow(static_cast<double>(i), -zipf_exponent);
  for (std::int64_t i = 0; i < ranks; ++i) {
    const double expected = draws * std::pow(static_cast<double>(i + 1), -zipf_exponent) / sum;
    const double deviation = std::sqrt(expected);
    EXPECT_NEAR(counts[static_cast<std::size_t>(i)], expected, 5 * deviation) << i;
  }
}

TEST(BenchWork, ZipfHasASingleRankToo) {
  Dice dice{7};
  EXPECT_EQ((Zipf{1, zipf_exponent}.draw(dice)), 0);
  const Zipf many{20'000'000, zipf_exponent};
  for (int i = 0; i < 10'000; ++i) EXPECT_LT(many.draw(dice), 20'000'000);
}

std::vector<BenchSend> work_of(BenchMix mix, std::size_t count, std::uint64_t worker = 0) {
  BenchWork work{mix, worker, 2};
  std::vector<BenchSend> sends;
  work.fill(count, Instant{1'000}, sends);
  return sends;
}

TEST(BenchWork, TheSameSeedDrawsTheSameWork) {
  for (const auto distribution : {BenchDistribution::uniform, BenchDistribution::zipf}) {
    BenchMix mix{.accounts = 100, .distribution = distribution};
    const auto one = work_of(mix, 1'000);
    const auto two = work_of(mix, 1'000);
    mix.seed = 8;
    const auto other = work_of(mix, 1'000);
    int same = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(one[i].account, two[i].account);
      EXPECT_EQ(one[i].number, two[i].number);
      EXPECT_EQ(one[i].units, two[i].units);
      if (one[i].account == other[i].account) ++same;
    }
    EXPECT_LT(same, 500);
  }
}

TEST(BenchWork, DuplicatesAreEarlierSendsAndWorkersNeverMeet) {
  const BenchMix mix{.accounts = 1'000, .duplicates_per_mille = 100, .first_number = 1'000'000};
  std::map<std::uint64_t, BenchSend> first;
  std::set<std::string> names;
  int again = 0;
  for (const BenchSend& send : work_of(mix, 10'000)) {
    EXPECT_GE(send.number, 1'000'000U);
    EXPECT_GE(send.units, 1);
    EXPECT_LE(send.units, 3);
    EXPECT_EQ(send_name(send.number).size(), 16U);
    names.insert(send_name(send.number));
    const auto [known, fresh] = first.emplace(send.number, send);
    if (fresh) continue;
    ++again;
    EXPECT_EQ(known->second.account, send.account);
    EXPECT_EQ(known->second.units, send.units);
  }
  EXPECT_NEAR(again, 1'000, 150);
  EXPECT_EQ(names.size(), first.size());
  for (const BenchSend& send : work_of(mix, 10'000, 1)) EXPECT_FALSE(first.contains(send.number));
}

// ---- when it is sent ----

constexpr std::int64_t ms = 1'000'000;

BenchSchedule open_loop() {
  return {.start_ns = 0,
          .batch = 10,
          .batches_max = 100,
          .sends_per_second = 1'000,  // a batch every 10 ms
          .in_flight_max = 1'000};
}

TEST(BenchPace, AnOpenLoopKeepsItsSchedule) {
  BenchPace pace{open_loop()};
  ASSERT_TRUE(std::holds_alternative<SendNow>(pace.next(0)));
  pace.sent();
  const BenchStep early = pace.next(1);
  ASSERT_TRUE(std::holds_alternative<WaitUntil>(early));
  EXPECT_EQ(std::get<WaitUntil>(early).at_ns, 10 * ms);
  // Held up for long: what should have left is still counted from when it should have.
  const BenchStep late = pace.next(500 * ms);
  ASSERT_TRUE(std::holds_alternative<SendNow>(late));
  EXPECT_EQ(std::get<SendNow>(late).intended_ns, 10 * ms);
}

TEST(BenchPace, AnOpenLoopDoesNotOverflowInADay) {
  BenchSchedule schedule = open_loop();
  schedule.batches_max = 0;
  schedule.duration_ns = std::int64_t{86'400} * 1'000 * ms;
  schedule.batch = 10'000;
  schedule.sends_per_second = 1'000'000'000;
  schedule.workers = 8'639'999'999;  // the second batch of this worker is due just before the end
  BenchPace pace{schedule};
  pace.sent();
  const BenchStep step = pace.next(0);
  ASSERT_TRUE(std::holds_alternative<WaitUntil>(step));
  EXPECT_EQ(std::get<WaitUntil>(step).at_ns, 86'399'999'990'000);
}

// A daemon in miniature: it answers after 1 ms, one batch after the other, but stands still from
// 200 ms to 700 ms. Gives the latencies as a worker would measure them.
BenchLatency play(const BenchSchedule& schedule) {
  BenchPace pace{schedule};
  BenchLatency latency;
  std::deque<std::pair<std::int64_t, std::int64_t>> answers;  // due, intended
  std::int64_t now = 0;
  std::int64_t free_at = 0;
  for (;;) {
    while (!answers.empty() && answers.front().first <= now) {
      latency.add(answers.front().first - answers.front().second);
      answers.pop_front();
      pace.answered();
    }
    const BenchStep step = pace.next(now);
    if (std::holds_alternative<Finished>(step)) return latency;
    if (const auto* const send = std::get_if<SendNow>(&step)) {
      free_at = std::max(free_at, now) + ms;
      if (free_at > 200 * ms && free_at < 700 * ms) free_at = 700 * ms;
      answers.emplace_back(free_at, send->intended_ns);
      pace.sent();
      continue;
    }
    std::int64_t next =
        answers.empty() ? std::numeric_limits<std::int64_t>::max() : answers.front().first;
    if (const auto* const until = std::get_if<WaitUntil>(&step))
      next = std::min(next, until->at_ns);
    now = next;
  }
}

TEST(BenchPace, AStallShowsInAllThatWasMeantToLeaveMeanwhile) {
  const BenchLatency latency = play(open_loop());
  EXPECT_EQ(latency.count(), 100);
  // 50 of 100 batches were due in the half second in which nothing was answered.
  EXPECT_LT(latency.at({40'000}), 2 * ms);
  EXPECT_GT(latency.at({75'000}), 100 * ms);
  EXPECT_GT(latency.at({99'000}), 450 * ms);
  EXPECT_GT(latency.max(), 490 * ms);
}

TEST(BenchPace, AlsoWhereOnlyOneMayBeInFlight) {
  BenchSchedule narrow = open_loop();
  narrow.in_flight_max = 1;
  const BenchLatency latency = play(narrow);
  EXPECT_EQ(latency.count(), 100);
  EXPECT_GT(latency.at({75'000}), 100 * ms);
  // The same in a closed loop, where the stall hides: one batch of a hundred saw it.
  narrow.sends_per_second = 0;
  narrow.batches_max = 250;
  EXPECT_LT(play(narrow).at({99'000}), 2 * ms);
}

TEST(BenchPace, AClosedLoopSendsWhenThereIsRoom) {
  BenchPace pace{{.batches_max = 3, .in_flight_max = 2}};
  EXPECT_EQ(std::get<SendNow>(pace.next(5)).intended_ns, 5);
  pace.sent();
  pace.sent();
  EXPECT_TRUE(std::holds_alternative<WaitForAnswer>(pace.next(6)));
  pace.answered();
  EXPECT_EQ(std::get<SendNow>(pace.next(7)).number, 2);
  pace.sent();
  EXPECT_TRUE(std::holds_alternative<WaitForAnswer>(pace.next(8)));
  pace.answered();
  EXPECT_TRUE(std::holds_alternative<WaitForAnswer>(pace.next(8)));  // the last is on its way
  pace.answered();
  EXPECT_TRUE(std::holds_alternative<Finished>(pace.next(9)));
}

TEST(BenchPace, TheTimeIsHalfOpen) {
  const BenchSchedule second{.duration_ns = 1'000 * ms, .in_flight_max = 1};
  EXPECT_TRUE(std::holds_alternative<SendNow>(BenchPace{second}.next(1'000 * ms - 1)));
  EXPECT_TRUE(std::holds_alternative<Finished>(BenchPace{second}.next(1'000 * ms)));
}

TEST(BenchPace, WorkersShareTheBatches) {
  std::set<std::int64_t> numbers;
  for (std::int64_t worker = 0; worker < 3; ++worker) {
    BenchSchedule schedule = open_loop();
    schedule.worker = worker;
    schedule.workers = 3;
    BenchPace pace{schedule};
    BenchStep step = pace.next(1'000'000 * ms);
    while (const auto* const send = std::get_if<SendNow>(&step)) {
      EXPECT_EQ(send->intended_ns, send->number * 10 * ms);
      EXPECT_TRUE(numbers.insert(send->number).second);
      pace.sent();
      step = pace.next(1'000'000 * ms);
    }
  }
  EXPECT_EQ(numbers.size(), 100U);
}

// ---- what is answered ----

TEST(BenchLane, JsonResultsAreFoundByTheirKeys) {
  SendResultsRead read;
  ASSERT_TRUE(
      read_json_results(R"([{"send":"a","result":"recorded","lines":[{"package":"p1","units":1}]},)"
                        R"({"send":"b","result":"rejected","code":"invalid_units",)"
                        R"("detail":"\"result\":\"recorded\""},)"
                        R"({"send":"c","result":"duplicate"}])",
                        read));
  ASSERT_EQ(read.results.size(), 3U);
  EXPECT_EQ(read.results[0].outcome, SendOutcome::recorded);
  EXPECT_EQ(read.results[1].outcome, SendOutcome::rejected);
  EXPECT_EQ(read.results[1].code, "invalid_units");
  EXPECT_EQ(read.results[2].outcome, SendOutcome::duplicate);
  EXPECT_FALSE(read_json_results(R"({"code":"busy"})", read));
  EXPECT_FALSE(read_json_results(R"([{"result":"lost"}])", read));
}

TEST(BenchLane, ARefusedRequestIsToldByItsCode) {
  SendResultsRead read;
  const BenchLane lane{BenchProtocol::json, "b"};
  ASSERT_TRUE(lane.read(
      {.connection = 0, .status = 503, .body = R"({"status":503,"code":"busy","detail":"x"})"},
      read));
  EXPECT_EQ(read.refused, "busy");
  EXPECT_FALSE(lane.read({.connection = 0, .status = 500, .body = "oops"}, read));
}

TEST(BenchLane, OnlyWhatWasRecordedCounts) {
  const std::vector<BenchSend> sends{{.account = 1, .number = 1, .units = 3, .occurred_at = {}},
                                     {.account = 1, .number = 1, .units = 3, .occurred_at = {}},
                                     {.account = 0, .number = 2, .units = 2, .occurred_at = {}}};
  SendResultsRead read;
  read.results = {{.outcome = SendOutcome::recorded},
                  {.outcome = SendOutcome::duplicate},
                  {.outcome = SendOutcome::rejected, .code = "too_old"}};
  BenchTally tally;
  tally.units_by_account.resize(2);
  ASSERT_TRUE(tally.add(sends, read));
  EXPECT_FALSE(tally.add(std::span{sends}.first(2), read));  // not the answer to these
  read.results.clear();
  read.refused = "busy";
  ASSERT_TRUE(tally.add(sends, read));
  BenchTally all;
  all.add(tally);
  EXPECT_EQ(all.recorded, 1);
  EXPECT_EQ(all.duplicates, 1);
  EXPECT_EQ(all.rejected.at("too_old"), 1);
  EXPECT_EQ(all.refused.at("busy"), 1);
  EXPECT_EQ(all.units, 3);
  EXPECT_EQ(all.units_by_account, (std::vector<std::int64_t>{0, 3}));
}

}  // namespace
}  // namespace packledger::cli
