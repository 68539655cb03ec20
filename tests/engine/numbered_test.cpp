// Numbered batches in a turn: taken whole or not at all, answered again as the first time, over
// repeats, gaps, restarts and failed appends (rules §12 R128 to R130).
#include "tests/engine/mainland.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace packledger {
namespace {

using testing::ElementsAre;

std::string generated(const std::string& producer, BatchNumber at, std::size_t index) {
  return ":" + producer + ":" + std::to_string(at.epoch) + ":" + std::to_string(at.number) + ":" +
         std::to_string(index);
}

// What an answer says, in words: "recorded 5", "duplicate 5", "quota_exhausted units".
std::vector<std::string> words_of(const SendsAnswered& told) {
  std::vector<std::string> words;
  if (told.numbered && told.numbered->refusal && !told.numbered->repeats())
    words.emplace_back("! " + std::string(reject_text(told.numbered->refusal->reject)));
  for (const SendAnswer& answer : told.answers) {
    const Refusal* refusal = answer.refusal();
    std::string text{refusal == nullptr ? "recorded" : reject_text(refusal->reject)};
    if (refusal != nullptr && !refusal->field.empty()) text += " " + std::string(refusal->field);
    if (answer.sequence != Sequence{}) text += " " + std::to_string(answer.sequence.value);
    words.push_back(std::move(text));
  }
  return words;
}

std::uint64_t digest_of(const std::vector<SendAsked>& sends) {
  std::uint64_t digest = 7;
  for (const SendAsked& asked : sends)
    digest = digest * 31 + static_cast<std::uint64_t>(asked.send.units.value);
  return digest;
}

SendBatch numbered(const std::string& producer, BatchNumber at, std::vector<SendAsked> sends) {
  for (std::size_t i = 0; i < sends.size(); ++i) {
    if (sends[i].send.send.empty()) sends[i].send.send = generated(producer, at, i);
  }
  SendBatch batch;
  batch.numbered = NumberedBatch{.producer = producer, .at = at, .digest = digest_of(sends)};
  batch.sends = std::move(sends);
  return batch;
}

struct Told {
  std::vector<std::string> words;
  NumberedAnswer numbered;
};

struct NumberedWorld : World {
  using World::World;

  void put(SendBatch batch, Told& told) {
    batch.reply = [this, &told](const SendsAnswered& answered) {
      diary.push_back("answered");
      told = {words_of(answered), *answered.numbered};
    };
    (void)inbox.put(Request{std::move(batch)});
  }
  Told take(SendBatch batch) {
    Told told;
    put(std::move(batch), told);
    (void)engine.turn();
    return told;
  }
};

struct Numbered : testing::Test {
  Numbered() {
    world.open_account("acme");                                  // entry 1
    world.grant("acme", "A", 100, world.clock.time + days(30));  // entry 2
    world.diary.clear();
    world.outlet.told.clear();
  }
  static std::vector<SendAsked> units(std::initializer_list<std::int64_t> units) {
    std::vector<SendAsked> sends;
    for (const std::int64_t one : units) sends.push_back(send_to_thailand("acme", "", one));
    return sends;
  }
  [[nodiscard]] std::int64_t left() const {
    return world.ledger.accounts().at(AccountId{1}).packages.front().remaining.value;
  }

