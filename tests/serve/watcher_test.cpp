// What one watcher is told, without a socket: paused, caught up, conflated.
#include "serve/watcher.hpp"

#include "serve/subscriptions.hpp"
#include "store/memory_journal.hpp"
#include "tests/serve/daemon_under_test.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace packledger::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A ledger, a journal and subscriptions that are fed by hand.
class WatcherTest : public ::testing::Test {
 protected:
  WatcherTest() {
    limits.watch_queue_bytes_max = 2'000;  // about six entries
    record(AccountOpened{.name = "acme", .currency = *parse_currency("CNY"), .settings = {}});
    record(AccountOpened{.name = "beta", .currency = *parse_currency("CNY"), .settings = {}});
  }

  void record(What what, std::uint64_t account = 0) {
    Input input{.account = AccountId{account}, .key = {}, .what = std::move(what)};
    auto decision = ledger.decide(input, first_of_may);
    ASSERT_TRUE(decision) << reject_text(decision.error().reject);
    const std::vector<Entry> entries{Entry{.sequence = next(ledger.last()),
                                           .recorded_at = first_of_may,
                                           .input = std::move(input),
                                           .decision = std::move(*decision),
                                           .caused_by = {}}};
    ledger.apply(entries.front());
    ASSERT_TRUE(journal.append(Sequence{entries.front().sequence.value - 1}, entries));
    directory.learn(entries.front());
    positions.reached(ledger.last());
    subscriptions.committed(entries);
  }
  void fund(std::uint64_t account) {
    record(FundsCredited{.amount = Money{1}, .reason = {}}, account);
  }
  // All that the watcher has to tell now.
  static std::vector<std::string> told(Watcher& watcher) {
    std::vector<std::string> texts;
    for (;;) {
      if (const Text text = watcher.next())
        texts.emplace_back(text->json());
      else if (watcher.behind())
        watcher.look();
      else
        return texts;
    }
  }
  static std::vector<std::string> positions_of(const std::vector<std::string>& texts) {
    std::vector<std::string> positions;
    for (const std::string& text : texts)
      positions.push_back(member(text, "type") + " " + member(text, "position"));
    return positions;
  }
  // Lets the front run; a question that is put is answered at once.
  void run() {
    for (bool more = true; more;) {
      io.restart();  // it stops when it has no work, also while the engine is about to answer
      more = io.run_one() > 0;
      while (auto request = inbox.take()) std::get<Question>(*request).ask(ledger);
    }
  }

  boost::asio::io_context io;
  Ledger ledger;
  MemoryJournal journal;
  InboxUnderTest inbox{16};
  Directory directory;
  Positions positions{io.get_executor()};
  Subscriptions subscriptions{io.get_executor(), inbox, journal, directory, positions};
  Limits limits;
};

TEST_F(WatcherTest, IsToldWhatComesAfterTheMessageWhereItNamesNoPosition) {
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"entries","accounts":["acme"]})");
  EXPECT_THAT(told(watcher), IsEmpty());
  fund(1);
  fund(2);
  fund(1);
  EXPECT_THAT(positions_of(told(watcher)), ::testing::ElementsAre("entry 3", "entry 5"));
}

TEST_F(WatcherTest, CatchesUpFromTheJournalAndGoesOnLive) {
  for (int i = 0; i < 20; ++i) fund(1);
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"entries","accounts":["acme"],"from":2})");
  watcher.look();
  std::vector<std::string> texts{std::string(watcher.next()->json())};
  fund(1);  // while it is behind
  for (std::string& text : told(watcher)) texts.push_back(std::move(text));
  ASSERT_EQ(texts.size(), 21U);
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(member(texts[i], "position"), std::to_string(i + 3));
  EXPECT_FALSE(watcher.behind());
}

