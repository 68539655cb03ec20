// The same requests give the same journal, however they fall into turns and batches: one by one,
// all of an instant at once, or through an engine that may take only one of anything per turn.
#include "packledger/engine/engine.hpp"
#include "store/memory_journal.hpp"
#include "tests/examples/world.hpp"
#include "tests/ledger/both.hpp"
#include "tests/ledger/zones.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace packledger::examples {
namespace {

constexpr std::size_t accounts = 3;
constexpr std::size_t steps_each = 150;

// One request to one account.
struct Asking {
  Instant at;
  std::string account;
  What what;
};

// In the order of time; at one instant account by account, each in its own order.
std::vector<Asking> askings(std::uint64_t seed) {
  std::multimap<Instant, Asking> by_time;
  for (std::size_t i = 0; i < accounts; ++i) {
    for (Step& step : random_life(seed * 10 + i, steps_each)) {
      const Instant at{step.at};
      by_time.emplace(at, Asking{at, "a" + std::to_string(i), std::move(step.law)});
    }
  }
  std::vector<Asking> all;
  for (auto& [at, asking] : by_time) all.push_back(std::move(asking));
  return all;
}

class World {
 public:
  explicit World(EngineLimits limits)
      : engine_(ledger_, journal_, inbox_, outlet_, clock_, limits) {
    clock_.set(instant("2024-05-01T00:00:00Z"));
    int version = 0;
    for (const model::Book& book : model_books())
      put("", PriceBookPublished{law_book(book, std::to_string(++version))});
    for (std::size_t i = 0; i < accounts; ++i)
      put("", opening("a" + std::to_string(i), random_settings(i)));
    turn_until_answered();
  }

  void put(const std::string& account, What what) {
    ++waiting_;
    if (auto* send = std::get_if<SendRecorded>(&what)) {
      SendBatch batch;
      batch.sends.push_back({account, std::move(*send)});
      batch.reply = [this](auto, auto) { --waiting_; };
      (void)inbox_.put(Request{std::move(batch)});
      return;
    }
    Command command;
    command.account = account;
    command.input.what = std::move(what);
    command.reply = [this](const CommandAnswer&) { --waiting_; };
    (void)inbox_.put(Request{std::move(command)});
  }

  void turn_until_answered() {
    for (int turns = 0; waiting_ > 0 && turns < 100'000; ++turns)
      ASSERT_TRUE(engine_.turn().has_value());
    ASSERT_EQ(waiting_, 0);
  }

  void set(Instant now) { clock_.set(now); }
  [[nodiscard]] std::string digest() const { return ledger_.digest(); }
  [[nodiscard]] Sequence last() const { return journal_.last(); }

 private:
  Ledger ledger_;
  MemoryJournal journal_;
  QueueInbox inbox_;
  DeafOutlet outlet_;
  HandClock clock_;
  Engine engine_;
  int waiting_ = 0;
};

enum class Turns { one_by_one, by_instant };

std::string digest_of(const std::vector<Asking>& all, EngineLimits limits, Turns turns) {
  World world(limits);
  for (std::size_t i = 0; i < all.size(); ++i) {
    world.set(all[i].at);
    world.put(all[i].account, all[i].what);
    const bool more_now = i + 1 < all.size() && all[i + 1].at == all[i].at;
    if (turns == Turns::one_by_one || !more_now) world.turn_until_answered();
  }
  return std::to_string(world.last().value) + " " + world.digest();
}

TEST(Batches, NeverChangeWhatIsDecided) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Asking> all = askings(seed);
    const std::string wanted = digest_of(all, {}, Turns::one_by_one);
    EXPECT_EQ(digest_of(all, {}, Turns::by_instant), wanted);
    const EngineLimits one_of_each{.batch_entries_max = 1, .timers_per_turn_max = 1};
    EXPECT_EQ(digest_of(all, one_of_each, Turns::one_by_one), wanted);
    EXPECT_EQ(digest_of(all, one_of_each, Turns::by_instant), wanted);
  }
}

}  // namespace
}  // namespace packledger::examples