  NumberedWorld world;
};

TEST_F(Numbered, StandBehindTheirSendsInTheSameAppend) {
  const Told told = world.take(numbered("gw", {1, 1}, units({1, 2, 3})));
  EXPECT_THAT(told.words, ElementsAre("recorded 3", "recorded 4", "recorded 5"));
  EXPECT_THAT(world.diary, ElementsAre("synced 4", "told 4", "answered"));
  EXPECT_THAT(kinds(world.outlet.told),
              ElementsAre("send_recorded", "send_recorded", "send_recorded", "batch_taken"));
  EXPECT_EQ(left(), 94);
}

TEST_F(Numbered, AreAnsweredAgainAsTheFirstTime) {
  const auto batch = [] { return numbered("gw", {1, 1}, units({1, 500, 3})); };
  const Told first = world.take(batch());
  EXPECT_THAT(first.words, ElementsAre("recorded 3", "no_tariff destination", "recorded 4"));
  const Told again = world.take(batch());
  EXPECT_TRUE(again.numbered.repeats());
  EXPECT_EQ(again.words, first.words);
  EXPECT_EQ(left(), 96);
  EXPECT_EQ(world.journal.last(), Sequence{5});
}

TEST_F(Numbered, AreAnsweredAgainInTheSameTurn) {
  std::array<Told, 3> told;
  for (std::size_t i = 0; i < 2; ++i) world.put(numbered("gw", {1, 1}, units({1, 2})), told[i]);
  world.put(numbered("gw", {1, 2}, units({3})), told[2]);
  ASSERT_TRUE(world.engine.turn());
  EXPECT_THAT(told[0].words, ElementsAre("recorded 3", "recorded 4"));
  EXPECT_EQ(told[1].words, told[0].words);
  EXPECT_THAT(told[2].words, ElementsAre("recorded 6"));
  EXPECT_EQ(left(), 94);
}

TEST_F(Numbered, TakeNothingWhereTheNumberMayNotBeTaken) {
  (void)world.take(numbered("gw", {3, 1}, units({1})));
  const Sequence before = world.journal.last();
  const Told gap = world.take(numbered("gw", {3, 3}, units({1, 1})));
  EXPECT_THAT(gap.words, ElementsAre("! gap"));
  EXPECT_EQ(gap.numbered.producer, (BatchNumber{3, 1}));
  EXPECT_THAT(world.take(numbered("gw", {2, 1}, units({1}))).words, ElementsAre("! stale_epoch"));
  EXPECT_THAT(world.take(numbered("gw", {3, 1}, units({2}))).words, ElementsAre("! conflict"));
  EXPECT_THAT(world.take(numbered("new", {1, 2}, units({2}))).words, ElementsAre("! gap"));
  EXPECT_EQ(world.journal.last(), before);
  EXPECT_EQ(left(), 99);
}

TEST_F(Numbered, TellHowFarAProducerIs) {
  const auto ask = [this](const char* producer) {
    return world.take(numbered(producer, {}, {})).numbered;
  };
  EXPECT_EQ(ask("gw").producer, BatchNumber{});
  (void)world.take(numbered("gw", {7, 1}, units({1})));
  (void)world.take(numbered("gw", {7, 2}, {}));  // even of no sends
  EXPECT_EQ(ask("gw").producer, (BatchNumber{7, 2}));
  EXPECT_TRUE(ask("gw").asks);
  EXPECT_EQ(ask("other").producer, BatchNumber{});
}

TEST_F(Numbered, CheckSendsThatBringTheirNames) {
  std::vector<SendAsked> sends = units({1, 1, 1});
  sends[1].send.send = "own";
  sends[2].send.send = "own";
  EXPECT_THAT(world.take(numbered("gw", {1, 1}, sends)).words,
              ElementsAre("recorded 3", "recorded 4", "duplicate 4"));
  sends[1].send.units = Units{9};
  const std::vector<std::string> second{"recorded 6", "conflict units 4", "duplicate 4"};
  EXPECT_EQ(world.take(numbered("gw", {1, 2}, sends)).words, second);
  EXPECT_EQ(world.take(numbered("gw", {1, 2}, sends)).words, second);
  EXPECT_EQ(left(), 97);
}

TEST_F(Numbered, KeepTheirSendsForReversal) {
  (void)world.take(numbered("gw", {1, 1}, units({5, 7})));
  const auto reversed = world.ask("acme", SendReversed{":gw:1:1:1", "r1", Units{7}});
  ASSERT_TRUE(reversed);
  EXPECT_EQ(left(), 95);
  EXPECT_EQ(world.ask("acme", SendReversed{":gw:1:1:2", "r2", Units{1}}).error().refusal.reject,
            Reject::unknown_send);
}

TEST_F(Numbered, KeepNothingOfADryRun) {
  SendBatch batch = numbered("gw", {1, 1}, units({5}));
  batch.dry_run = true;
  const Told tried = world.take(std::move(batch));
  EXPECT_FALSE(tried.numbered.refusal);
  EXPECT_EQ(tried.words.size(), 1U);
  EXPECT_EQ(world.journal.last(), Sequence{2});
  batch = numbered("gw", {1, 2}, units({5}));
  batch.dry_run = true;
  EXPECT_THAT(world.take(std::move(batch)).words, ElementsAre("! gap"));
  EXPECT_THAT(world.take(numbered("gw", {1, 1}, units({5}))).words, ElementsAre("recorded 3"));
}

TEST_F(Numbered, FindTheirSendsBetweenWhatFollowedFromThem) {
  AlarmRule rule;
  rule.name = "low";
  rule.pool = "TH";
  rule.kind = AlarmKind::total;
  rule.threshold.units = Units{97};
  rule.when = AlarmWhen::at_or_below;
  ASSERT_TRUE(world.ask("acme", AlarmRuleSet{rule}));  // entry 3
  const auto batch = [] { return numbered("gw", {1, 1}, units({1, 2, 1})); };
  const Told first = world.take(batch());
  EXPECT_THAT(first.words, ElementsAre("recorded 4", "recorded 5", "recorded 7"));
  EXPECT_EQ(world.take(batch()).words, first.words);
}

// ---- over restarts ----

// A journal that is always there, and engines that come and go over it.
struct Restarts {
  Diary diary;
  DiaryJournal journal{diary};
  DiaryOutlet outlet{diary};
  HandClock clock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<HandCommitter> commits;
  std::unique_ptr<QueueInbox> inbox;
  std::unique_ptr<Engine> engine;