TEST_F(WatcherTest, IsPausedWhileItDoesNotReadAndToldHowFarBehindItIs) {
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"entries","accounts":["acme"]})");
  for (int i = 0; i < 1'000; ++i) fund(1);
  EXPECT_TRUE(watcher.behind());
  const auto texts = told(watcher);
  ASSERT_EQ(texts.size(), 1'001U);
  std::uint64_t expected = 3;
  for (const std::string& text : texts) {
    if (member(text, "type") == "lag") {
      EXPECT_EQ(member(text, "position"), std::to_string(expected - 1));
      EXPECT_EQ(member(text, "behind"), std::to_string(1'002 - expected + 1));
      continue;
    }
    EXPECT_EQ(member(text, "position"), std::to_string(expected++));
  }
}

TEST_F(WatcherTest, CatchesUpOneAccountWhileAnotherIsLive) {
  for (int i = 0; i < 20; ++i) fund(2);
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"entries","accounts":["acme"]})");
  watcher.take(R"({"watch":"entries","accounts":["beta"],"from":0})");
  fund(1);
  fund(2);
  std::vector<std::string> acme;
  std::vector<std::string> beta;
  for (const std::string& text : told(watcher))
    (member(text, "account") == "acme" ? acme : beta).push_back(member(text, "position"));
  EXPECT_THAT(acme, ::testing::ElementsAre("23"));
  ASSERT_EQ(beta.size(), 22U);
  EXPECT_EQ(beta.front(), "2");
  EXPECT_EQ(beta.back(), "24");
}

TEST_F(WatcherTest, GetsTheNewestBalanceOnlyHoweverManyThereWere) {
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  for (int i = 0; i < 1'000; ++i) {
    fund(1);
    run();
  }
  // The first change was asked for; then one waited, and no other was.
  EXPECT_THAT(positions_of(told(watcher)), ::testing::ElementsAre("snapshot 2", "change 3"));
  run();
  EXPECT_THAT(positions_of(told(watcher)), ::testing::ElementsAre("change 1002"));
  run();
  EXPECT_THAT(told(watcher), IsEmpty());
}

TEST_F(WatcherTest, AsksAgainWhenTheEngineWasBusy) {
  while (inbox.put(packledger::Request{Question{[](const Ledger&) {}}})) {
  }
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  run();
  ASSERT_NE(watcher.next(), nullptr);
}

TEST_F(WatcherTest, GetsASnapshotAgainWhenItAsksAgain) {
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  watcher.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  // One that was not taken is replaced.
  EXPECT_THAT(positions_of(told(watcher)), ::testing::ElementsAre("snapshot 2"));
  watcher.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  EXPECT_THAT(positions_of(told(watcher)), ::testing::ElementsAre("snapshot 2"));
}

TEST_F(WatcherTest, SharesOneTextOfABalanceWithAllWhoWatchIt) {
  Watcher first(subscriptions, limits, [] {});
  Watcher second(subscriptions, limits, [] {});
  Watcher slow(subscriptions, limits, [] {});
  for (Watcher* watcher : {&first, &second, &slow})
    watcher->take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  EXPECT_EQ(first.next(), second.next());
  fund(1);
  run();
  EXPECT_EQ(first.next(), second.next());
  fund(1);
  run();
  // The slow one skips what the others had.
  EXPECT_THAT(positions_of(told(slow)), ::testing::ElementsAre("snapshot 2", "change 4"));
  EXPECT_THAT(positions_of(told(first)), ::testing::ElementsAre("change 4"));
}

TEST_F(WatcherTest, IsAskedForAgainOnceSomebodyTakesWhatAllHadWaiting) {
  Watcher first(subscriptions, limits, [] {});
  Watcher second(subscriptions, limits, [] {});
  for (Watcher* watcher : {&first, &second})
    watcher->take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  for (int i = 0; i < 3; ++i) {
    fund(1);
    run();
  }
  EXPECT_THAT(positions_of(told(first)), ::testing::ElementsAre("snapshot 2", "change 3"));
  run();
  EXPECT_THAT(positions_of(told(first)), ::testing::ElementsAre("change 5"));
  EXPECT_THAT(positions_of(told(second)), ::testing::ElementsAre("snapshot 2", "change 5"));
}

TEST_F(WatcherTest, MayGoWhileABalanceIsAskedFor) {
  {
    Watcher watcher(subscriptions, limits, [] {});
    watcher.take(R"({"watch":"balances","accounts":["acme","beta"]})");
    watcher.take(R"({"watch":"entries","accounts":["acme"]})");
    watcher.take(R"({"unwatch":"balances","accounts":["beta"]})");
    fund(1);
    io.run_one();  // the question is out
  }
  run();
  Watcher later(subscriptions, limits, [] {});
  later.take(R"({"watch":"balances","accounts":["acme"]})");
  run();
  EXPECT_THAT(positions_of(told(later)), ::testing::ElementsAre("snapshot 3"));
}

// A journal that has forgotten its beginning.
class ShortJournal final : public Journal {
 public:
  ShortJournal(const Journal& whole, Sequence first) : whole_(whole), first_(first) {}
  Result<void, Fault> append(Sequence, std::span<const Entry>) override { return {}; }
  Result<void, Fault> read(Sequence from, const Visit& visit) const override {
    return whole_.read(std::max(from, first_), visit);
  }
  [[nodiscard]] Sequence last() const override { return whole_.last(); }

 private:
  const Journal& whole_;
  Sequence first_;
};

TEST_F(WatcherTest, SaysWhatTheJournalCanNoLongerTellAndGoesOnFromASnapshot) {
  for (int i = 0; i < 5; ++i) fund(1);
  const ShortJournal held(journal, Sequence{5});
  Subscriptions of_short{io.get_executor(), inbox, held, directory, positions};
  Watcher watcher(of_short, limits, [] {});
  watcher.take(R"({"watch":"entries","accounts":["acme"],"from":2})");
  EXPECT_THAT(told(watcher), IsEmpty());
  run();
  const auto texts = told(watcher);
  EXPECT_THAT(positions_of(texts), ::testing::ElementsAre("snapshot 7"));
  EXPECT_EQ(member(texts.at(0), "gap"), "true");
  Watcher whole(of_short, limits, [] {});
  whole.take(R"({"watch":"entries","accounts":["acme"],"from":4})");
  EXPECT_THAT(positions_of(told(whole)), ::testing::ElementsAre("entry 5", "entry 6", "entry 7"));
}

TEST_F(WatcherTest, WatchesSoManyAccountsAndNoMore) {
  limits.watch_accounts_max = 2;
  Watcher watcher(subscriptions, limits, [] {});
  watcher.take(R"({"watch":"balances","accounts":["acme","beta"]})");
  watcher.take(R"({"watch":"entries","accounts":["acme"]})");
  EXPECT_THAT(watcher.next()->json(), HasSubstr("invalid_accounts"));
}

TEST_F(WatcherTest, IsHeardNoLongerWhenItTalksWithoutListening) {
  Watcher watcher(subscriptions, limits, [] {});
  for (std::size_t i = 0; i < Watcher::replies_max; ++i) {
    EXPECT_FALSE(watcher.choked());
    watcher.take("{");
  }
  EXPECT_TRUE(watcher.choked());
  EXPECT_NE(watcher.next(), nullptr);
  EXPECT_FALSE(watcher.choked());
}

}  // namespace
}  // namespace packledger::serve