  void restart() {
    engine.reset();
    ledger = std::make_unique<Ledger>();
    inbox = std::make_unique<QueueInbox>();
    commits = std::make_unique<HandCommitter>(journal);
    Diary unread;
    DiaryOutlet recovered{unread};
    ASSERT_TRUE(recover(*ledger, journal, recovered));
    engine = std::make_unique<Engine>(EngineParts{.ledger = *ledger,
                                                  .journal = journal,
                                                  .committer = *commits,
                                                  .inbox = *inbox,
                                                  .outlet = outlet,
                                                  .clock = clock},
                                      EngineLimits{});
    journal.appends_until_failure = 1'000'000;
  }
};

// A client as it should be: repeats in order whatever was not answered, and remembers all answers.
struct Client {
  std::string name;
  BatchNumber next{1, 1};
  std::map<std::uint64_t, std::vector<SendAsked>> unanswered{};  // by number
  std::map<std::uint64_t, std::vector<std::string>> answers{};   // of this epoch

  SendBatch make(std::mt19937_64& rng) {
    std::vector<SendAsked> sends;
    for (std::size_t count = rng() % 4; count > 0; --count)
      sends.push_back(send_to_thailand(rng() % 9 == 0 ? "nobody" : "acme", "",
                                       1 + static_cast<std::int64_t>(rng() % 3)));
    unanswered[next.number] = sends;
    SendBatch batch = numbered(name, next, std::move(sends));
    ++next.number;
    return batch;
  }
};

class NumberedOverRestarts : public testing::Test {
 protected:
  void put(Client& client, SendBatch batch) {
    const BatchNumber at = batch.numbered->at;
    batch.reply = [&client, at](const SendsAnswered& told) {
      const auto words = words_of(told);
      ASSERT_TRUE(!told.numbered->refusal || told.numbered->repeats())
          << client.name << " " << at.number << " " << words.front();
      if (at.epoch != client.next.epoch) return;
      const auto [known, fresh] = client.answers.emplace(at.number, words);
      EXPECT_EQ(known->second, words) << client.name << " " << at.number;
      client.unanswered.erase(at.number);
    };
    (void)world.inbox->put(Request{std::move(batch)});
  }

  void repeat_unanswered(Client& client) {
    for (const auto& [number, sends] : client.unanswered)
      put(client, numbered(client.name, {client.next.epoch, number}, sends));
  }

  void set_up() {
    world.restart();
    std::string failed;
    const auto ask = [&](std::string account, What what) {
      Command command{.account = std::move(account),
                      .input = {.account = {}, .key = {}, .what = std::move(what)},
                      .dry_run = false,
                      .reply = [](const CommandAnswer& told) { EXPECT_TRUE(told); }};
      (void)world.inbox->put(Request{std::move(command)});
      ASSERT_TRUE(world.engine->turn());
    };
    ask({}, AccountOpened{.name = "acme", .currency = Currency{{'C', 'N', 'Y'}}, .settings = {}});
    ask("acme", PackageGranted{.package = "A",
                               .quota = Units{1'000'000},
                               .scope = {},
                               .effective_at = {},
                               .expires_at = world.clock.time + days(300),
                               .validity = {},
                               .price_paid = {},
                               .reason = {}});
  }

  void expect_each_once(const std::vector<Client>& clients, std::int64_t answered_units) {
    std::set<std::string> names;
    std::int64_t units = 0;
    std::map<std::string, BatchNumber> last;
    ASSERT_TRUE(world.journal.read(Sequence{1}, [&](const Entry& entry) {
      if (const auto* send = std::get_if<SendRecorded>(&entry.input.what)) {
        EXPECT_TRUE(names.insert(send->send.string()).second) << send->send.view();
        units += send->units.value;
      }
      if (const auto* taken = std::get_if<BatchTaken>(&entry.input.what)) {
        BatchNumber& before = last[taken->producer];
        EXPECT_EQ(taken->number, taken->epoch == before.epoch ? before.number + 1 : 1);
        EXPECT_GE(taken->epoch, before.epoch);
        before = {taken->epoch, taken->number};
      }
      return true;
    }));
    for (const Client& client : clients) EXPECT_TRUE(client.unanswered.empty());
    EXPECT_GE(units, answered_units);
    EXPECT_EQ(world.ledger->accounts().at(AccountId{1}).packages.front().used.value, units);
  }

  Restarts world;
};

TEST_F(NumberedOverRestarts, LoseNothingAndTakeNothingTwice) {
  std::mt19937_64 rng(20261122);
  set_up();
  std::vector<Client> clients{{"gw-1"}, {"gw-2"}, {"gw-3"}};
  int stops = 0;
  for (int step = 0; step < 3'000; ++step) {
    Client& client = clients[rng() % clients.size()];
    for (std::size_t count = 1 + rng() % 3; count > 0; --count) put(client, client.make(rng));
    // What was answered long ago may come again, too.
    if (rng() % 5 == 0) repeat_unanswered(client);
    // While one batch is in flight the next are decided.
    world.commits->looks = static_cast<int>(rng() % 4);
    if (rng() % 40 == 0) world.journal.appends_until_failure = 0;
    const bool turned = rng() % 3 == 0 || world.engine->turn().has_value();
    if (turned && rng() % 60 != 0) continue;
    // The process ends, with whatever waits; the clients come back.
    ++stops;
    world.clock.time = world.clock.time + Duration{static_cast<std::int64_t>(rng() % 5'000)};
    world.restart();
    for (Client& each : clients) repeat_unanswered(each);
  }
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(world.engine->turn());
  expect_each_once(clients, 1);
  EXPECT_GT(stops, 50);
  Ledger replayed;
  Diary unread;
  DiaryOutlet outlet{unread};
  ASSERT_TRUE(recover(replayed, world.journal, outlet));
  EXPECT_EQ(replayed.digest(), world.ledger->digest());
}

TEST_F(NumberedOverRestarts, BeginAnewInAHigherEpoch) {
  set_up();
  std::mt19937_64 rng(3);
  std::vector<Client> clients{{"gw"}};
  Client& client = clients.front();
  for (int i = 0; i < 5; ++i) put(client, client.make(rng));
  ASSERT_TRUE(world.engine->turn());
  world.restart();
  client.next = {2, 1};
  client.answers.clear();
  for (int i = 0; i < 5; ++i) put(client, client.make(rng));
  ASSERT_TRUE(world.engine->turn());
  EXPECT_EQ(client.answers.size(), 5U);
  expect_each_once(clients, 1);
  EXPECT_EQ(world.ledger->producers().find("gw", world.clock.time)->epoch, 2U);
}

}  // namespace
}  // namespace packledger
